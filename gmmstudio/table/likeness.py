"""How unlike the cells of its column a cell looks: what mending a broken row goes by.

Every cell has a pattern, such as ``99/99/9999`` or ``Aa Aa``. What is usual in a column costs
nothing, what never stands there costs the more, the fewer patterns the column has: free text has a
new pattern in every row, so nothing is unlike it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_CLASSES = str.maketrans(
    {
        **{chr(c): "9" for c in range(ord("0"), ord("9") + 1)},
        **{chr(c): "A" for c in range(ord("A"), ord("Z") + 1)},
        **{chr(c): "a" for c in range(ord("a"), ord("z") + 1)},
    }
)
_LETTER = re.compile(r"[^\W\d_A-Za-z]")
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
_LONG = 24
_ROUGHLY = 60


def fine(cell: str) -> str:
    """Return the pattern with every digit and letter counted, as far as it is short."""
    pattern = _LETTER.sub("a", cell[:_LONG].translate(_CLASSES))
    return pattern + ("…" if len(cell) > _LONG else "")


def coarse(cell: str) -> str:
    """Return the pattern with runs of digits and of letters as one."""
    return _LETTERS.sub("a", _DIGITS.sub("9", cell[:_ROUGHLY]))


def _ends(cell: str) -> tuple[str, str]:
    return (coarse(cell[:1]), coarse(cell[-1:]))


class _Feature:
    """How often each value of a feature occurs in a column, and how rare a new one is."""

    def __init__(self, values: Sequence[str]) -> None:
        n = len(values)
        self.counts = Counter(values)
        once = sum(count == 1 for count in self.counts.values())
        # Good and Turing: what was seen once is as frequent as what was never seen.
        self.new = -math.log((once + 0.5) / (n + 1))
        self.n = n

    def cost(self, value: str) -> float:
        count = self.counts.get(value, 0)
        usual = -math.log(count / self.n) if count else math.inf
        return min(usual, self.new)


class Likeness:
    """What the cells of each column look like.

    Parameters
    ----------
    rows
        Regular rows, all of the same width.
    """

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        columns = list(zip(*rows, strict=True))
        self._features = [
            (
                _Feature([fine(cell) for cell in column]),
                _Feature([coarse(cell) for cell in column]),
                _Feature([_ends(cell)[0] for cell in column]),
                _Feature([_ends(cell)[1] for cell in column]),
            )
            for column in columns
        ]
        self.numeric = [
            sum(_NUMBER.fullmatch(cell) is not None for cell in column) > 0.8 * len(column)
            for column in columns
        ]

    def cost(self, j: int, cell: str) -> float:
        """Return how unlike column ``j`` a cell is: 0 and more, in nats."""
        whole, rough, first, last = self._features[j]
        ends = _ends(cell)
        return (
            whole.cost(fine(cell))
            + rough.cost(coarse(cell))
            + first.cost(ends[0])
            + last.cost(ends[1])
        )

    def total(self, cells: Sequence[str]) -> float:
        """Return the cost of a row of the right width."""
        return sum(self.cost(j, cell) for j, cell in enumerate(cells))
