"""The tries of a fit in words: pure functions without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gmmstudio.document.document import FitRecord
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Attempt, Fit
from gmmstudio.report import formats, markup, sentences
from gmmstudio.ui.panels.wording import count

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


def try_lines(record: FitRecord | None, tracks: Sequence[Track]) -> tuple[TryLine, ...]:
    """List the tries: those of the fit, or of a run under way those begun so far."""
    if record is None:
        return tuple(_line_under_way(track) for track in tracks)
    kept = {track.attempt for track in tracks}
    return tuple(
        _line(record.fit, attempt, attempt.number in kept) for attempt in record.fit.attempts
    )


def _line_under_way(track: Track) -> TryLine:
    text = f"Try {track.attempt}   ℓ {formats.log_likelihood(float(track.log_likelihoods[-1]))}"
    return TryLine(track.attempt, text, f"{count(max(track.last, 0), 'iteration')} so far", True)


def _line(fit: Fit, attempt: Attempt, kept: bool) -> TryLine:
    width = len(str(len(fit.attempts)))
    name = f"Try {attempt.number:{FIGURE}>{width}}" if is_drawn(fit, attempt.number) else "All rows"
    text = f"{name}   ℓ {formats.log_likelihood(attempt.log_likelihood)}"
    tooltip = count(attempt.n_iterations, "iteration")
    if attempt.n_rows != fit.n_rows:
        tooltip += f" on a sample of {formats.rows(attempt.n_rows)}"
    if attempt.collapsed is not None:
        text += "   collapsed"
        tooltip += "\n" + attempt.collapsed.reason
    elif attempt.number == fit.attempt:
        text += "   best"
    if not kept:
        tooltip += "\nIts iterations were not kept, to save memory."
    return TryLine(attempt.number, text, tooltip, kept)


def is_drawn(fit: Fit, number: int) -> bool:
    """Tell whether a try is one of the starts, not the last climb on all rows."""
    return any(attempt.number == number for attempt in sentences.drawn_tries(fit))


def try_words(number: int, total: int, record: FitRecord | None) -> str:
    """Name the try on the screen: ``"try 7 of 10 (best)"``."""
    if record is None:
        return f"try {number} of {total}" if total > 1 else "one start"
    fit = record.fit
    drawn = len(sentences.drawn_tries(fit))
    if not is_drawn(fit, number):
        return "all rows (best)"
    if drawn == 1:
        return "one start"
    mine = next(attempt for attempt in fit.attempts if attempt.number == number)
    mark = " (best)" if number == fit.attempt else ""
    return f"try {number} of {drawn}{' (collapsed)' if mine.collapsed is not None else mark}"
