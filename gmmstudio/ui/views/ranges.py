"""How far and how close the axis of a plot can be looked at."""

from __future__ import annotations

FARTHEST = 4e307  # a range from here to its negative can still be written as a number
CLOSEST = 6e-15  # of the largest value shown: some thirty steps of double precision
NEAREST = 1e-306  # the narrowest range at nought: pixels for each unit must be a number


def can_be_shown(low: float, high: float) -> bool:
    """Tell whether an axis can go from one value to the other: numbers have no further digits."""
    largest = max(abs(low), abs(high))
    return largest <= FARTHEST and high - low > max(CLOSEST * largest, NEAREST)


def made_showable(low: float, high: float) -> tuple[float, float]:
    """Return the nearest range to this one that can be shown."""
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    if not can_be_shown(low, high):
        middle = low / 2 + high / 2
        half = max(CLOSEST * max(abs(low), abs(high)), NEAREST)
        low, high = middle - half, middle + half
    return low, high
