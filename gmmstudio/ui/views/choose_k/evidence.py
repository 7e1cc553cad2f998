"""How to say what the models of a sweep tell about K."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report.evidence import CRITERIA, Dot, Line, long_name, short_name
from gmmstudio.ui.views.convergence.curve import fixed

_SAME = 0.05  # values that read alike
_CAUSES = {
    "constant": "a column with one value",
    "duplicate": "two columns that say the same",
    "collinear": "collinear columns",
    "ties": "a cluster on tied values",
    "few-rows": "too few rows in a cluster",
    "empty": "a cluster without rows",
}


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
