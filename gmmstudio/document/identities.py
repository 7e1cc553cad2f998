"""Clusters keep their letter, name and colour from one fit to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.matching import match
from gmmstudio.mixture.parameters import Parameters

FAMILIAR = 8
"""So many clusters have colours that everybody can tell apart."""


def letter(identity: int) -> str:
    """Return the letter of a cluster: A, B and so on, after Z comes AA.

    Examples
    --------
    >>> [letter(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    letters = ""
    identity += 1
    while identity:
        identity, rest = divmod(identity - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def by_weight(parameters: Parameters) -> tuple[int, ...]:
    """Return the identity of each component of a first fit: the heaviest is A."""
    identities = np.empty(parameters.n_components, dtype=np.int64)
    identities[np.argsort(-parameters.weights, kind="stable")] = np.arange(parameters.n_components)
    return tuple(identities.tolist())


def carry_over(
    old: Parameters,
    old_columns: tuple[int, ...],
    old_identities: tuple[int, ...],
    new: Parameters,
    new_columns: tuple[int, ...],
    named: Collection[int] = (),
) -> tuple[int, ...]:
    """Return the identity of each new component.

    A new component takes that of the old one it is matched to; those left over get the
    lowest letters free, the heaviest first. Where the columns changed, the marginal
    distributions of the shared ones are compared; without any, weight decides.

    After a fit of many clusters a late letter with an odd colour is not worth keeping: beyond
    the `FAMILIAR` ones, and the number there are now, only those `named` by the user are kept, or
    marked in another way that is worth keeping.
    """
    shared = [column for column in new_columns if column in old_columns]
    if not shared:
        return by_weight(new)
    before = marginal(old, [old_columns.index(column) for column in shared])
    after = marginal(new, [new_columns.index(column) for column in shared])
    partners = match(before, after, spread(after))
    usual = range(max(FAMILIAR, new.n_components))
    taken: list[int | None] = []
    for partner in partners:
        identity = old_identities[partner] if partner >= 0 else None
        taken.append(identity if identity in usual or identity in named else None)
    return _fill(taken, new.weights)


def marginal(parameters: Parameters, columns: list[int]) -> Parameters:
    """Return the mixture's marginal distribution in these of its columns."""
    if columns == list(range(parameters.n_columns)):
        return parameters
    return Parameters(
        parameters.weights,
        parameters.means[:, columns],
        parameters.covariances[:, columns][:, :, columns],
    )


def spread(parameters: Parameters) -> NDArray[np.float64]:
    """Return the standard deviation of each column (d,) under the whole mixture."""
    weights, means = parameters.weights[:, None], parameters.means
    within = np.diagonal(parameters.covariances, axis1=1, axis2=2)
    centred = means - (weights * means).sum(axis=0)
    variances = (weights * (within + centred**2)).sum(axis=0)
    deviations: NDArray[np.float64] = np.sqrt(np.maximum(variances, np.finfo(float).tiny))
    return deviations


def _fill(taken: Iterable[int | None], weights: NDArray[np.float64]) -> tuple[int, ...]:
    identities = list(taken)
    used = {identity for identity in identities if identity is not None}
    free = (identity for identity in range(len(identities) + len(used)) if identity not in used)
    for component in np.argsort(-weights, kind="stable"):
        if identities[component] is None:
            identities[component] = next(free)
    return tuple(identity for identity in identities if identity is not None)
