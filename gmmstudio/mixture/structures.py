"""The covariance structures Σ_k = λ_k D_k A_k D_kᵀ, dispatched by their three letters.

The letters say whether volume λ, shape A and orientation D are equal (E), vary (V) or are the
identity (I); see Celeux & Govaert 1995. Every M-step reads nothing but the sizes
``N`` (K,) = Σ_i r_ik and the scatters ``W`` (K, d, d) = Σ_i r_ik (x_i − m_k)(x_i − m_k)ᵀ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import MixtureError


def m_step_vii(N: FloatArray, W: FloatArray) -> FloatArray:
    """Spherical: λ_k = tr W_k / (N_k d)."""
    d = W.shape[1]
    variances = np.einsum("kaa->k", W) / (N * d)
    covariances: FloatArray = variances[:, None, None] * np.eye(d)
    return covariances


def m_step_vvi(N: FloatArray, W: FloatArray) -> FloatArray:
    """Diagonal: Σ_k = diag(W_k) / N_k."""
    covariances = np.zeros_like(W)
    np.einsum("kaa->ka", covariances)[...] = np.einsum("kaa->ka", W) / N[:, None]
    return covariances


def m_step_eee(N: FloatArray, W: FloatArray) -> FloatArray:
    """Tied: Σ = Σ_k W_k / n, the same for every component."""
    covariances = np.empty_like(W)
    covariances[...] = W.sum(axis=0) / N.sum()
    return covariances


def m_step_vvv(N: FloatArray, W: FloatArray) -> FloatArray:
    """Full: Σ_k = W_k / N_k."""
    return W / N[:, None, None]


@dataclass(frozen=True)
class Structure:
    """One family of covariances.

    Attributes
    ----------
    name : str
        The three letters, or E or V for one column.
    words : str
        What people call it.
    sentence : str
        What its clusters look like.
    n_covariance_parameters : callable (K, d) -> int
    m_step : callable (N (K,), W (K, d, d)) -> covariances (K, d, d)
    own_covariance : bool
        Each component has a full covariance of its own, which needs d + 1 rows.
    dense : bool
        The covariance follows the data in every direction, so collinear columns make it singular.
    diagonal : bool
        The covariances are diagonal, and the M-step reads only the diagonal of W.
    scale_free : bool
        Rescaling single columns maps the family onto itself.
    """

    name: str
    words: str
    sentence: str
    n_covariance_parameters: Callable[[int, int], int]
    m_step: Callable[[FloatArray, FloatArray], FloatArray]
    own_covariance: bool = False
    dense: bool = False
    diagonal: bool = False
    scale_free: bool = True

    def n_parameters(self, n_components: int, n_columns: int) -> int:
        """Free parameters in all: covariances, K d means and K − 1 weights."""
        K, d = n_components, n_columns
        return self.n_covariance_parameters(K, d) + K * d + K - 1


def _family(structures: tuple[Structure, ...]) -> dict[str, Structure]:
    return {structure.name: structure for structure in structures}


STRUCTURES = _family(
    (
        Structure(
            name="VII",
            words="spherical",
            sentence="round, any size",
            n_covariance_parameters=lambda K, d: K,
            m_step=m_step_vii,
            diagonal=True,
            scale_free=False,
        ),
        Structure(
            name="VVI",
            words="diagonal",
            sentence="stretched along the columns, any size",
            n_covariance_parameters=lambda K, d: K * d,
            m_step=m_step_vvi,
            diagonal=True,
        ),
        Structure(
            name="EEE",
            words="tied",
            sentence="any tilt, all of the same shape and size",
            n_covariance_parameters=lambda K, d: d * (d + 1) // 2,
            m_step=m_step_eee,
            dense=True,
        ),
        Structure(
            name="VVV",
            words="full",
            sentence="any tilt, any size",
            n_covariance_parameters=lambda K, d: K * d * (d + 1) // 2,
            m_step=m_step_vvv,
            dense=True,
            own_covariance=True,
        ),
        Structure(
            name="E",
            words="equal variance",
            sentence="one column, all of the same spread",
            n_covariance_parameters=lambda K, d: 1,
            m_step=m_step_eee,
            dense=True,
        ),
        Structure(
            name="V",
            words="varying variance",
            sentence="one column, each of its own spread",
            n_covariance_parameters=lambda K, d: K,
            m_step=m_step_vvv,
            dense=True,
            own_covariance=True,
        ),
    )
)
"""Every structure by its letters."""

SHAPES = ("VII", "VVI", "EEE", "VVV")
"""The four structures at the front of the shop, from simple to rich."""

_IN_ONE_COLUMN = {"VII": "V", "VVI": "V", "VVV": "V", "EEE": "E"}


def canonical(name: str) -> str:
    """Return the letters of a structure given by letters or words, in any case.

    Raises
    ------
    MixtureError
        No such structure; the message names the nearest.
    """
    known = {s.name.lower(): s.name for s in STRUCTURES.values()}
    known |= {s.words: s.name for s in STRUCTURES.values()}
    wanted = str(name).strip().lower()
    if wanted in known:
        return known[wanted]
    nearest = get_close_matches(wanted, known, n=1, cutoff=0.3)
    hint = f" Did you mean “{nearest[0]}” ({known[nearest[0]]})?" if nearest else ""
    choices = ", ".join(f"{STRUCTURES[s].words} ({s})" for s in SHAPES)
    raise MixtureError(f"There is no shape called “{name}”.{hint} Choose one of {choices}.")


def resolve(name: str, n_columns: int) -> Structure:
    """Return the structure of that name for data with that many columns.

    Parameters
    ----------
    name : str
        Letters ("VVV", "vvv") or words ("full"). With one column VVV, VII and VVI mean V and EEE
        means E.
    n_columns : int

    Raises
    ------
    MixtureError
        No such structure, or E or V with several columns.
    """
    letters = canonical(name)
    if n_columns == 1:
        letters = _IN_ONE_COLUMN.get(letters, letters)
    elif letters in ("E", "V"):
        raise MixtureError(
            f"“{letters}” is a shape for one column, and there are {n_columns}: choose one of "
            f"{', '.join(SHAPES)}."
        )
    return STRUCTURES[letters]
