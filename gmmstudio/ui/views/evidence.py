"""The evidence for K: models of a sweep by shape, which is best, and how to say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gmmstudio.document.asking import shape_words
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.structures import SHAPES
from gmmstudio.ui.views.curve import fixed

CRITERIA = ("BIC", "AIC", "ICL")
_ORDER = (*SHAPES, "E", "V")


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
            shape_words(structure),
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
    as three quarters of the models are.
    """
    values = np.array([dot.value for line in shapes for dot in line.dots if dot.value is not None])
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    most = float(np.quantile(values, 0.75)) - low
    if len(values) >= 6 and most > 0 and high - low > 5 * most:
        high = float(values[values <= low + 2.5 * most].max())
    return low, high


def name(cell: Cell) -> str:
    """Name a model in words: "tied, K = 4"."""
    return f"{shape_words(cell.structure)}, K = {cell.n_components}"


def describe(
    dot: Dot,
    best: Dot | None,
    criterion: str,
    column_names: Sequence[str],
    *,
    shown: bool,
    by_keyboard: bool = False,
) -> str:
    """Say all figures of one model, its distance from the best, and how to open it."""
    title = name(dot.cell)
    head = title[0].upper() + title[1:]
    fit = dot.cell.fit
    if fit is None or dot.value is None:
        reason = dot.cell.reason
        if dot.cell.collapsed is not None:
            reason = dot.cell.collapsed.reason_with(column_names)
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
    if best is not None and best.value is not None:
        if dot is best:
            text.append(f"The best of all by {criterion}")
        else:
            lead = dot.value - best.value
            text.append(f"{criterion} {fixed(lead, 1)} above the best ({name(best.cell)})")
    how = "Press Enter" if by_keyboard else "Click"
    text.append("Shown now" if shown else f"{how} to open this fit")
    return "\n".join(text)
