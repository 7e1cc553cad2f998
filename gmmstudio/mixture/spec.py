"""What is asked of a fit."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.arrays import frozen
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.structures import canonical

Start = str | Parameters | NDArray[Any]
"""How EM begins.

``"k-means++"`` or ``"random"``: several tries, the best is kept. ``"hierarchical"``: one start, by
merging rows pair by pair. `Parameters`: used as they are. Whole numbers (n,): labels from 0.
Numbers (K, d): centres, every row joins the nearest.
"""

STARTS = ("k-means++", "random", "hierarchical")
"""The starts that are looked for, not given."""

DRAWN = ("k-means++", "random")
"""Those that are drawn, and so can be tried several times."""


@dataclass(frozen=True, eq=False)
class Spec:
    """The model, where it starts and when it stops.

    Attributes
    ----------
    n_components : int
        Number of components, K ≥ 1.
    structure : str
        The letters of the covariance structure; words ("full") are translated.
    start : Start
    tries : int
        Number of starts when they are drawn, ≥ 1.
    seed : int
        ≥ 0; the same seed gives the same fit.
    tol : float
        Stop when the gain still to come is below ``tol * max(1, |ℓ|)``; 0 never stops early.
    max_iter : int
        Most E+M pairs, ≥ 0.
    prior : bool
        Maximise the posterior under the conjugate prior of Fraley & Raftery 2007, which keeps
        small clusters from collapsing, instead of the likelihood.

    Raises
    ------
    MixtureError
        A value out of its range.
    """

    n_components: int = 3
    structure: str = "VVV"
    start: Start = "k-means++"
    tries: int = 10
    seed: int = 0
    tol: float = 1e-8
    max_iter: int = 1000
    prior: bool = False

    def __post_init__(self) -> None:
        for name, least in (("n_components", 1), ("tries", 1), ("seed", 0), ("max_iter", 0)):
            object.__setattr__(self, name, _whole(getattr(self, name), name, least))
        object.__setattr__(self, "tol", _tolerance(self.tol))
        object.__setattr__(self, "structure", canonical(self.structure))
        object.__setattr__(self, "start", check_start(self.start, self.n_components))
        object.__setattr__(self, "prior", bool(self.prior))

    @property
    def n_tries(self) -> int:
        """How many starts are made: several only where they are drawn and differ."""
        drawn = isinstance(self.start, str) and self.start in DRAWN
        return self.tries if drawn and self.n_components > 1 else 1

    def replace(self, **changes: Any) -> Spec:
        """Return a copy with some values changed."""
        return replace(self, **changes)


def check_start(start: Any, n_components: int) -> Start:
    """Check a start as far as it can be checked without the data; arrays become read-only copies.

    Raises
    ------
    MixtureError
        Misspelt word, negative or fractional labels, wrong number of centres or components.
    """
    if isinstance(start, str):
        if start not in STARTS:
            raise MixtureError(
                f"There is no start called “{start}”: choose “k-means++”, “random” or "
                "“hierarchical”, or give labels, centres or parameters."
            )
        return start
    if isinstance(start, Parameters):
        _same_number(start.n_components, n_components, "components")
        return start
    try:
        array = np.array(start)
    except (TypeError, ValueError):
        array = np.array(None)
    if array.ndim == 1 and array.dtype.kind in "iub":
        return frozen(_labels(array, n_components))
    if array.ndim == 1 and array.dtype.kind == "f":
        raise MixtureError(
            "Labels must be whole numbers, one per row; centres must be a table of K rows."
        )
    if array.ndim == 2 and array.dtype.kind in "iuf":
        _same_number(array.shape[0], n_components, "centres")
        if not np.isfinite(array).all():
            raise MixtureError("The centres must be finite numbers.")
        return frozen(array.astype(np.float64))
    raise MixtureError(
        "The start must be “k-means++”, “random”, “hierarchical”, parameters, a whole-number label "
        "for every row, or K × d centres."
    )


def _labels(array: NDArray[Any], n_components: int) -> NDArray[np.int64]:
    labels = array.astype(np.int64)
    if labels.size and labels.min() < 0:
        raise MixtureError("Labels must be whole numbers from 0: give every row a cluster.")
    if labels.size and labels.max() >= n_components:
        raise MixtureError(
            f"The labels go up to {labels.max()}, so they name {labels.max() + 1} clusters: set "
            f"the number of components to that, not to {n_components}."
        )
    return labels


def _same_number(given: int, n_components: int, what: str) -> None:
    if given != n_components:
        raise MixtureError(
            f"The start has {given} {what} but {n_components} components are asked for: make the "
            "two agree."
        )


def _whole(value: Any, name: str, least: int) -> int:
    label = {
        "n_components": "number of components",
        "tries": "number of tries",
        "seed": "seed",
        "max_iter": "most iterations",
    }[name]
    try:
        number = operator.index(value)
    except TypeError:
        raise MixtureError(f"The {label} must be a whole number, not {value!r}.") from None
    if number < least:
        raise MixtureError(f"The {label} must be at least {least}, not {number}.")
    return number


def _tolerance(value: Any) -> float:
    try:
        tol = float(value)
    except (TypeError, ValueError):
        raise MixtureError(f"The tolerance must be a number, not {value!r}.") from None
    if not 0.0 <= tol < np.inf:
        raise MixtureError(f"The tolerance must be zero or a positive number, not {tol:g}.")
    return tol
