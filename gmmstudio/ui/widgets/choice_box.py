"""Framed rows of the left panel: a label at the left, a choice or a fact at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from gmmstudio.ui.widgets.painting import draw_box, draw_chevron, guarded, text_colour
from gmmstudio.ui.widgets.tips import plain_tip

PADDING = 10
CHEVRON = 12


class Option(NamedTuple):
    """One line of a choice's menu."""

    key: object
    text: str
    tooltip: str = ""


class FramedRow(QAbstractButton):
    """Paints label, value and, where it opens something, a chevron."""

    def __init__(self, label: str, parent: QWidget | None = None, *, chevron: bool = True) -> None:
        super().__init__(parent)
        self._label, self._value, self._chevron = label, "", chevron
        self._value_role = "text"
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chevron else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, chevron)
        self.setAccessibleName(label)

    def label(self) -> str:
        return self._label

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.setAccessibleName(f"{self._label}: {value}" if self._label else value)
            self.update()

    def set_value_role(self, role: str) -> None:
        """Write the value in another colour of the theme."""
        if role != self._value_role:
            self._value_role = role
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._label + self._value) + 3 * PADDING + CHEVRON
        return QSize(width, metrics.height() + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        active = self._chevron and self.isEnabled()
        draw_box(
            painter,
            self,
            hover=active and self.underMouse(),
            down=active and self.isDown(),
            focus=self.hasFocus(),
        )
        metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        area = self.rect().adjusted(PADDING, 0, -PADDING, 0)
        painter.setPen(text_colour("muted", enabled=self.isEnabled()))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, self._label)
        colour = text_colour(enabled=self.isEnabled())
        if self._chevron:
            draw_chevron(
                painter,
                QRectF(area.right() - CHEVRON + 4, 0, CHEVRON - 2, self.height()),
                colour,
            )
            area.adjust(0, 0, -CHEVRON, 0)
        used = metrics.horizontalAdvance(self._label) + 10 if self._label else 0
        painter.setPen(text_colour(self._value_role, enabled=self.isEnabled()))
        shown = metrics.elidedText(
            self._value, Qt.TextElideMode.ElideRight, max(0, area.width() - used)
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, shown)


class ChoiceBox(FramedRow):
    """A row whose value is chosen from a menu; Up and Down step through the choices."""

    chosen = Signal(object)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._options: tuple[Option, ...] = ()
        self._current: object = None
        self._fill: Callable[[QMenu], None] = self._fill_options
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._refill)
        self.clicked.connect(self.open_menu)

    def set_options(self, options: Sequence[Option]) -> None:
        self._options = tuple(options)

    def set_current(self, key: object, text: str | None = None) -> None:
        """Show a choice; ``text`` where the row says it differently from the menu."""
        self._current = key
        named = [option.text for option in self._options if option.key == key]
        self.set_value(text if text is not None else (named[0] if named else ""))

    def set_filler(self, fill: Callable[[QMenu], None]) -> None:
        """Let the owner build the menu itself, each time it is opened."""
        self._fill = fill

    def menu(self) -> QMenu:
        """Return the menu, filled as it would open now."""
        self._refill()
        return self._menu

    def _refill(self) -> None:
        self._menu.clear()
        for group in self._menu.findChildren(QActionGroup):
            group.deleteLater()
        self._fill(self._menu)

    def _fill_options(self, menu: QMenu) -> None:
        add_options(menu, self._options, self._current, self._choose)

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())

    def open_menu(self) -> None:
        self._menu.setMinimumWidth(min(self.width(), 320))
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_menu()
        elif step and self._options:
            keys = [option.key for option in self._options]
            place = keys.index(self._current) + step if self._current in keys else 0
            if 0 <= place < len(keys):
                self.chosen.emit(keys[place])
        else:
            super().keyPressEvent(event)


def add_options(
    menu: QMenu,
    options: Sequence[Option],
    current: object,
    choose: Callable[[QAction], None],
) -> QActionGroup:
    """Add a group of options to a menu, the current one ticked."""
    group = QActionGroup(menu)
    for option in options:
        action = menu.addAction(option.text)
        action.setCheckable(True)
        action.setChecked(option.key == current)
        action.setData(option.key)
        action.setToolTip(plain_tip(option.tooltip or option.text))
        group.addAction(action)
    group.triggered.connect(choose)
    return group
