"""What there is to choose in the view in front: menus beside the tabs, one where room is short."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QTabWidget, QToolButton, QWidget

from gmmstudio.ui.views.view import Choice, View


class ChoicesBar(QWidget):
    """A quiet button with a menu for each choice; all in one menu where they do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._room = 0
        self.buttons: list[QToolButton] = []
        self.parts: list[QMenu] = []  # of the one menu
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 0, 12, 0)  # the tabs, or their arrows, end at the left edge
        self._row.setSpacing(2)
        self.all = _button("View", "What this view shows, and how", self)
        self._row.addWidget(self.all)
        self.all.hide()

    def show_view(self, view: View | None) -> None:
        """Offer the choices of another view; None: of none."""
        if self._view is not None:
            self._view.choices_changed.disconnect(self._refill)
        self._view = view
        if view is not None:
            view.choices_changed.connect(self._refill)
        self._refill()

    def set_room(self, width: int) -> None:
        """Say how many pixels there are across."""
        if width != self._room:
            self._room = width
            self._fit(self._focused())

    def least_width(self) -> int:
        """Return how many pixels the choices need at least, all in one menu."""
        return self.all.sizeHint().width() + 12 if self.buttons else 0

    @Slot()
    def _refill(self) -> None:
        focused = self._focused()
        for button in self.buttons:
            button.hide()
        for old in (*self.buttons, *self.parts):
            old.deleteLater()
        choices = () if self._view is None else self._view.choices
        self.buttons = [self._add(choice) for choice in choices]
        self.parts = [self._part(choice) for choice in choices]
        self._fit(focused)

    def _focused(self) -> int | None:
        """Return which of the buttons has the keyboard; None where another widget has."""
        holder = QApplication.focusWidget()
        if holder is None or not self.isAncestorOf(holder):
            return None
        return self.buttons.index(holder) if holder in self.buttons else 0

    def _give_focus(self, focused: int) -> None:
        """Keep the keyboard here: hidden buttons would hand it to whatever comes next."""
        shown = [button for button in (self.all, *self.buttons) if not button.isHidden()]
        tabs = self.parentWidget()
        if shown:
            shown[min(focused, len(shown) - 1)].setFocus()
        elif isinstance(tabs, QTabWidget):
            tabs.tabBar().setFocus()

    def _part(self, choice: Choice) -> QMenu:
        menu = self.all.menu()
        part = QMenu(f"{choice.what[:1].upper()}{choice.what[1:]}", menu)
        part.setToolTip(choice.tip)
        _fill(part, choice)
        menu.addMenu(part)
        return part

    def _add(self, choice: Choice) -> QToolButton:
        button = _button(f"{choice.what}: {choice.current}", choice.tip, self)
        _fill(button.menu(), choice)
        self._row.addWidget(button)
        return button

    def _fit(self, focused: int | None) -> None:
        """Show the menus side by side where they fit, else the one that holds them all."""
        spacing = self._row.spacing() * max(len(self.buttons) - 1, 0)
        wide = sum(button.sizeHint().width() for button in self.buttons) + spacing + 12
        apart = wide <= self._room or len(self.buttons) < 2
        for button in self.buttons:
            button.setVisible(apart)
        self.all.setVisible(not apart and self.all.sizeHint().width() + 12 <= self._room)
        self.setVisible(bool(self.buttons))
        self.setFixedWidth(self._row.sizeHint().width() if self.buttons else 0)
        if focused is not None:
            self._give_focus(focused)


def _button(words: str, tip: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(f"{words} ▾")
    button.setToolTip(tip)
    button.setAccessibleName(words)
    button.setMenu(QMenu(button))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setProperty("role", "flat")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _fill(menu: QMenu, choice: Choice) -> None:
    group = QActionGroup(menu)
    for words in choice.entries:
        action = menu.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(words == choice.current)
        action.setData(words)
        group.addAction(action)

    def take(action: QAction) -> None:
        choice.pick(action.data())

    menu.triggered.connect(take)
