"""The four shapes at one K: taken from what is there, the others fitted beside the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from gmmstudio.document.asking import shape_words
from gmmstudio.document.commands import TakeShape
from gmmstudio.document.document import Document, FitRecord, same_question
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.values import same_value
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import LIMIT, Trace, Track
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.structures import SHAPES, resolve
from gmmstudio.report import sentences
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.fitted import column_names
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask, Progress
from gmmstudio.ui.jobs import FitJob, IntArray, SampleStore, ShouldStop
from gmmstudio.ui.reopening import ReopenJob

_KEPT = 3  # questions whose answers are remembered
_TRACE = LIMIT // 8


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of every shape; the structure in ``spec`` means nothing here.

    Attributes
    ----------
    shapes
        By the letters of each structure as they apply to the columns: what it is to be asked as.
    """

    table: Table
    table_id: int
    preparation: Preparation
    spec: Spec
    start_column: int | None
    shapes: dict[str, str]

    @classmethod
    def of(cls, document: Document) -> Question | None:
        """Return what the document asks; None while it can ask nothing."""
        table, preparation = document.table, document.preparation
        if table is None or not preparation.columns:
            return None
        n = len(preparation.columns)
        shapes = {resolve(name, n).name: name for name in SHAPES}
        asked = document.table_id, preparation, document.spec, document.start_column
        return cls(table, *asked, shapes)

    def same_as(self, other: Question) -> bool:
        """Whether both ask the same of every shape."""
        return (
            self.table is other.table
            and self.table_id == other.table_id
            and same_value(self.preparation, other.preparation)
            and self._asks(self.spec, other.spec.replace(structure=self.spec.structure), other)
        )

    def spec_of(self, letters: str) -> Spec:
        """Return what is asked of a shape."""
        return self.spec.replace(structure=self.shapes[letters])

    def record_answers(self, record: FitRecord, letters: str) -> bool:
        """Whether a fit of the document is one of this shape, and was carried to its end."""
        return (
            record.table_id == self.table_id
            and record.fit.structure == letters
            and record.fit.ended not in ("cancelled", "near")
            and same_value(record.preparation, self.preparation)
            and self._asks(self.spec_of(letters), record.spec, record)
        )

    def _asks(self, mine: Spec, theirs: Spec, other: Question | FitRecord) -> bool:
        """Whether two specs ask the same, the start column included."""
        given = self.start_column is not None
        n_columns = len(self.preparation.columns)
        return self.start_column == other.start_column and same_question(
            mine, theirs, n_columns=n_columns, start_given=given
        )

    def cell(self, document: Document, letters: str) -> Cell | None:
        """Return the model of a finished sweep that answers for a shape."""
        sweep, k = document.sweep, self.spec.n_components
        drawn = self.start_column is None and isinstance(self.spec.start, str)
        if sweep is None or not drawn or not same_value(sweep.preparation, self.preparation):
            return None
        n = len(self.preparation.columns)
        if not same_question(sweep.spec, self.spec, n_columns=n, any_model=True):
            return None
        cells = (c for c in sweep.cells if (c.structure, c.n_components) == (letters, k))
        return next(cells, None)


@dataclass(frozen=True, eq=False)
class Candidate:
    """How a shape did.

    Attributes
    ----------
    structure
        Its letters as they apply to the columns.
    spec
        What was asked of it.
    fit
        What came out; None where nothing could.
    reason
        Why there is no fit, or none to rely on; empty where there is one.
    tracks, seconds
        The iterations of the start that won, and the time it took.
    """

    structure: str
    spec: Spec
    fit: Fit | None
    reason: str = ""
    tracks: tuple[Track, ...] = ()
    seconds: float = 0.0

    @property
    def sound(self) -> Fit | None:
        """The fit, unless it collapsed."""
        return None if self.fit is None or self.fit.collapsed is not None else self.fit


