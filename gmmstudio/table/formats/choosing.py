"""Which rows of a large file are read: a simple random sample, the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


class Choice:
    """Rows drawn without replacement, each as likely as any other, asked for in order.

    Parameters
    ----------
    n_rows
        How many there are.
    n_wanted
        How many are wanted; None is all.
    seed
        Of the draw.
    """

    def __init__(self, n_rows: int, n_wanted: int | None, seed: int) -> None:
        self.rows: IntArray | None = None
        if n_wanted is not None and n_wanted < n_rows:
            self.rows = drawn(n_rows, n_wanted, np.random.default_rng(seed))
        self.n_wanted = n_rows if self.rows is None else len(self.rows)

    def taken(self, first: int, last: int) -> IntArray | None:
        """Return which of the rows first to last are wanted, counted from first; None is all."""
        if self.rows is None:
            return None
        a, b = np.searchsorted(self.rows, (first, last))
        taken: IntArray = self.rows[a:b] - first
        return taken


def drawn(n: int, wanted: int, draw: np.random.Generator) -> IntArray:
    """Return ``wanted`` of the numbers 0 … n − 1, rising, in memory that does not grow with n."""
    if 2 * wanted > n:
        left_out = drawn(n, n - wanted, draw)
        keep = np.ones(n, dtype=bool)
        keep[left_out] = False
        return np.flatnonzero(keep)
    found = np.empty(0, dtype=np.int64)
    while found.size < wanted:
        more = draw.integers(0, n, wanted - found.size + 16, dtype=np.int64)
        found = np.union1d(found, more)
    extra = draw.choice(found.size, found.size - wanted, replace=False)
    return np.delete(found, extra)
