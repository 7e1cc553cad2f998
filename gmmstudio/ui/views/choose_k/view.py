"""Choose K: the evidence of every model tried, and the way to try them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.document import SweepRecord
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.structures import SHAPES
from gmmstudio.report.evidence import CRITERIA, lines
from gmmstudio.table.fitted import column_names
from gmmstudio.ui import theme
from gmmstudio.ui.jobs import IntArray
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.choose_k.chart import KChart
from gmmstudio.ui.views.heading import Sense, Switch, fit_width, flat_button
from gmmstudio.ui.views.heading_lines import Heading
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.labels import ElidedLabel, SectionHeader
from gmmstudio.ui.widgets.painting import fill_ground

COMPONENTS = tuple(range(1, 10))
_IN_BACKGROUND = "All of them are fitted in the background; you can go on working."
_SENSE = ("– lower is better", "↓ better")
_MARGIN = 12
_OLD = "Out of date"
_MEANINGS = {
    "BIC": "BIC weighs fit against the number of parameters; the usual choice for clusters.",
    "AIC": "AIC punishes parameters less than BIC and tends to more clusters.",
    "ICL": "ICL is BIC that also punishes overlap: it prefers well separated clusters.",
}


class ChooseKView(QWidget):
    """The chart with its heading; empty, it offers to find the best K.

    Attributes
    ----------
    opening, opened : Signal
        Another fit is about to be shown; it is.
    """

    opening = Signal()
    opened = Signal()

    title = "Choose K"

    def __init__(self, session: Session, stage: Stage, control, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("choose-k")
        self._session, self._stage, self._control = session, stage, control
        self._criterion = "BIC"
        self.chart = KChart(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 8, _MARGIN, 4)
        layout.setSpacing(0)
        self._heading = self._make_heading()
        layout.addWidget(self._heading)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.chart)
        self._pages.addWidget(self._make_empty())
        self._pages.installEventFilter(self)
        layout.addWidget(self._pages, 1)
        self.chart.opened.connect(self._open)
        self.chart.laid_out.connect(self._write_note)
        stage.sweep_changed.connect(self._show)
        stage.state_changed.connect(self._show_progress)
        stage.reading_changed.connect(self._show_time)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._restyle()

    def shutdown(self) -> None:
        """Let go of session and stage."""
        self._unsubscribe()
        self._stage.sweep_changed.disconnect(self._show)
        self._stage.state_changed.disconnect(self._show_progress)
        self._stage.reading_changed.disconnect(self._show_time)
        theme.signals().changed.disconnect(self._restyle)

    @property
    def criterion(self) -> str:
        """The criterion shown: "BIC", "AIC" or "ICL"."""
        return self._criterion

    # ---- layout --------------------------------------------------------------------------

    def _make_heading(self) -> Heading:
        title = SectionHeader(self.title, self)
        title.setToolTip(
            "Every number of clusters with every shape, compared.\nA click on a dot opens that fit."
        )
        self._note = ElidedLabel(
            parent=self, role="muted", factor=11 / 13, align=Qt.AlignmentFlag.AlignRight
        )
        self._cancel = flat_button("Cancel", "Stop trying; what was found so far stays", self)
        self._cancel.clicked.connect(self._stop)
        again = "Data or model have changed since: try all anew"
        self._again = flat_button("Find again", again, self, "Again")
        self._again.clicked.connect(self._find_again)
        options = [
            Option(criterion, criterion, f"{_MEANINGS[criterion]}\nLower is better.")
            for criterion in CRITERIA
        ]
        self._choices = Switch(options, "Compare by {}", self)
        self._choices.chosen.connect(self._choose)
        tip = "Of two models the one with the lower value is better"
        self._sense = Sense(_SENSE, tip, self)
        buttons = self._cancel, self._again
        return Heading(title, self._choices, self._sense, self, note=self._note, buttons=buttons)

    def _make_empty(self) -> QWidget:
        page = QWidget(self)
        layout = self._page = QVBoxLayout(page)
        layout.setSpacing(8)
        words = self._words = QLabel(page)
        words.setProperty("role", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        self._find_button = QPushButton("Find the best K", page)
        self._find_button.clicked.connect(self._find)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addWidget(self._find_button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        return page

    # ---- what is shown -------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"table", "preparation", "spec", "sweep", "active", "fits"}:
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._pages and event.type() == QEvent.Type.Resize:
            self._write_offer()
        return False

    @Slot()
    def _show(self) -> None:
        cells = self._stage.cells
        self._pages.setCurrentIndex(0 if cells or self._is_sweeping() else 1)
        self._find_button.setEnabled(self._can_find())
        self._write_offer()
        self._show_progress()
        components = COMPONENTS if self._is_sweeping() else ()
        if cells and max(cell.n_components for cell in cells) > COMPONENTS[-1]:
            components = ()
        self.chart.show_models(
            lines(cells, self._criterion),
            self._criterion,
            components if len(cells) < self._stage.sweep_total else (),
            self._column_names(),
            self._shown_cell(cells),
            complete=not self._is_sweeping(),
            row_numbers=self._row_numbers,
        )

    @Slot()
    def _show_progress(self) -> None:
        sweeping = self._is_sweeping()
        if sweeping and self._pages.currentIndex() == 1:
            self._pages.setCurrentIndex(0)
        self._cancel.setVisible(sweeping)
        self._again.setVisible(not sweeping and self._is_old() and self._can_find())
        self._write_note()

    @Slot()
    def _show_time(self) -> None:
        """Say how long the sweep may still take."""
        if self._is_sweeping():
            self._write_note()

    @Slot()
    def _write_note(self) -> None:
        notes = self._notes()  # what matters most comes first
        whole, *shorter = [" · ".join(notes[:n]) for n in range(len(notes), 0, -1)] or [""]
        self._note.set_text(whole, *shorter)
        self._note.set_role("warning" if notes and notes[0] == _OLD else "muted")
        self._heading.arrange()

    def _notes(self) -> list[str]:
        notes = []
        layout = self.chart.layout_now
        if self._is_sweeping():
            notes.append(f"{len(self._stage.cells)} of {self._stage.sweep_total or '…'}")
            left = self._stage.run.seconds_left
            if left is not None and left >= 1:
                notes.append(f"{left:.0f} s left")
        elif self._is_old():
            notes.append(_OLD)
        if layout is not None and layout.best is not None and layout.best_label is None:
            notes.append(self.chart.best_text())
        if layout is not None and layout.is_clipped and not self._is_sweeping():
            notes.append("▲ off the scale")
        return notes

    def _is_sweeping(self) -> bool:
        return self._stage.state == "sweeping"

    def _sweep(self) -> SweepRecord | None:
        return self._session.document.sweep

    def _is_old(self) -> bool:
        sweep = self._sweep()
        return sweep is not None and self._session.document.is_out_of_date(sweep)

    def _can_find(self) -> bool:
        document = self._session.document
        return document.table is not None and bool(document.preparation.columns)

    def _write_offer(self) -> None:
        """Say over the button what it does, in as many words as there is room for."""
        whole, *shorter = self._offers()
        self._find_button.setToolTip(f"{whole}\n{_IN_BACKGROUND}")
        margins, spacing = self._page.contentsMargins(), self._page.spacing()
        room = self._pages.height() - margins.top() - margins.bottom()
        room -= self._find_button.sizeHint().height() + 2 * spacing
        across = self._pages.width() - margins.left() - margins.right()
        for words in (whole, *shorter):
            self._words.setText(words)
            if self._words.heightForWidth(across) <= room:
                break
        else:
            self._words.setText("")
        self._words.setVisible(bool(self._words.text()))

    def _offers(self) -> tuple[str, ...]:
        one_column = len(self._session.document.preparation.columns) == 1
        how = "with both spreads" if one_column else "in several shapes"
        these = f"{COMPONENTS[0]}…{COMPONENTS[-1]} clusters"
        return f"Find the best K compares {these} {how}.", f"Compares {these} {how}.", these

    def _row_numbers(self) -> IntArray | None:
        """Return what the user calls the rows of the sample; None while it is not at hand."""
        document, sweep = self._session.document, self._sweep()
        preparation = document.preparation if sweep is None else sweep.preparation
        rows: IntArray | None = self._control.sample_rows(preparation)
        return None if rows is None else rows + 1

    def _column_names(self) -> tuple[str, ...]:
        document, sweep = self._session.document, self._sweep()
        preparation = document.preparation if sweep is None else sweep.preparation
        if document.table is None:
            return ()
        return column_names(document.table, preparation)

    def _shown_cell(self, cells: tuple[Cell, ...]) -> Cell | None:
        record = self._session.document.record
        if record is None:
            return None
        for cell in cells:
            if cell.fit is record.fit:
                return cell
        sweep = self._sweep()
        if sweep is not None and sweep.preparation != record.preparation:
            return None
        for cell in cells:
            same = (cell.structure, cell.n_components)
            if cell.fit is not None and same == (record.fit.structure, record.fit.n_components):
                return cell
        return None

    # ---- what the user does --------------------------------------------------------------

    def compare_by(self, criterion: str) -> None:
        """Show another criterion; what is none is passed over."""
        if criterion in CRITERIA:
            self._choices.set_current(criterion)
            self._choose(criterion)

    @Slot(object)
    def _choose(self, criterion: str) -> None:
        self._criterion = criterion
        self._show()

    @Slot(object)
    def _open(self, cell: Cell) -> None:
        self.opening.emit()
        try:
            self._control.open_cell(cell.structure, cell.n_components)
        except DocumentError as error:
            self._note.set_text(str(error))
            self._heading.arrange()
        self.opened.emit()

    @Slot()
    def _find(self) -> None:
        self._control.find_best_k(COMPONENTS, SHAPES)

    @Slot()
    def _find_again(self) -> None:
        """Try the same K and shapes once more."""
        sweep = self._sweep()
        if sweep is None:
            self._find()
            return
        components = sorted({cell.n_components for cell in sweep.cells})
        shapes = tuple(dict.fromkeys(cell.structure for cell in sweep.cells))
        one_column = len(self._session.document.preparation.columns) == 1
        if one_column != (len(sweep.preparation.columns) == 1):
            shapes = SHAPES  # one column knows two shapes, and several know neither of them
        self._control.find_best_k(tuple(components), shapes)

    @Slot()
    def _stop(self) -> None:
        self._control.cancel()

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self._choices.restyle()
        for button in (self._cancel, self._again):
            fit_width(button)
        self._show()
