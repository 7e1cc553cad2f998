"""The kernel: one pass over the rows is one E-step and all that the M-step needs of the rows.

For every component k a pass yields N_k = Σ r_ik, the mean m_k = Σ r_ik z_i / N_k and the scatter
W_k = Σ r_ik (z_i − m_k)(z_i − m_k)ᵀ, besides the log-likelihood. Such sums add over blocks, so the
rows are taken block by block and no n × K array ever exists. In a block everything is laid out
(components, rows): sums over components run down contiguous rows.

The same computation has two forms, of which the more fitting is chosen for every pass: see `forms`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.arrays import FloatArray, IntArray, frozen
from gmmstudio.mixture.forms import (
    DirectForm,
    Form,
    MonomialForm,
    Scratch,
    choose_form,
    monomials,
)
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.rows import Rows

KEPT_BYTES = 1 << 22
"""Monomials of all rows that take no more than this stay in the cache: they are formed once."""

HARD_ROWS = 1 << 15
"""Rows that are copied at a time where hard labels are summed up."""


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


def largest(log_joint: FloatArray, top: FloatArray, labels: NDArray[np.integer[Any]]) -> None:
    """Find the component with the largest log π_k φ_k(z_i); of equals the first.

    Parameters
    ----------
    log_joint : FloatArray (K, rows)
    top : FloatArray (rows,)
        On return the largest.
    labels : integers (rows,)
        On return which that is.

    Notes
    -----
    A row's label is how many components come before its largest: counting them, a component at a
    time over contiguous rows, takes a tenth of the time of ``argmax`` across the rows.
    """
    np.maximum.reduce(log_joint, axis=0, out=top)
    if len(log_joint) > np.iinfo(np.uint8).max:
        labels[:] = log_joint.argmax(axis=0)
        return
    before = np.ones(top.shape, dtype=bool)
    count = np.zeros(top.shape, dtype=np.uint8)
    for joint in log_joint[:-1]:
        before &= joint != top
        count += before.view(np.uint8)
    labels[:] = count


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
            largest(form.log_joint(self._zt[:, block], s), s["top"], labels[block])

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
