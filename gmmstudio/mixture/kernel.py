"""The kernel: one pass over the rows is one E-step and all that the M-step needs of the rows.

For every component k a pass yields N_k = Σ r_ik, the mean m_k = Σ r_ik z_i / N_k and the scatter
W_k = Σ r_ik (z_i − m_k)(z_i − m_k)ᵀ, besides the log-likelihood. Such sums add over blocks, so the
rows are taken block by block and no n × K array ever exists. In a block everything is laid out
(components, rows): sums over components run down contiguous rows.

There are two forms of the same computation:

* `MonomialForm`: a log-density is linear in the monomials φ(z) = [1, z_a, z_a z_b (a ≤ b)], so a
  block costs two matrix products, ``L = A φ`` and ``T += R φᵀ``. Fast; its rounding grows with the
  squared distance of a cluster from the origin, in the cluster's own standard deviations.
* `DirectForm`: z − μ_k is formed first and whitened. Slower for few columns, exact wherever the
  cluster lies.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray, frozen
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.rows import Rows

CLIP = -300.0
"""Responsibilities below e⁻³⁰⁰ count as that: exp of less is slow and changes no digit."""

DIRECT_COLUMNS = 24
"""From this many columns on the direct form is also the faster one."""

DIRECT_CONDITION = 1e6
"""Above this χ the monomial form would lose more than ten of the sixteen digits."""

KEPT_BYTES = 1 << 22
"""Monomials of all rows that take no more than this stay in the cache: they are formed once."""

HARD_ROWS = 1 << 15
"""Rows that are copied at a time where hard labels are summed up."""

FAR_MOVE = 1e3
"""A mean that moved by more standard deviations than this has its scatter summed again."""

TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Statistics:
    """What an E-step found, all in standardised coordinates.

    Attributes
    ----------
    sizes : FloatArray (K,)
        N_k = Σ_i w_i r_ik, where w_i is how often row i counts (once, unless weights are given).
    means : FloatArray (K, d)
        m_k = Σ_i r_ik z_i / N_k.
    scatters : FloatArray (K, d, d)
        W_k = Σ_i r_ik (z_i − m_k)(z_i − m_k)ᵀ.
    log_likelihood : float
        Σ_i log Σ_k π_k φ_k(z_i) of the parameters the responsibilities come from.
    log_max_responsibility : float
        Σ_i log max_k r_ik.
    rounding : float
        How far rounding alone may have moved the log-likelihood.
    """

    sizes: FloatArray
    means: FloatArray
    scatters: FloatArray
    log_likelihood: float
    log_max_responsibility: float
    rounding: float


def responsibilities(
    log_joint: FloatArray, top: FloatArray, total: FloatArray, floor: FloatArray
) -> None:
    """Turn log π_k φ_k(z_i) into r_ik, in place.

    Parameters
    ----------
    log_joint : FloatArray (K, rows)
        On return the responsibilities.
    top : FloatArray (rows,)
        On return max_k log π_k φ_k(z_i).
    total : FloatArray (rows,)
        On return −log max_k r_ik; the log-density of a row is the sum of both.
    floor : FloatArray (rows,)
        Full of `CLIP`: NumPy takes a row at three times the speed of a number.
    """
    np.maximum.reduce(log_joint, axis=0, out=top)
    np.subtract(log_joint, top, out=log_joint)
    np.maximum(log_joint, floor, out=log_joint)
    np.exp(log_joint, out=log_joint)
    np.add.reduce(log_joint, axis=0, out=total)
    np.divide(log_joint, total, out=log_joint)
    np.log(total, out=total)


def log_sums(top: FloatArray, total: FloatArray, weights: FloatArray | None) -> tuple[float, float]:
    """Sum what `responsibilities` left behind.

    Parameters
    ----------
    top, total : FloatArray (rows,)
    weights : FloatArray (rows,) or None
        How often each row counts.

    Returns
    -------
    log_likelihood, log_max_responsibility : float
    """
    if weights is None:
        log_max = -float(np.add.reduce(total))
        return float(np.add.reduce(top)) - log_max, log_max
    log_max = -float(np.dot(weights, total))
    return float(np.dot(weights, top)) - log_max, log_max


class Scratch:
    """Arrays of one thread for blocks of up to `rows` rows."""

    def __init__(self, rows: int, **shapes: tuple[int, ...]) -> None:
        self.arrays = {name: np.empty((*shape, rows)) for name, shape in shapes.items()}
        self.arrays["floor"] = np.full(rows, CLIP)
        self._cut: tuple[int, dict[str, FloatArray]] = (rows, self.arrays)

    def cut(self, rows: int) -> dict[str, FloatArray]:
        """Return the arrays shortened to this many rows."""
        if self._cut[0] != rows:
            self._cut = (rows, {name: a[..., :rows] for name, a in self.arrays.items()})
        return self._cut[1]


@cache
def second_order(d: int, diagonal: bool) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the pairs a ≤ b of d columns in the order of the monomials z_a z_b.

    Parameters
    ----------
    d : int
    diagonal : bool
        Only the pairs a = b.

    Returns
    -------
    first, second : IntArray (pairs,)
        a and b of every pair.
    factor : FloatArray (pairs,)
        What multiplies Σ⁻¹_ab in the log-density: −½ for a = b, −1 for a < b.
    """
    first, second = np.diag_indices(d) if diagonal else np.triu_indices(d)
    return first, second, np.where(first == second, -0.5, -1.0)


