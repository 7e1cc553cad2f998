"""Tables on sheets of paper: how wide each column is, and rows that follow the head again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gmmstudio.report.blocks import Grid
from gmmstudio.report.markup import Run, Text
from gmmstudio.ui.sheets.boxes import (
    GUTTER,
    MUTED,
    SIGN,
    Box,
    Cell,
    Row,
    Words,
    longest_word,
    text_width,
)

PIXELS, SMALLEST = 11.6, 7.0
_SLACK = 2.0  # since text is measured a little differently where it is laid out
_LEAST = 44.0  # pixels for a column of words
_NAMES = 0.2  # of the width, for the column of names


class Table:
    """The rows of a table; `head` is painted again at the top of each sheet it goes on."""

    def __init__(self, grid: Grid, width: float) -> None:
        pixels = PIXELS
        widths, fits = column_widths(grid, width, pixels)
        while not fits and pixels > SMALLEST:
            pixels *= 0.93
            widths, fits = column_widths(grid, width, pixels)
        head = [
            Cell((Run(name),), right=j not in grid.words, color=MUTED)
            for j, name in enumerate(grid.head)
        ]
        self.caption = Words(grid.caption, width, 11.0, MUTED, before=12.0, keeps_next=True)
        self.head = Row(head, widths, 0.94 * pixels, head=True, before=2.0)
        self.rows: list[Box] = [
            Row([_cell(grid, i, j) for j in range(len(row))], widths, pixels)
            for i, row in enumerate(grid.rows)
        ]

    @property
    def height(self) -> float:
        """How high it is with its caption, where it is not cut in two."""
        return self.caption.height + self.head.height + sum(row.height for row in self.rows)


def _cell(grid: Grid, i: int, j: int) -> Cell:
    look = grid.looks[i] if grid.looks and j == grid.sign_in else None
    return Cell(_words(grid, i, j), right=j not in grid.words, look=look)


def _words(grid: Grid, i: int, j: int) -> Text:
    return (Run(grid.rows[i][j], bold=(i, j) in grid.strong),)


def column_widths(grid: Grid, width: float, pixels: float) -> tuple[Sequence[float], bool]:
    """Share a width out among the columns of a table.

    Numbers get the room they need on one line, words what is left, as they need it.

    Returns
    -------
    widths
        With the gutter after each column.
    fits
        Whether there was enough room.
    """
    m = len(grid.head)
    whole, least = np.zeros(m), np.zeros(m)
    for j, name in enumerate(grid.head):
        least[j] = longest_word((Run(name),), 0.94 * pixels) + _SLACK
        whole[j] = min(text_width((Run(name),), 0.94 * pixels), 1.6 * least[j])
        for i in range(len(grid.rows)):
            extra = SIGN if grid.looks and j == grid.sign_in else 0.0
            need = text_width(_words(grid, i, j), pixels) + extra + _SLACK
            whole[j] = max(whole[j], need)
            if j not in grid.words:
                least[j] = max(least[j], need)
    words = np.array([j in grid.words for j in range(m)])
    least = np.where(words, np.minimum(np.maximum(least, _LEAST), 0.4 * width), least)
    if words[0]:  # names stay on one line where that leaves the others room
        least[0] = max(least[0], min(whole[0], _NAMES * width))
    room = width - GUTTER * (m - 1)
    wanted = np.maximum(whole, least)
    if wanted.sum() <= room:
        # Spare room goes to every column alike, so that the table is as wide as the text.
        wanted = wanted + (room - wanted.sum()) / m
        return (wanted + GUTTER).tolist(), True
    spare = room - least.sum()
    if spare < 0:
        return (least * room / least.sum() + GUTTER).tolist(), False
    more = wanted - least
    return (least + more * spare / max(more.sum(), 1e-9) + GUTTER).tolist(), True
