"""Typed columns: what a column of text holds and whether to use it unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmstudio.table import dates, numbers
from gmmstudio.table.numbers import Parsed, Rules
from gmmstudio.table.settings import ColumnType, Notice
from gmmstudio.table.table import Column, FloatArray, Kind

CODE_VALUES = 10
YEARS = (1900, 2100)
_EXACT = 2.0**53
_NEARLY = 0.05


@dataclass(frozen=True)
class Doubt:
    """What keeps a column that is mostly numbers from being one, or what in it is not finite.

    ``row`` is that of ``cell``, the first in question; of ``infinite`` numbers there is none.
    ``emptied`` where the column was to be numbers, so that such cells count as missing;
    ``ambiguous_date`` where day and month of a date cannot be told.
    """

    name: str
    infinite: int = 0
    wrong: int = 0
    row: int = -1
    cell: str = ""
    grouped: bool = False
    emptied: bool = False
    ambiguous_date: bool = False


@dataclass(frozen=True, eq=False)
class Typed:
    """A column under one decimal mark, with what it says about the mark of the whole file.

    ``points`` and ``commas`` tell that the column's numbers have a decimal point or comma beyond
    doubt; ``grouped_points`` that they have points which may as well group thousands (1.234).
    ``groups`` are the thousands mark and the decimal mark, if its numbers prove the first
    (1,234,567 or 1,234.5), else "".
    """

    column: Column
    points: bool = False
    commas: bool = False
    grouped_points: bool = False
    groups: str = ""
    doubt: Doubt | None = None


def type_column(
    name: str, header: str, cells: Any, rules: Rules, chosen: ColumnType | None = None
) -> Typed:
    """Find out what a column of text holds, reading numbers by these rules.

    ``chosen`` is the type the user wants, whatever the cells look like.
    """
    parsed = numbers.parse(cells, rules, forced=chosen == "number")
    base = Column(
        name=name,
        header=header,
        cells=cells,
        values=parsed.values,
        kind="text",
        n_missing=parsed.missing + parsed.infinite,
        n_distinct=0,
        n_infinite=parsed.infinite,
    )
    if len(cells) == parsed.missing:
        return Typed(replace(base, values=None, kind="empty", why_not="empty"))
    if chosen in ("text", "date"):
        return _chosen_text(base, numbers.trimmed(cells, rules.missing), chosen)
    if parsed.values is None:
        return _text(base, parsed)
    found = _number(base, parsed)
    if chosen == "number":
        return _chosen_number(found, parsed, cells)
    return found


def choose_decimal(typed: Sequence[Typed], delimiter: str) -> tuple[str, tuple[Notice, ...]]:
    """Decide the decimal mark of a file from its columns as read with a point.

    The point holds unless a comma is the mark beyond doubt in some column, and a point in fewer.
    """
    points = sum(column.points for column in typed)
    commas = sum(column.commas for column in typed)
    if commas == 0:
        return ".", _ambiguous_points(typed, delimiter) if points == 0 else ()
    if commas < points:
        return ".", (
            Notice(
                "Some columns have a decimal comma, most a decimal point; the point was taken, "
                "and columns with a comma are left as text.",
                doubt=True,
            ),
        )
    mixed = " Columns with a decimal point are left as text." if points else ""
    said = f"Numbers here have a decimal comma (3,5) and were read so.{mixed}"
    return ",", (Notice(said, doubt=points > 0),)


def _ambiguous_points(typed: Sequence[Typed], delimiter: str) -> tuple[Notice, ...]:
    """Doubt points that may group thousands, in files that are not of the English kind."""
    names = [t.column.name for t in typed if t.grouped_points]
    if not names or delimiter == ",":
        return ()
    shown = ", ".join(f"“{name}”" for name in names[:3]) + (", …" if len(names) > 3 else "")
    said = (
        f"{shown}: numbers such as 1.234 were read with a decimal point (a little more than one); "
        "if the point groups thousands here, choose it as the thousands mark."
    )
    return (Notice(said, doubt=True),)


def tick_codes_if_nothing_else(
    columns: tuple[Column, ...],
) -> tuple[tuple[Column, ...], tuple[Notice, ...]]:
    """Tick the codes if there is nothing better: answers on a scale from 1 to 5 are codes, too."""
    codes = [column.name for column in columns if column.kind == "code"]
    if not codes or any(column.tick for column in columns):
        return columns, ()
    ticked = tuple(
        replace(column, tick=True, why_not="") if column.kind == "code" else column
        for column in columns
    )
    shown = ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
    said = (
        "No column holds measurements, so the columns of whole numbers with few values "
        f"are ticked ({shown}); untick those that are only names for categories."
    )
    return ticked, (Notice(said),)


def _text(base: Column, parsed: Parsed) -> Typed:
    import pyarrow.compute as pc

    text = parsed.text
    distinct = int(pc.count_distinct(text).as_py())
    filled = len(text) - base.n_missing
    kind, why = base.kind, f"text, {distinct} values"
    if distinct == 1:
        kind, why = "constant", f"text, always “{_shortened(text.drop_null()[0].as_py(), 30)}”"
    elif distinct == filled:
        why = "text, every row different"
    column = replace(base, kind=kind, n_distinct=distinct, why_not=why)
    if kind != "constant" and dates.are_dates(text):
        return _dates(replace(column, kind="date", why_not=f"dates, {distinct} values"), text)
    point, comma = numbers.decimal_evidence(text)
    groups = numbers.proven_groups(text, filled)
    return Typed(
        column,
        points=2 * point > filled or groups.endswith("."),
        commas=(comma > point and 5 * comma > filled) or groups.endswith(","),
        groups=groups,
        doubt=_doubt(column, parsed, filled),
    )


def _dates(column: Column, text: Any) -> Typed:
    import pyarrow.compute as pc

    cell = dates.ambiguous(text)
    if not cell:
        return Typed(column)
    row = int(pc.index(text, cell).as_py())
    return Typed(column, doubt=Doubt(column.name, row=row, cell=cell, ambiguous_date=True))


def _chosen_text(base: Column, text: Any, chosen: ColumnType) -> Typed:
    """Keep what was chosen to be no numbers."""
    import pyarrow.compute as pc

    distinct = int(pc.count_distinct(text).as_py())
    base = replace(base, values=None, n_missing=text.null_count, n_infinite=0, n_distinct=distinct)
    if chosen == "date":
        return Typed(replace(base, kind="date", why_not=f"dates, {distinct} values"))
    kind: Kind = "constant" if distinct == 1 else "text"
    return Typed(replace(base, kind=kind, why_not=f"text, {distinct} values"))


def _chosen_number(found: Typed, parsed: Parsed, cells: Any) -> Typed:
    """Keep what was chosen to be numbers, whatever else they may be."""
    column = found.column
    if column.kind in ("code", "year", "id"):
        column = replace(column, kind="number", tick=True, why_not="")
    doubt = found.doubt
    if parsed.wrong:
        cell = _shortened(cells[parsed.first_wrong].as_py(), 40)
        doubt = Doubt(column.name, 0, parsed.wrong, parsed.first_wrong, cell, emptied=True)
    return replace(found, column=column, doubt=doubt)


def _doubt(column: Column, parsed: Parsed, filled: int) -> Doubt | None:
    grouped = numbers.count_matching(parsed.text, numbers.THOUSANDS)
    plain = filled - parsed.wrong
    mostly_grouped = grouped > 0 and 2 * (plain + grouped) >= filled
    if not mostly_grouped and (parsed.wrong > max(_NEARLY * filled, 1) or 2 * plain <= filled):
        return None
    cell = _shortened(parsed.text[parsed.first_wrong].as_py(), 40)
    return Doubt(column.name, 0, parsed.wrong, parsed.first_wrong, cell, mostly_grouped)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _number(base: Column, parsed: Parsed) -> Typed:
    assert parsed.values is not None
    values = parsed.values
    values.flags.writeable = False
    present = values[~np.isnan(values)] if base.n_missing else values
    doubt = Doubt(base.name, infinite=parsed.infinite) if parsed.infinite else None
    if present.size == 0:
        column = replace(base, kind="empty", why_not="no finite number")
        return Typed(column, doubt=doubt)
    whole = bool(np.all(present == np.floor(present)))
    base = replace(base, n_distinct=_count_distinct(present))
    if base.n_distinct == 1:
        column = replace(base, kind="constant", why_not=f"always {present[0]:.15g}")
    elif whole:
        column = _whole_numbers(base, present, parsed.text)
    else:
        column = replace(base, kind="number", tick=True)
    clear = not whole and numbers.has_clear_point(parsed.text)
    return Typed(column, points=clear, grouped_points=not whole and not clear, doubt=doubt)


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


def _count_distinct(values: FloatArray) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    return int(pc.count_distinct(pa.array(values + 0.0)).as_py())  # −0 and 0 are one value
