"""Writing the labelled table: where to, in the background, and whether it was done already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gmmstudio.document.applying import FittedModel, model_of
from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.session import Session
from gmmstudio.report.export import caution, component_order, export_labelled
from gmmstudio.report.model_files import parameter_table
from gmmstudio.report.result_json import result_json
from gmmstudio.report.summary_table import cluster_summary
from gmmstudio.table.atomic import write_bytes
from gmmstudio.table.formulas import Formulas
from gmmstudio.table.labelled import write_labelled
from gmmstudio.table.new_columns import ALL_NEW, Labels, NewColumn
from gmmstudio.table.outgoing import Outgoing, suggested_name
from gmmstudio.table.plain_out import Columns, columns_text, write_columns
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Dialect, Table
from gmmstudio.table.written import Written
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.dialogs.export import ExportDialog
from gmmstudio.ui.export_choices import Exportable, Wanted, remember, remembered
from gmmstudio.ui.importing.remembering import Remembered
from gmmstudio.ui.importing.remembering import remember as remember_import
from gmmstudio.ui.jobs import SampleStore, assigned
from gmmstudio.ui.labelled_files import LabelledFiles
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.stage import Stage

BoolArray = NDArray[np.bool_]


class Exporting(OneTask):
    """Exports the active fit, one export at a time, and remembers the files."""

    exported = Signal(object, object)  # the path; how many rows, None if all
    told = Signal(str)  # something else was written or copied: a sentence
    noticed = Signal(object)  # what is otherwise in a file than in its source: sentences

    def __init__(
        self,
        session: Session,
        stage: Stage,
        store: SampleStore,
        preferences: Preferences,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._stage = stage
        self._store = store
        self._preferences = preferences
        self._window = parent
        self._path = Path()
        self._whole: tuple[Document, tuple[NewColumn, ...]] | None = None  # all rows, labelled
        self.files = LabelledFiles()
        self._n_only: int | None = None
        self._told = ""
        self.dialog: ExportDialog | None = None

    @property
    def is_writing(self) -> bool:
        return self._task is not None

    @property
    def path(self) -> Path:
        """Where the last export went, or goes."""
        return self._path

    @Slot()
    def ask(self) -> None:
        """Ask what to export and where to, and write it."""
        self._ask(only=False)

    def ask_only(self) -> None:
        """Ask the same; the selected rows are meant at first.

        Whether the fit was exported is another question, which this leaves open.
        """
        self._ask(only=True)

    def _ask(self, *, only: bool) -> None:
        document = self._session.document
        table, record = document.table, document.record
        if table is None or record is None or self.is_writing or self.dialog is not None:
            return
        names = document.component_names(record)
        exportable = Exportable(
            table,
            tuple(names[component] for component in component_order(record)),
            self.suggestion,
            self._stage.selection.mask,
            only,
            caution=f"{caution(record)} {not_shown(document)}".strip(),
        )
        dialog = self.open_dialog(exportable)
        dialog.wanted.connect(self.do)
        dialog.copy_asked.connect(self.copy_clusters)

    def open_dialog(self, exportable: Exportable) -> ExportDialog:
        """Open the dialog that asks what to export; who opens it does what is wanted."""
        path = exportable.table.path
        dialog = ExportDialog(
            exportable, self._window, formulas=remembered(self._preferences.formulas, path)
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def answered(formulas: Formulas) -> None:
            self._preferences.formulas = remember(self._preferences.formulas, path, formulas)

        dialog.answered.connect(answered)
        dialog.finished.connect(self._forget_dialog)
        self.dialog = dialog
        dialog.open()
        return dialog

    @Slot()
    def _forget_dialog(self) -> None:
        self.dialog = None

    def close(self) -> None:
        """Stop and tell nobody; the dialog goes too."""
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def suggestion(self, what: str = "labelled", ending: str = ".csv") -> Path:
        """Return a path to suggest, in the folder used last; never that of the table itself."""
        return self.suggestion_for(self._session.document.table, what, ending)

    def suggestion_for(self, table: Table | None, what: str, ending: str) -> Path:
        """Return a path to suggest for what is made of a table."""
        return self._preferences.folder_to_suggest / suggested_name(table, what, ending)

    @Slot(object)
    def do(self, wanted: Wanted) -> None:
        """Write what is wanted of the active fit."""
        if wanted.what == "table":
            self.write(wanted.path, wanted.only, wanted.outgoing)
        elif wanted.what == "clusters":
            self._write_numbers(wanted.path, lambda *of: write_clusters(wanted, *of))
        elif wanted.form == "json":
            self._write_numbers(wanted.path, lambda *of: write_parameters(wanted.path, *of))
        else:
            self._write_numbers(wanted.path, lambda *of: write_parameter_table(wanted, *of))

    @Slot()
    def copy_clusters(self) -> None:
        """Put the clusters on the clipboard as a table."""
        self._path, self._whole = Path(), None
        self._told = "The clusters are on the clipboard, as a table."
        self._with_labels(lambda *of: columns_text(cluster_table(*of)), "Copying the clusters")

    def write_labels(self, wanted: Wanted, table: Table, labels: Labels) -> None:
        """Write another table with its labels."""

        def work(progress, should_stop) -> Written:
            return write_labelled(
                wanted.path,
                table,
                labels,
                wanted.outgoing,
                progress=progress,
                should_stop=should_stop,
            )

        if not self.is_writing:
            self._path, self._whole = wanted.path, None
            self._told = f"“{table.name}” is labelled: {wanted.path}."
            self._begin(work, f"Writing {wanted.path.name}")

    def _write_numbers(self, path: Path, write: Callable[..., object]) -> None:
        self._path, self._whole, self._told = path, None, f"Exported to {path}."
        self._with_labels(write, f"Writing {path.name}")

    def _with_labels(self, write: Callable[..., object], what: str) -> None:
        """Do something with document, record and assignment beside the window."""
        document, ready, store = self._session.document, self._stage.assignment, self._store
        table, record = document.table, document.record
        if table is None or record is None or self.is_writing:
            return

        def work(progress, should_stop) -> object:
            assignment = assigned(table, record, store, should_stop) if ready is None else ready
            return write(document, record, assignment)

        self._begin(work, what)

    def write(
        self, path: Path, only: BoolArray | None = None, outgoing: Outgoing | None = None
    ) -> None:
        """Write the labelled table of the active fit, or only some of its rows."""
        document = self._session.document
        table, record = document.table, document.record
        if table is None or record is None or self.is_writing:
            return
        ready = self._stage.assignment
        store, rule, names = self._store, document.outlier_rule, document.component_names(record)

        def work(progress, should_stop) -> Written:
            assignment = assigned(table, record, store, should_stop) if ready is None else ready
            return export_labelled(
                path,
                table,
                record,
                assignment,
                rule,
                names,
                outgoing,
                only=only,
                progress=progress,
                should_stop=should_stop,
            )

        self._path, self._told = path, ""
        columns = ALL_NEW if outgoing is None else outgoing.columns
        self._whole = (document, columns) if only is None else None
        self._n_only = None if only is None else int(np.count_nonzero(only))
        self._begin(work, f"Writing {path.name}")

    @Slot(object)
    def _done(self, given: object) -> None:
        if self._whole is None:
            self.files.forget(self._path)
        else:
            self.files.note(self._path, *self._whole)
        if isinstance(given, str):
            QGuiApplication.clipboard().setText(given)
        else:
            self._preferences.folder = str(self._path.absolute().parent)
        told, self._told = self._told, ""
        self._ended()
        if told:
            self.told.emit(told)
        else:
            self.exported.emit(self._path, self._n_only)
        if isinstance(given, Written):
            self._take(given)

    def _take(self, written: Written) -> None:
        """Remember how the file is read again, and tell what is otherwise in it."""
        if written.settings != ReadSettings():
            as_written = Remembered(written.settings, written=True)
            remember_import(self._preferences, self._path, as_written)
        if written.otherwise:
            self.noticed.emit([f"{self._path.name}: {said}" for said in written.otherwise])

    @Slot()
    def _ended(self) -> None:
        self._whole = None
        super()._ended()


def cluster_table(document: Document, record: FitRecord, assignment: Assignment) -> Columns:
    """Return the clusters as a table, by the names they have in the window."""
    names = document.component_names(record)
    return cluster_summary(record, assignment, names, sampled_from=_sampled_from(document))


def write_clusters(
    wanted: Wanted, document: Document, record: FitRecord, assignment: Assignment
) -> None:
    """Write the clusters as a table, with the decimal mark of the document's."""
    _write_small(wanted, document, cluster_table(document, record, assignment))


