"""What a check of the data has found: frozen, in a plain sentence, without what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FindingKind = Literal[
    "missing",
    "constant",
    "near-constant",
    "duplicate",
    "collinear",
    "composition",
    "id",
    "code",
    "ties",
    "outliers",
    "missing-code",
    "date",
    "copied-rows",
    "skewed",
    "no-logarithm",
    "not-all",
]
Severity = Literal["serious", "look", "note"]

SEVERITIES: tuple[Severity, ...] = ("serious", "look", "note")


def _no_rows() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Finding:
    """One thing that is worth knowing before a fit.

    Attributes
    ----------
    kind
        What it is.
    severity
        "serious": the fit fails or is worth nothing. "look": it may mislead. "note": to know.
    columns
        The columns concerned, by index. Where one of them should go, it is the last.
    sentence
        What was found and why it matters, in plain words.
    title
        The same in a few words.
    rows
        int64 (m,): the table rows concerned, rising; empty where no rows are to be pointed at.
    sampled
        How many rows were looked at where not all of them were; 0 where all were.
    """

    kind: FindingKind
    severity: Severity
    columns: tuple[int, ...]
    sentence: str
    title: str
    rows: IntArray = field(default_factory=_no_rows)
    sampled: int = 0

    @property
    def needs_a_look(self) -> bool:
        """Whether it counts among the things to look at."""
        return self.severity != "note"


def number(value: float) -> str:
    """Write a number short: ``"5.2"``, ``"-999"``, ``"1e+300"``."""
    return f"{value:.6g}"


def rows_words(n: int) -> str:
    """Say a number of rows."""
    return "1 row" if n == 1 else f"{counted(n)} rows"


def counted(n: int) -> str:
    """Write a whole number, in groups of three digits from five on."""
    return f"{n:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if n >= 10_000 else str(n)


def percent(share: float) -> str:
    """Write a share in percent, never a small one as nothing nor most as all."""
    if 0.0 < share < 0.01:
        return "under 1\N{NO-BREAK SPACE}%"
    if 0.99 < share < 1.0:
        return "over 99\N{NO-BREAK SPACE}%"
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def quoted(names: Sequence[str], most: int = 6) -> str:
    """Join names in words: ``“a”, “b” and “c”``."""
    marked = [f"“{name}”" for name in names]
    if len(marked) > most:
        return f"{', '.join(marked[:most])} and {len(marked) - most} more"
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} and {marked[-1]}"
