"""Labels another table with the active fit: which columns, what comes out, where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.applying import Applied, apply_model
from gmmstudio.report import applied_words, formats
from gmmstudio.report.phrases import listed
from gmmstudio.ui import theme
from gmmstudio.ui.applying import Meeting, Met
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.widgets.disc import draw_disc
from gmmstudio.ui.widgets.disclosure import Disclosure
from gmmstudio.ui.widgets.fitted_dialog import FittedDialog
from gmmstudio.ui.widgets.labels import WrappedLabel
from gmmstudio.ui.widgets.plain_table import make_plain

_MOST_SHOWN = 5  # clusters, and columns, before their list scrolls: so both fit a small screen
_CHOOSE = "choose a column…"


class ApplyDialog(FittedDialog):
    """Shows what the model says of another table. The analysis in the window stays as it is.

    Attributes
    ----------
    export_asked : Signal
        A :class:`Met` and an :class:`Applied` to export.
    settings_asked : Signal
        The table is to be read otherwise: an :class:`Outcome` with the choices there are.
    """

    export_asked = Signal(object, object)
    settings_asked = Signal(object)

    def __init__(
        self,
        meeting: Meeting,
        path: Path,
        identities: tuple[int, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Label another table")
        self._meeting, self._identities = meeting, identities
        self._name = path.name
        self._met: Met | None = None
        self.applied: Applied | None = None
        self.choices: list[QComboBox] = []
        self._beside = Beside("gmmstudio-apply", self)
        self._beside.answered.connect(self._show)
        self._beside.failed.connect(self._could_not)
        meeting.changed.connect(self._went_on)
        meeting.met.connect(self._begin)
        meeting.failed.connect(self._failed)
        self._make_parts()
        self._refresh()

    def _make_parts(self) -> None:
        self.about = WrappedLabel(
            f"The clusters of the fit on the screen, given to the rows of “{self._name}”. The "
            "analysis here stays as it is."
        )
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Reading the table")
        self.columns = Disclosure("Columns")
        self.columns.button.setToolTip("Which column of the new table stands for which of the fit")
        self.counts = QTableWidget(0, 3)
        self.counts.setHorizontalHeaderLabels(["Cluster", "Rows", "Share"])
        self.counts.setAccessibleName("Rows in each cluster")
        self.counts.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.counts.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        make_plain(self.counts)
        head = self.counts.horizontalHeader()
        if (cluster := self.counts.horizontalHeaderItem(0)) is not None:
            cluster.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.sentence = WrappedLabel()
        self.settings = QPushButton("Import settings…")
        self.settings.setToolTip("See how the file was read, and read it in another way")
        self.settings.setAutoDefault(False)
        self.settings.clicked.connect(self._ask_settings)
        self.cancel = QPushButton("Cancel")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.export = QPushButton("Export…")
        self.export.setProperty("role", "primary")
        self.export.setToolTip("Choose format and file, and write the labelled table")
        self.export.setDefault(True)
        self.export.clicked.connect(self._export)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        for part in (self.about, self.bar, self.columns, self.counts, self.sentence):
            column.addWidget(part)
        column.addStretch()
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.settings)
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.export)
        column.addLayout(buttons)
        self.setMinimumWidth(round(460 * max(1.0, theme.zoom())))

    # ---- the other table --------------------------------------------------------------------

    @Slot()
    def _went_on(self) -> None:
        self.bar.setValue(round(1000 * self._meeting.share))

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self.bar.hide()
        self.sentence.set_text(sentence)

    @Slot(object)
    def _begin(self, met: Met) -> None:
        """Show which column stands for which, and label as soon as all are known."""
        self._met = met
        self.bar.hide()
        self._forget_columns()
        form = QFormLayout()
        form.setContentsMargins(14, 0, 4, 4)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        offered = [(i, c.name) for i, c in enumerate(met.table.columns) if c.values is not None]
        for name, index in zip(met.model.columns, met.columns, strict=True):
            box = QComboBox()
            box.setAccessibleName(f"Column that stands for {name}")
            box.setToolTip(f"The column of “{self._name}” that holds what {name} holds here")
            box.setMinimumContentsLength(12)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.addItem(_CHOOSE, None)
            for place, words in offered:
                box.addItem(words, place)
            box.setCurrentIndex(max(box.findData(index), 0) if index is not None else 0)
            box.currentIndexChanged.connect(self._chosen)
            label = QLabel(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setBuddy(box)
            form.addRow(label, box)
            self.choices.append(box)
        self.columns.body.addWidget(_scrolling(form, len(self.choices)))
        missing = [box for box in self.choices if box.currentData() is None]
        self.columns.button.setChecked(bool(missing))
        self._chosen()
        first: QWidget = missing[0] if missing else self.cancel
        first.setFocus()

    def _forget_columns(self) -> None:
        """Take away the choices for a table that was read otherwise before."""
        self.choices.clear()
        while (item := self.columns.body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    @property
    def has_table(self) -> bool:
        """Whether there is a table to label."""
        return self._met is not None

    def start_over(self) -> None:
        """Forget the table: it comes read otherwise."""
        self._met = self.applied = None
        self._beside.forget()
        self.bar.show()
        self._refresh()

    @Slot()
    def _ask_settings(self) -> None:
        self.settings_asked.emit(Outcome(self._meeting.choices))

    @property
    def chosen(self) -> tuple[int | None, ...]:
        """The column of the other table for each of the model's; None where it is not chosen."""
        return tuple(box.currentData() for box in self.choices)

    @Slot()
    def _chosen(self) -> None:
        self.applied = None
        self._beside.forget()
        met, chosen = self._met, self.chosen
        known = [index for index in chosen if index is not None]
        if met is not None and len(known) == len(chosen) == len(set(known)):
            model, table = met.model, met.table
            self._beside.ask(
                lambda should_stop: apply_model(model, table, known, should_stop=should_stop)
            )
        self._refresh()

    # ---- what comes out ---------------------------------------------------------------------

    @Slot(object)
    def _show(self, applied: Applied) -> None:
        self.applied = applied
        self._refresh()
        if self.cancel.hasFocus():  # nobody is choosing a column
            self.export.setFocus()

    @Slot()
    def _could_not(self) -> None:
        self.sentence.set_text("The rows could not be labelled because of a fault in the program.")

    def _refresh(self) -> None:
        met, applied = self._met, self.applied
        self.columns.setVisible(met is not None)
        self.settings.setVisible(met is not None)
        self.counts.setVisible(applied is not None)
        self.export.setEnabled(applied is not None)
        if met is None:
            self.sentence.set_text(f"Reading “{self._name}”…")
            return
        chosen = self.chosen
        n = sum(index is not None for index in chosen)
        self.columns.button.set_text(f"Columns: {n} of {len(chosen)} found")
        if applied is not None:
            self._list(applied)
            self.sentence.set_text("\n".join(applied_words.sentences(applied, counts=False)))
        else:
            self.sentence.set_text(self._lacking(met, chosen))

    def _lacking(self, met: Met, chosen: tuple[int | None, ...]) -> str:
        without = [
            f"“{name}”"
            for name, index in zip(met.model.columns, chosen, strict=True)
            if index is None
        ]
        if not any(column.values is not None for column in met.table.columns):
            return f"“{self._name}” has no column of numbers, so nothing in it can be labelled."
        if without:
            shown = without[:3] + ([f"{len(without) - 3} more"] if len(without) > 3 else [])
            return f"Choose which column stands for {listed(shown)}."
        if len(set(chosen)) < len(chosen):
            return "One column stands for two of the fit: give each a column of its own."
        return "Labelling the rows…"

    def _list(self, applied: Applied) -> None:
        names, counts = applied.labels.names, applied.counts.tolist()
        with QSignalBlocker(self.counts):
            self.counts.setRowCount(len(names))
            self.counts.setIconSize(self._disc_size())
            for row, (name, count) in enumerate(zip(names, counts, strict=True)):
                cluster = QTableWidgetItem(self._disc(self._identities[row]), name)
                share = formats.percent(count / max(applied.n_labelled, 1))
                self.counts.setItem(row, 0, cluster)
                for column, words in ((1, formats.count(count)), (2, share)):
                    item = QTableWidgetItem(words)
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                    self.counts.setItem(row, column, item)
        self.counts.resizeRowsToContents()
        shown = min(len(names), _MOST_SHOWN)
        rows = sum(self.counts.rowHeight(row) for row in range(shown))
        self.counts.setFixedHeight(self.counts.horizontalHeader().sizeHint().height() + rows + 4)

    def _disc_size(self) -> QSize:
        side = self.fontMetrics().height() + 4
        return QSize(side, side)

    def _disc(self, identity: int) -> QIcon:
        size, ratio = self._disc_size(), self.devicePixelRatioF()
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_disc(painter, QRectF(0, 0, size.width(), size.height()), identity, self.font())
        painter.end()
        return QIcon(pixmap)

    # ---- the end ----------------------------------------------------------------------------

    @Slot()
    def _export(self) -> None:
        if self._met is not None and self.applied is not None:
            met, applied = self._met, self.applied
            self.accept()
            self.export_asked.emit(met, applied)

    def done(self, code: int) -> None:
        """Let go of the threads, however it ends."""
        self._beside.shut_down()
        self._meeting.cancel()
        super().done(code)


def _scrolling(form: QFormLayout, n: int) -> QWidget:
    """Return the form, in an area that scrolls where it has many rows."""
    inner = QWidget()
    inner.setLayout(form)
    if n <= _MOST_SHOWN:
        return inner
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFixedHeight(inner.sizeHint().height() * _MOST_SHOWN // n)
    return area
