"""Agglomeration: again and again the two clusters are merged that cost the least likelihood.

The criterion of the unconstrained model (VVV) is Σ_k n_k log |W_k / n_k|, with W_k the centred
scatter of a cluster of n_k rows: minus twice the classification likelihood, up to a constant
(Banfield & Raftery 1993). It is −∞ for d rows and fewer, so something has to be added. Fraley 1998
adds traces to the determinant, (α tr W / (n d) + β tr W_k) / n_k. A trace goes with the second
power of the unit of length, though, and a determinant with its power 2d: the unit decides which of
the two is heard, and for tight clusters it is the traces, so that the clusters come out round. Here
a cluster's mean and covariance are integrated out of its likelihood instead, under a weak conjugate
prior, as Heller & Ghahramani 2005 do it:

    F(n_k, W_k) = (ν + n_k) log |Λ + W_k| − 2 log Γ_d((ν + n_k) / 2) + d log(1 + n_k / κ)

up to a constant per cluster and the term of the prior's mean, which is next to nothing. It is
finite from one row on, and like n_k log |W_k / n_k| where n_k is large. The prior says with the
weight of s = ν − d rows that a cluster has the share c of the data's variance: Λ = s c I, where the
data has variance one. Many clusters are smaller than few are, and beside an outlier all are small:
so the rows are agglomerated once for every c of `SHARES`, and the c is taken for which the
likelihood is largest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray

KAPPA = 0.01
"""κ: how many rows the prior of a cluster's mean is worth."""

SHARES = (0.8**2, 0.4**2, 0.2**2)
"""c: what share of the data's variance a cluster may have (squares of shares of its s.d.)."""

MOST_CLUSTERS = 20
"""The likelihoods are compared at the best number of clusters up to this one."""

BLOCK_CELLS = 1 << 17
"""Of the pairs of single rows so many are computed at a time."""

CROWDED = 0.75
"""The table of costs is made smaller when less than this share of its rows is in use."""

ELIMINATED_COLUMNS = 8
"""Up to here determinants are faster when many are eliminated side by side."""


def prior_rows(d: int) -> float:
    """Return s, how many rows the prior of a cluster's covariance is worth.

    The more columns, the more rows it takes to know a covariance better than the prior does.
    """
    return float(d**1.25)


def merge_all(zt: FloatArray, mass: FloatArray, check: Callable[[], None]) -> IntArray:
    """Merge clusters of rows until one is left.

    Parameters
    ----------
    zt : FloatArray (d, m)
        Different rows, whose variances are one on the average.
    mass : FloatArray (m,)
        How many rows each stands for. Only the ratios count: were each a hundred, d of them still
        would say nothing of a covariance.
    check : callable
        Called before every merger; raises if it is time to stop.

    Returns
    -------
    IntArray (m − 1, 2)
        As in `hierarchical.agglomerate`.
    """
    sizes = np.ones(mass.size) if mass.min() == mass.max() else mass / mass.mean()
    trees = [merge_with_prior(zt, sizes, share, check) for share in SHARES]
    best = np.argmin([cost for _, cost in trees])  # of equals the widest
    return trees[best][0]


def merge_with_prior(
    zt: FloatArray, sizes: FloatArray, share: float, check: Callable[[], None]
) -> tuple[IntArray, float]:
    """Merge clusters of rows until one is left, under one prior.

    Parameters
    ----------
    zt, sizes, check
        As in `merge_all`; the sizes are one on the average.
    share : float
        c.

    Returns
    -------
    merges : IntArray (m − 1, 2)
    cost : float
        Minus twice the log-likelihood at the best number of clusters, up to a constant.
    """
    d, m = zt.shape
    scale = share * max(prior_rows(d), 1.0)
    table = CostTable(zt / np.sqrt(scale), sizes)
    table.fill(check)
    merges, raises = np.empty((m - 1, 2), dtype=np.int64), np.empty(m - 1)
    for step in range(m - 1):
        check()
        *merges[step], raises[step] = table.merge_cheapest()
    saved = np.cumsum(np.append(0.0, raises[::-1]))[:MOST_CLUSTERS]
    saved -= 2.0 * np.arange(1, saved.size + 1) * log_multigamma(0.5 * (d + prior_rows(d)), d)
    return merges, float(table.total() - saved.max() + m * d * np.log(scale))


