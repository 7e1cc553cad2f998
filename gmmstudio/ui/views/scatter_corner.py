"""The two menus beside the tabs: how points are coloured, which ellipses are drawn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

_SIGMAS: dict[str, tuple[float, ...]] = {
    "1 σ": (1.0,),
    "1 σ, 2 σ": (1.0, 2.0),
    "1 σ, 2 σ, 3 σ": (1.0, 2.0, 3.0),
    "none": (),
}
_COLOURS = {"cluster, faded by uncertainty": True, "cluster, plain": False}


class ScatterCorner(QWidget):
    """Both menus, side by side."""

    faded_picked = Signal(bool)
    sigmas_picked = Signal(object)  # tuple of floats

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(2)
        self.colour = MenuButton("colour", tuple(_COLOURS), 0, self)
        self.colour.setToolTip("How the points are coloured")
        self.ellipses = MenuButton("ellipses", tuple(_SIGMAS), 1, self)
        self.ellipses.setToolTip(
            "Which ellipses are drawn. In two columns 39 % of a cluster lie within 1 σ,\n"
            "86 % within 2 σ and 99 % within 3 σ."
        )
        self.colour.picked.connect(self._pick_colour)
        self.ellipses.picked.connect(self._pick_ellipses)
        layout.addWidget(self.colour)
        layout.addWidget(self.ellipses)

    @Slot(str)
    def _pick_colour(self, words: str) -> None:
        self.faded_picked.emit(_COLOURS[words])

    @Slot(str)
    def _pick_ellipses(self, words: str) -> None:
        self.sigmas_picked.emit(_SIGMAS[words])


class MenuButton(QToolButton):
    """A quiet button with a menu: "colour: cluster, plain ▾"."""

    picked = Signal(str)

    def __init__(self, what: str, entries: tuple[str, ...], first: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._what = what
        menu = QMenu(self)
        group = QActionGroup(menu)
        for number, words in enumerate(entries):
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(number == first)
            action.setData(words)
            group.addAction(action)
        menu.triggered.connect(self._take)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("role", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._write(entries[first])

    def _write(self, words: str) -> None:
        self.setText(f"{self._what}: {words} ▾")
        self.setAccessibleName(f"{self._what}: {words}")

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        self._write(action.data())
        self.picked.emit(action.data())
