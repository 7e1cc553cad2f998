"""The map of the starts' optima, painted; a click or Enter opens one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.report import formats
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.starts import Starts
from gmmstudio.ui.views.axes_frame import TICK_TEXT
from gmmstudio.ui.views.convergence import optima
from gmmstudio.ui.views.convergence.curve import decimals, fixed
from gmmstudio.ui.views.convergence.optima import Map, Place
from gmmstudio.ui.views.keyboard_focus import KeyboardFocus
from gmmstudio.ui.widgets.folding import folded
from gmmstudio.ui.widgets.painting import guarded

_AXIS = ("agreement with the best", "agreement")  # the longest for which there is room
_RESTS = 0.45  # opacity while a run is under way


class OptimaChart(KeyboardFocus):
    """Draws one dot per optimum and turns clicks and keys into attempts.

    Attributes
    ----------
    opened : Signal
        An optimum was chosen: the number of the attempt that stands for it.
    """

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._starts: Starts | None = None
        self._collapsed_words = ""
        self._instead = optima.instead(None)
        self._map: Map | None = None
        self._hovered: Place | None = None
        self._cursor: int | None = None  # of the keyboard, a place among the optima
        self._can_open = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Where the starts ended")

    def sizeHint(self) -> QSize:
        return QSize(360, 140)

    def show_starts(
        self, starts: Starts | None, collapsed: str, instead: str, *, can_open: bool
    ) -> None:
        """Show where the starts of a fit ended.

        Parameters
        ----------
        starts
            None without a fit.
        collapsed
            Why starts collapsed, for whoever asks.
        instead
            What to say where there is no map.
        can_open
            Whether an optimum can be opened now.
        """
        self._starts, self._collapsed_words, self._instead = starts, collapsed, instead
        self._can_open = can_open
        self._cursor = None
        self.relayout()

    def relayout(self) -> None:
        """Place everything anew: another fit, another size, another text size."""
        self._hovered = None
        self._map = None
        starts = self._starts
        if starts is not None and not self._instead and self.width() > 40:
            self._map = optima.lay_out(starts, self._area(starts), self._text_size)
        described = optima.summary(starts) if starts is not None and starts.optima else ""
        self.setAccessibleDescription(self._instead.replace("\n", " ") or described)
        self.update()

    @property
    def map_now(self) -> Map | None:
        """Where everything stands; None where words stand instead."""
        return self._map

    @property
    def instead(self) -> str:
        """What is said where there is no map."""
        return self._instead

    # ---- geometry ------------------------------------------------------------------------

    def _text_size(self, words: str) -> tuple[float, float]:
        metrics = QFontMetricsF(_number_font())
        return metrics.horizontalAdvance(words) + 2, metrics.height()

    def _ends(self, starts: Starts) -> tuple[str, str]:
        values = [optimum.log_likelihood for optimum in starts.optima]
        digits = decimals(min(values), max(values))
        return fixed(min(values), digits), fixed(max(values), digits)

    def _area(self, starts: Starts) -> Box:
        metrics = QFontMetricsF(theme.font(TICK_TEXT))
        left = max(metrics.horizontalAdvance(text) for text in self._ends(starts)) + 22
        bottom = metrics.height() + 6
        bottom += optima.LANE if starts.collapsed else 0.0
        return Box(
            left, 4.0, max(self.width() - left - 12, 20.0), max(self.height() - 8 - bottom, 20.0)
        )

    def _lane(self, starts: Starts) -> QRectF:
        """Return the strip of the starts that collapsed."""
        area = self._area(starts)
        return QRectF(area.left, area.bottom, area.width, optima.LANE)

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(TICK_TEXT))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        starts, drawn = self._starts, self._map
        if starts is None or drawn is None:
            painter.setPen(theme.color("faint"))
            middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 4, -8, -4), middle, self._instead)
        else:
            if not self._can_open:
                painter.setOpacity(_RESTS)
            self._draw_axes(painter, starts, drawn)
            # The smallest last, or a larger one would hide it.
            for place in sorted(drawn.places, key=lambda place: -place.radius):
                self._draw_dot(painter, starts, place)
            for place in drawn.places:
                self._draw_words(painter, place)
            if starts.collapsed:
                self._draw_collapsed(painter, starts)
        painter.setOpacity(1.0)
        self.draw_focus(painter)

    def _draw_axes(self, painter: QPainter, starts: Starts, drawn: Map) -> None:
        area, metrics = drawn.area, painter.fontMetrics()
        foot = self.height() - metrics.height() - 6
        painter.setPen(QPen(theme.color("grid"), 1))
        painter.drawLine(QLineF(area.left, foot, area.right, foot))
        best = drawn.places[0]
        painter.drawLine(QLineF(best.x, area.top, best.x, foot))
        painter.setPen(theme.color("faint"))
        height = metrics.height()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        lowest = max(drawn.places, key=lambda place: place.y)
        for text, place in zip(self._ends(starts), (lowest, best), strict=True):
            box = QRectF(0, place.y - height / 2, area.left - 8, height)
            painter.drawText(box, right, text)
        line = QRectF(area.left, foot + 3, area.width, height)
        left_end, right_end = formats.percent(drawn.left), formats.percent(1.0)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, left_end)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, right_end)
        room = line.width() - 2 * metrics.horizontalAdvance(right_end) - 12
        wordings = list(_AXIS)
        if starts.on_sample:
            sample = formats.rows(starts.optima[0].n_rows)
            wordings.insert(0, f"{_AXIS[0]} · on a sample of {sample}")
        advance = metrics.horizontalAdvance
        words = next((words for words in wordings if advance(words) <= room), "")
        painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, words)

    def _draw_dot(self, painter: QPainter, starts: Starts, place: Place) -> None:
        middle = QPointF(place.x, place.y)
        marked = place is self._hovered or (self._by_keyboard and place.index == self._cursor)
        if place.index == starts.shown:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("text"), 1.3))
            painter.drawEllipse(middle, place.radius + optima.RING, place.radius + optima.RING)
        radius = place.radius + (1.5 if marked else 0.0)
        accent = theme.color("accent")
        fill = QColor(accent) if place.index == 0 else theme.color("accent_soft")
        painter.setBrush(fill)
        painter.setPen(QPen(accent, 2.0 if marked else 1.3))
        painter.drawEllipse(middle, radius, radius)

    def _draw_words(self, painter: QPainter, place: Place) -> None:
        box = place.box
        if box is None:
            return
        painter.setFont(_number_font())
        within = abs(box.left + box.width / 2 - place.x) < 1 and place.radius > box.width / 2
        best = "accent_text" if within else "accent"
        painter.setPen(theme.color(best if place.index == 0 else "text"))
        painter.drawText(
            QRectF(box.left, box.top, box.width, box.height),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip,
            place.words,
        )
        painter.setFont(theme.font(TICK_TEXT))

    def _draw_collapsed(self, painter: QPainter, starts: Starts) -> None:
        lane, size = self._lane(starts), 3.2
        painter.setPen(QPen(theme.color("danger"), 1.4))
        x, y = lane.left() + size + 1, lane.center().y()
        many = min(len(starts.collapsed), 12)
        for _ in range(many):
            painter.drawLine(QLineF(x - size, y - size, x + size, y + size))
            painter.drawLine(QLineF(x - size, y + size, x + size, y - size))
            x += 3 * size
        painter.setPen(theme.color("muted"))
        box = QRectF(x, lane.top(), lane.right() - x, lane.height())
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            optima.collapsed_words(starts),
        )

    # ---- mouse and keys ------------------------------------------------------------------

    def describe(self, place: Place, *, by_keyboard: bool = False) -> str:
        """Say everything about an optimum."""
        if self._starts is None:
            return ""
        return optima.describe(
            self._starts, place.index, enabled=self._can_open, by_keyboard=by_keyboard
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, place = event.position(), None
        if self._map is not None:
            place = self._map.at(at.x(), at.y())
        opens = place is not None and self._opens(place)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        if place is not self._hovered:
            self._hovered = place
            self.update()
        starts = self._starts
        words = "" if place is None else self.describe(place)
        if place is None and starts is not None and starts.collapsed and self._map is not None:
            words = folded(self._collapsed_words) if self._lane(starts).contains(at) else ""
        if not words:
            QToolTip.hideText()
        elif words != QToolTip.text():
            QToolTip.showText(event.globalPosition().toPoint(), words, self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._map is not None:
            self._open(self._map.at(event.position().x(), event.position().y()))

    def _opens(self, place: Place) -> bool:
        return self._can_open and self._starts is not None and place.index != self._starts.shown

    def _open(self, place: Place | None) -> None:
        if place is not None and self._opens(place):
            self._cursor = place.index
            self.opened.emit(place.optimum.attempt)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = () if self._map is None else self._map.places
        step = {
            Qt.Key.Key_Left: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Right: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Home: -len(places),
            Qt.Key.Key_End: len(places),
        }.get(Qt.Key(event.key()))
        if not places:
            super().keyPressEvent(event)
        elif step is not None:
            self._move_cursor(places, step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(places[self._cursor_place()])
        else:
            super().keyPressEvent(event)

    def _cursor_place(self) -> int:
        """Return where the cursor is: at first on the one shown."""
        if self._cursor is not None:
            return self._cursor
        shown = None if self._starts is None else self._starts.shown
        return 0 if shown is None else shown

    def _move_cursor(self, places: tuple[Place, ...], by: int) -> None:
        self._cursor = min(max(self._cursor_place() + by, 0), len(places) - 1)
        place = places[self._cursor]
        self.update()
        where = self.mapToGlobal(QPointF(place.x, place.y).toPoint())
        QToolTip.showText(where, self.describe(place, by_keyboard=True), self)

    # ---- size ----------------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.relayout()


def _number_font() -> QFont:
    return theme.font(TICK_TEXT, QFont.Weight.DemiBold)
