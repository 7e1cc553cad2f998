"""The figures behind the outlier histogram: sorted once, then every question is a look-up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.outliers import Kind, OutlierRule, chi2_quantile, repeated_percentile
from gmmstudio.report.formats import GAP, MINUS

FloatArray = NDArray[np.float64]
BARS = 48


@dataclass(frozen=True, eq=False)
class Bars:
    """A histogram without its long tail.

    Attributes
    ----------
    low, high
        The range shown.
    counts
        Rows per bar, int (BARS,).
    beyond
        Rows in the tail that is not shown: below ``low``, or above ``high`` if ``right``.
    right
        Whether outliers lie at the right (squared distances) rather than the left.
    """

    low: float
    high: float
    counts: NDArray[np.int64]
    beyond: int
    right: bool

    @property
    def edges(self) -> FloatArray:
        """Edges of the bars (BARS + 1,)."""
        return np.linspace(self.low, self.high, len(self.counts) + 1)


@dataclass(frozen=True, eq=False)
class OutlierFigures:
    """Log-densities and squared distances of the fitted rows, each sorted, and their bars.

    ``of_rows`` holds both as they came, row by row. Where rows have weights, ``upto`` says what
    the rows weigh up to each log-density, itself included, and ``upto_distance`` the same for the
    distances.
    """

    log_density: FloatArray
    distance: FloatArray
    n_columns: int
    upto: FloatArray | None = None
    upto_distance: FloatArray | None = None
    of_rows: tuple[FloatArray, FloatArray] | None = None
    _bars: dict[bool, Bars] = field(default_factory=dict)
    _places: dict[bool, NDArray[np.uint8]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        log_density: FloatArray,
        distance: FloatArray,
        n_columns: int,
        weights: FloatArray | None = None,
    ) -> OutlierFigures:
        """Sort what belongs to fitted rows; NaN marks the others."""
        of_rows = (log_density, distance)
        if weights is None:
            made = cls(_sorted(log_density), _sorted(distance), n_columns, of_rows=of_rows)
        else:
            density, upto = _sorted_with(log_density, weights)
            distances, upto_distance = _sorted_with(distance, weights)
            made = cls(density, distances, n_columns, upto, upto_distance, of_rows)
        made.places("percentile")  # where it is made there is time for it
        return made

    @property
    def n(self) -> int:
        """Number of fitted rows."""
        return len(self.log_density)

    def values(self, kind: Kind) -> FloatArray:
        """Return the sorted values (n,) that a rule looks at."""
        return self.distance if kind == "chi2" else self.log_density

    def threshold(self, rule: OutlierRule) -> float:
        """Return where the line lies, as :func:`gmmstudio.mixture.outliers.threshold` does."""
        if rule.kind == "density":
            return rule.value
        if rule.kind == "chi2":
            return chi2_quantile(rule.value, self.n_columns)
        if self.upto is not None:
            return repeated_percentile(self.log_density, self.upto, rule.value)
        return sorted_percentile(self.log_density, rule.value)

    def share(self, rule: OutlierRule) -> float:
        """Return the share of the rows that a rule marks, by weight where they have one."""
        n, upto = self.n_outliers(rule), self.upto
        if self.upto is None or self.upto_distance is None:
            return n / max(self.n, 1)
        if n == 0:
            return 0.0
        if rule.kind == "chi2":
            upto = self.upto_distance
            return float(1.0 - (upto[self.n - n - 1] / upto[-1] if n < self.n else 0.0))
        return float(self.upto[n - 1] / self.upto[-1])

    def n_outliers(self, rule: OutlierRule) -> int:
        """Count the rows that a rule marks."""
        line = self.threshold(rule)
        if math.isnan(line):
            return 0
        if rule.kind == "chi2":
            return int(self.n - np.searchsorted(self.distance, line, side="right"))
        return int(np.searchsorted(self.log_density, line, side="left"))

    def rule_at(self, kind: Kind, x: float) -> OutlierRule:
        """Return the rule, with a round value, whose line lies nearest to ``x``."""
        if kind == "density":
            finite = self.log_density[np.isfinite(self.log_density)]
            span = float(finite[-1] - finite[0]) if finite.size else 1.0
            return OutlierRule("density", round_to(x, span / 500))
        if kind == "chi2":
            return OutlierRule("chi2", round_probability(chi2_share(x, self.n_columns)))
        below = int(np.searchsorted(self.log_density, x, side="left"))
        return OutlierRule("percentile", percentile_marking(below, self.n))

    def bars(self, kind: Kind) -> Bars:
        """Return the histogram of what a rule looks at."""
        right = kind == "chi2"
        if right not in self._bars:
            self._bars[right] = make_bars(self.values(kind), right=right)
        return self._bars[right]

    def places(self, kind: Kind) -> NDArray[np.uint8]:
        """Return the bar of each row (n,) as :func:`bar_of` does, in the order the rows came."""
        right = kind == "chi2"
        if right not in self._places:
            assert self.of_rows is not None
            self._places[right] = bar_of(self.of_rows[right], self.bars(kind))
        return self._places[right]

    def default(self, kind: Kind, now: OutlierRule) -> OutlierRule:
        """Return the rule to begin with after a change of kind: about as many rows marked."""
        if kind == "percentile":
            return OutlierRule("percentile", percentile_marking(self.n_outliers(now), self.n))
        if kind == "density":
            line = self.threshold(now) if now.kind != "chi2" else self._line_marking(now)
            return self.rule_at("density", line) if math.isfinite(line) else OutlierRule(kind, 0.0)
        return OutlierRule("chi2", 0.99)

    def _line_marking(self, rule: OutlierRule) -> float:
        n = min(self.n_outliers(rule), self.n - 1)
        return float(self.log_density[n]) if self.n else 0.0


def sorted_percentile(values: FloatArray, percentile: float) -> float:
    """NumPy's linear percentile of values that are sorted already, to the last bit.

    ``np.percentile`` partitions its input anew each time: too slow under a dragging hand.
    """
    if not len(values):
        return -math.inf
    place = (len(values) - 1) * (percentile / 100.0)
    below = min(int(place), len(values) - 1)
    above = min(below + 1, len(values) - 1)
    a, b, t = float(values[below]), float(values[above]), place - below
    # Toward the nearer end, as NumPy does, so that both ends are met exactly.
    return a + (b - a) * t if t < 0.5 else b - (b - a) * (1.0 - t)


def make_bars(values: FloatArray, *, right: bool) -> Bars:
    """Count sorted values into bars; a tail longer than twice the body is cut off.

    One far row would otherwise squeeze all others into a single bar.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Bars(0.0, 1.0, np.zeros(BARS, dtype=np.int64), len(values), right)
    low, high = float(finite[0]), float(finite[-1])
    if right:
        low = min(low, 0.0)
        high = min(high, low + 3.0 * (sorted_percentile(finite, 95.0) - low) or high)
    else:
        low = max(low, high - 3.0 * (high - sorted_percentile(finite, 5.0)))
    least = 4 * BARS * float(np.spacing(max(abs(low), abs(high))))  # else edges would coincide
    if high - low < least:
        low, high = low - max(0.5, least), high + max(0.5, least)
    edges = np.linspace(low, high, BARS + 1)
    places = np.searchsorted(finite, edges[1:-1], side="left")
    start = int(np.searchsorted(finite, low, side="left"))
    end = int(np.searchsorted(finite, high, side="right"))
    counts = np.diff(np.concatenate([[start], places, [end]])).astype(np.int64)
    beyond = len(values) - end if right else start + int(np.count_nonzero(values == -math.inf))
    return Bars(low, high, counts, int(beyond), right)


