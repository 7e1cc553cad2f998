"""Standardised coordinates, in which the kernel works whatever the units of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmstudio.mixture.arrays import BoolArray, FloatArray, ShouldStop, never
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.parameters import Parameters

SMALLEST, LARGEST = 1e-151, 1e153
"""A spread outside of this squares to what a float64 cannot hold with all its digits."""

BLOCK_ROWS = 4096


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The map z = (x − centre) / scale, column by column, and back.

    Attributes
    ----------
    centre, scale : FloatArray (d,)
    """

    centre: FloatArray
    scale: FloatArray

    @property
    def log_volume(self) -> float:
        """Σ_a log scale_a: the log-density of x is that of z less this."""
        return float(np.log(self.scale).sum())

    def standardise(self, p: Parameters) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return weights, means and covariances as they are for z."""
        means = (p.means - self.centre) / self.scale
        covariances = p.covariances / self.scale[:, None] / self.scale
        return p.weights, means, covariances

    def restore(
        self, weights: FloatArray, means: FloatArray, covariances: FloatArray
    ) -> Parameters:
        """Return what belongs to z as parameters for x.

        Raises
        ------
        MixtureError
            A covariance is larger than any float64, which takes columns of vastly unequal spread
            and a shape that mixes them.
        """
        try:
            with np.errstate(over="raise"):
                return Parameters.trusted(
                    weights.copy(),
                    self.centre + self.scale * means,
                    covariances * np.outer(self.scale, self.scale),  # exactly symmetric
                )
        except FloatingPointError as error:
            widest = int(self.scale.argmax())
            raise MixtureError(
                f"A covariance would be larger than any number: divide column {widest + 1} by a "
                "constant."
            ) from error


@dataclass(frozen=True, eq=False)
class Standardised:
    """The rows in standardised coordinates, columns contiguous.

    Attributes
    ----------
    zt : FloatArray (d, n)
        The standardised data, transposed.
    coordinates : Coordinates
        Centre and standard deviation of the columns.
    correlation : FloatArray (d, d)
        The pooled covariance of z; a constant column has zeros.
    noise : float
        The variance of z that the rounding of x to float64 alone can make.
    """

    zt: FloatArray
    coordinates: Coordinates
    correlation: FloatArray
    noise: float

    @property
    def n_rows(self) -> int:
        """Number of rows, n."""
        return int(self.zt.shape[1])

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return int(self.zt.shape[0])

    @property
    def constant(self) -> BoolArray:
        """Which columns (d,) have one value only."""
        is_constant: BoolArray = np.diagonal(self.correlation) == 0.0
        return is_constant


def standardise(
    x: FloatArray, should_stop: ShouldStop = never, weights: FloatArray | None = None
) -> Standardised:
    """Centre every column and divide it by its standard deviation.

    Parameters
    ----------
    x : FloatArray (n, d)
        Finite, below `arrays.LARGEST`.
    should_stop : callable
        Asked between blocks of rows.
    weights : FloatArray (n,), optional
        How often each row counts, more than never.

    Raises
    ------
    MixtureError
        A column's spread is too small or too large to be squared.
    Cancelled
        `should_stop` said so.

    Notes
    -----
    The first row is taken off before anything is summed, so that a common offset of any size
    costs no digits, and a column is divided by its largest value before it is squared.
    """
    n, d = x.shape
    zt = np.empty((d, n))
    origin = x[0].copy()
    for a in range(0, n, BLOCK_ROWS):
        if should_stop():
            raise Cancelled("Cancelled before the first iteration.")
        np.subtract(x[a : a + BLOCK_ROWS].T, origin[:, None], out=zt[:, a : a + BLOCK_ROWS])
    centre, scale = origin.copy(), np.ones(d)
    for a, column in enumerate(zt):
        if should_stop():
            raise Cancelled("Cancelled before the first iteration.")
        mean = float(np.average(column, weights=weights))
        column -= mean
        centre[a] += mean
        peak = max(float(column.max()), -float(column.min()))
        if peak == 0.0:
            continue
        column /= peak
        deviation = float(np.sqrt(mean_square(column, weights)))
        column /= deviation
        scale[a] = peak * deviation
        if not SMALLEST <= scale[a] <= LARGEST:
            little, remedy = ("little", "multiply") if scale[a] < 1.0 else ("large", "divide")
            raise MixtureError(
                f"Column {a + 1} has a standard deviation of {scale[a]:.1g}, too {little} to be "
                f"squared: {remedy} column {a + 1} by a constant."
            )
    largest = np.maximum(x.max(axis=0), -x.min(axis=0))  # np.abs would copy all of x
    rounding = np.spacing(largest) / scale
    return Standardised(
        zt, Coordinates(centre, scale), pooled_covariance(zt, weights), float(np.max(rounding) ** 2)
    )


def mean_square(column: FloatArray, weights: FloatArray | None) -> float:
    """Return the mean of the squares of (n,) numbers, each counting as often as its weight says."""
    if weights is None:
        return float(np.dot(column, column) / column.size)
    return float(np.dot(column * weights, column) / weights.sum())


def pooled_covariance(zt: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Return the covariance (d, d) of all rows of centred data (d, n)."""
    d, n = zt.shape
    total = np.zeros((d, d))
    for a in range(0, n, BLOCK_ROWS):
        rows = slice(a, a + BLOCK_ROWS)
        block = zt[:, rows]
        total += (block if weights is None else block * weights[rows]) @ block.T
    total /= n if weights is None else weights.sum()
    covariance: FloatArray = 0.5 * (total + total.T)
    return covariance


def coordinates_of(p: Parameters) -> Coordinates:
    """Return the coordinates in which the mixture itself has mean zero and variance one."""
    origin = p.means[0]
    offsets = p.means - origin
    centre = p.weights @ offsets
    variances = np.einsum("kaa->ka", p.covariances)
    scale = np.sqrt(p.weights @ variances) + np.abs(offsets - centre).max(axis=0)
    return Coordinates(origin + centre, scale)


def relative_scale(scale: FloatArray, units: FloatArray) -> FloatArray:
    """Return log c (d,), where C = diag(c) takes z to the units chosen.

    c = scale / units / g with g their geometric mean, which changes no family of covariances and
    keeps the numbers in range.
    """
    log_ratio: FloatArray = np.log(scale) - np.log(units)
    log_ratio -= log_ratio.mean()
    return log_ratio
