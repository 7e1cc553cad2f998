"""The two forms of the kernel's computation: log-densities and moments of a block of rows.

* `MonomialForm`: a log-density is linear in the monomials φ(z) = [1, z_a, z_a z_b (a ≤ b)], so a
  block costs two matrix products, ``L = A φ`` and ``T += R φᵀ``. Fast; its rounding grows with the
  squared distance of a cluster from the origin, in the cluster's own standard deviations.
* `DirectForm`: z − μ_k is formed first and whitened. Slower for few columns, exact wherever the
  cluster lies.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray
from gmmstudio.mixture.gaussians import Gaussians

CLIP = -300.0
"""Responsibilities below e⁻³⁰⁰ count as that: exp of less is slow and changes no digit."""

DIRECT_COLUMNS = 24
"""From this many columns on the direct form is also the faster one."""

DIRECT_CONDITION = 1e6
"""Above this χ the monomial form would lose more than ten of the sixteen digits."""

FAR_MOVE = 1e3
"""A mean that moved by more standard deviations than this has its scatter summed again."""

TINY = 1e-300


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
