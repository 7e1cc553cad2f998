"""How far the run under way is, taken in an instant and worked out in another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import (
    Interrupted,
    InterruptedFit,
    InterruptedSweep,
    iteration_to_go_on_from,
)
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Trace
from gmmstudio.ui.jobs import FitJob, SweepJob


@dataclass(frozen=True, eq=False)
class UnderWay:
    """A run at one moment; nothing of it was copied yet.

    Attributes
    ----------
    job
        What runs.
    trace
        Its iterations, which go on growing.
    document
        The analysis when it began.
    letters
        The identities shown so far, by the number of the try.
    cells
        The models of a sweep so far.
    """

    job: FitJob | SweepJob
    trace: Trace
    document: Document
    letters: Mapping[int, tuple[int, ...]]
    cells: tuple[Cell, ...]

    def state(self) -> Interrupted | None:
        """Return what is needed to go on later; None where nothing would be lost yet."""
        job = self.job
        if isinstance(job, SweepJob):
            if not self.cells:
                return None
            asked = job.components, job.structures
            return InterruptedSweep(job.preparation, job.spec, *asked, self.cells)
        at = iteration_to_go_on_from(self.trace.tracks)
        if at is None:
            return None
        letters = job.identities or self.letters.get(at.attempt)
        if letters is None:
            letters = self.document.identities_for(at.parameters, job.preparation.measures)
        asked_fit = job.preparation, job.spec, job.start_column, job.structure
        return InterruptedFit(*asked_fit, at, letters, job.n_tries)
