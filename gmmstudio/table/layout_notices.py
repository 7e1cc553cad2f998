"""Sentences about how the cells of a file are told apart."""

from __future__ import annotations

from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.tokens import Layout


def of_layout(chosen: Layout, asked: ReadSettings, *, both: bool) -> list[Notice]:
    """Say what is unusual about quotation marks and delimiter, unless it was chosen.

    ``both`` if there are double quotation marks in a text quoted otherwise.
    """
    said = []
    if chosen.declared:
        line = "The first line (sep=…) names the delimiter; it was used and left out."
        said.append(Notice(line, lines=(1,)))
    if chosen.quote not in ('"', "") and asked.quote is None:
        quoted = f"Cells are quoted with {chosen.quote} here; these marks were taken off."
        said.append(Notice(quoted, doubt=both))
    if chosen.escaping and asked.escape is None:
        said.append(
            Notice(
                f"A quotation mark within a cell is written {chosen.escape}{chosen.quote} here; "
                f"the {chosen.escape} before it was taken off."
            )
        )
    if asked.delimiter is None:
        said += _delimiter(chosen)
    if chosen.aligned:
        aligned = "Columns are separated by runs of spaces; each run was read as one."
        said.append(Notice(aligned))
    return said


def _sign(sign: str) -> str:
    names = {" ": "spaces", "  ": "runs of spaces", "\t": "tabs"}
    return names.get(sign, f"“{sign}”" if sign.isprintable() else "a control character")


def _delimiter(chosen: Layout) -> list[Notice]:
    sign = _sign(chosen.evenly or chosen.delimiter)
    said = []
    if chosen.padding == " ":
        mark = "a tab and a space" if chosen.delimiter == "\t" else f"“{chosen.delimiter} ”"
        said.append(Notice(f"Cells are separated by {mark}; the space is no part of a cell."))
    elif chosen.padding:
        twice = f"Cells seem to be separated by {sign} written twice; look whether they are."
        said.append(Notice(twice, doubt=True))
    elif chosen.seldom:
        seldom = f"Cells seem to be separated by {sign}; look whether they are."
        said.append(Notice(seldom, doubt=True))
    if chosen.evenly:
        evenly = (
            f"Each line was read as one cell, though {sign} would separate all of them evenly; "
            "look whether these are columns."
        )
        said.append(Notice(evenly, doubt=True))
    elif chosen.uneven:
        uneven = "Nothing separates the lines evenly into cells, so each is one cell."
        said.append(Notice(uneven, doubt=True))
    return said
