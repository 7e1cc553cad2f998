"""Checks of columns together: copies of one another, exact dependence, and constant sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.checks.finding import Finding, number, quoted
from gmmstudio.table.checks.sampling import Numbers
from gmmstudio.table.table import FloatArray

MOST_COLUMNS = 300
"""More columns are not compared with each other: the check has to be done before the fit is."""

DEPENDENT_ROWS = 5_000
"""Dependence is sought in so many complete rows, and believed only if it holds in all of them."""

_EXACT = 1e-9  # of a standard deviation: what float64 arithmetic leaves of an exact relation
_CLOSE = 0.02  # of a standard deviation: more is no rounding worth looking for
_NOTHING = 1e-6  # a coefficient in standard deviations that is none
_PLACES = 9


@dataclass(frozen=True, eq=False)
class Relation:
    """column ``target`` = constant + Σ coefficients × columns ``sources``, in their units."""

    target: int
    sources: tuple[int, ...]
    coefficients: FloatArray
    constant: float


def check_together(columns: list[Numbers], complete: NDArray[np.bool_]) -> list[Finding]:
    """Return what ticked columns say about one another.

    Parameters
    ----------
    columns
        Those of the fit that are not constant.
    complete : (n,)
        The rows that have a value in all of them and are not left out.
    """
    columns = columns[:MOST_COLUMNS]
    rows = np.flatnonzero(complete)
    if len(columns) < 2 or rows.size < 3:
        return []
    few = rows[:: max(1, rows.size // DEPENDENT_ROWS)][:DEPENDENT_ROWS]
    x = np.column_stack([numbers.values[few] for numbers in columns])
    z, usable = _standardised(x)
    steps = np.array([rounding_step(x[:, j]) for j in range(len(columns))])
    found: list[Finding] = []
    copies = set(np.flatnonzero(~usable).tolist())
    for first, second in _copies(z, copies):
        relation = _fitted(x, second, (first,))
        if _holds(relation, columns, rows, steps):
            copies.add(second)
            found.append(_copy(columns[first], columns[second], relation))
    left = [j for j in range(len(columns)) if j not in copies]
    if few.size <= len(left) + 1:
        return found  # so few rows are dependent whatever they hold
    relations = dependences(x, z, left)
    true = [relation for relation in relations if _holds(relation, columns, rows, steps)]
    return found + [_dependence(relation, columns, x) for relation in true]


def _standardised(x: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the columns with mean 0 and mean square 1, and which of them could be."""
    peak = np.abs(x).max(axis=0)
    peak[peak == 0.0] = 1.0
    z = x / peak
    z -= z.mean(axis=0)
    deviation = np.sqrt((z**2).mean(axis=0))
    usable = np.isfinite(deviation) & (deviation > 1e-14)
    z = np.where(usable, z, 0.0) / np.where(usable, deviation, 1.0)
    return z, usable


def _copies(z: FloatArray, skipped: set[int]) -> list[tuple[int, int]]:
    """Return pairs (first, second) that may be one up to scale and offset, each second once."""
    correlation = np.abs(z.T @ z) / len(z)
    pairs: list[tuple[int, int]] = []
    seconds: set[int] = set()
    for second in range(1, z.shape[1]):
        for first in np.flatnonzero(correlation[:second, second] > 1.0 - _CLOSE**2 / 2):
            if second in skipped or int(first) in skipped | seconds:
                continue
            pairs.append((int(first), second))
            seconds.add(second)
            break
    return pairs


def dependences(x: FloatArray, z: FloatArray, left: list[int]) -> list[Relation]:
    """Return the relations that columns seem to have, found by QR with column pivoting.

    What remains of a column when those before it have been taken out of it is on the diagonal of R
    (Golub & Van Loan, Matrix Computations, 5.4.2): nothing, where it is a combination of them.
    """
    from scipy.linalg import qr, solve_triangular

    if len(left) < 3:
        return []
    r, order = qr(z[:, left], mode="r", pivoting=True, check_finite=False)
    size = np.abs(np.diagonal(r)) / np.sqrt(len(z))
    rank = int(np.count_nonzero(size > _CLOSE))
    relations = []
    for place in range(rank, len(left)):
        beta = solve_triangular(r[:rank, :rank], r[:rank, place], check_finite=False)
        # The rounding of cells leaves traces on every column: those of the last digits go first.
        sources = order[:rank][np.abs(beta) > max(_NOTHING, 0.1 * size[place])]
        target = left[order[place]]
        members = sorted([target, *(left[j] for j in sources)])
        if len(members) >= 3:
            relations.append(_fitted(x, members[-1], tuple(members[:-1])))
    return relations


