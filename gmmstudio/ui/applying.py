"""Another table and the model of the active fit, brought together beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.applying import FittedModel, match_columns, model_of
from gmmstudio.document.assignment import Assignment, assign
from gmmstudio.document.document import Document
from gmmstudio.table.decoding import ShouldStop
from gmmstudio.table.preparation import Sample
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.importing.outcome import Outcome, outcome_of
from gmmstudio.ui.importing.remembering import Remembered, needs_a_look
from gmmstudio.ui.importing.source import Source


@dataclass(frozen=True, eq=False)
class Met:
    """A table that a model is to label, and which of its columns stand for the model's."""

    model: FittedModel
    table: Table
    columns: tuple[int | None, ...]


class Meeting(OneTask):
    """Reads the other table and draws the line of outliers among the rows of the fit."""

    asked = Signal(object)  # the Outcome of reading: a person has to look at it first
    met = Signal(object)  # a Met

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._remembered: Remembered | None = None
        self._model: Callable[[ShouldStop], FittedModel] | None = None
        self.source = Source()
        self.choices = ReadSettings()  # how it was read the last time

    def begin(
        self,
        document: Document,
        ready: Assignment | None,
        sample: Callable[[], Sample],
        path: Path,
        remembered: Remembered | None = None,
    ) -> None:
        """Begin.

        Parameters
        ----------
        document
            With an active fit.
        ready
            What that fit says of its rows, if it is known.
        sample
            Gives those rows, off the GUI thread, if it is not.
        path
            Of the other table.
        remembered
            How it was read before.
        """
        record, fitted = document.record, document.table
        assert record is not None and fitted is not None  # whoever asks has a fit
        rule, names = document.outlier_rule, document.component_names(record)

        def model(should_stop: ShouldStop) -> FittedModel:
            said = ready or assign(fitted, record, sample=sample(), should_stop=should_stop)
            found = model_of(record, said, rule, names)
            return found.reading_as(fitted, record.preparation)

        source, self._model, self._remembered = Source(path), model, remembered
        choices = ReadSettings() if remembered is None else remembered.choices
        self.source, self.choices = source, choices
        self._begin(
            lambda progress, stop: outcome_of(source, choices, progress, stop),
            f"Reading {path.name}",
        )

    def meet(self, table: Table, choices: ReadSettings) -> None:
        """Go on with a table that was read as it was chosen."""
        self.choices, model_for = choices, self._model
        assert model_for is not None

        def work(progress, should_stop) -> Met:
            model = model_for(should_stop)
            return Met(model, table, match_columns(model.columns, table))

        self._begin(work, "Matching the columns")

    @Slot(object)
    def _done(self, given: Met | Outcome) -> None:
        self._ended()
        if isinstance(given, Met):
            self.met.emit(given)
        elif given.error and (given.too_large is not None or not self.source.is_lines):
            self.failed.emit(given.error, "")
        elif given.table is None or needs_a_look(given, self._remembered):
            self.asked.emit(given)
        else:
            self.meet(given.table, given.choices)
