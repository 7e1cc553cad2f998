"""The tries of a fit in words: pure functions without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import FitRecord
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import FINISH, REOPENED, Attempt, Fit, Optimum
from gmmstudio.report import formats, markup, sentences
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.starts import attempt_name, attempt_of, origin, place_of, tilt_words

FIGURE = "\N{FIGURE SPACE}"  # as wide as a digit: the figures stand under each other


class TryLine(NamedTuple):
    """One try for the menu of the transport bar."""

    number: int
    text: str
    tooltip: str
    kept: bool  # whether its iterations can be looked at


def agreement(fit: Fit) -> str:
    """Say how many tries agree, which tells how far the result may be trusted."""
    words = markup.plain(sentences.agreement(fit))
    return words or "One start was made; several tries show whether it found the best top."


def try_lines(
    record: FitRecord | None,
    tracks: Sequence[Track],
    column_names: Sequence[str] = (),
    row_numbers: Sequence[int] | NDArray[np.int64] | None = None,
) -> tuple[TryLine, ...]:
    """List the tries: those of the fit, or of a run under way those begun so far.

    Parameters
    ----------
    record
        The fit; None during a run.
    tracks
        The tries whose iterations were kept.
    column_names, row_numbers
        What the user calls the columns and the rows of the sample (n,).
    """
    if record is None:
        return tuple(_line_under_way(track) for track in tracks)
    kept = {track.attempt for track in tracks}
    lines = []
    for attempt in record.fit.attempts:
        text, tooltip = _line(record.fit, attempt)
        if attempt.collapsed is not None:
            tooltip += "\n" + attempt.collapsed.reason_with(column_names, row_numbers)
        if attempt.number not in kept:
            tooltip += "\nIts iterations were not kept, to save memory."
        lines.append(TryLine(attempt.number, text, tooltip, attempt.number in kept))
    return tuple(lines)


def _line_under_way(track: Track) -> TryLine:
    text = f"Try {track.attempt}   ℓ {formats.log_likelihood(float(track.log_likelihoods[-1]))}"
    return TryLine(track.attempt, text, f"{count(max(track.last, 0), 'iteration')} so far", True)


def _line(fit: Fit, attempt: Attempt) -> tuple[str, str]:
    """Return the words of a try and its tooltip."""
    name = attempt_name(fit, attempt)
    if name.startswith("try "):
        width = len(str(len(fit.attempts)))
        name = f"try {attempt.number:{FIGURE}>{width}}"
    tilt = tilt_words(attempt)
    parts = [
        f"{name[0].upper()}{name[1:]}{', ' * bool(tilt)}{tilt}",
        f"ℓ {formats.log_likelihood(attempt.log_likelihood)}",
        _mark(fit, attempt),
    ]
    tooltip = count(attempt.n_iterations, "iteration")
    if attempt.n_rows != fit.n_rows:
        tooltip += f" on a sample of {formats.rows(attempt.n_rows)}"
    if tilt:
        tooltip += f"\nAt the start all clusters have the {tilt}."
    optimum = _optimum(fit, attempt)
    if optimum is not None and len(fit.optima) > 1:
        tooltip += f"\n{_likeness(fit, optimum)}"
    return "   ".join(part for part in parts if part), tooltip


def _optimum(fit: Fit, attempt: Attempt) -> Optimum | None:
    """Return the optimum that a try is at, if that is known."""
    if attempt.collapsed is not None or not fit.optima:
        return None
    if attempt.start == FINISH:
        return fit.optima[0]
    if attempt.start == REOPENED:
        return origin(fit, attempt)
    place = place_of(fit, attempt)
    return None if place is None else fit.optima[place]


def _mark(fit: Fit, attempt: Attempt) -> str:
    """Say in a word how a try ended: "best", "same as the best", "84 % agreement", "collapsed"."""
    if attempt.collapsed is not None:
        return "collapsed"
    optimum = _optimum(fit, attempt)
    if optimum is None:
        return "best" if attempt.number == fit.attempt and not fit.optima else ""
    if optimum is not fit.optima[0]:
        return f"{_share(optimum)} agreement"
    if attempt.start == FINISH:
        return "best"
    if attempt.number != optimum.attempt:
        return "same as the best"
    return "best of the sample" if _goes_on(fit) else "best"


def _goes_on(fit: Fit) -> bool:
    """Whether the tries ran on a sample, and the best of them went on with all rows."""
    return any(attempt.start == FINISH for attempt in fit.attempts)


def _likeness(fit: Fit, optimum: Optimum) -> str:
    reached = f"{formats.count(optimum.n_starts)} of {count(len(_drawn(fit)), 'try', 'tries')}"
    if optimum is fit.optima[0]:
        return f"The best optimum, which {reached} came to."
    return (
        f"An optimum that {reached} came to: {_share(optimum)} agreement with the best "
        "(adjusted Rand)."
    )


def _share(optimum: Optimum) -> str:
    return formats.percent(max(optimum.agreement, 0.0))


def _drawn(fit: Fit) -> tuple[Attempt, ...]:
    return sentences.drawn_tries(fit)


def try_words(number: int, total: int, record: FitRecord | None) -> str:
    """Name the try on the screen: ``"try 7 of 10 (best)"``."""
    if record is None:
        return f"try {number} of {total}" if total > 1 else "one start"
    fit = record.fit
    drawn, mine = len(_drawn(fit)), attempt_of(fit, number)
    if mine is None:
        return f"try {number} of {drawn}"
    if mine.start == REOPENED:
        return attempt_name(fit, mine)
    if mine.start == FINISH:
        return "all rows (best)"
    if drawn == 1:
        return "one start"
    best = fit.optima[0].attempt if fit.optima else fit.attempt
    is_best = number == best and not _goes_on(fit)
    mark = " (collapsed)" if mine.collapsed is not None else " (best)" if is_best else ""
    return f"try {number} of {drawn}{mark}"