def _fitted(x: FloatArray, target: int, sources: tuple[int, ...]) -> Relation:
    """Fit a column by others with least squares, in standard deviations and about the means."""
    means = x.mean(axis=0)
    part = x[:, sources] - means[list(sources)]
    scale = np.abs(part).max(axis=0)
    goal = x[:, target] - means[target]
    beta = np.linalg.lstsq(part / scale, goal, rcond=None)[0] / scale
    return Relation(target, sources, beta, float(means[target] - beta @ means[list(sources)]))


def _holds(
    relation: Relation, columns: list[Numbers], rows: NDArray[np.int64], steps: FloatArray
) -> bool:
    """Whether a relation is true of every row, up to the rounding of the cells."""
    goal = columns[relation.target].values[rows]
    rest = goal - relation.constant
    reach = np.abs(goal).max()
    allowed = steps[relation.target] / 2
    for source, coefficient in zip(relation.sources, relation.coefficients, strict=True):
        part = coefficient * columns[source].values[rows]
        reach = max(reach, float(np.abs(part).max()))
        rest -= part
        allowed += abs(coefficient) * steps[source] / 2
    deviation = float(goal.std())
    # Least squares is not the closest fit in the worst row, hence the factor.
    close = min(2.0 * allowed, 5.0 * _CLOSE * deviation)
    exact = _EXACT * deviation + 1e-13 * reach
    return bool(np.abs(rest).max() <= max(close, exact))


def rounding_step(values: FloatArray) -> float:
    """Return the unit in which numbers are written (0.01 for 3.14); 0 if they use all digits.

    Examples
    --------
    >>> rounding_step(np.array([1.25, 3.0])), rounding_step(np.array([1 / 3, 2.0]))
    (0.01, 0.0)
    """
    for places in range(_PLACES):
        scaled = values * 10.0**places
        if np.abs(scaled).max() > 2.0**50:
            return 0.0
        if np.all(np.abs(scaled - np.rint(scaled)) <= 1e-6):
            # Whole numbers are counted as a rule, not rounded.
            return 10.0**-places if places else 0.0
    return 0.0


def _copy(first: Numbers, second: Numbers, relation: Relation) -> Finding:
    factor, constant = float(relation.coefficients[0]), relation.constant
    deviation = float(np.std(second.sample)) or 1.0
    same = abs(factor - 1.0) < 1e-3 and abs(constant) < 1e-3 * deviation
    offset = "" if abs(constant) < 1e-3 * deviation else _signed(constant)
    said = f"“{second.name}” is a copy of “{first.name}”"
    if not same:
        formula = f"{number(factor)} × {first.name}{offset}"
        said = f"“{second.name}” says the same as “{first.name}” ({second.name} = {formula})"
    return Finding(
        "duplicate",
        "serious",
        (first.index, second.index),
        f"{said}. The two together count twice, and a tilted shape collapses on them; use one.",
        f"{second.name} repeats {first.name}",
    )


def _signed(value: float) -> str:
    return f" {'+' if value > 0 else '−'} {number(abs(value))}"


def _dependence(relation: Relation, columns: list[Numbers], x: FloatArray) -> Finding:
    members = (*relation.sources, relation.target)
    indices = tuple(columns[j].index for j in members)
    names = [columns[j].name for j in members]
    shares = bool(np.all(np.abs(relation.coefficients + 1.0) < 1e-3) and x[:, members].min() >= 0)
    if shares:
        total = relation.constant
        whole = "1" if abs(total - 1) < 0.02 else "100 %" if abs(total - 100) < 2 else number(total)
        return Finding(
            "composition",
            "serious",
            indices,
            f"{quoted(names)} add up to {whole} in every row, so that each follows from the "
            "others. A tilted shape collapses on them; leave one of them out.",
            f"{len(names)} columns add up to {whole}",
        )
    target = columns[relation.target]
    return Finding(
        "collinear",
        "serious",
        indices,
        f"“{target.name}” follows exactly from {quoted(names[:-1])} "
        f"({target.name} = {_formula(relation, columns)}). A tilted shape collapses on such "
        "columns; leave one of them out.",
        f"{target.name} follows from other columns",
    )


def _formula(relation: Relation, columns: list[Numbers]) -> str:
    """Write the relation as a sum; only its first terms where there are many."""
    terms = []
    for source, coefficient in zip(relation.sources, relation.coefficients, strict=True):
        size = abs(float(coefficient))
        factor = "" if abs(size - 1.0) < 1e-3 else f"{size:.4g} × "
        sign = "−" if coefficient < 0 else "+"
        terms.append(f"{sign} {factor}{columns[source].name}")
    shown = " ".join(terms[:4]) + (" + …" if len(terms) > 4 else "")
    shown = shown.removeprefix("+ ")
    deviation = float(np.std(columns[relation.target].sample)) or 1.0
    if abs(relation.constant) > 1e-3 * deviation and len(terms) <= 4:
        shown += _signed(relation.constant)
    return shown
