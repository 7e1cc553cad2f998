"""One shape of the comparison: its picture of the rows, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.keyboard_focus import KeyboardFocus
from gmmstudio.ui.views.planes.plane_plot import PlanePlot
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.painting import guarded

_SMALL = 11 / 13
_SIDE = 8
_FRAME = 13  # what stands above and below the words
_BELOW = 24  # the numbers across
_LEAST_PLOT = 110  # pixels of height, at normal text size; else words give way
_USUAL = 320  # a plot so large has marks of the usual size
_SMALLEST = 0.6  # of that size
_LOWER = " – lower is better"


@dataclass(frozen=True)
class Figures:
    """What a tile says of its shape.

    Attributes
    ----------
    name
        "Tied".
    mark
        What it is beside the others' figures: "shown now"; may be empty.
    bic
        "BIC 2553.60"; empty while it is not known.
    verdicts
        "best of the four", or how far it is from it; in wordings, the longest first.
    best
        Whether it is the best.
    details
        Two lines, each in wordings of which the longest with room is written: log-likelihood;
        parameters and how the fit ended.
    instead
        What is written where the picture would be; empty where there is one.
    tip
        The same in sentences.
    """

    name: str
    mark: str = ""
    bic: str = ""
    verdicts: tuple[str, ...] = ("",)
    best: bool = False
    details: tuple[tuple[str, ...], tuple[str, ...]] = (("",), ("",))
    instead: str = ""
    tip: str = ""

    @property
    def verdict(self) -> str:
        """How it does beside the others, at full length."""
        return self.verdicts[0]

    @property
    def spoken(self) -> str:
        """All of it in one line, for those who hear it."""
        details = (wordings[0] for wordings in self.details)
        parts = (self.name, self.mark, self.bic, self.verdict, *details, self.instead)
        return ", ".join(part for part in parts if part)


class ComparedTile(KeyboardFocus):
    """Figures over a plot; a click or Enter takes the shape.

    Attributes
    ----------
    plot
        The plot.
    taken : Signal
        It was clicked.
    moved : Signal
        The range of its plot was changed by hand.
    """

    taken = Signal(object)
    moved = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = Figures("")
        self._takes = self._shown = self._over = False
        self.plot = PlanePlot(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.box.tools = [self]
        self.plot.box.moved_by_hand.connect(self._moved)
        self.plot.box.went_home.connect(self._moved)
        self._name = ElidedLabel(parent=self, bold=True)
        right = Qt.AlignmentFlag.AlignRight
        self._mark = ElidedLabel(parent=self, role="accent", factor=_SMALL, align=right)
        self._bic = ElidedLabel(parent=self)
        self._verdict = ElidedLabel(parent=self, role="muted", factor=12 / 13)
        self._details = tuple(
            ElidedLabel(parent=self, role="muted", factor=_SMALL) for _ in range(2)
        )
        self._instead = QLabel(self)
        self._instead.setProperty("role", "note")
        self._instead.setWordWrap(True)
        self._instead.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._name, 1)
        head.addWidget(self._mark)
        words = QVBoxLayout()
        words.setContentsMargins(_SIDE, 6, _SIDE, 2)
        words.setSpacing(1)
        words.addLayout(head)
        self._lines = (self._name, self._bic, self._verdict, *self._details)
        for line in self._lines[1:]:
            words.addWidget(line)
        below = QWidget(self)
        self._pages = QStackedLayout(below)
        self._pages.addWidget(self.plot)
        self._pages.addWidget(self._instead)
        self._instead.setContentsMargins(10, 8, 10, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 3)
        layout.setSpacing(0)
        layout.addLayout(words)
        layout.addWidget(below, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for child in self._lines:
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_figures(self, figures: Figures, *, takes: bool, shown: bool) -> None:
        """Say how the shape does; `takes`: it can be taken, `shown`: it is the fit shown."""
        self.figures, self._takes, self._shown = figures, takes, shown
        self._name.set_text(figures.name)
        self._mark.set_text(figures.mark)
        self._mark.setVisible(bool(figures.mark))
        self._verdict.set_role("good" if figures.best else "muted")
        self._instead.setText(figures.instead)
        self._pages.setCurrentIndex(1 if figures.instead else 0)
        self._write()
        self.setAccessibleName(figures.spoken)
        self.setAccessibleDescription(figures.tip)
        for widget in (self, self.plot):
            widget.setToolTip(figures.tip)
        hand = Qt.CursorShape.PointingHandCursor if takes else Qt.CursorShape.ArrowCursor
        self.setCursor(hand)
        self.plot.viewport().setCursor(hand)
        self.update()

    def _write(self) -> None:
        """Write as much as there is room for."""
        room = self.width() - 2 * _SIDE - 4
        bic, verdicts = self.figures.bic, self.figures.verdicts
        _longest(self._bic, (f"{bic}{_LOWER}", bic) if bic else verdicts, room)
        _longest(self._verdict, verdicts if bic else ("",), room)
        self._bic.set_role("text" if bic else "muted")
        for label, wordings in zip(self._details, self.figures.details, strict=True):
            _longest(label, wordings, room)

    def words_height(self) -> int:
        """Return how high all the words over the plot are."""
        return _FRAME + sum(line.sizeHint().height() + 1 for line in self._lines)

    def make_room(self, height: float) -> None:
        """Show as much of the words as leaves room for the plot, in a tile so high."""
        scarce = height - self.words_height() - _BELOW < _LEAST_PLOT * theme.zoom()
        for line in self._details:
            line.setVisible(not scarce)

    def restyle(self) -> None:
        """Follow look and text size."""
        self.plot.restyle()
        self.update()

    # ---- mouse and keys ------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._write()
        room = min(self.width(), self.height() - self.words_height())
        self.plot.set_share(round(min(max(room / _USUAL, _SMALLEST), 1.0), 1))

    @Slot()
    def _moved(self) -> None:
        self.moved.emit(self)

    def _take(self) -> None:
        if self._takes:
            self.taken.emit(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self._take()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._take()
        elif event.key() in _PLOT_KEYS:
            self.plot.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def dragged(self, event) -> bool:
        """Leave dragging to the plot."""
        return False

    def hovered(self, place: QPointF) -> bool:
        """Leave hovering to the plot."""
        return False

    def clicked(self, event) -> bool:
        """Take the shape at a click into its plot."""
        if event.button() != Qt.MouseButton.LeftButton or not self._takes:
            return False
        if not event.double():
            self._take()
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._over = False
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self._shown or self._by_keyboard
        frame = "accent" if strong else "faint" if self._over and self._takes else "border"
        width = 2.0 if self._by_keyboard else 1.4 if self._shown else 1.0
        painter.setPen(QPen(theme.color(frame), width))
        painter.setBrush(theme.color("window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


def _longest(label: ElidedLabel, wordings: tuple[str, ...], room: int) -> None:
    """Write the first wording that fits, else the last."""
    fitting = (words for words in wordings if label.width_of(words) <= room)
    label.set_text(next(fitting, wordings[-1]))


_PLOT_KEYS = (
    Qt.Key.Key_Plus,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_0,
    Qt.Key.Key_Home,
)
