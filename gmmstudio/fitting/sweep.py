"""Many models on the same rows: every number of clusters with every shape."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from functools import partial

from gmmstudio.fitting.board import Board, Cell, SweepFrame
from gmmstudio.fitting.surveying import surveyed
from gmmstudio.fitting.watch import FloatArray, ShouldStop
from gmmstudio.mixture.arrays import never
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.search import search
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.structures import resolve

__all__ = ["Cell", "SweepFrame", "best", "grid", "ranked", "sweep"]


def grid(
    spec: Spec, components: Iterable[int], structures: Iterable[str], n_columns: int
) -> tuple[Spec, ...]:
    """Return the specs of a sweep, K rising, so that the plot fills from the left.

    A start made for one K (labels, centres, parameters) cannot serve the others:
    k-means++ takes its place. Names that mean the same (for one column all but tied) are
    taken once.

    Raises
    ------
    MixtureError
        For a structure nobody knows or a K below 1.
    """
    start = spec.start if isinstance(spec.start, str) else "k-means++"
    letters = dict.fromkeys(resolve(name, n_columns).name for name in structures)
    return tuple(
        spec.replace(n_components=k, structure=structure, start=start)
        for k in sorted(set(components))
        for structure in letters
    )


def sweep(
    x: FloatArray,
    specs: Sequence[Spec],
    *,
    weights: FloatArray | None = None,
    units: FloatArray | None = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[SweepFrame, None, tuple[Cell, ...]]:
    """Fit every spec; a cell that cannot be fitted is a gap with a reason, not an error.

    Several models with drawn starts are surveyed: all are looked at quickly, and those that may be
    the best are then settled; see `gmmstudio.mixture.survey`. A single one, or models with a given
    start, are searched for as `search` does. Yields often, so that a sweep can be paused, and
    returns the cells. Once ``should_stop()`` is true it returns the cells it has until then.

    Parameters
    ----------
    x
        The sample (n, d), original units.
    specs
        The models, for instance of `grid`.
    weights, units, should_stop, threads
        As for `gmmstudio.mixture.search.search`.
    """
    board = Board(specs, x.shape[1])
    stop = should_stop or never
    if len(specs) > 1 and all(isinstance(spec.start, str) for spec in specs):
        prepare = partial(Prepared.of, x, units, weights, stop, threads)
        yield from surveyed(board, prepare, stop)
    else:
        for index, spec in enumerate(specs):
            iterations = search(
                x, spec, weights=weights, units=units, should_stop=stop, threads=threads
            )
            if not (yield from board.fill(index, iterations, stop)):
                break
    if specs:
        yield board.frame(specs[-1], 0)
    return board.cells


def best(cells: Iterable[Cell]) -> Cell | None:
    """Return the cell of lowest BIC; None if there are only gaps."""
    return next(iter(ranked(cells)), None)


def ranked(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells that are no gaps, the lowest BIC first."""
    fitted = [(cell.fit.bic, index, cell) for index, cell in enumerate(cells) if cell.fit]
    return tuple(cell for _, _, cell in sorted(fitted, key=lambda entry: entry[:2]))
