"""The evidence for K: the models of a sweep by shape, and which of them is best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gmmstudio.document.asking import shape_words
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.structures import SHAPES, STRUCTURES

CRITERIA = ("BIC", "AIC", "ICL")
_WORDS = (*SHAPES, "E", "V")  # short enough to stand at a line; the others go by their letters
_ORDER = (*_WORDS, *(name for name in STRUCTURES if name not in _WORDS))
FEW = 6  # shapes whose lines can all be told apart at a glance


@dataclass(frozen=True, eq=False)
class Dot:
    """One model of the sweep; `value` is None where every try collapsed."""

    cell: Cell
    value: float | None

    @property
    def n_components(self) -> int:
        """Number of clusters."""
        return self.cell.n_components


@dataclass(frozen=True, eq=False)
class Line:
    """The models of one shape, K rising."""

    structure: str
    words: str
    dots: tuple[Dot, ...]

    @property
    def label(self) -> str:
        """The name that stands at the line."""
        return short_name(self.structure)

    @property
    def best(self) -> Dot | None:
        """The model with the lowest value; None where there is none."""
        return best_dot((self,))

    def runs(self) -> tuple[tuple[Dot, ...], ...]:
        """Return the stretches without a gap: neighbouring K that all have a value."""
        runs: list[list[Dot]] = []
        last: Dot | None = None
        for dot in self.dots:
            if dot.value is None:
                last = None
                continue
            if last is None or dot.n_components != last.n_components + 1:
                runs.append([])
            runs[-1].append(dot)
            last = dot
        return tuple(tuple(run) for run in runs)


def value_of(cell: Cell, criterion: str) -> float | None:
    """Return a criterion of a model; None where there is none."""
    if cell.fit is None:
        return None
    value = float(getattr(cell.fit, criterion.lower()))
    return value if np.isfinite(value) else None


def lines(cells: Iterable[Cell], criterion: str) -> tuple[Line, ...]:
    """Group the models of a sweep by shape, simple shapes first."""
    by_shape: dict[str, list[Cell]] = {}
    for cell in cells:
        by_shape.setdefault(cell.structure, []).append(cell)
    order = sorted(by_shape, key=lambda s: _ORDER.index(s) if s in _ORDER else len(_ORDER))
    return tuple(
        Line(
            structure,
            long_name(structure),
            tuple(
                Dot(cell, value_of(cell, criterion))
                for cell in sorted(by_shape[structure], key=lambda cell: cell.n_components)
            ),
        )
        for structure in order
    )


def best_dot(shapes: Sequence[Line]) -> Dot | None:
    """Return the model with the lowest value."""
    dots = [dot for line in shapes for dot in line.dots if dot.value is not None]
    return min(dots, key=lambda dot: dot.value or 0.0, default=None)


def value_range(shapes: Sequence[Line]) -> tuple[float, float]:
    """Return the values between which to draw; far above the rest lies outside.

    The upper end is the highest value, unless that is more than five times as far from the best
    as three quarters of the models are. Of many shapes, whose lines lie close together at the
    bottom, twice as far as most models is far enough.
    """
    values = np.array([dot.value for line in shapes for dot in line.dots if dot.value is not None])
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    share, too_far, far = (0.75, 5.0, 2.5) if len(shapes) <= FEW else (0.66, 2.0, 2.0)
    most = float(np.quantile(values, share)) - low
    if len(values) >= 6 and most > 0 and high - low > too_far * most:
        high = float(values[values <= low + far * most].max())
    return low, high


def ranked(shapes: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines that have a model, the one with the best of them first."""
    with_best = [(line, line.best) for line in shapes]
    drawn = [(line, best.value) for line, best in with_best if best is not None]
    return tuple(line for line, value in sorted(drawn, key=lambda pair: pair[1] or 0.0))


def short_name(structure: str) -> str:
    """Name a shape in little room: a word for the usual ones, letters for the others."""
    return shape_words(structure) if structure in _WORDS else structure


def lettered_name(structure: str) -> str:
    """Name a shape in words with its letters: "tied (EEE)"."""
    words = shape_words(structure)
    return words if words == structure else f"{words} ({structure})"


def long_name(structure: str) -> str:
    """Name a shape in words, with its letters where these are its short name."""
    words = shape_words(structure)
    return words if structure in _WORDS or words == structure else f"{words} ({structure})"
