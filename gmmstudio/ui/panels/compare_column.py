"""Is it what I thought? The clusters against a column that took no part in the fit."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document
from gmmstudio.report import crosstab, formats
from gmmstudio.report.crosstab import CrossTable, MeansTable
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.panels.cluster_card import Disc
from gmmstudio.ui.panels.crosstab_view import CrossTabView
from gmmstudio.ui.panels.wording import count, kind_words
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option
from gmmstudio.ui.widgets.disclosure import DisclosureButton
from gmmstudio.ui.widgets.labels import ElidedLabel, Line, WrappedLabel

MANY_ROWS = 50_000  # above this counting takes longer than a frame
RAND_TOOLTIP = (
    "How well the clusters and the column say the same, whatever they are called:\n"
    "1 = exactly the same groups, about 0 = no more than by chance."
)


class CompareColumn(QWidget):
    """A choice of columns and, under it, counts or means by cluster."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._assignment: Assignment | None = None
        self._chosen: tuple[int, str] | None = None  # table id and column name
        self._wish: str | None = None
        self._beside = Beside("gmmstudio-compare", self)
        self._beside.answered.connect(self._show_result)
        self._beside.failed.connect(self._show_result)
        self._wanted: object = None
        self.result: CrossTable | MeansTable | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.choice = ChoiceBox("Compare with")
        self.choice.setToolTip(
            "Set the clusters against a column that was not used to find them:\n"
            "are they the groups you expected?"
        )
        self.choice.chosen.connect(self._choose)
        self.table = CrossTabView()
        self.frame = QScrollArea()
        self.frame.setFrameShape(QFrame.Shape.NoFrame)
        self.frame.setWidgetResizable(True)
        self.frame.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.frame.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frame.setWidget(self.table)
        self.frame.viewport().setAutoFillBackground(False)
        self.table.setAutoFillBackground(False)
        self.more = DisclosureButton("")
        self.more.toggled.connect(self._unfold)
        self.means = QWidget()
        self._means = QVBoxLayout(self.means)
        self._means.setContentsMargins(0, 0, 0, 0)
        self._means.setSpacing(4)
        self.rand = Line("Adjusted Rand index", explanation=RAND_TOOLTIP)
        self.note = WrappedLabel(small=True)
        self.copy = QPushButton("Copy table")
        self.copy.setProperty("role", "link")
        self.copy.setToolTip("Copy the table, to paste it into a spreadsheet or a text")
        self.copy.clicked.connect(self._copy)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.copy)
        for part in (self.choice, self.frame, self.more, self.means, self.rand, self.note):
            column.addWidget(part)
        column.addLayout(foot)
        self._show_result(None)

    def set_fit(self, document: Document, assignment: Assignment | None) -> None:
        """Take the active fit; the chosen column stays as long as it can."""
        record, table = document.record, document.table
        self._document, self._assignment = document, assignment
        if record is None or table is None:
            self.choice.set_options(())
            self._show_result()
            return
        options = [Option(None, "Nothing", "No comparison")]
        for index in crosstab.comparable_columns(table, record):
            column = table.columns[index]
            options.append(Option(column.name, column.name, kind_words(column)))
        self.choice.set_options(options)
        self.setVisible(len(options) > 1)
        names = [option.key for option in options]
        if self._wish in names and self._wish is not None:
            self._chosen = record.table_id, self._wish
        self._wish = None
        if self._chosen is not None and (
            self._chosen[0] != record.table_id or self._chosen[1] not in names
        ):
            self._chosen = None
        self._ask()

    def shutdown(self) -> None:
        """End the thread that counts."""
        self._beside.shut_down()

    def choose(self, name: str | None) -> None:
        """Compare with a column, None for none."""
        self._choose(name)

    def choose_later(self, name: str | None) -> None:
        """Compare with a column once there is a fit to compare, if it is there to be chosen."""
        self._wish = name

    @property
    def chosen_name(self) -> str | None:
        """The column compared with."""
        return None if self._chosen is None else self._chosen[1]

    def chosen_column(self) -> int | None:
        """Return the index of the column compared with; None for none."""
        document = self._document
        if self._chosen is None or document is None or document.table is None:
            return None
        return document.table.index(self._chosen[1])

    def _choose(self, name) -> None:
        record = self._document.record if self._document else None
        self._chosen = None if name is None or record is None else (record.table_id, name)
        self._ask()

    def _ask(self) -> None:
        name = self._chosen[1] if self._chosen else None
        self.choice.set_current(name, None if name else "choose a column")
        document, assignment = self._document, self._assignment
        record = document.record if document else None
        if name is None or document is None or record is None or document.table is None:
            self._wanted = None
            self._beside.forget()
            self._show_result()
            return
        if assignment is None:
            return
        names = document.component_names(record)
        wanted = (name, record.id, record.table_id, assignment, names)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        ask = partial(crosstab.compare, document.table, name, record, assignment, names)
        if assignment.n_rows <= MANY_ROWS:
            self._beside.forget()
            self._show_result(ask())
            return
        self.note.set_text("Counting…")
        self.note.show()
        self._beside.ask(lambda _should_stop: ask())

    @Slot()
    @Slot(object)
    def _show_result(self, result: CrossTable | MeansTable | None = None) -> None:
        self.result = result
        cross = isinstance(result, CrossTable)
        self.frame.setVisible(cross)
        self.rand.setVisible(cross)
        self.means.setVisible(isinstance(result, MeansTable))
        self.copy.setVisible(result is not None)
        record = self._document.record if self._document else None
        if result is None or record is None:
            self.more.hide()
            self.note.hide()
            return
        identities = tuple(sorted(record.identities))
        if isinstance(result, CrossTable):
            self.table.set_table(result, identities)
            self.table.setAccessibleDescription(crosstab.to_tsv(result))
            self.rand.set(
                "–" if math.isnan(result.adjusted_rand) else f"{result.adjusted_rand:.2f}"
            )
            self._fit_height()
        else:
            self.more.hide()
            self._show_means(result, identities)
        missing = result.n_missing
        notes = [f"{count(missing, 'fitted row')} without a value not counted."] if missing else []
        notes += [result.counted] if result.counted else []
        self.note.set_text(" ".join(notes))
        self.note.setVisible(bool(notes))

    def _fit_height(self) -> None:
        hidden = self.table.n_hidden()
        self.more.setVisible(hidden > 0)
        self.more.set_text("Fewer" if self.more.isChecked() else self.table.folded_words())
        bar = 0
        if self.table.minimumWidth() > max(self.width(), 200):
            bar = self.frame.horizontalScrollBar().sizeHint().height()
        self.frame.setFixedHeight(self.table.sizeHint().height() + bar)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if isinstance(self.result, CrossTable):
            self._fit_height()

    def _unfold(self, unfolded: bool) -> None:
        self.table.set_unfolded(unfolded)
        self._fit_height()

    def _show_means(self, result: MeansTable, identities: tuple[int, ...]) -> None:
        while (item := self._means.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        entries = zip(
            identities, result.clusters, result.n, result.means, result.deviations, strict=True
        )
        for identity, name, n, mean, deviation in entries:
            value = formats.mean_and_deviation(float(mean), float(deviation))
            self._means.addWidget(
                MeanLine(identity, name, value if n > 1 else "–", round(float(n)))
            )

    def _copy(self) -> None:
        if self.result is not None:
            QApplication.clipboard().setText(crosstab.to_tsv(self.result))
            below = self.copy.mapToGlobal(self.copy.rect().bottomLeft())
            QToolTip.showText(below, "Copied: paste it into a spreadsheet or a text.", self.copy)


class MeanLine(QWidget):
    """One cluster's mean ± s.d. of the column compared with."""

    def __init__(
        self, identity: int, name: str, value: str, n: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = ElidedLabel(name, role="muted", factor=0.94)
        figure = ElidedLabel(value, factor=0.96, align=Qt.AlignmentFlag.AlignRight)
        figure.set_explanation(f"Mean ± standard deviation of {count(n, 'row')} with a value")
        row.addWidget(Disc(identity))
        row.addWidget(label, 1)
        row.addWidget(figure)
        self.setAccessibleName(f"{name}: {value}")
