"""Numbers with a sign of money or per cent, or in brackets: what they are without it."""

from __future__ import annotations

import re
from typing import Any

_SIGN = r"(?:[$€£¥₩₹%‰]|USD|EUR|GBP|CHF|JPY|KRW|원|kr|zł)"
_SPACE = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]"
_MARKS = ".,'\N{RIGHT SINGLE QUOTATION MARK}"
_DIGITS = rf"\d(?:[\d{_MARKS}]|{_SPACE}\d)*(?:[eE][+-]?\d+)?"
_MINUS_SIGN = "\N{MINUS SIGN}"
_MINUS = f"[+{_MINUS_SIGN}-]"
_DRESSED = rf"{_MINUS}?{_SPACE}?(?:{_SIGN}{_SPACE}?)?{_MINUS}?{_DIGITS}(?:{_SPACE}?{_SIGN})?"
_ANY = rf"^(?:{_DRESSED}|\({_SPACE}?{_DRESSED}{_SPACE}?\))$"
_PYTHON = re.compile(_ANY)
_HAS_SIGN = re.compile(rf"{_SIGN}|[({_MINUS_SIGN}]")


def is_dressed(text: str) -> bool:
    """Tell whether a cell is a number with such a sign.

    Examples
    --------
    >>> is_dressed("$ 10.00"), is_dressed("(1.50)"), is_dressed("10.00"), is_dressed("50 kg")
    (True, True, False, False)
    """
    return bool(_HAS_SIGN.search(text)) and _PYTHON.match(text.strip()) is not None


def count_dressed(text: Any) -> int:
    """Return how many cells (pyarrow strings) are numbers, with such a sign or without."""
    import pyarrow.compute as pc

    return int(pc.sum(pc.match_substring_regex(text, _ANY)).as_py() or 0)


def undressed(cells: Any) -> Any:
    """Return cells (pyarrow strings) without these signs; brackets are a minus, as in accounts."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(cells, _HAS_SIGN.pattern)).as_py():
        return cells
    text = pc.utf8_trim_whitespace(cells)
    fits = pc.match_substring_regex(text, _ANY)
    for pattern, by in (
        (r"^\((.*)\)$", r"-\1"),
        (_MINUS_SIGN, "-"),
        (rf"^([+-]?){_SPACE}?{_SIGN}{_SPACE}?", r"\1"),
        (rf"{_SPACE}?{_SIGN}{_SPACE}?$", ""),
        (rf"^([+-]){_SPACE}", r"\1"),
    ):
        text = pc.replace_substring_regex(text, pattern, by)
    return pc.if_else(fits, text, cells)
