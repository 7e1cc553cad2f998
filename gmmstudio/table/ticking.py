"""Which columns are ticked at first."""

from __future__ import annotations

from dataclasses import replace

from gmmstudio.table.errors import grouped
from gmmstudio.table.settings import Notice
from gmmstudio.table.table import Column

MOST_TICKED = 100
"""In more columns than this at once nobody finds groups without having chosen them."""


def tick_no_more(columns: tuple[Column, ...]) -> tuple[tuple[Column, ...], tuple[Notice, ...]]:
    """Leave only the first ticks where there are very many, and say so."""
    ticked = [j for j, column in enumerate(columns) if column.tick]
    if len(ticked) <= MOST_TICKED:
        return columns, ()
    beyond = set(ticked[MOST_TICKED:])
    left = tuple(
        replace(column, tick=False, why_not=f"beyond the first {MOST_TICKED}")
        if j in beyond
        else column
        for j, column in enumerate(columns)
    )
    said = (
        f"Of the {grouped(len(ticked))} columns that could be ticked the first {MOST_TICKED} are; "
        "tick those in which you look for groups."
    )
    return left, (Notice(said),)
