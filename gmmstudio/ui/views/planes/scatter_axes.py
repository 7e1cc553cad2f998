"""Which two columns the scatter shows: a sensible choice, and the buttons to change it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QPainter
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton

from gmmstudio.report.formats import count
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.views.planes.telling_pair import telling_pair
from gmmstudio.ui.widgets.painting import guarded
from gmmstudio.ui.widgets.tips import plain_tip

_MOST = 200  # columns of a menu: more take seconds to list, and nobody looks through them
MORE = object()
"""In a menu, stands for the columns that it does not list."""


@dataclass(frozen=True)
class Axes:
    """The columns across and up; `y` is None where the histogram of `x` is shown."""

    x: int
    y: int | None


def numeric_columns(table: Table, fitted: Sequence[int]) -> tuple[int, ...]:
    """Return the columns that can be drawn, those in the fit first."""
    first = [i for i in fitted if table.columns[i].values is not None]
    others = set(range(len(table.columns))).difference(first)
    return (*first, *(i for i in sorted(others) if table.columns[i].values is not None))


def menu_of(table: Table, columns: Sequence[int], axes: Axes) -> list[tuple[object, str]]:
    """Return columns with their names; of very many the first, the shown, and how many more."""
    listed = [*columns[:_MOST], *(i for i in columns[_MOST:] if i in (axes.x, axes.y))]
    entries: list[tuple[object, str]] = [(i, table.columns[i].name) for i in listed]
    if left := len(columns) - len(listed):
        entries.append((MORE, f"… and {count(left)} more: tick those to look at"))
    return entries


def default_axes(table: Table, fitted: Sequence[int]) -> Axes | None:
    """Choose the pair of fitted columns that shows groups best; None without numeric columns.

    With one fitted column it is the histogram of that one.
    """
    columns = numeric_columns(table, fitted)
    if not columns:
        return None
    inside = set(fitted)
    wanted = [i for i in columns if i in inside]
    wanted = wanted or [i for i in columns if table.columns[i].is_number] or list(columns)
    if len(wanted) == 1:
        return Axes(wanted[0], None)
    values = (table.columns[i].values for i in wanted)
    x, y = telling_pair([column for column in values if column is not None])
    return Axes(wanted[x], wanted[y])


def with_x(axes: Axes, column: int) -> Axes:
    """Put a column across; if it was the one up, they change places."""
    return Axes(column, axes.x if column == axes.y else axes.y)


def with_y(axes: Axes, column: int | None) -> Axes:
    """Put a column up, or the histogram; if it was the one across, they change places."""
    if column is None or column != axes.x:
        return Axes(axes.x, column)
    return axes if axes.y is None else Axes(axes.y, column)


def makes_sense(axes: Axes, fitted: Collection[int]) -> bool:
    """Tell whether axes nobody chose still suit the columns in the fit."""
    if axes.y is None:
        return set(fitted) == {axes.x}
    return not fitted or (axes.x in fitted and axes.y in fitted)


@dataclass(frozen=True)
class Side:
    """What is shown along an axis, in words.

    Attributes
    ----------
    names
        From the whole name to the shortest; the longest that fits is written.
    tip
        A few sentences about it.
    """

    names: tuple[str, ...]
    tip: str

    @property
    def short(self) -> str:
        """The name for where there is room for a few words."""
        return self.names[-1]


class AxisButton(QToolButton):
    """The name of what is shown along an axis; a click offers what else there is."""

    chosen = Signal(object)  # column index, None for the histogram, or the kind of a plane

    def __init__(self, upright: bool, parent=None) -> None:
        super().__init__(parent)
        self.upright = upright
        self._groups: tuple[tuple[tuple[object, str], ...], ...] = ()
        self._current: object = None
        self._side = Side(("",), "")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.triggered.connect(self._take)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("role", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def offer(
        self,
        groups: Sequence[Sequence[tuple[object, str]]],
        current: object,
        side: Side | None,
    ) -> None:
        """Offer these, with a line between groups; `side` is what is shown, None: not yet."""
        self._groups, self._current = tuple(tuple(group) for group in groups if group), current
        entries = dict(entry for group in self._groups for entry in group)
        name = entries.get(current, "")
        self.set_side(Side((name,), name) if side is None else side)

    def set_side(self, side: Side) -> None:
        """Write what is shown."""
        if side is self._side:
            self._write()  # there may be more room, or less
            return
        self._side = side
        direction = "up" if self.upright else "across"
        what = "Column" if isinstance(self._current, int) else "Shown"
        self.setAccessibleName(f"{what} {direction}: {side.names[0]}")
        self.setToolTip(plain_tip(side.tip))
        self._write()

    def _write(self) -> None:
        parent = self.parentWidget()
        length = 400 if parent is None else parent.height() if self.upright else parent.width()
        room = max(int(length * (0.62 if self.upright else 0.5)), 80)
        name = self._fitted(self.fontMetrics(), room)
        self.setText(f"{name} ▾" if name else "")

    def _fitted(self, metrics: QFontMetrics, room: int) -> str:
        """Return the fullest of the names for which there is room."""
        fitting = (name for name in self._side.names if metrics.horizontalAdvance(name) <= room)
        shortest, elide = self._side.short, Qt.TextElideMode.ElideMiddle
        return next(fitting, None) or metrics.elidedText(shortest, elide, room)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        actions = QActionGroup(self._menu)
        for group in self._groups:
            if not self._menu.isEmpty():
                self._menu.addSeparator()
            for value, name in group:
                action = self._menu.addAction(name.replace("&", "&&"))
                if value is MORE:
                    action.setEnabled(False)
                    continue
                action.setCheckable(True)
                action.setChecked(value == self._current)
                action.setData((value,))
                actions.addAction(action)

    @Slot(QAction)
    def _take(self, action: QAction) -> None:
        self.chosen.emit(action.data()[0])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._write()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        return size.transposed() if self.upright else size

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw_on_paper(self, painter: QPainter) -> None:
        """Write the name alone: a picture offers no other columns."""
        parent = self.parentWidget()
        size = self.size() if parent is None else parent.size()
        room = 0.8 * (size.height() if self.upright else size.width())
        painter.setFont(self.font())
        painter.setPen(theme.color("muted"))
        painter.translate(QRectF(self.rect()).center())
        if self.upright:
            painter.rotate(-90)
        name = self._fitted(painter.fontMetrics(), int(room))
        height = painter.fontMetrics().height()
        line = QRectF(-room / 2, -height / 2, room, height)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)

    @guarded
    def paintEvent(self, event) -> None:
        if not self.upright:
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.rotate(-90)
        painter.translate(-self.height(), 0)
        option.rect = option.rect.transposed()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
