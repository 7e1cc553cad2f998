"""What can go wrong: invalid input raises, a collapsed component is described."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_UPRIGHT = ("EII", "VII", "EEI", "VEI", "EVI", "VVI")
_POOLED = ("EII", "EEI", "EEE", "EEV", "E")  # one cluster's spread makes up for another's
_WITH_PRIOR = ("EII", "VII", "EEI", "VVI", "EEE", "VVV", "E", "V")
_PRIOR = "use the conjugate prior"
_SAME_VARIANCE = "choose the same variance for all"
_MANY = 6  # columns that a sentence still names one by one

Cause = Literal["constant", "ties", "duplicate", "collinear", "few-rows", "empty"]


class MixtureError(ValueError):
    """The input is invalid; the message is a sentence that says what to do."""


class Cancelled(MixtureError):  # noqa: N818 — not an error of anybody's
    """The fit was cancelled before its first iteration was complete."""


@dataclass(frozen=True, eq=False)
class Collapse:
    """A component whose covariance became singular.

    Attributes
    ----------
    component : int
        Its index, from 0.
    rows : IntArray
        The rows of x that belong to it more than to any other component.
    columns : tuple of int
        The columns at fault, from 0.
    cause : str
        "constant" (a column has one value only), "duplicate" (two columns say the same),
        "collinear" (some columns add up to another), "ties" (the component sits on rows that
        share a value), "few-rows" (fewer rows than its covariance needs), "empty" (no row left).
    structure : str
        The letters of the structure; empty where nobody knows.
    too_few_in_all : bool
        There are no more rows than columns, so that no tilt at all can be estimated.
    everywhere : bool
        The ties are those of every component: no spread is left in the shape that they share.
    n_columns : int
        How many columns x has; 0 where nobody knows.
    """

    component: int
    rows: NDArray[np.int64]
    columns: tuple[int, ...]
    cause: Cause
    structure: str = ""
    too_few_in_all: bool = False
    everywhere: bool = False
    n_columns: int = 0

    @property
    def reason(self) -> str:
        """What happened and what to do about it, columns by number."""
        return self.reason_with(())

    def reason_with(
        self, names: Sequence[str], row_numbers: Sequence[int] | NDArray[np.int64] | None = None
    ) -> str:
        """Say what happened and what to do about it.

        Parameters
        ----------
        names : sequence of str
            The names of the columns of x; columns without one are called "column 2".
        row_numbers : sequence of int, optional
            What the rows of x are called; by default their position, from 1.
        """
        happened, remedies = self._explained(names, row_numbers)
        return (
            f"Component {self.component + 1} collapsed: {happened}. "
            f"Try, in this order: {'; '.join(remedies)}."
        )

    def happened(
        self, names: Sequence[str], row_numbers: Sequence[int] | NDArray[np.int64] | None = None
    ) -> str:
        """Say only what happened, as `reason_with`, with "its" for the component's."""
        return self._explained(names, row_numbers)[0]

    def _explained(
        self, names: Sequence[str], row_numbers: Sequence[int] | NDArray[np.int64] | None
    ) -> Explanation:
        columns = [f"“{names[c]}”" if c < len(names) else f"column {c + 1}" for c in self.columns]
        return _EXPLANATIONS[self.cause](self, columns, self._held(row_numbers))

    def _held(self, row_numbers: Sequence[int] | NDArray[np.int64] | None) -> str:
        """Say which rows the component holds, in a few words."""
        n = self.rows.size
        if n == 0:
            return "no row"
        listed = ", ".join(
            str(row + 1 if row_numbers is None else row_numbers[row]) for row in self.rows[:5]
        )
        return f"1 row (row {listed})" if n == 1 else f"{n} rows ({listed}{', …' * (n > 5)})"


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    if len(words) > _MANY:
        return f"{', '.join(words[: _MANY - 1])} and {len(words) - _MANY + 1} more columns"
    return f"{', '.join(words[:-1])} and {words[-1]}"


Explanation = tuple[str, tuple[str, ...]]
"""What happened, and the remedies in order."""


