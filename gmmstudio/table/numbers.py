"""Which text is a number, which is a missing value, and what the marks in a number are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.stretches import Stretch
from gmmstudio.table.table import FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_HEAD = 1000

# Cells that hold no value, compared without surrounding spaces and in this spelling or lower case.
MISSING = (
    "",
    "NA",
    "N/A",
    "#N/A",
    "NaN",
    "NULL",
    "None",
    "nil",
    ".",
    "-",
    "--",
    "?",
    "missing",
    "결측",
)


def any_case(words: Iterable[str]) -> frozenset[str]:
    """Return these words and the empty cell, as they stand and in lower and upper case."""
    return frozenset(w for word in ("", *words) for w in (word, word.lower(), word.upper()))


_MISSING_ANY_CASE = any_case(MISSING)


def missing_words(chosen: Iterable[str] | None) -> frozenset[str]:
    """Return what a cell without a value holds: the words chosen, or those that are usual."""
    return _MISSING_ANY_CASE if chosen is None else any_case(chosen)


_INFINITE = r"(?i:inf|infinity)"
NUMBER = {
    ".": rf"^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|{_INFINITE})$",
    ",": rf"^[+-]?(?:(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?|{_INFINITE})$",
}
# A mark followed by exactly three digits may as well group thousands.
GROUPED = {".": r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$", ",": r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$"}
_SPACES = " '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}"
THOUSANDS = (
    r"^[+-]?[1-9]\d{0,2}"
    rf"(?:(?:,\d{{3}})+(?:\.\d+)?|(?:\.\d{{3}})+(?:,\d+)?|(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?)$"
)
LEADING_ZERO = r"^[+-]?0\d+$"

_PYTHON_NUMBER = {mark: re.compile(pattern, re.ASCII) for mark, pattern in NUMBER.items()}


def is_missing(text: str) -> bool:
    """Tell whether a cell holds no value."""
    return text.strip() in _MISSING_ANY_CASE


def is_number(text: str, decimal: str = ".") -> bool:
    """Tell whether a cell holds a number written with this decimal mark."""
    return _PYTHON_NUMBER[decimal].match(text.strip()) is not None


@lru_cache(maxsize=8)
def _hold_numbers(words: frozenset[str]) -> bool:
    return any(map(is_number, words))


@dataclass(frozen=True)
class Rules:
    """How numbers are written, and which cells hold none.

    ``missing`` holds every spelling; ``thousands`` is "" where digits are not grouped.
    """

    decimal: str = "."
    thousands: str = ""
    missing: frozenset[str] = _MISSING_ANY_CASE

    @property
    def plain(self) -> bool:
        """Whether a cell that Arrow reads as a number is one, and needs no closer look."""
        return not _hold_numbers(self.missing)

    def number(self) -> str:
        """Return the regular expression of a number."""
        if not self.thousands:
            return NUMBER[self.decimal]
        d, t = re.escape(self.decimal), re.escape(self.thousands)
        whole = rf"(?:\d{{1,3}}(?:{t}\d{{3}})+|\d+)"
        return rf"^[+-]?(?:(?:{whole}(?:{d}\d*)?|{d}\d+)(?:[eE][+-]?\d+)?|{_INFINITE})$"

    def value(self, text: str) -> float:
        """Return the number a matching text stands for."""
        if self.thousands:
            text = text.replace(self.thousands, "")
        return float(text.replace(self.decimal, "."))


@dataclass(frozen=True, eq=False)
class Parsed:
    """What the cells of a stretch of columns are as numbers.

    Attributes
    ----------
    text
        The cells without surrounding spaces, null where missing (pyarrow, n_columns · n_rows).
    values
        float64 (n_columns, n_rows), NaN where missing, infinite or no number; None if no column
        is of numbers.
    numeric
        bool (n_columns,): whether every cell is missing or a number, or it was forced.
    missing
        int64 (n_columns,): number of cells without a value.
    infinite
        int64 (n_columns,): number of infinite or too large numbers.
    wrong
        int64 (n_columns,): number of cells that are neither missing nor numbers.
    first_wrong
        int64 (n_columns,): row of the first of them, or −1.
    """

    text: Any
    values: FloatArray | None
    numeric: BoolArray
    missing: IntArray
    infinite: IntArray
    wrong: IntArray
    first_wrong: IntArray


def parse(stretch: Stretch, rules: Rules, forced: Sequence[bool] = ()) -> Parsed:
    """Read columns as numbers.

    All or nothing: one cell that is neither missing nor a number makes a column text, unless it
    is ``forced`` (n_columns,); then such a cell counts as missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    nowhere = np.zeros(stretch.n_columns * stretch.n_rows, dtype=bool)
    if rules.plain:
        values = _quickly(stretch.cells, rules.decimal)
        if values is not None:
            return _parsed(stretch, stretch.cells, values, nowhere, nowhere)
    text = trimmed(stretch.cells, rules.missing)
    missing = truth(pc.is_null(text))
    values = _quickly(text, rules.decimal)
    if values is not None:
        return _parsed(stretch, text, values, missing, nowhere)
    wrong = ~(matches(text, rules.number()) | missing)
    numeric = stretch.count(wrong) == 0
    if len(forced):
        numeric |= np.asarray(forced)
    if not numeric.any():
        return _parsed(stretch, text, None, missing, wrong)
    numbers = text
    if wrong.any():
        fits = ~wrong & np.repeat(numeric, stretch.n_rows)
        numbers = pc.if_else(pa.array(fits), text, pa.scalar(None, pa.string()))
    values = _quickly(_without(numbers, rules.thousands), rules.decimal)
    values = _slowly(numbers, rules) if values is None else values
    return _parsed(stretch, text, values, missing, wrong, numeric)


