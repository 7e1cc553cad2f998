"""The map of the starts' optima: where each stands, and how to say it. No painting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.fit import Optimum
from gmmstudio.report import formats
from gmmstudio.report.label_placing import Box, place_label
from gmmstudio.ui.starts import Starts

LARGEST, SMALLEST = 14.0, 3.5  # radius of a dot that all starts came to, and of the least
RING = 3.5  # from a dot to the ring around the one shown
BESIDE = 10.0  # by which words may stand out of the area at its right
LANE = 16.0  # height of the strip at the bottom for the starts that collapsed
_LEFT_ENDS = (0.9, 0.5, 0.0)  # agreements at which the axis may begin
_MANY = 8  # optima among which those of a single start go without their number
_TOLD = 3  # reasons of starts that collapsed that are told one by one
_NO_LINES = np.empty((0, 4))

TextSize = Callable[[str], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Place:
    """One optimum on the map.

    Attributes
    ----------
    index
        Its place among the optima, the best first.
    x, y, radius
        The dot; its area goes with the number of starts.
    words
        That number, or for the best "best: 7 of 10 starts".
    box
        Where the words stand; None where there is no room for them.
    """

    optimum: Optimum
    index: int
    x: float
    y: float
    radius: float
    words: str
    box: Box | None


@dataclass(frozen=True, eq=False)
class Map:
    """The map in pixels.

    Attributes
    ----------
    area
        Where the dots stand.
    low, high
        Log-likelihoods at its lower and upper edge, the dots' own extent.
    left
        Agreement at its left edge; the right edge is full agreement.
    places
        One per optimum.
    """

    area: Box
    low: float
    high: float
    left: float
    places: tuple[Place, ...]

    def at(self, x: float, y: float, reach: float = 10.0) -> Place | None:
        """Return the optimum at a place; None if all are far.

        Of dots that lie on each other it is the one with the nearest middle.
        """
        found: tuple[float, float, Place] | None = None
        for place in self.places:
            middle = hypot(place.x - x, place.y - y)
            edge = max(middle - place.radius, 0.0)
            if edge <= reach and (found is None or (edge, middle) < found[:2]):
                found = edge, middle, place
        return None if found is None else found[2]


def lay_out(starts: Starts, area: Box, text_size: TextSize) -> Map:
    """Place the optima of a fit: to the right what agrees with the best, upward what fits better.

    Parameters
    ----------
    starts
        With at least one optimum.
    area
        Where dots may stand.
    text_size
        Width and height of words.
    """
    optima = starts.optima
    values = [optimum.log_likelihood for optimum in optima]
    low, high = min(values), max(values)
    left = left_end([optimum.agreement for optimum in optima])
    radii = [radius_of(optimum.n_starts, starts.made, area) for optimum in optima]
    inset = max(radii) + RING + 0.5
    across = max(area.width - 2 * inset, 1.0)
    down = max(area.height - 2 * inset, 1.0)

    def middle(optimum: Optimum) -> tuple[float, float]:
        share = (_finite(optimum.agreement) - left) / (1.0 - left)
        height = (optimum.log_likelihood - low) / (high - low) if high > low else 0.5
        x = area.left + inset + min(max(share, 0.0), 1.0) * across
        return x, area.bottom - inset - height * down

    middles = [middle(optimum) for optimum in optima]
    kept = [radius + (RING if i == starts.shown else 0.0) for i, radius in enumerate(radii)]
    dots = [Box(x - r, y - r, 2 * r, 2 * r) for (x, y), r in zip(middles, kept, strict=True)]
    taken = list(dots)
    room = Box(area.left, area.top - 2.0, area.width + BESIDE, area.height + 2.0)
    places = []
    for index, (optimum, (x, y), radius) in enumerate(zip(optima, middles, radii, strict=True)):
        words, box = _labelled(
            _wordings(optimum, index, starts.made),
            text_size,
            (x, y, radius, kept[index]),
            room,
            [box for place, box in enumerate(dots) if place != index],
            taken,
        )
        if index and optimum.n_starts == 1 and len(optima) > _MANY:
            box = None
        if box is not None:
            taken.append(box)
        places.append(Place(optimum, index, x, y, radius, words, box))
    return Map(area, low, high, left, tuple(places))


def left_end(agreements: Sequence[float]) -> float:
    """Return the agreement at which the axis begins: 0, or nearer where all agree well."""
    lowest = min((_finite(agreement) for agreement in agreements), default=0.0)
    return next((end for end in _LEFT_ENDS if end + 0.02 <= lowest), 0.0)


def radius_of(n_starts: int, made: int, area: Box) -> float:
    """Return the radius of a dot whose area goes with the number of starts."""
    largest = min(LARGEST, area.height / 5)
    return max(largest * sqrt(n_starts / max(made, 1)), SMALLEST)


def _finite(agreement: float) -> float:
    return agreement if isfinite(agreement) else 0.0


def _wordings(optimum: Optimum, index: int, made: int) -> tuple[str, ...]:
    """Return what may stand at a dot, the best first."""
    n = str(optimum.n_starts)
    return (n,) if index else (f"best: {n} of {made} starts", f"best: {n} of {made}", "best", n)


def _labelled(
    wordings: Sequence[str],
    text_size: TextSize,
    dot: tuple[float, float, float, float],
    room: Box,
    others: Sequence[Box],
    taken: Sequence[Box],
) -> tuple[str, Box | None]:
    """Find the first wording for which there is room at a dot, and where it stands.

    Parameters
    ----------
    wordings, text_size
        What may be written, and how large it is.
    dot
        Its middle, its radius, and that with the ring it may have.
    room
        Where words may stand.
    others, taken
        The other dots; all dots and words so far.
    """
    x, y, radius, kept = dot
    for words in wordings:
        size = text_size(words)
        box = _inside(size, x, y, radius)
        if box is not None and not any(box.overlaps(other) for other in others):
            return words, box
        box = place_label(size, (x, y), room, _NO_LINES, taken, kept)
        if box is not None and not _is_far(box, x, y, kept):
            return words, box
    return wordings[-1], None


def _inside(size: tuple[float, float], x: float, y: float, radius: float) -> Box | None:
    """Put words into a dot, if it is large enough."""
    width, height = size
    if hypot(width, 0.7 * height) > 2 * radius - 2:
        return None
    return Box(x - width / 2, y - height / 2, width, height)


def _is_far(box: Box, x: float, y: float, radius: float) -> bool:
    """Whether a number stands too far from its dot to be taken for its own."""
    dx = max(box.left - x, 0.0, x - box.right)
    dy = max(box.top - y, 0.0, y - box.bottom)
    return hypot(dx, dy) > radius + 8.0


# ---- in words -----------------------------------------------------------------------------------


def describe(starts: Starts, index: int, *, enabled: bool = True, by_keyboard: bool = False) -> str:
    """Say how many starts came to an optimum, how good it is and how like the best."""
    optimum, best = starts.optima[index], starts.optima[0]
    lead = best.log_likelihood - optimum.log_likelihood
    value = f"log-likelihood {formats.log_likelihood(optimum.log_likelihood)}"
    said = [
        f"{'The best optimum' if index == 0 else 'Another optimum'}, "
        f"reached by {formats.count(optimum.n_starts)} of {_starts(starts.made)}"
    ]
    if index == 0:
        said.append(value)
    else:
        said.append(f"{value}: {formats.fixed(lead, _digits(lead))} below the best")
        said.append(f"{agreement_words(optimum.agreement)} with the best (adjusted Rand)")
    if starts.on_sample:
        said.append(f"on a sample of {formats.rows(optimum.n_rows)}")
    if index == starts.shown:
        said.append("Shown now")
    elif enabled:
        goes_on = ": EM goes on from there with all rows" if starts.on_sample else ""
        said.append(f"{'Press Enter' if by_keyboard else 'Click'} to open it{goes_on}")
    return "\n".join(said)


def agreement_words(agreement: float) -> str:
    """Write an adjusted Rand index as a share: "84 % agreement"."""
    return f"{formats.percent(max(agreement, 0.0))} agreement" if isfinite(agreement) else "–"


def instead(starts: Starts | None, n_components: int = 0) -> str:
    """Say in words what there is no map for; empty where there is one."""
    if starts is None:
        return "Press Fit: each start adds to a dot\nat the optimum that it came to."
    n_collapsed = len(starts.collapsed)
    if not starts.optima:
        if n_collapsed and n_collapsed == starts.made:
            return "No start came to an optimum:\n" + (
                "the only one collapsed." if n_collapsed == 1 else f"all {n_collapsed} collapsed."
            )
        return "The run was stopped before its starts could be compared."
    if len(starts.optima) > 1:
        return ""
    n, made = starts.optima[0].n_starts, starts.made
    if made == 1 and n_components == 1:
        return "One cluster has one optimum: every start comes to it."
    if made == 1:
        return "One start was made.\nSeveral random ones would show whether there are other optima."
    if not n_collapsed:
        return f"All {made} starts agree:\nthey came to the same optimum."
    if n == 1:
        return f"One of {made} starts came to an optimum,\nthe others collapsed."
    return f"{n} of {made} starts came to the same optimum,\nthe others collapsed."


def summary(starts: Starts) -> str:
    """Say for readers what the map shows."""
    said = [
        f"{formats.count(o.n_starts)} at {formats.log_likelihood(o.log_likelihood)}, "
        f"{agreement_words(o.agreement)}"
        for o in starts.optima
    ]
    if starts.collapsed:
        said.append(f"{len(starts.collapsed)} collapsed")
    return f"{_starts(starts.made)}: {'; '.join(said)}"


def collapsed_words(starts: Starts) -> str:
    """Return the words beside the cross of the starts that collapsed."""
    return f"{len(starts.collapsed)} collapsed"


def collapsed_reasons(
    starts: Starts, column_names: Sequence[str], row_numbers: NDArray[np.int64] | None
) -> str:
    """Say why starts collapsed, the first few one by one.

    Parameters
    ----------
    starts
        Where the starts of a fit ended.
    column_names, row_numbers
        What the user calls the columns and the rows of the sample (n,).
    """
    said = [
        f"Try {attempt.number}: {attempt.collapsed.reason_with(column_names, row_numbers)}"
        for attempt in starts.collapsed[:_TOLD]
        if attempt.collapsed is not None
    ]
    if len(starts.collapsed) > _TOLD:
        said.append(f"… and {len(starts.collapsed) - _TOLD} more")
    return "\n".join(said)


def _starts(n: int) -> str:
    return f"{formats.count(n)} {'start' if n == 1 else 'starts'}"


def _digits(gap: float) -> int:
    """Return the decimals that a difference of log-likelihoods calls for."""
    return 1 if gap >= 0.95 else 2 if gap >= 0.095 else 4