def log_multigamma(a: FloatArray | float, d: int) -> FloatArray:
    """Return log Γ_d(a) = Σ_j log Γ(a − j/2), j from 0 to d − 1, up to a constant of d.

    Γ is slow: so pairs of them are one, by Γ(z) Γ(z + ½) ~ 2^(−2z) Γ(2z), and all pairs one, by
    Γ(z − 2) = Γ(z) / ((z − 1) (z − 2)).
    """
    from scipy.special import gammaln

    pairs, odd = divmod(d, 2)
    z = 2.0 * np.asarray(a) - 1.0
    total = np.zeros(z.shape)
    if pairs:
        total += pairs * (gammaln(z) - np.log(2.0) * z)
    for j in range(1, pairs):
        total -= (pairs - j) * np.log((z - (2 * j - 1)) * (z - 2 * j))
    if odd:
        total += gammaln(0.5 * (z + 2.0 - d))
    return total


def log_determinants(a: FloatArray) -> FloatArray:
    """Return log |A| (k,) of positive definite matrices (d, d, k), which are overwritten."""
    d = a.shape[0]
    if d > ELIMINATED_COLUMNS:
        roots = np.diagonal(np.linalg.cholesky(a.T), axis1=1, axis2=2)
        return cast(FloatArray, 2.0 * np.log(roots).sum(axis=1))
    product = a[0, 0].copy()
    for j in range(d - 1):
        ratio = a[j, j + 1 :] / a[j, j]
        a[j + 1 :, j + 1 :] -= ratio[:, None] * a[j, j + 1 :]
        product *= a[j + 1, j + 1]
    return cast(FloatArray, np.log(product))


