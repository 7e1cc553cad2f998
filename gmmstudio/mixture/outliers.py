"""Three rules that say which rows are outliers."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal, cast, get_args

import numpy as np

from gmmstudio.mixture.arrays import BoolArray, FloatArray
from gmmstudio.mixture.errors import MixtureError

Kind = Literal["percentile", "density", "chi2"]


@dataclass(frozen=True)
class OutlierRule:
    """How outliers are told.

    Attributes
    ----------
    kind : str
        "percentile": log-density strictly below that percentile of the fitted rows.
        "density": log-density strictly below that value.
        "chi2": squared Mahalanobis distance to the own cluster strictly above the χ² quantile, with
        as many degrees of freedom as columns, of that probability.
    value : float
        A percentage from 0 to 100, a log-density, or a probability strictly between 0 and 1.

    Raises
    ------
    MixtureError
        No such rule, or a value out of its range.
    """

    kind: Kind = "percentile"
    value: float = 5.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise MixtureError(
                f"There is no outlier rule called “{self.kind}”: choose percentile, density or "
                "chi2."
            )
        try:
            value = float(self.value)
        except (TypeError, ValueError):
            raise MixtureError(f"An outlier rule needs a number, not {self.value!r}.") from None
        if not isfinite(value):
            raise MixtureError("An outlier rule needs a finite number.")
        if self.kind == "percentile" and not 0.0 <= value <= 100.0:
            raise MixtureError(f"The percentile must lie between 0 and 100, not at {value:g}.")
        if self.kind == "chi2" and not 0.0 < value < 1.0:
            raise MixtureError(
                f"The chi2 rule needs a probability between 0 and 1 (such as 0.99), not {value:g}."
            )
        object.__setattr__(self, "value", value)

    @classmethod
    def parse(cls, text: str) -> OutlierRule:
        """Read a rule written as ``kind:value``, such as ``percentile:5``."""
        kind, separator, value = text.partition(":")
        if not separator:
            raise MixtureError(
                f"“{text}” is not an outlier rule: write percentile:5, density:-12 or chi2:0.99."
            )
        try:
            number = float(value)
        except ValueError:
            raise MixtureError(f"“{value}” in the outlier rule “{text}” is not a number.") from None
        return cls(cast(Kind, kind.strip().lower()), number)

    def __str__(self) -> str:
        """Write the rule so that `parse` reads it back."""
        return f"{self.kind}:{self.value!r}"


def threshold(
    rule: OutlierRule,
    log_density: FloatArray,
    n_columns: int,
    weights: FloatArray | None = None,
) -> float:
    """Return where the line lies.

    Parameters
    ----------
    rule : OutlierRule
    log_density : FloatArray (n,)
        Of the fitted rows; NaN is passed over.
    n_columns : int
        Degrees of freedom of χ².
    weights : FloatArray (n,), optional
        How often each row counts towards the percentile.

    Returns
    -------
    float
        A log-density for "percentile" (NumPy's linear quantile) and "density"; a squared
        Mahalanobis distance for "chi2".
    """
    if rule.kind == "density":
        return rule.value
    if rule.kind == "chi2":
        return chi2_quantile(rule.value, n_columns)
    known = ~np.isnan(log_density)
    if weights is not None:
        return weighted_percentile(log_density[known], weights[known], rule.value)
    if not known.any():
        return -inf
    return float(np.percentile(log_density[known], rule.value))


def weighted_percentile(values: FloatArray, weights: FloatArray, percentage: float) -> float:
    """Return NumPy's linear percentile of the values, each repeated as often as its weight says.

    Weights that are no whole numbers are taken as if they were; −∞ where nothing counts.
    """
    order = np.argsort(values, kind="stable")
    order = order[weights[order] > 0.0]
    return repeated_percentile(values[order], np.cumsum(weights[order]), percentage)


def repeated_percentile(values: FloatArray, upto: FloatArray, percentage: float) -> float:
    """Return NumPy's linear percentile of rising values that repeat; −∞ where there are none.

    The k-th of N values lies at the percentage 100 k / (N − 1), k from 0.

    Parameters
    ----------
    values : FloatArray (m,)
        Rising.
    upto : FloatArray (m,)
        How many values there are up to each, its repetitions included.
    percentage : float
    """
    if values.size == 0:
        return -inf
    place = max(upto[-1] - 1.0, 0.0) * percentage / 100.0
    first, most = np.floor(place), values.size - 1
    below, above = np.searchsorted(upto, [first + 1.0, np.ceil(place) + 1.0])
    low, high = values[min(below, most)], values[min(above, most)]
    return float(low + (high - low) * (place - first))


def chi2_quantile(probability: float, degrees: int) -> float:
    """Quantile of the χ² distribution, 2 P⁻¹(degrees/2, probability)."""
    from scipy.special import gammaincinv

    return 2.0 * float(gammaincinv(degrees / 2.0, probability))


def flag(
    rule: OutlierRule,
    log_density: FloatArray,
    squared_mahalanobis: FloatArray,
    n_columns: int,
    weights: FloatArray | None = None,
) -> BoolArray:
    """Tell the outliers; a row whose number is NaN is never one.

    Parameters
    ----------
    rule : OutlierRule
    log_density, squared_mahalanobis : FloatArray (n,)
    n_columns : int
    weights : FloatArray (n,), optional
        How often each row counts towards a percentile.

    Returns
    -------
    BoolArray (n,)
    """
    line = threshold(rule, log_density, n_columns, weights)
    return beyond(rule, line, log_density, squared_mahalanobis)


def beyond(
    rule: OutlierRule, line: float, log_density: FloatArray, squared_mahalanobis: FloatArray
) -> BoolArray:
    """Tell the rows beyond a line that `threshold` found; NaN never is.

    Parameters
    ----------
    rule : OutlierRule
    line : float
    log_density, squared_mahalanobis : FloatArray (n,)

    Returns
    -------
    BoolArray (n,)
    """
    return squared_mahalanobis > line if rule.kind == "chi2" else log_density < line
