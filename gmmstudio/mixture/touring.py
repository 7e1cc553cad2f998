"""A tour: from plane to plane through all columns, along the shortest way and without spinning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmstudio.mixture.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Geodesic:
    """The shortest way from one plane to another.

    Attributes
    ----------
    start, beyond : FloatArray (d, 2)
        Principal directions of the first plane, and for each the direction it is turned to.
    angles : FloatArray (2,)
        How far, in radians.
    back : FloatArray (2, 2)
        What turns the principal directions of the first plane back into its own two.
    """

    start: FloatArray
    beyond: FloatArray
    angles: FloatArray
    back: FloatArray

    @property
    def length(self) -> float:
        """How long the way is, in radians: √(τ₁² + τ₂²)."""
        return float(np.hypot(*self.angles))

    def at(self, t: float) -> FloatArray:
        """Return the orthonormal frame (d, 2) after a part `t` of the way, from 0 to 1."""
        turned = self.start * np.cos(t * self.angles) + self.beyond * np.sin(t * self.angles)
        frame: FloatArray = turned @ self.back
        return frame


def geodesic(start: FloatArray, end: FloatArray) -> Geodesic:
    """Return the way from the frame `start` to the plane of the frame `end`.

    Both (d, 2) with orthonormal columns. The way begins with `start` itself and ends in the plane
    of `end`, in a frame of its own: along it nothing spins within the plane (Buja, Cook, Asimov &
    Hurley 2005, Computational methods for high-dimensional rotations in data visualization,
    Handbook of Statistics 24, section 4.1).
    """
    left, cosines, right = np.linalg.svd(start.T @ end)
    first, last = start @ left, end @ right.T
    beyond = last - first * cosines
    sines = np.linalg.norm(beyond, axis=0)
    angles = np.arctan2(sines, cosines)  # exact for small angles, where arccos is not
    moving = sines > 1e-12
    beyond = np.where(moving, beyond / np.where(moving, sines, 1.0), 0.0)
    return Geodesic(first, beyond, np.where(moving, angles, 0.0), left.T)


def random_frame(d: int, random: np.random.Generator) -> FloatArray:
    """Return a frame (d, 2) of a plane drawn evenly from all of them (Asimov 1985)."""
    frame: FloatArray = np.linalg.qr(random.standard_normal((d, 2)))[0]
    return frame


def as_frame(directions: FloatArray) -> FloatArray:
    """Return orthonormal directions (d, 2) that span the same plane, the first one kept."""
    frame, triangle = np.linalg.qr(directions)
    turned: FloatArray = frame * np.where(np.diagonal(triangle) < 0, -1.0, 1.0)
    return turned


class GrandTour:
    """An endless tour at constant speed; the same for the same seed.

    Asimov 1985, The grand tour, SIAM Journal on Scientific and Statistical Computing 6: planes
    drawn at random, each reached along the geodesic from the one before.

    Attributes
    ----------
    frame : FloatArray (d, 2)
        Where the tour is.
    """

    def __init__(self, start: FloatArray, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self.frame = start
        self._way = self._next()
        self._gone = 0.0  # radians of the present way

    def go(self, radians: float) -> FloatArray:
        """Go on by so much and return the frame there."""
        self._gone += radians
        while self._gone >= self._way.length:
            self._gone -= self._way.length
            self.frame = as_frame(self._way.at(1.0))  # rounding must not add up
            self._way = self._next()
        self.frame = self._way.at(self._gone / self._way.length)
        return self.frame

    def _next(self) -> Geodesic:
        while True:  # a plane that is this one already would lead nowhere
            way = geodesic(self.frame, random_frame(len(self.frame), self._random))
            if way.length > 1e-3 or len(self.frame) <= 2:
                return way
