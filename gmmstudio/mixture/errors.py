"""What can go wrong: invalid input raises, a collapsed component is described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

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
    """

    component: int
    rows: NDArray[np.int64]
    columns: tuple[int, ...]
    cause: Cause

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
        quoted = [f"“{names[c]}”" if c < len(names) else f"column {c + 1}" for c in self.columns]
        happened, remedies = _explain(self.cause, quoted, self._held(row_numbers))
        return (
            f"Component {self.component + 1} collapsed: {happened}. "
            f"Try, in this order: {'; '.join(remedies)}."
        )

    def _held(self, row_numbers: Sequence[int] | NDArray[np.int64] | None) -> str:
        """Say which rows the component holds, in a few words."""
        if self.rows.size == 0:
            return "no row"
        first = [int(r) if row_numbers is None else int(row_numbers[r]) - 1 for r in self.rows[:5]]
        listed = ", ".join(str(r + 1) for r in first)
        if self.rows.size == 1:
            return f"1 row (row {listed})"
        more = ", …" if self.rows.size > 5 else ""
        return f"{self.rows.size} rows (rows {listed}{more})"


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _explain(cause: Cause, columns: Sequence[str], held: str) -> tuple[str, tuple[str, ...]]:
    """Return what happened, and the remedies in order."""
    which = _joined(columns)
    last = columns[-1] if columns else "one of the columns"
    if cause == "constant":
        return (
            f"{which} has the same value in every row, so it has no spread "
            f"(the component holds {held})",
            (f"leave {which} out",),
        )
    if cause == "duplicate":
        return (
            f"{which} say the same thing, one being the other up to scale and offset "
            f"(the component holds {held})",
            (f"leave {last} out", "choose the diagonal or the spherical shape"),
        )
    if cause == "collinear":
        return (
            f"{which} are collinear, each following exactly from the others "
            f"(the component holds {held})",
            (f"leave {last} out", "choose the diagonal or the spherical shape"),
        )
    if cause == "ties":
        return (
            f"it sits on {held} tied in {which or 'their values'}, where it has no spread",
            (
                "choose fewer components",
                "choose the tied shape, in which the components share their covariance",
                f"leave {which or 'a column'} out, or record it more finely",
                "choose another seed",
            ),
        )
    if cause == "few-rows":
        return (
            f"it holds {held}, too few for the covariance of its shape",
            (
                "choose fewer components",
                "choose a simpler shape (tied, diagonal or spherical)",
                "leave columns out or add rows",
                "choose another seed",
            ),
        )
    return (
        f"it holds {held}, because the other components explain them all better",
        ("choose fewer components", "choose another seed or start"),
    )