def monomials(zt: FloatArray, diagonal: bool, out: FloatArray) -> None:
    """Write φ(z) = [1, z_a, z_a z_b (a ≤ b)] of a block, or only the z_a² of the last.

    Parameters
    ----------
    zt : FloatArray (d, rows)
    diagonal : bool
    out : FloatArray (1 + d + pairs, rows)
    """
    d = zt.shape[0]
    out[0] = 1.0
    out[1 : 1 + d] = zt
    place = 1 + d
    if diagonal:
        np.multiply(zt, zt, out=out[place:])
        return
    for a in range(d):
        np.multiply(zt[a], zt[a:], out=out[place : place + d - a])
        place += d - a


def monomial_weights(g: Gaussians) -> FloatArray:
    """Return A (K, p) with log π_k φ_k(z) = A_k · φ(z).

    Row k is [log π_k − ½(d log 2π + log|Σ_k| + μ_kᵀPμ_k), Pμ_k, −½P_aa (a = b), −P_ab (a < b)] with
    P = Σ_k⁻¹.
    """
    d = g.n_columns
    first, second, factor = second_order(d, g.diagonal)
    weights = np.empty((g.n_components, 1 + d + first.size))
    linear = np.matmul(g.precisions, g.means[:, :, None])[:, :, 0]
    weights[:, 0] = g.log_norm - 0.5 * np.einsum("ka,ka->k", linear, g.means)
    weights[:, 1 : 1 + d] = linear
    np.multiply(g.precisions[:, first, second], factor, out=weights[:, 1 + d :])
    return weights


