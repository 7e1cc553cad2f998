"""Sentences about what is doubtful in the cells of columns, with line numbers."""

from __future__ import annotations

from collections.abc import Sequence

from gmmstudio.table.columns import Doubt
from gmmstudio.table.date_texts import FIRST_SHORT_YEAR
from gmmstudio.table.dates import readings
from gmmstudio.table.records import IntArray
from gmmstudio.table.settings import Notice

_SHOWN = 5
_MOST = 20


def doubts(found: Sequence[Doubt], line_of_row: IntArray, unit: str = "line") -> list[Notice]:
    """Say what keeps columns from being read as numbers, and which numbers are not finite."""
    said = [_doubt(doubt, line_of_row, unit) for doubt in found[:_MOST]]
    if len(found) > _MOST:
        more = f"{len(found) - _MOST} more columns have such doubts."
        said.append(Notice(more, doubt=any(not doubt.infinite for doubt in found[_MOST:])))
    return said


def _doubt(doubt: Doubt, line_of_row: IntArray, unit: str) -> Notice:
    if doubt.infinite:
        are = "number is" if doubt.infinite == 1 else "numbers are"
        return Notice(
            f"“{doubt.name}”: {doubt.infinite} {are} infinite or too large and treated as missing."
        )
    line = int(line_of_row[doubt.row])
    where = f"“{doubt.cell}” on {unit} {line}"
    if doubt.is_word:
        others = ", ".join(doubt.also)
        said = (
            f"“{doubt.name}”: {where} may be a word like the others ({others}) or say that there "
            "is no value; it was read as no value."
        )
        return Notice(said, lines=(line,), doubt=True)
    if doubt.dates:
        return Notice(_about_date(doubt, where), lines=(line,), doubt=_is_open(doubt))
    return Notice(_not_a_number(doubt, where), lines=(line,), doubt=not doubt.emptied)


def _is_open(doubt: Doubt) -> bool:
    return doubt.dates in ("order", "cells")


def _about_date(doubt: Doubt, where: str) -> str:
    name = f"“{doubt.name}”"
    also = ", ".join(f"“{other}”" for other in doubt.also[:_SHOWN])
    also = f"; those of {also} were read so, too" if also else ""
    are = "1 cell is" if doubt.wrong == 1 else f"{doubt.wrong} cells are"
    match doubt.dates:
        case "order":
            ways = readings(doubt.cell)
            may_be = f"may be {' or '.join(ways)}, and that is not guessed"
            if len(ways) == 1:
                may_be = f"is {ways[0]}, but other dates there stand in another order"
            return f"{name}: {where} {may_be}; these dates are text until it is chosen."
        case "proof":
            day = " or ".join(readings(doubt.cell))
            return f"{name}: {where} is {day}, which tells how dates are written here{also}."
        case "years":
            return (
                f"{name}: years of two digits, as in {where}, were read as those from "
                f"{1900 + FIRST_SHORT_YEAR} to {1999 + FIRST_SHORT_YEAR}."
            )
    if doubt.emptied:
        return f"{name}: {are} no day of the calendar (first {where}) and treated as missing."
    return (
        f"{name} was left as text because {are} no date (first {where}); choose the type date for "
        "it, so that such cells count as missing, or mend them in the file."
    )


def _not_a_number(doubt: Doubt, where: str) -> str:
    name = f"“{doubt.name}”"
    if doubt.grouped:
        return (
            f"{name} was left as text: {where} may have a thousands mark or a decimal comma, and "
            "that is not guessed. Choose the marks, or write the numbers without thousands marks."
        )
    if doubt.dressed:
        return (
            f"{name} was left as text: its numbers have a sign, as in {where}. Choose the type "
            "number for it, over the column in the import settings, to read them without it."
        )
    are = "1 cell is" if doubt.wrong == 1 else f"{doubt.wrong} cells are"
    if doubt.other_mark:
        return (
            f"{name} was left as text because {are} written with the other decimal mark (first "
            f"{where}). Mend them in the file; or choose the type number for it, over the column "
            "in the import settings, so that they count as missing."
        )
    if doubt.emptied:
        return f"{name}: {are} not a number (first {where}) and treated as missing."
    return (
        f"{name} was left as text because {are} not a number (first {where}). Choose the type "
        "number for it, over the column in the import settings, so that such cells count as "
        "missing, or mend them in the file."
    )
