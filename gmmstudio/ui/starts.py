"""Where the starts of a fit ended: which optimum each came to, and which is on the screen.

Pure functions without Qt, for the map of the optima, the menu of the tries and the right panel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmstudio.document.document import Document, FitRecord
from gmmstudio.mixture.fit import FINISH, REOPENED, Attempt, Fit, Optimum
from gmmstudio.mixture.optima import NEAR
from gmmstudio.report.sentences import drawn_tries, shown_optimum

_TILTS = {"columns": "tilt of the columns", "all rows": "tilt of all rows"}


@dataclass(frozen=True, eq=False)
class Starts:
    """What the map of the starts shows of a fit.

    Attributes
    ----------
    optima
        The best first.
    made
        How many starts were made, those that collapsed included.
    collapsed
        The attempts that collapsed.
    shown
        Place in `optima` of the one the fit is at; None where that is not known.
    n_rows
        Rows of the whole fit; the optima of more than 20 000 are over a sample of them.
    """

    optima: tuple[Optimum, ...]
    made: int
    collapsed: tuple[Attempt, ...]
    shown: int | None
    n_rows: int

    @property
    def on_sample(self) -> bool:
        """Whether the log-likelihoods are over a sample of the rows."""
        return bool(self.optima) and self.optima[0].n_rows != self.n_rows


def starts_of(record: FitRecord) -> Starts:
    """Gather where the starts of a fit ended."""
    fit = record.fit
    made = drawn_tries(fit)
    return Starts(
        fit.optima,
        len(made),
        tuple(attempt for attempt in made if attempt.collapsed is not None),
        shown_place(fit),
        fit.n_rows,
    )


def origin(fit: Fit, attempt: Attempt) -> Optimum | None:
    """Return the optimum that an attempt is at which was opened again."""
    there = replace(fit, attempt=attempt.number, parameters=attempt.parameters)
    return shown_optimum(there)


def attempt_of(fit: Fit, number: int) -> Attempt | None:
    """Return the attempt of this number."""
    return next((attempt for attempt in fit.attempts if attempt.number == number), None)


def place_of(fit: Fit, attempt: Attempt | None) -> int | None:
    """Return the place in the fit's optima of the one that a start came to; None if collapsed."""
    if attempt is None or attempt.collapsed is not None:
        return None
    for place, optimum in enumerate(fit.optima):
        if optimum.attempt == attempt.number:
            return place
    # One that is no optimum's own number lies near one of them.
    gaps = [
        abs(optimum.log_likelihood - attempt.log_likelihood)
        if optimum.n_rows == attempt.n_rows
        else np.inf
        for optimum in fit.optima
    ]
    if not gaps:
        return None
    nearest = int(np.argmin(gaps))
    near = 2 * NEAR * max(1.0, abs(attempt.log_likelihood))
    return nearest if gaps[nearest] <= near else None


def shown_place(fit: Fit) -> int | None:
    """Return the place in the optima of the one the fit is at."""
    optimum = None if fit.collapsed is not None else shown_optimum(fit)
    return None if optimum is None else fit.optima.index(optimum)


def opened_before(document: Document, number: int) -> FitRecord | None:
    """Return the newest fit of the document at the optimum that a start of the active one found.

    Parameters
    ----------
    document
        With an active fit.
    number
        Of the start's attempt.
    """
    active = document.record
    if active is None:
        return None
    place = place_of(active.fit, attempt_of(active.fit, number))
    if place is None:
        return None
    for record in reversed(document.fits):
        kin = record.fit.optima is active.fit.optima and record.table_id == active.table_id
        if kin and shown_place(record.fit) == place:
            return record
    return None


def tilt_words(attempt: Attempt) -> str:
    """Say where the common orientation of an attempt began: "tilt of cluster 2"; else empty."""
    if not attempt.orientation:
        return ""
    return _TILTS.get(attempt.orientation, f"tilt of {attempt.orientation}")


def attempt_name(fit: Fit, attempt: Attempt) -> str:
    """Name an attempt: "try 3", "all rows", "optimum of try 4"."""
    if attempt.start == FINISH:
        return "all rows"
    if attempt.start != REOPENED:
        return f"try {attempt.number}"
    optimum = origin(fit, attempt)
    return "optimum opened" if optimum is None else f"optimum of try {optimum.attempt}"