class CostTable:
    """What every merger of two of the clusters left would cost, and the cheapest.

    A cluster has a place in the table; merged clusters take the place of the one whose first row
    comes first. The cost of a pair stands in the row of the cluster that came into being later and
    is never changed: so a merger writes one row, and what stands in other rows for the two clusters
    that are gone is passed over because the cluster in that place is younger than the row's own.

    Parameters
    ----------
    zt : FloatArray (d, m)
        Different rows, in units in which Λ = I.
    sizes : FloatArray (m,)
        How many rows each stands for, one on the average.
    """

    def __init__(self, zt: FloatArray, sizes: FloatArray) -> None:
        d, m = zt.shape
        self._d = d
        self._nu = d + prior_rows(d)
        self._whole = bool(np.all(sizes == 1.0))
        self._size_terms = self._size_term(np.arange(m + 2.0)) if self._whole else np.empty(0)
        self._names = np.arange(m)
        self._sizes = sizes.copy()
        self._means = zt.copy()
        self._spreads = np.repeat(np.eye(d)[:, :, None], m, axis=2)  # Λ + W
        self._own = self._criterion(self._sizes, np.zeros(m))
        self._several = np.zeros(m, dtype=np.bool_)
        self._born = np.arange(m)
        self._clock = m
        self._left = m
        self._costs = np.empty((m, m))
        self._least = np.full(m, np.inf)  # of each row; a bound from below where outdated
        self._partner = np.zeros(m, dtype=np.int64)

    def fill(self, check: Callable[[], None]) -> None:
        """Compute the costs of all pairs of single rows."""
        m = self._left
        block = max(1, BLOCK_CELLS // m)
        for start in range(0, m, block):
            check()
            stop = min(start + block, m)
            squares = np.zeros((stop - start, stop))
            for column in self._means:
                off = column[start:stop, None] - column[:stop]
                off *= off
                squares += off
            n, other = self._sizes[start:stop, None], self._sizes[:stop]
            squares *= n * other / (n + other)
            squares += 1.0
            cost = self._criterion(n + other, np.log(squares, out=squares))
            cost -= self._own[start:stop, None] + self._own[:stop]
            cost[self._born[:stop] >= self._born[start:stop, None]] = np.inf
            self._costs[start:stop, :stop] = cost
            self._partner[start:stop] = cost.argmin(axis=1)
            self._least[start:stop] = cost.min(axis=1)

    def merge_cheapest(self) -> tuple[int, int, float]:
        """Merge the pair that costs least; return the first rows of the two, and the cost."""
        while True:
            one = int(self._least.argmin())
            two = int(self._partner[one])
            if self._born[two] < self._born[one]:
                break
            self._look_again(one)
        i, j = min(one, two), max(one, two)
        merger = int(self._names[i]), int(self._names[j]), float(self._least[one])
        self._join(i, j)
        if self._left < CROWDED * self._names.size:
            i = self._close_up(i)
        self._write_row(i)
        return merger

    def total(self) -> float:
        """Return the sum of F over the clusters left."""
        return float(self._own[self._born <= self._clock].sum())

    def _look_again(self, row: int) -> None:
        """Find the least cost of a row whose partner is gone."""
        older = np.where(self._born < self._born[row], self._costs[row], np.inf)
        self._partner[row] = older.argmin()
        self._least[row] = older[self._partner[row]]

    def _join(self, i: int, j: int) -> None:
        """Make clusters i and j one, in place i."""
        n, other = self._sizes[i], self._sizes[j]
        off = self._means[:, j] - self._means[:, i]
        share = other / (n + other)
        self._spreads[:, :, i] += self._spreads[:, :, j] + (n * share) * np.outer(off, off)
        self._spreads[:, :, i] -= np.eye(off.size)
        self._means[:, i] += share * off
        self._sizes[[i, j]] = n + other, 0.0
        self._several[[i, j]] = True, False
        self._born[[i, j]] = self._clock, np.iinfo(np.int64).max
        self._least[j] = np.inf
        self._clock += 1
        self._left -= 1

    def _close_up(self, i: int) -> int:
        """Leave the empty places out of the table and return where place i went."""
        left = self._born <= self._clock
        kept, place = np.flatnonzero(left), np.cumsum(left) - 1
        self._costs = self._costs[np.ix_(kept, kept)]
        self._means = self._means[:, kept]
        self._spreads = self._spreads[:, :, kept]
        partner = self._partner[kept]
        self._partner = place[np.where(left[partner], partner, kept)]  # itself: none, look again
        for name in ("_names", "_sizes", "_own", "_several", "_born", "_least"):
            setattr(self, name, getattr(self, name)[kept])
        return int(place[i])

    def _write_row(self, i: int) -> None:
        """Compute what it costs to merge cluster i, the youngest, with every other."""
        root = np.linalg.cholesky(self._spreads[:, :, i])
        log_det = 2.0 * np.log(np.diagonal(root)).sum()
        self._own[i] = self._criterion(self._sizes[i : i + 1], np.array([log_det]))[0]
        n = self._sizes + self._sizes[i]
        n[i] = self._sizes[i]
        between = self._sizes * (self._sizes[i] / n)
        off = self._means - self._means[:, i : i + 1]
        # |A + c δδᵀ| = |A| (1 + c δᵀA⁻¹δ): all there is to a single row
        white = np.linalg.inv(root) @ off
        white *= white
        log_dets = np.log(1.0 + between * white.sum(axis=0))
        log_dets += log_det
        several = self._several.copy()
        several[i] = False
        big = np.flatnonzero(several)
        if big.size:
            joint = self._spreads[:, :, big]
            joint += (self._spreads[:, :, i] - np.eye(off.shape[0]))[:, :, None]
            off = off[:, big]
            joint += (between[big] * off)[:, None] * off
            log_dets[big] = log_determinants(joint)
        cost = self._criterion(n, log_dets)
        cost -= self._own + self._own[i]
        cost[self._born >= self._born[i]] = np.inf
        self._costs[i] = cost
        self._partner[i] = cost.argmin()
        self._least[i] = cost[self._partner[i]]

    def _criterion(self, sizes: FloatArray, log_dets: FloatArray) -> FloatArray:
        """Return F of clusters of these sizes and log |Λ + W|."""
        terms = self._size_terms[sizes.astype(np.int64)] if self._whole else self._size_term(sizes)
        value: FloatArray = (self._nu + sizes) * log_dets
        value += terms
        return value

    def _size_term(self, sizes: FloatArray) -> FloatArray:
        term: FloatArray = self._d * np.log1p(sizes / KAPPA)
        term -= 2.0 * log_multigamma(0.5 * (self._nu + sizes), self._d)
        return term
