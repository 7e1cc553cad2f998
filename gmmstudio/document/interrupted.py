"""A run that was under way when the program ended: how far it was, so that it can go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gmmstudio.document.answers import SetSweep
from gmmstudio.document.document import Document
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.preparation import Preparation


@dataclass(frozen=True, eq=False)
class InterruptedFit:
    """A fit that was under way.

    Attributes
    ----------
    preparation, spec, start_column
        What was asked when it began.
    structure
        The letters of its structure as they apply to its columns.
    at
        The iteration to go on from.
    identities
        Identity of each component of that.
    n_tries
        How many tries were asked for.
    """

    preparation: Preparation
    spec: Spec
    start_column: int | None
    structure: str
    at: Iteration
    identities: tuple[int, ...]
    n_tries: int

    @property
    def words(self) -> str:
        """How far it was, as a part of a sentence."""
        k, number = self.at.parameters.n_components, self.at.number
        drawn = 1 < self.n_tries >= self.at.attempt  # the best of them goes on under another number
        of = f" of try {self.at.attempt} of {self.n_tries}" if drawn else ""
        clusters = "1 cluster" if k == 1 else f"{k} clusters"
        return f"A fit of {clusters} was under way and had come to iteration {number}{of}"

    @property
    def spec_to_go_on(self) -> Spec:
        """What EM is asked that goes on from there."""
        return self.spec.replace(
            n_components=self.at.parameters.n_components, start=self.at.parameters
        )


@dataclass(frozen=True, eq=False)
class InterruptedSweep:
    """A search for the best K that was under way.

    Attributes
    ----------
    preparation, spec
        What was asked when it began.
    components, structures
        Every K and every shape that were to be tried.
    cells
        The models there were.
    """

    preparation: Preparation
    spec: Spec
    components: tuple[int, ...]
    structures: tuple[str, ...]
    cells: tuple[Cell, ...]


Interrupted = InterruptedFit | InterruptedSweep


def with_models(document: Document, interrupted: Interrupted | None) -> Document:
    """Return the document with the models that a search for the best K had come to."""
    if not isinstance(interrupted, InterruptedSweep):
        return document
    asked = interrupted.preparation, interrupted.spec
    return SetSweep(interrupted.cells, *asked, complete=False).apply(document)


def iteration_to_go_on_from(tracks: Sequence[Track]) -> Iteration | None:
    """Return the end of the best try so far; None before the first iteration.

    A try on all rows comes before those on a sample of them. One in which a cluster has no more
    rows than columns is about to collapse, however well it does, and counts only if all do.
    """
    ends = [track.iterations[-1] for track in tracks]
    most = max((end.n_rows for end in ends), default=0)
    ends = [end for end in ends if end.n_rows == most]
    healthy = [
        end for end in ends if end.parameters.weights.min() * most > end.parameters.n_columns
    ]
    return max(healthy or ends, key=lambda end: end.log_likelihood, default=None)
