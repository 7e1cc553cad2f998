"""What the tooltip over a histogram says: how many rows a bar stands for, and whose they are."""

from __future__ import annotations

import math

import numpy as np

from gmmstudio.document.document import Document
from gmmstudio.report.axes import plain
from gmmstudio.report.formats import count
from gmmstudio.ui.views.layers.histogram import Bars, Bell
from gmmstudio.ui.views.scatter.text import probability_text

_NAMED = 4  # clusters
_LEAST = 0.01  # probability of a cluster that is named


def bar_text(document: Document, bars: Bars, bells: tuple[Bell, ...], x: float) -> str:
    """Say what is at a value: the bar's rows, the rows expected there, the clusters.

    Returns "" where there is neither a bar nor a model.
    """
    lines = []
    place = int(np.searchsorted(bars.edges, x, side="right")) - 1
    place -= x == bars.edges[-1]
    if 0 <= place < len(bars.heights):
        low, high = float(bars.edges[place]), float(bars.edges[place + 1])
        share = float(bars.heights[place]) * (high - low)
        n = round(share * bars.n)
        digits = _digits(low, high)
        words = f"{plain(low, digits)} to {plain(high, digits)}: {count(n)} of {count(bars.n)} rows"
        words += f" ({100 * share:.1f} %)"
        if bells:
            words += f", {100 * expected(bells, low, high):.1f} % expected by the model"
        lines.append(words)
    shares = probabilities(bells, x)
    order = sorted(range(len(bells)), key=lambda k: -shares[k])[:_NAMED]
    named = [
        f"{document.cluster_name(bells[k].identity)} {probability_text(shares[k])}"
        for k in order
        if shares[k] >= _LEAST
    ]
    if named:
        lines.append(f"At {plain(x, _digits(*bars.edges[[0, -1]]) + 1)}: {', '.join(named)}")
    return "\n".join(lines)


def expected(bells: tuple[Bell, ...], low: float, high: float) -> float:
    """Return what share of the rows the mixture expects between two values."""

    def below(bell: Bell, value: float) -> float:
        return 0.5 * math.erfc(-(value - bell.mean) / bell.deviation / math.sqrt(2.0))

    return sum(bell.weight * (below(bell, high) - below(bell, low)) for bell in bells)


def probabilities(bells: tuple[Bell, ...], x: float) -> list[float]:
    """Return how probable each component is at a value, also far out where all are tiny."""
    if not bells:
        return []
    logs = np.array(
        [
            (math.log(bell.weight) if bell.weight > 0 else -math.inf)
            - math.log(bell.deviation)
            - 0.5 * ((x - bell.mean) / bell.deviation) ** 2
            for bell in bells
        ]
    )
    parts = np.exp(logs - logs.max())
    return [float(part) for part in parts / parts.sum()]


def _digits(low: float, high: float) -> int:
    """Return how many digits tell two values apart, and one more."""
    largest, apart = max(abs(low), abs(high)), high - low
    if not (apart > 0 and largest > 0 and math.isfinite(largest / apart)):
        return 6
    return min(max(math.ceil(math.log10(largest / apart)) + 2, 2), 15)
