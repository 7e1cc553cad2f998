"""Which text is a number, which is a missing value, and what the decimal mark is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gmmstudio.table.table import FloatArray

Decimal = Literal[".", ","]

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
_MISSING_ANY_CASE = frozenset(word for m in MISSING for word in (m, m.lower(), m.upper()))

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

_PYTHON_NUMBER = {mark: re.compile(pattern) for mark, pattern in NUMBER.items()}


def is_missing(text: str) -> bool:
    """Tell whether a cell holds no value."""
    return text.strip() in _MISSING_ANY_CASE


def is_number(text: str, decimal: str = ".") -> bool:
    """Tell whether a cell holds a number written with this decimal mark."""
    return _PYTHON_NUMBER[decimal].match(text.strip()) is not None


@dataclass(frozen=True, eq=False)
class Parsed:
    """What the cells of a column are as numbers.

    Attributes
    ----------
    values
        float64 (n,), NaN where missing, infinite or not a number; None if some cell is no number.
    missing
        Number of cells without a value.
    infinite
        Number of infinite or too large numbers.
    wrong
        Number of cells that are neither missing nor numbers.
    first_wrong
        Row of the first of them, or −1.
    """

    values: FloatArray | None
    missing: int
    infinite: int
    wrong: int
    first_wrong: int


def trimmed(cells: Any) -> Any:
    """Return the cells without surrounding spaces, null where they hold no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(cells)
    words = pa.array(sorted(_MISSING_ANY_CASE), pa.string())
    return pc.if_else(pc.is_in(text, value_set=words), pa.scalar(None, pa.string()), text)


def parse(text: Any, decimal: str) -> Parsed:
    """Read a column of trimmed cells (null where missing) as numbers.

    All or nothing: one cell that is neither missing nor a number makes the column text.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    fast = text if decimal == "." or not _any(text, ".") else None
    if fast is not None:
        try:
            numbers = pc.cast(_with_point(fast, decimal), pa.float64())
        except pa.ArrowInvalid:
            pass
        else:
            return _parsed(_to_numpy(numbers), text.null_count)
    fits = pc.match_substring_regex(text, NUMBER[decimal])
    wrong = len(text) - text.null_count - (pc.sum(fits).as_py() or 0)
    if wrong:
        first = int(pc.index(fits, False).as_py())
        return Parsed(None, text.null_count, 0, int(wrong), first)
    return _parsed(_slowly(text, decimal), text.null_count)


def count_matching(text: Any, pattern: str) -> int:
    """Return how many cells match a regular expression."""
    import pyarrow.compute as pc

    return int(pc.sum(pc.match_substring_regex(text, pattern)).as_py() or 0)


def _any(text: Any, part: str) -> bool:
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring(text, part)).as_py())


def _with_point(text: Any, decimal: str) -> Any:
    import pyarrow.compute as pc

    return text if decimal == "." else pc.replace_substring(text, ",", ".")


def _to_numpy(numbers: Any) -> FloatArray:
    """Return float64 (n,) that belongs to us, NaN for null."""
    values: FloatArray = np.array(numbers.to_numpy(), dtype=np.float64)
    return values


def _slowly(text: Any, decimal: str) -> FloatArray:
    """Read what Arrow does not: a plus sign, ``5.``, ``1e999``."""
    values = np.empty(len(text))
    at = 0
    for chunk in text.chunks:
        cells = chunk.to_pylist()
        values[at : at + len(cells)] = [
            np.nan if cell is None else float(cell.replace(decimal, ".")) for cell in cells
        ]
        at += len(cells)
    return values


def _parsed(values: FloatArray, missing: int) -> Parsed:
    infinite = np.isinf(values)
    n_infinite = int(np.count_nonzero(infinite))
    if n_infinite:
        values[infinite] = np.nan
    return Parsed(values, missing, n_infinite, 0, -1)


def decimal_evidence(text: Any) -> tuple[int, int]:
    """Return how many cells are numbers with a clear decimal point and with a clear decimal comma.

    Clear is a mark that cannot be read as grouping thousands.
    """
    import pyarrow.compute as pc

    counts = []
    for mark in (".", ","):
        with_mark = text.filter(pc.match_substring(text, mark))
        grouped = count_matching(with_mark, GROUPED[mark])
        counts.append(count_matching(with_mark, NUMBER[mark]) - grouped if len(with_mark) else 0)
    return max(counts[0], 0), max(counts[1], 0)
