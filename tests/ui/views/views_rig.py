"""A session, a stage and a control that only takes notes; frames are put on the stage by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmmstudio.document.assignment import assign, outliers
from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.document.session import Session
from gmmstudio.fitting.trace import Trace
from gmmstudio.mixture.search import search
from gmmstudio.table.preparation import prepare
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.stage import Shown, Stage


class Control:
    """Takes notes of what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple] = []
        self.store = SampleStore()

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))


class Rig:
    """What the views stand on."""

    def __init__(self, table: Table | None) -> None:
        self.session = Session()
        self.stage = Stage()
        self.control = Control()
        if table is not None:
            self.open(table)

    @property
    def document(self):
        return self.session.document

    def open(self, table: Table) -> None:
        self.session.apply(OpenTable(table))
        self.stage.selection.reset(table.n_rows)

    def fit(self, **spec) -> None:
        """Fit as the document asks and put what came out on the stage."""
        document = self.document
        spec = document.spec.replace(**{"tries": 3, **spec})
        sample = prepare(document.table, document.preparation)
        trace, run = Trace(), search(sample.x, spec, units=sample.units)
        while True:
            try:
                trace.append(next(run))
            except StopIteration as end:
                fit = end.value
                break
        self.session.apply(AddFit(fit, document.preparation, spec, trace.tracks, 0.1))
        record = self.document.record
        self.stage.put_tracks(
            trace.tracks, next(t for t in trace.tracks if t.attempt == fit.attempt)
        )
        assignment = assign(document.table, record, sample=sample)
        self.stage.put_assignment(assignment)
        self.stage.put_outliers(outliers(assignment, document.outlier_rule))
        self.show()

    def show(self, *, iteration: int | None = None, rows=None, live: bool = False) -> Shown:
        """Put an iteration on the stage, by default the last; `rows` limits its labels."""
        record, assignment = self.document.record, self.stage.assignment
        fit = record.fit
        n = self.document.table.n_rows
        last = self.stage.track.last
        parameters = (
            fit.parameters if iteration is None else self.stage.track.at(iteration).parameters
        )
        labels, certainty = np.full(n, -1, np.int32), np.zeros(n, np.float32)
        marked = np.zeros(n, bool)
        labels[assignment.rows] = assignment.labels
        certainty[assignment.rows] = assignment.max_probability
        marked[assignment.rows] = self.stage.outliers
        if rows is not None:
            labels, certainty, marked = labels[rows], certainty[rows], marked[rows]
        shown = Shown(
            parameters=parameters,
            structure=fit.structure,
            identities=record.identities,
            iteration=last if iteration is None else iteration,
            last_iteration=last,
            attempt=fit.attempt,
            n_attempts=len(fit.attempts),
            n_rows=fit.n_rows,
            log_likelihood=fit.log_likelihood,
            live=live,
            final=iteration is None,
            preparation=record.preparation,
            column_names=assignment.sample.column_names,
            rows=rows,
            labels=labels,
            max_probability=certainty,
            outlier=marked,
        )
        self.stage.put_shown(shown)
        return shown


def table_of(text: str) -> Table:
    return read_text(text)
