"""What a run gave, brought into the document; and what to say when it failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from gmmstudio.document.commands import AddFit, SetSweep, ShowCell
from gmmstudio.document.session import Session
from gmmstudio.fitting.sweep import Cell, best
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.ui.jobs import FitJob, SweepJob, is_refusal

_log = logging.getLogger(__name__)


def keep_fit(
    session: Session,
    job: FitJob,
    fit: Fit,
    tracks: tuple[Track, ...],
    seconds: float,
    watched: tuple[int, ...] | None = None,
) -> None:
    """Add a fit to the document and show it; its clusters keep the letters that were watched."""
    command = job.answer(fit, tracks, seconds)
    if isinstance(command, AddFit) and command.identities is None:
        command = replace(command, identities=watched)
    session.apply(command)


def keep_sweep(session: Session, job: SweepJob, cells: Sequence[Cell]) -> None:
    """Put the models of a sweep, all or those there are, into the document."""
    complete = len(cells) == job.n_cells and not job.known
    session.apply(SetSweep(tuple(cells), job.preparation, job.spec, job.table_id, complete))


def show_best_if_nothing(session: Session, cells: Sequence[Cell]) -> None:
    """Open the best model where there is no fit on the screen that it would replace."""
    found = best(cells)
    if session.document.record is None and found is not None:
        session.apply(ShowCell(found.structure, found.n_components))


def failure(error: BaseException, details: str) -> tuple[str, str]:
    """Return a sentence for the user, and details where the sentence does not say it all."""
    if is_refusal(error):
        return str(error), ""
    _log.error("A run failed:\n%s", details)
    return "The fit stopped because of a fault in the program. The last result stays.", details


def labelling_failure(error: Exception | None) -> tuple[str, str]:
    """Say that the labels of the rows are not to be had; the thread has logged the traceback."""
    if error is not None and is_refusal(error):
        return str(error), ""
    return (
        "The rows could not be labelled because of a fault in the program. The fit stays.",
        "" if error is None else repr(error),
    )
