"""Which text is a date; none is converted, so that nothing depends on how it is understood."""

from __future__ import annotations

import re
from typing import Any

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?i:[ap]m)| ?Z|[+-]\d{2}:?\d{2})?)?"
_MONTH = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
YEAR_FIRST = (
    rf"^\d{{4}}(?:-\d{{1,2}}-\d{{1,2}}|/\d{{1,2}}/\d{{1,2}}|\. ?\d{{1,2}}\. ?\d{{1,2}}\.?){_TIME}$"
)
YEAR_LAST = rf"^\d{{1,2}}(?:/\d{{1,2}}/|\.\d{{1,2}}\.|-\d{{1,2}}-)(?:\d{{4}}|\d{{2}}){_TIME}$"
NAMED = (
    rf"^(?:\d{{1,2}}[ .-]+{_MONTH}[ .,-]+\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}}"
    rf"|\d{{4}}년 ?\d{{1,2}}월 ?\d{{1,2}}일){_TIME}$"
)
_FIRST_OVER_12 = r"^(?:1[3-9]|[23]\d)\D"
_SECOND_OVER_12 = r"^\d{1,2}\D(?:1[3-9]|[23]\d)\D"

_PYTHON = [re.compile(pattern, re.ASCII) for pattern in (YEAR_FIRST, YEAR_LAST, NAMED)]


def is_date(text: str) -> bool:
    """Tell whether a cell looks like a date, with or without a time."""
    return any(pattern.match(text.strip()) for pattern in _PYTHON)


def are_dates(text: Any) -> bool:
    """Tell whether all cells are dates (pyarrow strings without surrounding spaces; null: none)."""
    import pyarrow.compute as pc

    filled = text.drop_null()
    if not len(filled) or not is_date(filled[0].as_py()):
        return False
    alike = [pc.match_substring_regex(filled, p) for p in (YEAR_FIRST, YEAR_LAST, NAMED)]
    return bool(pc.all(pc.or_(pc.or_(alike[0], alike[1]), alike[2])).as_py())


def ambiguous(text: Any) -> str:
    """Return the first date of which nobody can tell day and month; "" where it is plain.

    It is plain if the year stands first, or if in some dates of the column the first number cannot
    be a month, or the second cannot; it is not if both occur.
    """
    import pyarrow.compute as pc

    filled = text.drop_null()
    last = filled.filter(pc.match_substring_regex(filled, YEAR_LAST))
    if not len(last):
        return ""
    day_first = bool(pc.any(pc.match_substring_regex(last, _FIRST_OVER_12)).as_py())
    month_first = bool(pc.any(pc.match_substring_regex(last, _SECOND_OVER_12)).as_py())
    return "" if day_first != month_first else str(last[0].as_py())
