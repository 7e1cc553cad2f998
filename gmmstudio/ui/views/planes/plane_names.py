"""A plot with the names of what is across and up beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.painting import guarded, text_colour


class UprightLabel(QWidget):
    """One line of text from below to above, which gives way with "…"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        height = QFontMetrics(self.font()).height() + 4
        return QSize(height, 40)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(text_colour("muted"))
        painter.rotate(-90)
        painter.translate(-self.height(), 0)
        middle = Qt.TextElideMode.ElideMiddle
        text = painter.fontMetrics().elidedText(self._text, middle, self.height() - 8)
        painter.drawText(0, 0, self.height(), self.width(), Qt.AlignmentFlag.AlignCenter, text)


class PlaneNames(QWidget):
    """Holds a plot and writes the names of its axes."""

    def __init__(self, plot: PlotView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across = ElidedLabel(
            parent=self, role="muted", align=Qt.AlignmentFlag.AlignHCenter, middle=True
        )
        self._across.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._up = UprightLabel(self)
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 4, 0, 6)
        layout.setSpacing(0)
        layout.addWidget(self._up, 0, 0)
        layout.addWidget(plot, 0, 1)
        layout.addWidget(self._across, 1, 1)
        layout.setColumnStretch(1, 1)
        layout.setRowStretch(0, 1)

    def show_names(self, across: str, up: str) -> None:
        """Write these; what is empty takes no room."""
        self._across.set_text(across)
        self._up.set_text(up)
        self._across.setVisible(bool(across))
        self._up.setVisible(bool(up))