def bar_of(values: FloatArray, bars: Bars) -> NDArray[np.uint8]:
    """Return the bar that each value (n,) is counted in.

    ``BARS`` stands for the tail, ``BARS + 1`` for NaN, which is counted nowhere.
    """
    n = len(bars.counts)
    edges = bars.edges
    scaled = values - bars.low
    scaled *= n / (bars.high - bars.low)
    with np.errstate(invalid="ignore"):
        place = np.clip(np.nan_to_num(scaled, nan=0.0), 0, n - 1).astype(np.uint8)
    # Rounding may have put a value beside an edge into the bar next to its own.
    place -= (place > 0) & (values < edges[place])
    place += (place < n - 1) & (values >= edges[place + 1])
    place[(values > bars.high) if bars.right else (values < bars.low)] = n
    place[np.isnan(values)] = n + 1
    return place


def chi2_share(x: float, degrees: int) -> float:
    """Share of a Gaussian's rows within squared distance ``x``, P(degrees/2, x/2)."""
    from scipy.special import gammainc

    return float(gammainc(degrees / 2.0, max(x, 0.0) / 2.0))


def percentile_marking(n_outliers: int, n: int) -> float:
    """Return a round percentile below which as many of n rows lie: in the middle of their range."""
    share = 100.0 * (n_outliers - 0.5) / max(n - 1, 1)
    return min(max(round_percentile(share, n), 0.0), 100.0)


def round_percentile(share: float, n: int) -> float:
    """Round to tenths of a percent, to finer steps where the rows are many."""
    return round(share, 1 if n < 20_000 else 2 if n < 200_000 else 3)


def round_probability(p: float) -> float:
    """Round so that what is left out keeps two figures: 0.9873 → 0.987, 0.99914 → 0.99914."""
    rest = min(max(1.0 - p, 1e-12), 0.999)
    digits = max(1 - math.floor(math.log10(rest)), 2)
    return min(max(round(p, digits), 0.001), 1 - 1e-12)


def round_to(x: float, step: float) -> float:
    """Round to the decimals that a step of this size needs."""
    if not step > 0 or not math.isfinite(step):
        return x
    return round(x, max(0, -math.floor(math.log10(step))))


def value_words(rule: OutlierRule) -> str:
    """Write a rule's value as the field shows it."""
    if rule.kind == "density":
        return f"{rule.value:.6g}".replace("-", MINUS)
    value = rule.value * 100 if rule.kind == "chi2" else rule.value
    return f"{value:.12g}{GAP}%"


def _sorted_with(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the values that are not NaN, rising, and what the rows weigh up to each."""
    order = np.argsort(values, kind="stable")
    order = order[~np.isnan(values[order])]
    upto = np.cumsum(weights[order])
    upto.flags.writeable = False
    return _sorted(values), upto


def _sorted(values: FloatArray) -> FloatArray:
    known = np.asarray(values, dtype=np.float64)
    known = np.sort(known[~np.isnan(known)])
    known.flags.writeable = False
    return known
