"""What the mouse does in a plot: a strip of buttons, one of them down."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
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
    always
        Tools that get what the one in hand does not take.
    """

    chosen = Signal(str)

    def __init__(self, box: PlotBox, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = box
        self.always: list[Tool] = []
        self._tools: dict[str, Tool | None] = {}
        self._icons: dict[str, str] = {}
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._group.buttonClicked.connect(self._clicked)
        words = "Move the view: drag it, turn the wheel, double-click to see all"
        self.add(MOVE, "hand", words, shortcut="V")
        self.take(MOVE)

    def add(
        self, key: str, drawing: str, words: str, tool: Tool | None = None, *, shortcut: str = ""
    ) -> None:
        """Offer a tool; ``drawing`` names its icon, ``shortcut`` a key while the view is in use."""
        button = QToolButton(self)
        button.setCheckable(True)
        button.setProperty("role", "tool")
        button.setProperty("tool", key)
        button.setToolTip(f"{words} ({shortcut})" if shortcut else words)
        button.setAccessibleName(words.split(":")[0])
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tools[key], self._icons[key], self.buttons[key] = tool, drawing, button
        self._group.addButton(button)
        self._row.addWidget(button)
        button.setIcon(icon(drawing))
        if shortcut:
            owner = self.parentWidget() or self
            action = QAction(button.accessibleName(), button)
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(button.click)
            owner.addAction(action)

    @property
    def current(self) -> str:
        """The key of the tool in hand."""
        button = self._group.checkedButton()
        return MOVE if button is None else button.property("tool")

    def take(self, key: str) -> None:
        """Take a tool in hand."""
        self.buttons[key].setChecked(True)
        self._hand_over(key)

    def _hand_over(self, key: str) -> None:
        tool = self._tools[key]
        self._box.tools = [*([] if tool is None else [tool]), *self.always]
        self.chosen.emit(key)

    def restyle(self) -> None:
        """Draw the icons in the colours of the look in use."""
        for key, button in self.buttons.items():
            button.setIcon(icon(self._icons[key]))

    @Slot(QAbstractButton)
    def _clicked(self, button: QAbstractButton) -> None:
        self._hand_over(button.property("tool"))
