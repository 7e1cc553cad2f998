"""Step 1: which columns and rows take part."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gmmstudio.document.commands import Command, IncludeRows, TickColumns
from gmmstudio.document.session import Change, Session
from gmmstudio.report import formats
from gmmstudio.ui.data_check import DataCheck
from gmmstudio.ui.dialogs.data_check import CheckDialog
from gmmstudio.ui.panels.check_row import CheckRow
from gmmstudio.ui.panels.column_list import ColumnList
from gmmstudio.ui.panels.missing_choice import MissingChoice
from gmmstudio.ui.panels.rows_used import GapCache, RowsUsed
from gmmstudio.ui.panels.scale_choice import ScaleChoice
from gmmstudio.ui.panels.step import Step
from gmmstudio.ui.panels.weights_choice import WeightsChoice
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.widgets.labels import ElidedLabel


class DataStep(Step):
    """Columns with type and tick, scale, missing values, excluded rows."""

    def __init__(
        self, session: Session, stage: Stage, cache: GapCache, parent: QWidget | None = None
    ) -> None:
        super().__init__("1 Data", session, parent)
        self._stage, self._cache = stage, cache
        self.check = DataCheck(session, self)
        self.check_row = CheckRow(self.check)
        self.check_dialog: CheckDialog | None = None
        self.columns = ColumnList(self._cache)
        self.scale = ScaleChoice(self._cache)
        self.missing = MissingChoice()
        self.weights = WeightsChoice(self._cache)
        self.excluded = QWidget()
        self.excluded_text = ElidedLabel(role="muted", factor=0.94)
        self.include = QPushButton("Include again")
        self.include.setProperty("role", "link")
        self.include.setToolTip("Use all rows again that were left out by hand (can be undone)")
        row = QHBoxLayout(self.excluded)
        row.setContentsMargins(2, 4, 2, 2)
        row.addWidget(self.excluded_text, 1)
        row.addWidget(self.include)
        rows_of_step = (self.check_row, self.scale, self.missing, self.weights, self.excluded)
        for part in (self.columns, *rows_of_step):
            self.body.addWidget(part)
        self.columns.asked.connect(self._tick)
        self.scale.asked.connect(self.ask)
        self.missing.asked.connect(self.ask)
        self.missing.rows_wanted.connect(self._select_lacking)
        self.check_row.clicked.connect(self.open_check)
        self.weights.asked.connect(self._weigh)
        self.include.clicked.connect(self._include)
        self.refresh()

    def refresh(self) -> None:
        document = self.session.document
        if document.table is not self.columns.table():
            self.columns.set_table(document.table)
        self.columns.set_ticked(document.preparation.columns)
        self.columns.set_weights(document.preparation.weights)
        self.weights.show_document(document)
        self.scale.show_document(document)
        self._show_rows()

    def on_change(self, change: Change) -> None:
        if change.fields & {"table", "preparation"}:
            self.refresh()

    def _show_rows(self) -> None:
        document = self.session.document
        table = document.table
        if table is None:
            self.header.set_value("")
            self.missing.show_rows(None, "skip")
            self.excluded.hide()
            return
        rows = self._cache.count(table, document.preparation)
        ticked = len(document.preparation.columns)
        self.header.set_value(
            f"{count(rows.used, 'row')} · {ticked} of {count(len(table.columns), 'column')}"
        )
        self.header.setToolTip(header_tooltip(table.n_rows, rows))
        self.missing.show_rows(rows, document.preparation.missing)
        self.excluded.setVisible(rows.excluded > 0)
        self.excluded_text.set_text(f"{count(rows.excluded, 'row')} excluded by hand")

    def _tick(self, columns: tuple[int, ...]) -> None:
        self.ask(TickColumns(columns))

    @Slot()
    def open_check(self) -> None:
        """Open the list of what was found in the data."""
        if self.check_dialog is None:
            dialog = CheckDialog(self.session, self.check, self._stage.selection, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(self._forget_dialog)
            self.check_dialog = dialog
            dialog.show()
        else:
            self.check_dialog.raise_()
            self.check_dialog.activateWindow()

    @Slot()
    def _forget_dialog(self) -> None:
        self.check_dialog = None

    @Slot()
    def _select_lacking(self) -> None:
        document = self.session.document
        if document.table is not None:
            rows = self._cache.lacking(document.table, document.preparation)
            self._stage.selection.choose(rows, words="rows with missing values")

    def shutdown(self) -> None:
        """Let the check and its dialog go."""
        if self.check_dialog is not None:
            self.check_dialog.close()
        self.check.shutdown()

    def _weigh(self, command: Command) -> None:
        """Weigh the rows by a column; one that was ticked says that it is not any more."""
        before = self.session.document.preparation.columns
        self.ask(command)
        document = self.session.document
        weights, table = document.preparation.weights, document.table
        if table is not None and weights in before and weights is not None:
            self.refusal.say(
                f"{table.columns[weights].name} weighs the rows now, so groups are not looked for "
                "in it any more: its tick is gone."
            )

    def _include(self) -> None:
        self.ask(IncludeRows())


def header_tooltip(n_rows: int, rows: RowsUsed) -> str:
    """Account for every row of the table."""
    parts = [f"{formats.count(rows.used)} of {count(n_rows, 'row')} take part"]
    if rows.filled:
        parts.append(f"{count(rows.filled, 'missing cell')} filled in")
    if rows.skipped:
        parts.append(f"{formats.count(rows.skipped)} skipped for missing values")
    if rows.excluded:
        parts.append(f"{formats.count(rows.excluded)} excluded by hand")
    return "; ".join(parts) + "."
