"""Which text is a number, which is a missing value, and what the decimal mark is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from gmmstudio.table.table import FloatArray

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
    """What the cells of a column are as numbers.

    Attributes
    ----------
    text
        The cells without surrounding spaces, null where missing (pyarrow, n).
    values
        float64 (n,), NaN where missing or infinite; None if some cell is neither.
    missing
        Number of cells without a value.
    infinite
        Number of infinite or too large numbers.
    wrong
        Number of cells that are neither missing nor numbers.
    first_wrong
        Row of the first of them, or −1.
    """

    text: Any
    values: FloatArray | None
    missing: int
    infinite: int = 0
    wrong: int = 0
    first_wrong: int = -1


def parse(cells: Any, rules: Rules, *, forced: bool = False) -> Parsed:
    """Read a column as numbers.

    All or nothing: one cell that is neither missing nor a number makes the column text, unless it
    is ``forced``; then such a cell counts as missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if rules.plain:
        values = _quickly(cells, rules.decimal)
        if values is not None:
            return _parsed(cells, values, int(np.count_nonzero(np.isnan(values))))
    text = trimmed(cells, rules.missing)
    values = _quickly(text, rules.decimal)
    if values is not None:
        return _parsed(text, values, text.null_count)
    fits = pc.match_substring_regex(text, rules.number())
    wrong = len(text) - text.null_count - int(pc.sum(fits).as_py() or 0)
    first = int(pc.index(fits, False).as_py()) if wrong else -1
    if wrong and not forced:
        return Parsed(text, None, text.null_count, wrong=wrong, first_wrong=first)
    numbers = pc.if_else(fits, text, pa.scalar(None, pa.string())) if wrong else text
    values = None
    if rules.thousands:
        values = _quickly(pc.replace_substring(numbers, rules.thousands, ""), rules.decimal)
    values = _slowly(numbers, rules) if values is None else values
    parsed = _parsed(numbers, values, numbers.null_count)
    return replace(parsed, wrong=wrong, first_wrong=first)


def trimmed(cells: Any, missing: frozenset[str]) -> Any:
    """Return the cells without surrounding spaces, null where they hold no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(cells)
    words = pa.array(sorted(missing), pa.string())
    return pc.if_else(pc.is_in(text, value_set=words), pa.scalar(None, pa.string()), text)


def _quickly(text: Any, decimal: str) -> FloatArray | None:
    """Return float64 (n,) that belongs to us, or None where Arrow cannot read some cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if decimal == ",":
        if pc.any(pc.match_substring(text, ".")).as_py():
            return None
        text = pc.replace_substring(text, ",", ".")
    try:
        numbers = pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        return None
    values: FloatArray = np.array(numbers.to_numpy(), dtype=np.float64)
    return values


def _slowly(text: Any, rules: Rules) -> FloatArray:
    """Read what Arrow does not: a plus sign, ``1e999``, groups of digits."""
    values = np.empty(len(text))
    at = 0
    for chunk in text.chunks:
        cells = chunk.to_pylist()
        values[at : at + len(cells)] = [
            np.nan if cell is None else rules.value(cell) for cell in cells
        ]
        at += len(cells)
    return values


def _parsed(text: Any, values: FloatArray, missing: int) -> Parsed:
    infinite = np.isinf(values)
    n_infinite = int(np.count_nonzero(infinite))
    if n_infinite:
        values[infinite] = np.nan
    return Parsed(text, values, missing, n_infinite)


def count_matching(text: Any, *patterns: str) -> int:
    """Return how many cells match all these regular expressions."""
    import pyarrow.compute as pc

    for pattern in patterns:
        text = text.filter(pc.match_substring_regex(text, pattern))
    return len(text) - int(text.null_count)


def proven_groups(text: Any, filled: int) -> str:
    """Return thousands and decimal mark (",." or ".,") if all cells prove them; "" if not.

    A cell with one mark and three digits behind it (1,234) proves nothing: it may be 1.234.
    """
    import pyarrow.compute as pc

    for thousands, decimal in ((",", "."), (".", ",")):
        marked = text.filter(pc.match_substring(text, thousands))
        if not len(marked):
            continue
        number = Rules(decimal, thousands).number()
        t, d = re.escape(thousands), re.escape(decimal)
        both = rf"{t}\d{{3}}(?:{t}\d{{3}}|{d}\d)"
        proofs = pc.sum(pc.match_substring_regex(marked, both)).as_py() or 0
        if proofs and count_matching(text, number) == filled:
            return thousands + decimal
    return ""


def has_clear_point(text: Any) -> bool:
    """Tell whether some number has a decimal point that cannot be read as grouping thousands."""
    return any(_clear_marks(part, ".") > 0 for part in (text.slice(0, 1000), text))


def decimal_evidence(text: Any) -> tuple[int, int]:
    """Return how many cells are numbers with a clear decimal point and with a clear comma.

    Clear is a mark that cannot be read as grouping thousands.
    """
    return _clear_marks(text, "."), _clear_marks(text, ",")


def _clear_marks(text: Any, mark: str) -> int:
    import pyarrow.compute as pc

    marked = text.filter(pc.match_substring(text, mark))
    return count_matching(marked, NUMBER[mark]) - count_matching(
        marked, GROUPED[mark], NUMBER[mark]
    )
