"""A card per cluster: letter, name, size, mean ± s.d. of each column."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.report import formats
from gmmstudio.ui import theme
from gmmstudio.ui.panels.cluster_figures import CardFigures, Measure
from gmmstudio.ui.selection import how_of
from gmmstudio.ui.widgets.disc import draw_disc
from gmmstudio.ui.widgets.disclosure import DisclosureButton
from gmmstudio.ui.widgets.enter_button import EnterButton
from gmmstudio.ui.widgets.labels import ElidedLabel, Line
from gmmstudio.ui.widgets.painting import guarded, scaled_font
from gmmstudio.ui.widgets.tips import plain_tip

FIRST = 6
NAME_WIDTH = 60  # at least
PICK = (
    "Click here to select the rows of this cluster;\n"
    "with Shift they are added, with Ctrl taken away"
)


class Disc(EnterButton):
    """The cluster's letter on its colour, which a click lets choose."""

    def __init__(self, identity: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._identity = identity
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.signals().changed.connect(self._recolour)

    @Slot()
    def _recolour(self) -> None:
        self.update()

    def set_cluster(self, identity: int, name: str) -> None:
        """Stand for a cluster of this name."""
        if identity != self._identity:
            self._identity = identity
            self.update()
        words = f"Colour of {name}"
        if words != self.accessibleName():
            self.setAccessibleName(words)
            self.setToolTip(plain_tip(f"{words}: click to choose another"))

    def sizeHint(self) -> QSize:
        side = max(18, self.fontMetrics().height() + 3)
        return QSize(side, side)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_disc(painter, QRectF(self.rect()), self._identity, self.font())
        if self.hasFocus() or self.underMouse():
            name = "accent" if self.hasFocus() else "muted"
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color(name), 1.5))
            painter.drawEllipse(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75))