class MonomialForm:
    """Log-densities and moments as products with the monomials."""

    def __init__(self, g: Gaussians) -> None:
        self._g = g
        self._weights = monomial_weights(g)
        self.diagonal, self.n_monomials = g.diagonal, self._weights.shape[1]
        self.sizes = self._weights.shape
        self.bytes_per_row = 8 * (self._weights.shape[1] + g.n_components + 2)
        self.rounding = g.condition(centred=False)

    def scratch(self, rows: int) -> Scratch:
        """Make the arrays a thread needs."""
        k, p = self._weights.shape
        return Scratch(rows, phi=(p,), joint=(k,), top=(), total=())

    def log_joint(
        self, zt: FloatArray, s: dict[str, FloatArray], phi: FloatArray | None = None
    ) -> FloatArray:
        """Return log π_k φ_k(z_i) as (K, rows): the first half of the E-step.

        `phi` (p, rows) are the monomials, where somebody has put them into `s` already.
        """
        if phi is None:
            monomials(zt, self._g.diagonal, s["phi"])
        joint: FloatArray = np.matmul(self._weights, s["phi"], out=s["joint"])
        return joint

    def moments(self, zt: FloatArray, s: dict[str, FloatArray]) -> FloatArray:
        """Return Σ r φᵀ (K, p) of a block: N, S and Q at once."""
        moments: FloatArray = np.matmul(s["joint"], s["phi"].T)
        return moments

    def collect(self, total: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return N, m and W = Q − N m mᵀ from the summed moments."""
        k, d = self._g.means.shape
        first, second, _ = second_order(d, self._g.diagonal)
        sizes = total[:, 0].copy()
        means = total[:, 1 : 1 + d] / np.maximum(sizes, TINY)[:, None]
        centred = total[:, 1 + d :] - total[:, 1 + first] * means[:, second]
        own = first == second  # of a column without spread the difference may come out below zero
        centred[:, own] = np.maximum(centred[:, own], 0.0)
        scatters = np.zeros((k, d, d))
        scatters[:, first, second] = centred
        scatters[:, second, first] = centred
        return sizes, means, scatters


class DirectForm:
    """Log-densities and moments of the whitened deviations y = L_k⁻¹(z − μ_k)."""

    def __init__(self, g: Gaussians, centres: FloatArray | None = None) -> None:
        self._g = g
        self._centres = centres
        self.sizes = k, d = g.means.shape
        self.bytes_per_row = 8 * k * (2 * d + 1)
        self.rounding = g.condition(centred=True)

    def scratch(self, rows: int) -> Scratch:
        """Make the arrays a thread needs."""
        k, d = self._g.means.shape
        return Scratch(rows, deviation=(k, d), white=(k, d), joint=(k,), top=(), total=())

    def log_joint(
        self, zt: FloatArray, s: dict[str, FloatArray], phi: FloatArray | None = None
    ) -> FloatArray:
        """Return log π_k φ_k(z_i) as (K, rows): the first half of the E-step; no use for `phi`."""
        g, deviation, white, joint = self._g, s["deviation"], s["white"], s["joint"]
        self._whiten(zt, g.means, s)
        np.multiply(white, white, out=deviation)
        np.add.reduce(deviation, axis=1, out=joint)
        joint *= -0.5
        joint += g.log_norm[:, None]
        return joint

    def moments(self, zt: FloatArray, s: dict[str, FloatArray]) -> FloatArray:
        """Return Σ r [1, y, y yᵀ] of a block as (K, 1 + d + d²)."""
        k, d = self._g.means.shape
        weighted, white, joint = s["deviation"], s["white"], s["joint"]
        if self._centres is not None:
            self._whiten(zt, self._centres, s)
        np.multiply(white, joint[:, None, :], out=weighted)
        moments = np.empty((k, 1 + d + d * d))
        np.add.reduce(joint, axis=1, out=moments[:, 0])
        np.add.reduce(weighted, axis=2, out=moments[:, 1 : 1 + d])
        moments[:, 1 + d :] = np.matmul(weighted, white.transpose(0, 2, 1)).reshape(k, d * d)
        return moments

    def collect(self, total: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return N, m and W = L (Q − N δδᵀ) Lᵀ with δ the whitened move of the mean."""
        g = self._g
        k, d = g.means.shape
        centres = g.means if self._centres is None else self._centres
        sizes = total[:, 0].copy()
        move = self._move(total)
        second = total[:, 1 + d :].reshape(k, d, d)
        white = second - (sizes[:, None] * move)[:, :, None] * move[:, None, :]
        scatters = np.matmul(np.matmul(g.cholesky, white), g.cholesky.transpose(0, 2, 1))
        means = centres + np.matmul(g.cholesky, move[:, :, None])[:, :, 0]
        return sizes, means, 0.5 * (scatters + scatters.transpose(0, 2, 1))

    def moved_far(self, total: FloatArray) -> bool:
        """Whether a mean moved so far that W would lose digits in the subtraction."""
        move = self._move(total)
        return bool(np.einsum("ka,ka->k", move, move).max() > FAR_MOVE**2)

    def _move(self, total: FloatArray) -> FloatArray:
        d = self._g.n_columns
        move: FloatArray = total[:, 1 : 1 + d] / np.maximum(total[:, 0], TINY)[:, None]
        return move

    def _whiten(self, zt: FloatArray, centres: FloatArray, s: dict[str, FloatArray]) -> None:
        np.subtract(zt, centres[:, :, None], out=s["deviation"])
        np.matmul(self._g.whitening, s["deviation"], out=s["white"])


Form = MonomialForm | DirectForm


def choose_form(g: Gaussians) -> Form:
    """Return the form that is exact enough, and the faster one where both are."""
    if g.n_columns >= DIRECT_COLUMNS and not g.diagonal:
        return DirectForm(g)
    form = MonomialForm(g)
    return form if form.rounding <= DIRECT_CONDITION else DirectForm(g)


class Kernel:
    """Passes over the same standardised rows.

    Parameters
    ----------
    zt : FloatArray (d, n)
    rows : Rows
    weights : FloatArray (n,), optional
        How often each row counts; once by default.
    """

    def __init__(self, zt: FloatArray, rows: Rows, weights: FloatArray | None = None) -> None:
        self._zt = zt
        self._rows = rows
        self._weights = weights
        self._n_observations = zt.shape[1] if weights is None else float(weights.sum())
        self._local = threading.local()
        self._monomials: dict[bool, FloatArray] = {}

    def e_step(self, g: Gaussians) -> Statistics:
        """Compute the responsibilities under `g` and sum up what the M-step needs of them.

        Raises
        ------
        Cancelled
            In mid-pass, at most a block after it is asked.
        """
        form = choose_form(g)
        total, log_likelihood, log_max = self._pass(form)
        if isinstance(form, DirectForm) and form.moved_far(total):
            form = DirectForm(g, form.collect(total)[1])
            total, log_likelihood, log_max = self._pass(form)
        sizes, means, scatters = form.collect(total)
        growth = 2.0 * self._n_observations * form.rounding
        rounding = np.finfo(float).eps * (growth + 4.0 * abs(log_likelihood))
        return Statistics(sizes, means, scatters, log_likelihood, log_max, rounding)

    def labels(self, g: Gaussians) -> IntArray:
        """Return the component (n,) with the largest responsibility for every row."""
        form = choose_form(g)
        block_rows = self._rows.block_rows(form.bytes_per_row)
        labels = np.empty(self._zt.shape[1], dtype=np.int64)

        def label(block: slice, scratch: Scratch) -> None:
            s = scratch.cut(block.stop - block.start)
            np.argmax(form.log_joint(self._zt[:, block], s), axis=0, out=labels[block])

        self._rows.each_block(label, lambda: self._scratch(form, block_rows), block_rows)
        return labels

    def _pass(self, form: Form) -> tuple[FloatArray, float, float]:
        zt, weights, kept = self._zt, self._weights, self._kept_monomials(form)
        block_rows = self._rows.block_rows(form.bytes_per_row)

        def step(block: slice, scratch: Scratch) -> tuple[FloatArray, float, float]:
            s, z = scratch.cut(block.stop - block.start), zt[:, block]
            counts = None if weights is None else weights[block]
            phi = None if kept is None else kept[:, block]
            if phi is not None:  # in a copy: the scratch must go on having an array of its own
                s = s | {"phi": phi}
            joint = form.log_joint(z, s, phi)
            responsibilities(joint, s["top"], s["total"], s["floor"])
            log_likelihood, log_max = log_sums(s["top"], s["total"], counts)
            if counts is not None:
                joint *= counts
            return form.moments(z, s), log_likelihood, log_max

        parts = self._rows.each_block(step, lambda: self._scratch(form, block_rows), block_rows)
        if len(parts) == 1:
            return parts[0]
        moments, log_likelihoods, log_maxima = zip(*parts, strict=True)
        total: FloatArray = np.add.reduce(moments, axis=0)
        return total, sum(log_likelihoods), sum(log_maxima)

    def _kept_monomials(self, form: Form) -> FloatArray | None:
        """Return the monomials (p, n) of all rows where they are few enough to be kept."""
        if not isinstance(form, MonomialForm):
            return None
        kept = self._monomials.get(form.diagonal)
        n, p = self._zt.shape[1], form.n_monomials
        if kept is None and 8 * n * p <= KEPT_BYTES:
            kept = np.empty((p, n))
            monomials(self._zt, form.diagonal, kept)
            self._monomials[form.diagonal] = frozen(kept)
        return kept

    def _scratch(self, form: Form, rows: int) -> Scratch:
        """Return this thread's scratch, made anew only when its sizes change."""
        held: Scratch | None = getattr(self._local, "scratch", None)
        fresh_key = (type(form), form.sizes, rows)
        if held is None or self._local.key != fresh_key:
            held = self._local.scratch = form.scratch(rows)
            self._local.key = fresh_key
        return held


def hard_statistics(
    zt: FloatArray,
    labels: IntArray,
    n_components: int,
    rows: Rows,
    weights: FloatArray | None = None,
) -> Statistics:
    """Sum up with responsibilities of zero and one.

    Parameters
    ----------
    zt : FloatArray (d, n)
    labels : IntArray (n,)
        From 0 to K − 1.
    n_components : int
        K; a component nobody is labelled with gets size, mean and scatter zero.
    rows : Rows
        Asked whether to stop between blocks.
    weights : FloatArray (n,), optional
        How often each row counts.
    """
    d, n = zt.shape
    sizes = np.bincount(labels, weights, minlength=n_components).astype(np.float64)
    means = np.zeros((n_components, d))
    scatters = np.zeros((n_components, d, d))
    blocks = [slice(a, min(a + HARD_ROWS, n)) for a in range(0, n, HARD_ROWS)]
    for block in blocks:
        rows.check()
        for a in range(d):
            column = zt[a, block] if weights is None else zt[a, block] * weights[block]
            means[:, a] += np.bincount(labels[block], column, minlength=n_components)
    means /= np.where(sizes > 0.0, sizes, 1.0)[:, None]
    for block in blocks:
        rows.check()
        for k in np.flatnonzero(np.bincount(labels[block], minlength=n_components)):
            here = labels[block] == k
            members = zt[:, block][:, here] - means[k][:, None]
            weighted = members if weights is None else members * weights[block][here]
            scatters[k] += weighted @ members.T
    return Statistics(sizes, means, scatters, np.nan, np.nan, 0.0)
