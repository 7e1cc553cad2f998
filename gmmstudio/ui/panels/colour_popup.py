"""Choosing the colour of a cluster: swatches under the disc of its card."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document import colors
from gmmstudio.document.document import Document
from gmmstudio.ui import theme
from gmmstudio.ui.widgets.disc import letter_colour
from gmmstudio.ui.widgets.enter_button import EnterButton
from gmmstudio.ui.widgets.labels import SectionHeader, WrappedLabel
from gmmstudio.ui.widgets.painting import guarded, scaled_font

ACROSS = 8
N_MORE = 16  # of Glasbey's colours, beside Okabe and Ito's eight
PALE = "Very pale on white: it is drawn a few shades deeper there."
DARK = "Very dark on a dark ground: it is drawn a few shades paler there."


class Swatch(EnterButton):
    """A colour to choose; one that another cluster has shows that cluster's letter."""

    moved = Signal(int, int)  # arrow keys: columns, rows

    def __init__(self, color: str, taken_by: int | None, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.color = color
        self._taken_by = taken_by
        self.setCheckable(True)
        words = colors.words(color)
        if taken_by is not None:
            words = f"{words}: {name} has it"
            self.setEnabled(False)
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        side = round(24 * max(1.0, theme.zoom()))
        return QSize(side, side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(*step)
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ring = self.hasFocus() or self.isChecked()
        name = "accent" if self.hasFocus() else "text" if self.isChecked() else "border"
        painter.setPen(QPen(theme.color(name), 2.0 if ring else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 6, 6)
        ground = QColor(colors.drawn(self.color, dark=theme.current().dark))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        inner = area.adjusted(2.5, 2.5, -2.5, -2.5)
        painter.drawRoundedRect(inner, 4, 4)
        if self._taken_by is not None or self.isChecked():
            mark = "✓" if self._taken_by is None else theme.cluster_letter(self._taken_by)
            painter.setFont(scaled_font(self.font(), 0.8, bold=True))
            painter.setPen(letter_colour(ground))
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, mark)


class ColourPopup(QFrame):
    """Swatches, any other colour, and the cluster's own again.

    Attributes
    ----------
    chosen : Signal
        The cluster's identity and the colour, "#rrggbb"; None for its own.
    other_asked : Signal
        None of these will do: the cluster's identity.
    """

    chosen = Signal(int, object)
    other_asked = Signal(int)

    def __init__(self, document: Document, identity: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self._identity = identity
        name = document.cluster_name(identity)
        self.setAccessibleName(f"Colour of {name}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(SectionHeader("Colour"))
        grid = QGridLayout()
        grid.setSpacing(2)
        self.swatches = self._make_swatches(document)
        for place, swatch in enumerate(self.swatches):
            grid.addWidget(swatch, place // ACROSS, place % ACROSS)
            swatch.clicked.connect(partial(self._choose, swatch.color))
            swatch.moved.connect(partial(self._move, place))
        column.addLayout(grid)
        given = dict(document.colors).get(identity)
        note = _note(given)
        if note:
            column.addWidget(WrappedLabel(note))
        self.other = QPushButton("Other colour…")
        self.own = QPushButton("Own colour again")
        self.own.setToolTip(f"{colors.words(colors.own_color(identity))}, as the program chose it")
        self.own.setHidden(given is None)
        for button, slot in ((self.other, self._ask), (self.own, self._give_back)):
            button.setProperty("role", "flat")
            button.clicked.connect(slot)
            column.addWidget(button)

    def open_under(self, widget: QWidget) -> None:
        """Show the swatches under a widget, or over it where the screen ends."""
        self.adjustSize()
        room = (widget.screen() or QGuiApplication.primaryScreen()).availableGeometry()
        place = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        if place.y() + self.height() > room.bottom():
            place.setY(widget.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4)
        place.setX(max(room.left(), min(place.x(), room.right() - self.width())))
        self.move(place)
        self.show()
        first = next((s for s in self.swatches if s.isChecked()), None)
        first = first or next((s for s in self.swatches if s.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _make_swatches(self, document: Document) -> list[Swatch]:
        offered = [color for color, _ in colors.NAMED] + list(colors.glasbey()[:N_MORE])
        shown = document.record.identities if document.record else ()
        made: list[Swatch] = []
        for color in offered:
            takers = (
                i
                for i in sorted(shown)
                if i != self._identity and document.has_color_like(i, color)
            )
            taker = next(takers, None)
            name = "" if taker is None else document.cluster_name(taker)
            swatch = Swatch(color, taker, name, self)
            swatch.setChecked(taker is None and document.has_color_like(self._identity, color))
            made.append(swatch)
        return made

    def _move(self, place: int, across: int, down: int) -> None:
        """Go to the next swatch that can be chosen in a direction."""
        step = across + ACROSS * down
        target = place + step
        while 0 <= target < len(self.swatches):
            same_row = target // ACROSS == place // ACROSS
            if across and not same_row:
                return
            if self.swatches[target].isEnabled():
                self.swatches[target].setFocus(Qt.FocusReason.TabFocusReason)
                return
            target += step

    def _choose(self, color: str) -> None:
        identity = self._identity
        self.close()
        self.chosen.emit(identity, color)

    @Slot()
    def _give_back(self) -> None:
        identity = self._identity
        self.close()
        self.chosen.emit(identity, None)

    @Slot()
    def _ask(self) -> None:
        identity = self._identity
        self.close()
        self.other_asked.emit(identity)


def _note(given: str | None) -> str:
    """Say where a colour is not drawn quite as it was chosen."""
    if given is None:
        return ""
    if colors.drawn(given, dark=False) != given:
        return PALE
    return DARK if colors.drawn(given, dark=True) != given else ""