class NameEdit(QLineEdit):
    """A name that becomes a text field by a click, F2 or Enter."""

    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.setReadOnly(True)
        self.setMaxLength(80)
        self.setFrame(False)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(NAME_WIDTH)
        self._style()

    def sizeHint(self) -> QSize:
        """Ask for the least: the name gets what the size leaves."""
        return QSize(NAME_WIDTH, super().sizeHint().height())

    def _style(self) -> None:
        now = theme.current()
        ground = "transparent" if self.isReadOnly() else now.box
        edge = now.accent if self.hasFocus() else "transparent"
        self.setStyleSheet(
            f"QLineEdit {{ background: {ground}; border: 1px solid {edge}; border-radius: 4px;"
            " padding: 0 2px; font-weight: 600; }"
        )

    def set_name(self, name: str) -> None:
        """Show the name; one that is being edited stays until that is done."""
        if name == self._name:
            return
        self._name = name
        if self.isReadOnly():
            self._show()

    def _show(self) -> None:
        room = self.width() - 8
        cut = QFontMetrics(scaled_font(self.font(), 1.0, bold=True)).elidedText(
            self._name, Qt.TextElideMode.ElideRight, max(room, 30)
        )
        if cut != self.text():
            self.setText(cut)
        self.setCursorPosition(0)
        words = f"{self._name}\nClick or press F2 to give the cluster a name."
        self.setToolTip(plain_tip(words))
        self.setAccessibleName(f"Name of the cluster: {self._name}")

    def width_needed(self) -> int:
        """Return how many pixels the whole name takes."""
        font = scaled_font(self.font(), 1.0, bold=True)
        return QFontMetrics(font).horizontalAdvance(self._name) + 9

    def begin(self) -> None:
        """Let the name be typed."""
        self.setReadOnly(False)
        self._style()
        self.setText(self._name)
        self.selectAll()

    def finish(self, *, keep: bool) -> None:
        """End editing and report the new name, or forget it."""
        if self.isReadOnly():
            return
        name = " ".join(self.text().split())
        self.setReadOnly(True)
        self.deselect()
        self._style()
        self._show()
        if keep and name != self._name:
            self.renamed.emit(name)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if self.isReadOnly():
            self._show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        started = self.isReadOnly()
        super().mousePressEvent(event)
        if started and event.button() == Qt.MouseButton.LeftButton:
            self.begin()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        selected = self.hasSelectedText()
        super().mouseReleaseEvent(event)
        if selected and not self.isReadOnly() and not self.hasSelectedText():
            self.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._style()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish(keep=True)
            self._style()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.isReadOnly():
            event.ignore()  # the card has a menu of its own
        else:
            super().contextMenuEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.isReadOnly():
            if key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.begin()
            else:
                event.ignore()
        elif key == Qt.Key.Key_Escape:
            self.finish(keep=False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(keep=True)
        else:
            super().keyPressEvent(event)


class ClusterCard(QFrame):
    """One cluster; widgets are reused from frame to frame, only texts change.

    Attributes
    ----------
    picked : Signal
        A click, or Enter, asks for the rows of the cluster: its identity, and what becomes of the
        rows selected before.
    """

    renamed = Signal(int, str)
    picked = Signal(int, str)
    colour_asked = Signal(int, object)  # identity, the disc
    menu_asked = Signal(int, object)  # identity, where on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._identity = 0
        self._figures: CardFigures | None = None
        self._measures: tuple[Measure, ...] = ()
        self._sizes = ("", "", "")  # whole, short, explanation
        self._selected: tuple[int, int] | None = None  # of how many
        self._pressed = False
        self._lines: list[Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(11, 6, 11, 7)
        self._column.setSpacing(3)
        head = self._head = QHBoxLayout()
        head.setSpacing(5)
        self.disc = Disc(0)
        self.name = NameEdit()
        self.size_label = ElidedLabel(role="muted", factor=0.94, align=Qt.AlignmentFlag.AlignRight)
        self.size_label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        head.addWidget(self.disc)
        head.addWidget(self.name, 1)
        head.addWidget(self.size_label)
        self._column.addLayout(head)
        self.more = DisclosureButton("")
        self.more.hide()
        self._column.addWidget(self.more)
        self.more.toggled.connect(self._fill)
        self.name.renamed.connect(self._on_renamed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(PICK)
        self.setAccessibleDescription(PICK)
        self.disc.clicked.connect(self._on_disc)

    def set_figures(self, figures: CardFigures) -> None:
        if figures == self._figures:
            return
        self._figures = figures
        self._identity = figures.identity
        self.disc.set_cluster(figures.identity, figures.name)
        self.setAccessibleName(f"{figures.name}, {figures.size}")
        self.name.set_name(figures.name)
        self._sizes = figures.size, figures.short_size, figures.size_tooltip
        self._show_size()
        self._measures = figures.measures
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_size()

    def _show_size(self) -> None:
        """Say the size in as many words as stand beside the name."""
        whole, short, explanation = self._sizes
        name = NAME_WIDTH
        if self._selected is not None:
            n, of = (formats.count(number) for number in self._selected)
            explanation = f"{whole}\n{explanation}"
            whole, short = f"{n} of {of} selected", f"{n} of {of}"
            name = max(name, self.name.width_needed())
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - 2 * self.frameWidth()
        room -= self.disc.sizeHint().width() + name + 2 * self._head.spacing()
        cut = bool(short) and self.size_label.width_of(whole) > room
        self.size_label.set_text(short if cut else whole)
        self.size_label.set_explanation(f"{whole}\n{explanation}" if cut else explanation)

    def set_selected(self, n: int, of: int) -> None:
        """Say how many of the cluster's rows are selected; none: say its size."""
        selected = (n, of) if n else None
        if selected == self._selected:
            return
        lit = (selected is None) != (self._selected is None)
        self._selected = selected
        self.size_label.set_role("muted" if selected is None else "accent")
        if lit:
            self.setProperty("lit", selected is not None)
            self.style().unpolish(self)  # the sheet looks at the property only then
            self.style().polish(self)
        self._show_size()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.button() == Qt.MouseButton.LeftButton

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed and self.rect().contains(event.position().toPoint()):
            self.picked.emit(self._identity, how_of(event.modifiers()))
        self._pressed = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus():
            self.picked.emit(self._identity, how_of(event.modifiers()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the cluster; a name being typed has its own menu."""
        self.menu_asked.emit(self._identity, event.globalPos())
        event.accept()

    def lines(self) -> list[tuple[str, str]]:
        """Return the lines shown now: column and figure."""
        return [
            (line.name.text(), line.value.text()) for line in self._lines if not line.isHidden()
        ]

    def _fill(self) -> None:
        total = len(self._measures)
        hidden = total - FIRST
        # A single line more takes no more room than the words that would hide it.
        folds = hidden > 1
        shown = total if not folds or self.more.isChecked() else FIRST
        while len(self._lines) < shown:
            line = Line("")
            self._column.insertWidget(len(self._lines) + 1, line)
            self._lines.append(line)
        for place, line in enumerate(self._lines):
            if place < shown:
                measure = self._measures[place]
                line.set(measure.value, measure.column)
                line.explain(measure.explanation)
            if line.isHidden() != (place >= shown):
                line.setVisible(place < shown)
        self.more.setVisible(folds)
        if folds:
            self.more.set_text("Fewer" if self.more.isChecked() else f"{hidden} more…")

    def _on_renamed(self, name: str) -> None:
        self.renamed.emit(self._identity, name)

    @Slot()
    def _on_disc(self) -> None:
        self.colour_asked.emit(self._identity, self.disc)
