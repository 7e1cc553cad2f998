"""Another table and the model of the active fit, brought together beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.applying import FittedModel, match_columns, model_of
from gmmstudio.document.assignment import Assignment, assign
from gmmstudio.document.document import Document
from gmmstudio.table.preparation import Sample
from gmmstudio.table.reading import read
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask


@dataclass(frozen=True, eq=False)
class Met:
    """A table that a model is to label, and which of its columns stand for the model's."""

    model: FittedModel
    table: Table
    columns: tuple[int | None, ...]


class Meeting(OneTask):
    """Reads the other table and draws the line of outliers among the rows of the fit."""

    met = Signal(object)  # a Met

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)

    def begin(
        self,
        document: Document,
        ready: Assignment | None,
        sample: Callable[[], Sample],
        path: Path,
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
        """
        record, fitted = document.record, document.table
        assert record is not None and fitted is not None  # whoever asks has a fit
        rule, names = document.outlier_rule, document.component_names(record)

        def work(progress, should_stop) -> Met:
            table = read(path, progress=progress, should_stop=should_stop)
            said = ready or assign(fitted, record, sample=sample(), should_stop=should_stop)
            model = model_of(record, said, rule, names)
            return Met(model, table, match_columns(model.columns, table))

        self._begin(work, f"Reading {path.name}")

    @Slot(object)
    def _done(self, met: Met) -> None:
        self._ended()
        self.met.emit(met)
