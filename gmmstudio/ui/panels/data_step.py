"""Step 1: which columns and rows take part."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gmmstudio.document.commands import Command, IncludeRows, SetScale, TickColumns
from gmmstudio.document.session import Change, Session
from gmmstudio.report import formats
from gmmstudio.ui.panels.column_list import ColumnList
from gmmstudio.ui.panels.rows_used import GapCache, RowsUsed
from gmmstudio.ui.panels.step import Step
from gmmstudio.ui.panels.weights_choice import WeightsChoice
from gmmstudio.ui.panels.wording import count, listed
from gmmstudio.ui.widgets.choice_box import ChoiceBox, FramedRow, Option
from gmmstudio.ui.widgets.labels import ElidedLabel

SCALES = (
    Option("none", "None", "Distances are measured in the columns' own units."),
    Option(
        "standard", "Standardise", "Each column counts alike: measured in its standard deviation."
    ),
)
SCALE_TOOLTIP = (
    "Whether each column counts alike (Standardise) or in its own units (None).\n"
    "It matters for the start, for the prior, and for the shapes that compare columns:\n"
    "spherical, EII, EVE, VVE, EEV and VEV.\n"
    "All numbers on the screen and in files stay in the original units."
)


class DataStep(Step):
    """Columns with type and tick, scale, missing values, excluded rows."""

    def __init__(self, session: Session, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__("1 Data", session, parent)
        self._cache = cache
        self.columns = ColumnList(self._cache)
        self.scale = ChoiceBox("Scale")
        self.scale.set_options(SCALES)
        self.scale.setToolTip(SCALE_TOOLTIP)
        self.scale.setAccessibleDescription(SCALE_TOOLTIP)
        self.missing = FramedRow("Missing values", chevron=False)
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
        for part in (self.columns, self.scale, self.missing, self.weights, self.excluded):
            self.body.addWidget(part)
        self.columns.asked.connect(self._tick)
        self.scale.chosen.connect(self._set_scale)
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
        self.scale.set_current(document.preparation.scale)
        self._show_rows()

    def on_change(self, change: Change) -> None:
        if change.fields & {"table", "preparation"}:
            self.refresh()

    def _show_rows(self) -> None:
        document = self.session.document
        table = document.table
        if table is None:
            self.header.set_value("")
            self.missing.set_value("")
            self.excluded.hide()
            return
        rows = self._cache.count(table, document.preparation)
        ticked = len(document.preparation.columns)
        self.header.set_value(
            f"{count(rows.used, 'row')} · {ticked} of {count(len(table.columns), 'column')}"
        )
        self.header.setToolTip(header_tooltip(table.n_rows, rows))
        self.missing.set_value(missing_words(rows))
        self.missing.setToolTip(missing_tooltip(rows))
        self.missing.setAccessibleDescription(missing_tooltip(rows))
        self.excluded.setVisible(rows.excluded > 0)
        self.excluded_text.set_text(f"{count(rows.excluded, 'row')} excluded by hand")

    def _tick(self, columns: tuple[int, ...]) -> None:
        self.ask(TickColumns(columns))

    def _set_scale(self, scale) -> None:
        self.ask(SetScale(scale))

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


def missing_words(rows: RowsUsed) -> str:
    """Say what happens to rows with missing cells: ``"Skip 2 rows"``."""
    return f"Skip {count(rows.skipped, 'row')}" if rows.skipped else "None missing"


def missing_tooltip(rows: RowsUsed) -> str:
    """Say which columns the missing cells are in."""
    if not rows.skipped:
        return "Every row used has a value in every ticked column."
    worst = sorted(rows.gaps, key=lambda gap: -gap[1])
    named = listed([f"{name} ({formats.count(n)})" for name, n in worst], 8)
    return (
        "A row that lacks a value in a ticked column is not used for the fit.\n"
        f"Values are missing in {named}.\n"
        "In the exported file these rows are kept and say so in the column note."
    )


def header_tooltip(n_rows: int, rows: RowsUsed) -> str:
    """Account for every row of the table."""
    parts = [f"{formats.count(rows.used)} of {count(n_rows, 'row')} take part"]
    if rows.skipped:
        parts.append(f"{formats.count(rows.skipped)} skipped for missing values")
    if rows.excluded:
        parts.append(f"{formats.count(rows.excluded)} excluded by hand")
    return "; ".join(parts) + "."
