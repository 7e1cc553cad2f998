"""Typed columns: what a column of text holds and whether to use it unasked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmstudio.table import numbers
from gmmstudio.table.numbers import Parsed
from gmmstudio.table.table import Column, FloatArray

CODE_VALUES = 10
YEARS = (1900, 2100)
_EXACT = 2.0**53


@dataclass(frozen=True, eq=False)
class Draft:
    """A column whose decimal mark is not decided yet."""

    name: str
    header: str
    cells: Any
    text: Any
    point: Parsed


def draft(name: str, header: str, cells: Any) -> Draft:
    """Read a column with a decimal point for a start."""
    text = numbers.trimmed(cells)
    return Draft(name, header, cells, text, numbers.parse(text, "."))


def choose_decimal(drafts: list[Draft]) -> tuple[str, tuple[str, ...]]:
    """Decide the decimal mark of a file from all its columns.

    The point holds unless a comma is the mark beyond doubt in some column and a point in fewer.
    """
    points = commas = 0
    for column in drafts:
        if column.point.values is not None and not _whole(column.point.values):
            points += 1
        elif column.point.values is None:
            point, comma = numbers.decimal_evidence(column.text)
            filled = len(column.text) - column.text.null_count
            commas += comma > point and 2 * comma > 0.2 * filled
    if commas == 0:
        return ".", ()
    if commas >= points:
        mixed = " Some columns use a point; they are left as they are." if points else ""
        return ",", (f"Numbers are written with a decimal comma (3,5) and were read so.{mixed}",)
    return ".", ("Some columns use a decimal comma, others a point; the point was taken.",)


def finish(column: Draft, decimal: str) -> Column:
    """Type a column under the file's decimal mark."""
    parsed = column.point if decimal == "." else numbers.parse(column.text, decimal)
    base = Column(
        name=column.name,
        header=column.header,
        cells=column.cells,
        values=parsed.values,
        kind="text",
        n_missing=parsed.missing + parsed.infinite,
        n_distinct=0,
        n_infinite=parsed.infinite,
    )
    if len(column.cells) == parsed.missing:
        return replace(base, values=None, kind="empty", why_not="empty")
    if parsed.values is None:
        return _text(base, column.text)
    parsed.values.flags.writeable = False
    return _number(base, parsed.values, column.text)


def _text(base: Column, text: Any) -> Column:
    import pyarrow.compute as pc

    distinct = int(pc.count_distinct(text).as_py())
    filled = len(text) - base.n_missing
    if distinct == 1:
        first = str(text.drop_null()[0].as_py())
        return replace(base, kind="constant", n_distinct=1, why_not=f"text, always “{first[:30]}”")
    if distinct == filled:
        return replace(base, n_distinct=distinct, why_not="text, every row different")
    return replace(base, n_distinct=distinct, why_not=f"text, {distinct} values")


def _number(base: Column, values: FloatArray, text: Any) -> Column:
    present = values[np.isfinite(values)]
    if present.size == 0:
        return replace(base, kind="empty", why_not="no finite number")
    distinct = count_distinct(present)
    base = replace(base, n_distinct=distinct)
    if distinct == 1:
        return replace(base, kind="constant", why_not=f"always {present[0]:.15g}")
    if not _whole(present):
        return replace(base, kind="number", tick=True)
    return _whole_numbers(base, present, text)


def _whole_numbers(base: Column, present: FloatArray, text: Any) -> Column:
    """Tell counts and measures from codes, years and row numbers."""
    if numbers.count_matching(text, numbers.LEADING_ZERO):
        return replace(base, kind="id", why_not="codes with leading zeros")
    if np.abs(present).max() > _EXACT:
        return replace(base, kind="id", why_not="whole numbers too long to be exact")
    if present.size > 2 and np.all(np.diff(present) == 1):
        return replace(base, kind="id", why_not="row numbers: rising by one")
    if present.min() >= YEARS[0] and present.max() <= YEARS[1]:
        return replace(base, kind="year", why_not="years")
    if base.n_distinct <= CODE_VALUES and 2 * base.n_distinct <= present.size:
        why = f"a code: whole numbers with {base.n_distinct} values"
        return replace(base, kind="code", why_not=why)
    return replace(base, kind="number", tick=True)


def count_distinct(values: FloatArray) -> int:
    """Return the number of different finite values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return int(pc.count_distinct(pa.array(values + 0.0)).as_py())


def _whole(values: FloatArray) -> bool:
    present = values[np.isfinite(values)]
    return bool(np.all(present == np.floor(present)))


def tick_codes_if_nothing_else(columns: tuple[Column, ...]) -> tuple[tuple[Column, ...], str]:
    """Tick the codes if there is nothing better: answers on a scale 1…5 are codes, too."""
    codes = [column.name for column in columns if column.kind == "code"]
    if not codes or any(column.tick for column in columns):
        return columns, ""
    ticked = tuple(
        replace(column, tick=True, why_not="") if column.kind == "code" else column
        for column in columns
    )
    shown = ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
    return ticked, (
        "No column holds measurements, so the columns of whole numbers with few values "
        f"are ticked ({shown}); untick those that are only names for categories."
    )


def doubts(column: Draft, decimal: str, line_of_row: Any) -> tuple[str, ...]:
    """Say why a column that is mostly numbers is text, and what in it is not finite."""
    parsed = column.point if decimal == "." else numbers.parse(column.text, decimal)
    filled = len(column.text) - column.text.null_count
    if parsed.infinite:
        return (
            f"“{column.name}”: {parsed.infinite} "
            f"{'number is' if parsed.infinite == 1 else 'numbers are'} infinite or too large "
            "and treated as missing.",
        )
    if not parsed.wrong or not filled:
        return ()
    grouped = numbers.count_matching(column.text, numbers.THOUSANDS)
    cell = str(column.text[parsed.first_wrong].as_py())[:40]
    line = line_of_row(parsed.first_wrong)
    if grouped and 2 * (filled - parsed.wrong + grouped) >= filled:
        return (
            f"“{column.name}” was left as text: “{cell}” (line {line}) may have a thousands mark or "
            "a decimal comma, and that is not guessed. Write these numbers without thousands marks.",
        )
    if parsed.wrong <= max(0.05 * filled, 1) and parsed.wrong < filled / 2:
        some = "1 cell is" if parsed.wrong == 1 else f"{parsed.wrong} cells are"
        return (
            f"“{column.name}” was left as text: {some} not a number, "
            f"first “{cell}” on line {line}.",
        )
    return ()