def trimmed(cells: Any, missing: frozenset[str]) -> Any:
    """Return the cells without surrounding spaces, null where they hold no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(cells)
    words = pa.array(sorted(missing), pa.string())
    return pc.if_else(pc.is_in(text, value_set=words), pa.scalar(None, pa.string()), text)


def _quickly(text: Any, decimal: str) -> FloatArray | None:
    """Return float64 (n,) that belongs to us, or None where Arrow cannot read some cell.

    A cell that Arrow takes for "not a number" is none of ours either.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(text) > _HEAD and _quickly(text.slice(0, _HEAD), decimal) is None:
        return None  # Arrow writes an error for every cell that fails, which takes its time
    if decimal == ",":
        if pc.any(pc.match_substring(text, ".")).as_py():
            return None
        text = pc.replace_substring(text, ",", ".")
    try:
        numbers = pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        return None
    values: FloatArray = np.array(numbers.to_numpy(), dtype=np.float64)
    return values if np.count_nonzero(np.isnan(values)) == text.null_count else None


def _without(text: Any, mark: str) -> Any:
    import pyarrow.compute as pc

    return pc.replace_substring(text, mark, "") if mark else text


def _slowly(text: Any, rules: Rules) -> FloatArray:
    """Read what Arrow does not: a plus sign, ``1e999``."""
    values = np.empty(len(text))
    at = 0
    for chunk in text.chunks:
        cells = chunk.to_pylist()
        values[at : at + len(cells)] = [
            np.nan if cell is None else rules.value(cell) for cell in cells
        ]
        at += len(cells)
    return values


def _parsed(
    stretch: Stretch,
    text: Any,
    values: FloatArray | None,
    missing: BoolArray,
    wrong: BoolArray,
    numeric: BoolArray | None = None,
) -> Parsed:
    """Count by columns; all are numeric where there are values, unless it is said which are."""
    if numeric is None:
        numeric = np.full(stretch.n_columns, values is not None)
    n_wrong = stretch.count(wrong)
    n_missing = stretch.count(missing) + np.where(numeric, n_wrong, 0)
    n_infinite = np.zeros_like(n_missing)
    if values is not None:
        infinite = np.isinf(values)
        if infinite.any():
            n_infinite = stretch.count(infinite)
            values[infinite] = np.nan
        values = stretch.by_column(values)
        values.flags.writeable = False
    first = np.full(stretch.n_columns, -1)
    if n_wrong.any():
        first = np.where(n_wrong > 0, np.argmax(stretch.by_column(wrong), axis=1), -1)
    return Parsed(text, values, numeric, n_missing, n_infinite, n_wrong, first)


# -- cells that match -------------------------------------------------------------------------


def truth(mask: Any) -> BoolArray:
    """Return pyarrow booleans as bool (n,), false where they are null."""
    import pyarrow.compute as pc

    found: BoolArray = np.asarray(pc.fill_null(mask, False))
    return found


def matches(text: Any, *patterns: str) -> BoolArray:
    """Tell which cells (n,) match all these regular expressions."""
    import pyarrow as pa
    import pyarrow.compute as pc

    *others, last = patterns
    for pattern in others:
        fits = pc.match_substring_regex(text, pattern)
        text = pc.if_else(fits, text, pa.scalar(None, pa.string()))
    return truth(pc.match_substring_regex(text, last))


def clear_marks(text: Any, mark: str) -> BoolArray:
    """Tell which cells (n,) are numbers whose decimal mark cannot be read as grouping thousands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    marked = pc.match_substring(text, mark)
    if not pc.any(marked).as_py():
        return np.zeros(len(text), dtype=bool)
    text = pc.if_else(marked, text, pa.scalar(None, pa.string()))
    return matches(text, NUMBER[mark]) & ~matches(text, GROUPED[mark])


def proven_groups(stretch: Stretch, text: Any, filled: IntArray) -> list[str]:
    """Return thousands and decimal mark of each column, ",." or ".,", if all its cells prove them.

    Where they do not, it is "". A cell with one mark and three digits behind it (1,234) proves
    nothing: it may be 1.234.

    Parameters
    ----------
    stretch
        The columns.
    text
        Their cells without surrounding spaces, null where missing.
    filled
        int64 (n_columns,): how many cells of each are not.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    groups = [""] * stretch.n_columns
    for thousands, decimal in ((",", "."), (".", ",")):
        marked = pc.match_substring(text, thousands)
        if not pc.any(marked).as_py():
            continue
        t, d = re.escape(thousands), re.escape(decimal)
        both = rf"{t}\d{{3}}(?:{t}\d{{3}}|{d}\d)"
        marked = pc.if_else(marked, text, pa.scalar(None, pa.string()))
        proven = stretch.count(matches(marked, both)) > 0
        if not proven.any():
            continue
        number = Rules(decimal, thousands).number()
        for j in np.flatnonzero(proven & (stretch.count(matches(text, number)) == filled)):
            groups[j] = groups[j] or thousands + decimal
    return groups