def best_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the candidate of lowest BIC; None where no fit is sound."""
    sound = [(c.sound.bic, place, c) for place, c in enumerate(candidates) if c.sound is not None]
    return min(sound)[2] if sound else None


class Comparison(OneTask):
    """Finds the fits of the four shapes: one that is there is used, the others are fitted.

    They are fitted one after another, while :meth:`work` was called last and not :meth:`rest`.
    """

    def __init__(self, store: SampleStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._question: Question | None = None
        self._known: list[tuple[Question, dict[str, Candidate]]] = []
        self._found: dict[str, Candidate] = {}
        self._near: dict[str, FitRecord] = {}
        self._working = False
        self._stopped = False
        self._fault = ""
        self._current: str | None = None
        self.failed.connect(self._faulty)

    # ---- what there is -------------------------------------------------------------------

    @property
    def question(self) -> Question | None:
        """What is asked."""
        return self._question

    @property
    def shapes(self) -> tuple[str, ...]:
        """The letters of the shapes, in order."""
        return () if self._question is None else tuple(self._question.shapes)

    @property
    def found(self) -> dict[str, Candidate]:
        """The shapes that are done, by their letters."""
        return self._found

    @property
    def complete(self) -> bool:
        """Whether all of them are done."""
        return bool(self.shapes) and len(self._found) == len(self.shapes)

    @property
    def current(self) -> str | None:
        """The shape being fitted."""
        return self._current if self._task is not None else None

    @property
    def stopped(self) -> bool:
        """Whether the user has stopped it, or a fault has."""
        return self._stopped

    @property
    def fault(self) -> str:
        """A sentence about what went wrong; empty where nothing has."""
        return self._fault

    # ---- what is wanted ------------------------------------------------------------------

    def ask(self, document: Document, row_numbers: Callable[[], IntArray | None]) -> None:
        """Ask for what the document asks; what it has answered already is taken from it.

        ``row_numbers`` returns what the user calls the rows of the sample, if that is at hand.
        """
        question = Question.of(document)
        before = self._question
        same = question is not None and before is not None and question.same_as(before)
        if not same:
            self._dismiss()
            self._stopped, self._fault = False, ""
            self._recall(question)
        self._question = question
        if question is not None:
            self._take_known(question, document, row_numbers)
            if self._current in self._found:
                self._dismiss()
        self._go_on()

    def work(self) -> None:
        """Fit what is missing."""
        self._working = True
        self._go_on()

    def rest(self) -> None:
        """Fit nothing for now; what is half done is dropped, what is done stays."""
        self._working = False
        self._dismiss()

    def begin(self) -> None:
        """Fit what is missing after it was stopped."""
        self._stopped, self._fault = False, ""
        self._go_on()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop fitting; what is done stays."""
        self._stopped = True
        self._dismiss()
        self.changed.emit()

    def command(self, candidate: Candidate) -> TakeShape | None:
        """Return the command that takes a shape; None where there is no fit to take."""
        question = self._question
        if question is None or candidate.fit is None:
            return None
        return TakeShape(
            candidate.fit,
            question.preparation,
            candidate.spec,
            candidate.tracks,
            candidate.seconds,
            question.table_id,
            question.start_column,
        )

    # ---- how it is done ------------------------------------------------------------------

    def _recall(self, question: Question | None) -> None:
        """Take what was found for a question before, and remember the last few of this table."""
        self._found = {}
        if question is None:
            self._known = []
            return
        others = []
        for asked, found in self._known:
            if asked.same_as(question):
                self._found = found
            elif asked.table is question.table:
                others.append((asked, found))
        self._known = [*others, (question, self._found)][-_KEPT:]

    def _take_known(
        self, question: Question, document: Document, row_numbers: Callable[[], IntArray | None]
    ) -> None:
        """Take what the document has: the fit shown, another fit, a model of the sweep."""
        shown = document.record
        records = [*([] if shown is None else [shown]), *reversed(document.fits)]
        names = column_names(question.table, question.preparation)
        self._near = {}
        for letters in question.shapes:
            answering = (r for r in records if question.record_answers(r, letters))
            record = next(answering, None)
            if record is not None and (record is shown or letters not in self._found):
                held = self._found.get(letters)
                if held is None or held.fit is not record.fit:
                    why = _collapse(record.fit, names, row_numbers())
                    made = record.tracks, record.seconds
                    self._found[letters] = Candidate(letters, record.spec, record.fit, why, *made)
                continue
            cell = None if letters in self._found else question.cell(document, letters)
            if cell is None:
                continue
            if cell.fit is None:
                why = sentences.gap(cell, names, row_numbers())
                self._found[letters] = Candidate(letters, question.spec_of(letters), None, why)
            elif cell.fit.ended == "near":
                self._near[letters] = FitRecord(
                    0, cell.fit, question.preparation, cell.spec, (), table_id=question.table_id
                )
            else:
                made = cell.tracks, cell.seconds
                spec = question.spec_of(letters)
                self._found[letters] = Candidate(letters, spec, cell.fit, "", *made)

    def _go_on(self) -> None:
        question = self._question
        if question is None or not self._working or self._stopped or self._task is not None:
            return
        letters = next((s for s in question.shapes if s not in self._found), None)
        if letters is None:
            return
        store, spec, near = self._store, question.spec_of(letters), self._near.get(letters)
        asked = question.table, question.table_id, question.preparation
        job = FitJob(*asked, spec, store, question.start_column)
        if near is not None:
            job = ReopenJob(question.table, near, near.fit.attempt, store)
        self._current = letters

        def fit(progress: Progress, should_stop: ShouldStop) -> Candidate:
            return _fit(job, letters, spec, store, progress, should_stop)

        self._begin(fit, f"Fitting the {shape_words(letters)} shape")

    @Slot(object)
    def _done(self, value: Candidate) -> None:
        self._found[value.structure] = value
        self._ended()
        self._go_on()

    @Slot(str, str)
    def _faulty(self, sentence: str, _details: str) -> None:
        self._stopped, self._fault = True, sentence
        self.changed.emit()


def _fit(
    job: FitJob,
    letters: str,
    spec: Spec,
    store: SampleStore,
    progress: Progress,
    should_stop: ShouldStop,
) -> Candidate:
    """Fit one shape, in a worker."""
    began = time.perf_counter()
    trace, frames = Trace(_TRACE), job(should_stop)
    try:
        while True:
            try:
                iteration = next(frames)
            except StopIteration as end:
                fit: Fit = end.value
                break
            trace.append(iteration)
            progress(min((iteration.attempt - 1) / max(job.n_tries, 1), 1.0))
    except (MixtureError, TableError, DocumentError) as refusal:
        if should_stop():
            raise Stopped("The fit") from None
        return Candidate(letters, spec, None, str(refusal))
    finally:
        frames.close()
    if fit.ended == "cancelled":
        raise Stopped("The fit")
    why = ""
    if fit.collapsed is not None:
        rows = store.get(job.table, job.preparation).rows + 1
        why = _collapse(fit, column_names(job.table, job.preparation), rows)
    tracks = tuple(track for track in trace.tracks if track.attempt == fit.attempt)
    return Candidate(letters, spec, fit, why, tracks, time.perf_counter() - began)


def _collapse(fit: Fit, names: tuple[str, ...], row_numbers: IntArray | None) -> str:
    return "" if fit.collapsed is None else fit.collapsed.reason_with(names, row_numbers)
