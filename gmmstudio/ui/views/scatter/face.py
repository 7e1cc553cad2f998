"""How the scatter's parts are laid out: the plot, the buttons of its axes, the words below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.planes.scatter_axes import AxisButton
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.tool_strip import ToolStrip
from gmmstudio.ui.views.view import View
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.painting import fill_ground

_LEFT, _RIGHT, _APART = 12, 16, 12
_READABLE = 90  # pixels of the note, at normal text size


class ScatterFace(View):
    """The widgets of the scatter, without anything in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = PlotView(self)
        self.plot.setAccessibleName("Scatter plot")
        self._x_button = AxisButton(upright=False, parent=self)
        self._y_button = AxisButton(upright=True, parent=self)
        self._note = ElidedLabel(
            parent=self, role="muted", factor=11 / 13, align=Qt.AlignmentFlag.AlignRight
        )
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.tools = ToolStrip(self.plot.box, self)
        self._empty = QLabel(self.plot)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.hide()
        foot = self._foot = QGridLayout()
        foot.setContentsMargins(_LEFT, 0, _RIGHT, 4)
        foot.addWidget(self._x_button, 0, 1, Qt.AlignmentFlag.AlignCenter)
        foot.addWidget(self._note, 0, 2)
        foot.setColumnStretch(0, 1)
        foot.setColumnStretch(2, 1)
        foot.addWidget(self.tools, 0, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        self.head = QVBoxLayout()  # bars over the plot
        layout.addLayout(self.head, 0, 0, 1, 2)
        layout.addWidget(self._y_button, 1, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.plot, 1, 1)
        layout.addLayout(foot, 2, 0, 1, 2)
        layout.setColumnStretch(1, 1)
        layout.setRowStretch(1, 1)
        fill_ground(self)

    @property
    def foot(self) -> int:
        """The line of the tools and the axis."""
        return self.height() - self.plot.geometry().bottom() - 1

    @property
    def foot_room(self) -> int:
        """What is right of the tools and of the button of the axis, which steps beside them."""
        button = 0 if self._x_button.isHidden() else self._x_button.sizeHint().width() + _APART
        return max(self.width() - _LEFT - self.tools.sizeHint().width() - button - _APART, 0)

    def leave_room(self, width: int) -> None:
        """Keep tools and axis clear of what lies over the foot; above it nothing gives way."""
        covered = width if width <= self.foot_room else 0
        self._foot.setContentsMargins(_LEFT, 0, covered + 8 if covered else _RIGHT, 4)
        # A word or two would say nothing.
        room = self.foot_room - covered
        self._note.setVisible(not covered or room >= round(_READABLE * theme.zoom()))

    def _say_instead(self, text: str) -> None:
        """Write in the middle of the plot why there is nothing in it; "" takes it away."""
        self._empty.setText(text)
        self._empty.setVisible(bool(text))
        self.plot.frame.setVisible(not text)  # its numbers are those of what was drawn before
        self._place_empty()

    def _place_empty(self) -> None:
        self._empty.setGeometry(self.plot.rect().adjusted(24, 24, -24, -24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_empty()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "plot"):
            self.plot.restyle()