def write_parameter_table(
    wanted: Wanted, document: Document, record: FitRecord, assignment: Assignment
) -> None:
    """Write the parameters as a table, laid out as that of the clusters."""
    _write_small(wanted, document, parameters_of(document, record, assignment))


def _write_small(wanted: Wanted, document: Document, columns: Columns) -> None:
    decimal = "." if document.table is None else document.table.dialect.decimal
    dialect = Dialect(";" if decimal == "," else ",", decimal=decimal)
    outgoing = wanted.outgoing
    write_columns(wanted.path, columns, outgoing.form, dialect=dialect, formulas=outgoing.formulas)


def _model(document: Document, record: FitRecord, assignment: Assignment) -> FittedModel:
    names = document.component_names(record)
    return model_of(record, assignment, document.outlier_rule, names)


def parameters_of(document: Document, record: FitRecord, assignment: Assignment) -> Columns:
    """Return the parameters as a table."""
    model = _model(document, record, assignment)
    return parameter_table(model, sampled_from=_sampled_from(document))


def write_parameters(
    path: Path, document: Document, record: FitRecord, assignment: Assignment
) -> None:
    """Write the parameters, and the rest of what the fit says, as JSON."""
    model = _model(document, record, assignment)
    sampled_from = _sampled_from(document)
    numbers = result_json(record, assignment.sample, model=model, sampled_from=sampled_from)
    write_bytes(path, numbers.encode())


def not_shown(document: Document) -> str:
    """Say what the active fit does not tell of, though the window does; "" if nothing."""
    record, said = document.record, []
    if record is not None and document.is_out_of_date(record):
        said.append("The fit was made before your last changes.")
    if document.draft is not None:
        said.append("It is the fit before: your changes by hand are not kept yet.")
    return " ".join(said)


def _sampled_from(document: Document) -> int | None:
    return None if document.table is None else document.table.sampled_from