def _constant(_: Collapse, columns: Sequence[str], held: str) -> Explanation:
    have = "has" if len(columns) == 1 else "have"
    return (
        f"{_joined(columns)} {have} the same value in every row of the data, and so in its {held}",
        (f"leave {_joined(columns)} out",),
    )


def _duplicate(_: Collapse, columns: Sequence[str], held: str) -> Explanation:
    return (
        f"{_joined(columns)} say the same thing, one being the other up to scale and offset, in "
        f"the whole data and so in its {held}",
        (f"leave {columns[-1]} out", "choose the diagonal or the spherical shape"),
    )


def _collinear(_: Collapse, columns: Sequence[str], held: str) -> Explanation:
    return (
        f"{_joined(columns)} are collinear, each following exactly from the others, in the whole "
        f"data and so in its {held}",
        (f"leave {columns[-1]} out", "choose the diagonal or the spherical shape"),
    )


def _ties(found: Collapse, columns: Sequence[str], held: str) -> Explanation:
    happened = f"its {held} are tied in {_joined(columns)}, where it has no spread left"
    if found.everywhere:
        happened += ", and so are those of the other clusters, whose shape it shares"
    remedies = ["choose fewer clusters"]
    if not found.everywhere and found.structure == "V":
        remedies.append(_SAME_VARIANCE)
    elif not found.everywhere and found.structure not in _POOLED:
        remedies.append("choose the tied shape, in which the clusters share their covariance")
    remedies += _prior(found)
    if len(columns) == found.n_columns:
        remedies.append(f"record {_joined(columns)} more finely")
    else:
        them = "it" if len(columns) == 1 else "them"
        remedies.append(f"leave {_joined(columns)} out, or record {them} more finely")
    return happened, (*remedies, "choose another seed")


def _few_rows(found: Collapse, columns: Sequence[str], held: str) -> Explanation:
    if found.too_few_in_all and found.structure not in (*_UPRIGHT, "E", "V"):
        return (
            f"the data have no more rows than columns, too few for any tilt; it holds {held}",
            ("choose the diagonal or the spherical shape", "leave columns out or add rows"),
        )
    happened = f"it holds {held}, too few for a spread in {_joined(columns)}"
    if found.structure in _POOLED:
        happened = happened.replace(", too few", ", and all clusters together hold too few")
    only_one = found.rows.size == 1
    remedies = ["choose fewer clusters"]
    if only_one and found.structure not in _POOLED:
        remedies.insert(0, "see whether that row is an outlier to leave out")
    remedies += _plainer(found.structure, only_one)
    remedies += _prior(found)
    return happened, (*remedies, "leave columns out or add rows", "choose another seed")


def _plainer(structure: str, only_one: bool) -> list[str]:
    """Return the shapes that ask less of each cluster; of one row, only shared ones ask nothing."""
    if structure == "V":
        return [_SAME_VARIANCE]
    shapes = {
        "VII": "tied spherical",
        "EEI": "tied spherical",
        "VEI": "tied diagonal",
        "EEE": "tied diagonal",
        "EEV": "tied",
    }.get(structure, "")
    if structure in ("EVI", "VVI"):
        shapes = "tied diagonal" if only_one else "tied diagonal or the spherical"
    elif structure not in (*_UPRIGHT, *_POOLED):
        shapes = "tied" if only_one else "tied, the diagonal or the spherical"
    return [f"choose the {shapes} shape, which asks less of each cluster"] if shapes else []


def _prior(found: Collapse) -> list[str]:
    return [_PRIOR] if found.structure in _WITH_PRIOR else []


def _empty(_: Collapse, columns: Sequence[str], held: str) -> Explanation:
    return (
        f"it holds {held}, because the other clusters explain them all better",
        ("choose fewer clusters", "choose another seed or start"),
    )


_EXPLANATIONS: dict[Cause, Callable[[Collapse, Sequence[str], str], Explanation]] = {
    "constant": _constant,
    "duplicate": _duplicate,
    "collinear": _collinear,
    "ties": _ties,
    "few-rows": _few_rows,
    "empty": _empty,
}
