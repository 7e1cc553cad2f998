"""The evidence for K: models of a sweep by shape, which is best, and how to say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.asking import shape_words
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.structures import SHAPES, STRUCTURES
from gmmstudio.ui.views.convergence.curve import fixed

CRITERIA = ("BIC", "AIC", "ICL")
_WORDS = (*SHAPES, "E", "V")  # short enough to stand at a line; the others go by their letters
_ORDER = (*_WORDS, *(name for name in STRUCTURES if name not in _WORDS))
FEW = 6  # shapes whose lines can all be told apart at a glance
_SAME = 0.05  # values that read alike
_CAUSES = {
    "constant": "a column with one value",
    "duplicate": "two columns that say the same",
    "collinear": "collinear columns",
    "ties": "a cluster on tied values",
    "few-rows": "too few rows in a cluster",
    "empty": "a cluster without rows",
}


@dataclass(frozen=True, eq=False)
class Dot:
    """One model of the sweep; `value` is None where every try collapsed."""

    cell: Cell
    value: float | None

    @property
    def n_components(self) -> int:
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


def long_name(structure: str) -> str:
    """Name a shape in words, with its letters where these are its short name."""
    words = shape_words(structure)
    return words if structure in _WORDS or words == structure else f"{words} ({structure})"


def name(cell: Cell) -> str:
    """Name a model in little room: "tied, K = 4"."""
    return f"{short_name(cell.structure)}, K = {cell.n_components}"


def twins(dot: Dot, shapes: Iterable[Line]) -> tuple[Dot, ...]:
    """Return the other models of the same K and value: with one cluster many shapes are one."""
    value = dot.value
    if value is None:
        return ()
    return tuple(
        other
        for line in shapes
        for other in line.dots
        if other is not dot
        and other.n_components == dot.n_components
        and other.value is not None
        and abs(other.value - value) < _SAME
    )


def describe(
    dot: Dot,
    best: Dot | None,
    criterion: str,
    column_names: Sequence[str],
    row_numbers: Sequence[int] | NDArray[np.int64] | None = None,
    *,
    shown: bool,
    by_keyboard: bool = False,
    same: Sequence[Dot] = (),
) -> str:
    """Say all figures of one model, its distance from the best, and how to open it.

    Parameters
    ----------
    dot, best
        The model, and the best of all.
    criterion
        What they are compared by.
    column_names, row_numbers
        What the user calls the columns and the rows of the sample (n,).
    shown
        The model is the one on the screen.
    by_keyboard
        The user got there by keys.
    same
        Models that say the same.
    """
    head = f"{_capital(long_name(dot.cell.structure))}, K = {dot.n_components}"
    fit = dot.cell.fit
    if fit is None or dot.value is None:
        reason = dot.cell.reason
        if dot.cell.collapsed is not None:
            reason = dot.cell.collapsed.reason_with(column_names, row_numbers)
        return f"{head}: no model.\n{reason}"
    figures = " · ".join(f"{each} {fixed(getattr(fit, each.lower()), 1)}" for each in CRITERIA)
    text = [
        head,
        figures,
        f"log-likelihood {fixed(fit.log_likelihood, 2)} · {fit.n_parameters} parameters",
    ]
    if dot.cell.n_collapsed:
        n = dot.cell.n_collapsed
        text.append(f"{n} {'try' if n == 1 else 'tries'} collapsed and did not count")
    if same:
        text.append(f"The same: {', '.join(short_name(twin.cell.structure) for twin in same)}")
    if best is not None and best.value is not None:
        if dot is best:
            text.append(f"The best of all by {criterion}")
        else:
            lead = dot.value - best.value
            text.append(f"{criterion} {fixed(lead, 1)} above the best ({name(best.cell)})")
    how = "Press Enter" if by_keyboard else "Click"
    text.append("Shown now" if shown else f"{how} to open this fit")
    return "\n".join(text)


def describe_line(line: Line, best: Dot | None, criterion: str) -> str:
    """Say what a shape's clusters look like, and how well it does."""
    structure = STRUCTURES.get(line.structure)
    text = [_capital(line.words) + (f": {structure.sentence}" if structure else "")]
    mine = line.best
    if mine is not None and mine.value is not None and best is not None and best.value is not None:
        lead = mine.value - best.value
        above = "the best of all" if mine is best else f"{fixed(lead, 1)} above the best"
        text.append(
            f"Its best: K = {mine.n_components}, {criterion} {fixed(mine.value, 1)}, {above}"
        )
    gaps = [str(dot.n_components) for dot in line.dots if dot.value is None]
    if gaps:
        text.append(f"No model with K = {', '.join(gaps)}")
    return "\n".join(text)


def describe_gaps(dots: Sequence[Dot], n_shapes: int) -> str:
    """Say of which shapes there is no model at one K, and why."""
    whose: dict[str, list[str]] = {}
    for dot in dots:
        collapsed = dot.cell.collapsed
        cause = (
            "cannot be estimated"
            if collapsed is None
            else _CAUSES.get(collapsed.cause, "collapsed")
        )
        whose.setdefault(cause, []).append(short_name(dot.cell.structure))
    k = dots[0].n_components
    text = [f"K = {k}: no model for {len(dots)} of {n_shapes} shapes"]
    text += [f"{_capital(cause)}: {', '.join(names)}" for cause, names in whose.items()]
    return "\n".join([*text, "The arrow keys go through them one by one."])


def describe_above(dots: Sequence[Dot], criterion: str) -> str:
    """Say which models of one K lie above the scale, the lowest first."""
    whose: dict[str, list[str]] = {}
    for dot in sorted(dots, key=lambda dot: dot.value or 0.0):
        whose.setdefault(fixed(dot.value or 0.0, 1), []).append(short_name(dot.cell.structure))
    k = dots[0].n_components
    text = [f"K = {k}: {len(dots)} shapes lie above the scale"]
    text += [f"{criterion} {value}: {', '.join(names)}" for value, names in whose.items()]
    return "\n".join([*text, f"Click to open {next(iter(whose.values()))[0]}"])


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
