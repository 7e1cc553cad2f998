"""What the mouse does in a plot: a strip of buttons, one of them down."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QToolButton, QWidget

from gmmstudio.ui.icons import icon
from gmmstudio.ui.views.plotting import PlotBox, Tool

MOVE = "move"


class ToolStrip(QWidget):
    """Moves the view unless another tool is chosen; that one gets what the mouse does.

    Attributes
    ----------
    chosen : Signal
        The key of the tool now in hand.
    """

    chosen = Signal(str)

    def __init__(self, box: PlotBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = box
        self._tools: dict[str, Tool | None] = {}
        self._icons: dict[str, str] = {}
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._group.buttonClicked.connect(self._clicked)
        self.add(MOVE, "hand", "Move the view: drag it, turn the wheel, double-click to see all")
        self.take(MOVE)

    def add(self, key: str, drawing: str, words: str, tool: Tool | None = None) -> None:
        """Offer a tool; ``drawing`` names its icon."""
        button = QToolButton(self)
        button.setCheckable(True)
        button.setProperty("role", "tool")
        button.setProperty("tool", key)
        button.setToolTip(words)
        button.setAccessibleName(words.split(":")[0])
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tools[key], self._icons[key], self.buttons[key] = tool, drawing, button
        self._group.addButton(button)
        self._row.addWidget(button)
        button.setIcon(icon(drawing))

    @property
    def current(self) -> str:
        """The key of the tool in hand."""
        button = self._group.checkedButton()
        return MOVE if button is None else button.property("tool")

    def take(self, key: str) -> None:
        """Take a tool in hand."""
        if key != self.current or not self.buttons[key].isChecked():
            self.buttons[key].setChecked(True)
            self._hand_over(key)

    def _hand_over(self, key: str) -> None:
        tool = self._tools[key]
        self._box.tools = [] if tool is None else [tool]
        self.chosen.emit(key)

    def restyle(self) -> None:
        """Draw the icons in the colours of the look in use."""
        for key, button in self.buttons.items():
            button.setIcon(icon(self._icons[key]))

    @Slot(QAbstractButton)
    def _clicked(self, button: QAbstractButton) -> None:
        self._hand_over(button.property("tool"))
