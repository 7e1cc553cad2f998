"""The tool bar and the menus, made from the actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QMenu, QMenuBar, QToolButton, QWidget

from gmmstudio.table.sample_tables import SampleTable
from gmmstudio.ui import theme
from gmmstudio.ui.actions import Actions

MENUS = ("File", "Edit", "Select", "Data", "Model", "View", "Help")
_THEMES = ("theme_system", "theme_light", "theme_dark")
HEIGHT = 52


class PickMenu(QMenu):
    """A menu whose entries each stand for a value; ``picked`` tells which."""

    picked = Signal(object)

    def fill(self, entries: Sequence[tuple[str, str, object]]) -> None:
        """Show entries of (title, tooltip, value)."""
        self.clear()
        self.setToolTipsVisible(True)
        for title, tip, value in entries:
            action = self.addAction(title.replace("&", "&&"))
            action.setData(value)
            action.setToolTip(tip)
            action.triggered.connect(self._triggered)

    @Slot()
    def _triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.picked.emit(action.data())


class Menus(QObject):
    """Fills the menu bar."""

    recent_picked = Signal(object)
    recent_cleared = Signal()
    sample_picked = Signal(object)

    def __init__(
        self,
        bar: QMenuBar,
        actions: Actions,
        samples: Sequence[SampleTable],
        recent: Callable[[], Sequence[Path]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._read_recent = recent
        self._recent = PickMenu("Open &recent", bar)
        self._recent.aboutToShow.connect(self._fill_recent)
        self._recent.picked.connect(self._recent_picked)
        self._samples = PickMenu("&Samples", bar)
        self._samples.fill(sample_entries(samples))
        self._samples.picked.connect(self.sample_picked)
        look = QMenu("&Theme", bar)
        group = QActionGroup(self)
        for name in _THEMES:
            look.addAction(actions[name])
            group.addAction(actions[name])
        self.menus = {title: QMenu(f"&{title}", bar) for title in MENUS}
        for title, menu in self.menus.items():
            bar.addMenu(menu)
            menu.setToolTipsVisible(True)
            if title == "View":
                menu.addMenu(look)
            for spec in actions.specs:
                if spec.menu != title or spec.id in _THEMES:
                    continue
                if spec.separated and not menu.isEmpty():
                    menu.addSeparator()
                menu.addAction(actions[spec.id])
                if spec.id == "paste":
                    menu.addMenu(self._recent)
                    menu.addMenu(self._samples)
        self._fill_recent()

    @Slot()
    def _fill_recent(self) -> None:
        paths = self._read_recent()
        entries: list[tuple[str, str, object]] = [
            (path.name, str(path), str(path)) for path in paths
        ]
        if entries:
            entries.append(("Clear this list", "Forget the files opened before", ""))
        self._recent.fill(entries)
        self._recent.setEnabled(bool(entries))

    def refresh_recent(self) -> None:
        """List the files opened before anew."""
        self._fill_recent()

    @Slot(object)
    def _recent_picked(self, value: str) -> None:
        if value:
            self.recent_picked.emit(Path(value))
        else:
            self.recent_cleared.emit()


class ToolBar(QFrame):
    """The buttons over the workspace.

    Attributes
    ----------
    sample_picked : Signal
        A sample was chosen: its key.
    focus_given_up : Signal
        The button with the focus is about to be disabled: Qt would move the focus to the button
        after it, and the next key would press one that nobody chose.
    """

    sample_picked = Signal(object)
    focus_given_up = Signal()

    def __init__(
        self, actions: Actions, samples: Sequence[SampleTable], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAccessibleName("Tools")
        self.setMinimumHeight(HEIGHT)
        self._buttons: list[ActionButton] = []
        menu = PickMenu(self)
        menu.fill(sample_entries(samples))
        menu.picked.connect(self.sample_picked)
        self.samples = QToolButton()
        self.samples.setText("Sample data ▾")
        self.samples.setMenu(menu)
        self.samples.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.samples.setToolTip("Open one of the tables that come with the program")
        self.samples.setProperty("role", "button")
        self.samples.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.samples.setAccessibleName("Sample data")

        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(8)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.addWidget(self._button(actions["open"], "Open…"))
        row.addWidget(self.samples)
        row.addWidget(_line())
        self.fit = self._button(actions["fit"], "Fit", "primary")
        self.pause = self._button(actions["pause"], None)
        row.addWidget(self.fit)
        row.addWidget(self.pause)
        row.addWidget(self._button(actions["step"], "Step"))
        row.addWidget(self._button(actions["restart"], "Restart"))
        row.addWidget(_line())
        row.addWidget(self._button(actions["find_k"], "Find the best K…"))
        row.addStretch(1)
        row.addWidget(self._button(actions["undo"], ""))
        row.addWidget(self._button(actions["redo"], ""))
        row.addWidget(_line())
        row.addWidget(self._button(actions["export"], "Export"))
        theme.signals().changed.connect(self._look_changed)
        self._look_changed()

    def _button(self, action: QAction, text: str | None, role: str = "button") -> ActionButton:
        """Make a button; ``text`` None follows the action, "" shows the icon alone."""
        button = ActionButton(action, text, role)
        button.focus_given_up.connect(self.focus_given_up)
        self._buttons.append(button)
        return button

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_in()

    def _fit_in(self) -> None:
        """Where there is no room for all the words, some buttons show their drawing alone."""
        row = self.layout()
        if row is None:
            return
        for compact in (False, True):
            for button in self._buttons:
                button.set_compact(compact and button is not self.fit)
            row.invalidate()
            if row.sizeHint().width() <= self.width():
                break

    @Slot()
    def _look_changed(self) -> None:
        side = round(16 * max(1.0, theme.zoom()))
        for button in self._buttons:
            button.setIconSize(QSize(side, side))
        self._fit_in()


class ActionButton(QToolButton):
    """A button of an action: its state, icon and tooltip, with a short text of its own."""

    focus_given_up = Signal()

    def __init__(self, action: QAction, text: str | None, role: str) -> None:
        super().__init__()
        self._action, self._text = action, text
        self._compact = False
        self.setProperty("role", role)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def set_compact(self, compact: bool) -> None:
        """Show the drawing alone; a button without one keeps its words."""
        if compact != self._compact:
            self._compact = compact
            self._follow()

    @Slot()
    def _follow(self) -> None:
        action, style = self._action, Qt.ToolButtonStyle
        plain = action.text().replace("&", "").rstrip("…")
        words = plain if self._text is None else self._text
        has_icon = not action.icon().isNull()
        alone = has_icon and (self._compact or not words)
        self.setToolButtonStyle(
            style.ToolButtonIconOnly if alone else style.ToolButtonTextBesideIcon
        )
        if not action.isEnabled() and self.isEnabled() and self.window().focusWidget() is self:
            self.focus_given_up.emit()
        self.setEnabled(action.isEnabled())
        self.setIcon(action.icon())
        self.setText("" if alone else f" {words}" if has_icon else words)
        keys = action.shortcut().toString()
        self.setToolTip(f"{plain} ({keys})" if words == "" else action.toolTip())
        self.setAccessibleName(plain)


def sample_entries(samples: Sequence[SampleTable]) -> list[tuple[str, str, object]]:
    """Return the samples as entries of a menu."""
    return [(entry.title, entry.description, entry.key) for entry in samples]


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedWidth(1)
    line.setFixedHeight(26)
    holder = QFrame()
    row = QHBoxLayout(holder)
    row.setContentsMargins(6, 0, 6, 0)
    row.addWidget(line)
    return holder
