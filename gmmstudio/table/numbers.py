"""Which text is a number, which is a missing value, and what the decimal mark is."""

from __future__ import annotations

import re
from dataclasses import dataclass
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

_PYTHON_NUMBER = {mark: re.compile(pattern, re.ASCII) for mark, pattern in NUMBER.items()}


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


def parse(cells: Any, decimal: str) -> Parsed:
    """Read a column as numbers.

    All or nothing: one cell that is neither missing nor a number makes the column text.
    """
    import pyarrow.compute as pc

    values = _quickly(cells, decimal)
    if values is not None:
        return _parsed(cells, values, int(np.count_nonzero(np.isnan(values))))
    text = _trimmed(cells)
    values = _quickly(text, decimal)
    if values is not None:
        return _parsed(text, values, text.null_count)
    fits = pc.match_substring_regex(text, NUMBER[decimal])
    wrong = len(text) - text.null_count - int(pc.sum(fits).as_py() or 0)
    if wrong:
        first = int(pc.index(fits, False).as_py())
        return Parsed(text, None, text.null_count, wrong=wrong, first_wrong=first)
    return _parsed(text, _slowly(text, decimal), text.null_count)


def _trimmed(cells: Any) -> Any:
    """Return the cells without surrounding spaces, null where they hold no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(cells)
    words = pa.array(sorted(_MISSING_ANY_CASE), pa.string())
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


def _slowly(text: Any, decimal: str) -> FloatArray:
    """Read what Arrow does not: a plus sign, ``1e999``."""
    values = np.empty(len(text))
    at = 0
    for chunk in text.chunks:
        cells = chunk.to_pylist()
        values[at : at + len(cells)] = [
            np.nan if cell is None else float(cell.replace(decimal, ".")) for cell in cells
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
