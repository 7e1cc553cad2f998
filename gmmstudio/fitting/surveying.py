"""A survey of models driven cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Generator

from gmmstudio.fitting.board import Board, SweepFrame
from gmmstudio.fitting.watch import ShouldStop
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.rows import single_blas_thread
from gmmstudio.mixture.survey import Survey

CLOSE = 10.0
"""A model whose BIC is no more above the best may be better than it looks, and is settled."""


def surveyed(
    board: Board, prepare: Callable[[], Prepared], should_stop: ShouldStop
) -> Generator[SweepFrame, None, None]:
    """Fill the board: look at all models quickly, then settle those that may be the best.

    The models come one after another; what more than one processor can do is gone over the rows
    together, where these are many. (Two threads with a model each were slower than one: a model
    of few rows is a thousand small steps, and only one thread at a time can take such a step.)

    Parameters
    ----------
    board
        With specs whose starts are looked for, not given.
    prepare
        Prepares the rows; what it refuses is the reason of every gap.
    should_stop
        As for `gmmstudio.mixture.search.search`.
    """
    try:
        with (
            single_blas_thread(),
            prepare() as prepared,
            Survey(prepared, board.specs) as survey,
        ):
            for index, spec in enumerate(board.specs):
                if not (yield from board.fill(index, survey.quick(spec), should_stop)):
                    return
            yield from _exchanged(board, survey, should_stop)
            yield from _settled(board, survey, should_stop)
    except Cancelled:
        return
    except MixtureError as refusal:  # of the rows, so of every model
        board.refuse(refusal)


def _exchanged(
    board: Board, survey: Survey, should_stop: ShouldStop
) -> Generator[SweepFrame, None, None]:
    """Let every model begin again from where the others ended."""
    survey.end_of_first_look()
    for index, spec in enumerate(board.specs):
        fit = board.fit_at(index)
        if fit is not None:
            again = survey.exchange(spec, fit)
            if not (yield from board.fill(index, again, should_stop, settling=True)):
                return


def _settled(
    board: Board, survey: Survey, should_stop: ShouldStop
) -> Generator[SweepFrame, None, None]:
    """Settle the best model and those close to it, until none is left that could be better."""
    done: set[int] = set()
    margin = CLOSE
    while not should_stop() and (index := board.best_but(done, margin)) is not None:
        done.add(index)
        quick = board.fit_at(index)
        assert quick is not None  # the best ones have one
        settling = survey.settle(board.specs[index], quick)
        if not (yield from board.fill(index, settling, should_stop, settling=True)):
            return
        exact = board.fit_at(index)
        if exact is not None:  # what this one has gained others may gain, too
            margin = max(margin, 2.0 * (quick.bic - exact.bic))
