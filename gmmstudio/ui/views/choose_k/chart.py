"""The chart of Choose K: a line per shape, the best model marked and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.fitting.sweep import Cell
from gmmstudio.report.evidence import Line, best_dot
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.views.axes_frame import TICK_TEXT
from gmmstudio.ui.views.choose_k.drawing import Picture, label_font
from gmmstudio.ui.views.choose_k.evidence import (
    describe,
    describe_above,
    describe_gaps,
    describe_line,
    name,
    twins,
)
from gmmstudio.ui.views.choose_k.layout import GAP, Layout, Spot, lay_out
from gmmstudio.ui.views.convergence.curve import decimals, fixed
from gmmstudio.ui.views.keyboard_focus import KeyboardFocus
from gmmstudio.ui.widgets.folding import folded
from gmmstudio.ui.widgets.painting import guarded

RowNumbers = Callable[[], NDArray[np.int64] | None]


class KChart(KeyboardFocus):
    """Draws the models of a sweep and turns clicks and keys into models.

    Attributes
    ----------
    opened : Signal
        A model was chosen: its cell.
    laid_out : Signal
        Sizes or models have changed.
    """

    opened = Signal(object)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._criterion = "BIC"
        self._components: tuple[int, ...] = ()
        self._column_names: Sequence[str] = ()
        self._row_numbers: RowNumbers | None = None
        self._shown: Cell | None = None
        self._complete = True
        self._layout: Layout | None = None
        self._hovered: Spot | None = None
        self._pointed: Line | None = None  # its name is under the mouse
        self._held: str | None = None  # structure of the line kept in front
        self._cursor: Cell | None = None  # of the keyboard
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(360, 140)

    def show_models(
        self,
        lines: tuple[Line, ...],
        criterion: str,
        components: Sequence[int],
        column_names: Sequence[str],
        shown: Cell | None,
        *,
        complete: bool,
        row_numbers: RowNumbers | None = None,
    ) -> None:
        """Show these models.

        Parameters
        ----------
        lines, criterion
            The models, and what they are compared by.
        components
            The K of the axis, those to come included.
        column_names, row_numbers
            What the user calls the columns and the rows of the sample; the latter is asked for
            when it is needed.
        shown
            The model on the screen.
        complete
            All models that were asked for are there.
        """
        self._lines, self._criterion = lines, criterion
        self._components, self._column_names = tuple(components), column_names
        self._shown, self._complete = shown, complete
        self._row_numbers = row_numbers
        self.relayout()

    def relayout(self) -> None:
        """Place everything anew: other models, another size, another text size."""
        self._hovered = self._pointed = None
        self._layout = None
        if self._lines and self.width() > 40 and self.height() > 40:
            metrics = QFontMetricsF(label_font())
            label = (metrics.horizontalAdvance(self.best_text()) + 2, metrics.height())
            height = QFontMetricsF(theme.font(TICK_TEXT)).height()
            self._layout = lay_out(
                self._lines, self._area(), label, height, components=self._components
            )
        self._name_for_readers()
        self.update()
        self.laid_out.emit()

    @property
    def layout_now(self) -> Layout | None:
        """Where everything stands; None without models."""
        return self._layout

    def best_text(self) -> str:
        """Return the label of the best model."""
        best = self._best_cell()
        if best is None:
            return ""
        return f"best{'' if self._complete else ' so far'}: {name(best)}"

    def _best_cell(self) -> Cell | None:
        best = best_dot(self._lines)
        return None if best is None else best.cell

    def _name_for_readers(self) -> None:
        self.setAccessibleName(f"{self._criterion} against the number of clusters")
        self.setAccessibleDescription(self.best_text())

    def _area(self) -> Box:
        metrics = QFontMetricsF(theme.font(TICK_TEXT))
        names = max((metrics.horizontalAdvance(line.label) for line in self._lines), default=0.0)
        values = [dot.value for line in self._lines for dot in line.dots if dot.value is not None]
        numbers = max(
            (
                metrics.horizontalAdvance(fixed(v, decimals(min(values), max(values))))
                for v in values
            ),
            default=20.0,
        )
        left, bottom = numbers + 14, metrics.height() + 6
        return Box(
            left,
            6.0,
            max(self.width() - left - names - 8, 20.0),
            max(self.height() - 8 - bottom, 20.0),
        )

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        layout = self._layout
        if layout is None:
            return
        painter = QPainter(self)
        spot = self._hovered or (self._cursor_spot(layout) if self._by_keyboard else None)
        Picture(self._lines, layout, self.front, spot, self._shown, self.best_text()).paint(painter)
        self.draw_focus(painter, below=0.5)

    @property
    def front(self) -> Line | None:
        """The line drawn in front of the others: pointed at, walked along, or held."""
        if self._hovered is not None and not self._in_pile(self._hovered):
            return self._hovered.line
        if self._pointed is not None:
            return self._pointed
        if self._by_keyboard and self._cursor is not None and self._layout is not None:
            spot = self._cursor_spot(self._layout)
            return None if spot is None else spot.line
        return self._held_line()

    def _held_line(self) -> Line | None:
        return next((line for line in self._lines if line.structure == self._held), None)

    def _in_pile(self, spot: Spot) -> bool:
        return self._layout is not None and self._layout.pile_of(spot) is not None

    # ---- mouse and keys ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        spot = self._spot_at(place)
        line = self._name_at(place) if spot is None else None
        if spot is self._hovered and line is self._pointed:
            return
        self._hovered, self._pointed = spot, line
        opens = line is not None or (spot is not None and spot.dot.value is not None)
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)
        self.update()
        if spot is not None:
            words = self.describe_pile(spot) or self.describe(spot)
        else:
            words = "" if line is None else self.describe_name(line)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), folded(words), self)
        else:
            QToolTip.hideText()

    def _spot_at(self, place: QPointF) -> Spot | None:
        """Return the model at a place: the best on its mark, else first one of the line held."""
        if self._layout is None:
            return None
        held = self._held_line()
        x, y = place.x(), place.y()
        layout = self._layout
        return layout.best_at(x, y) or layout.nearest(x, y, of=held) or layout.nearest(x, y)

    def _name_at(self, place: QPointF) -> Line | None:
        if self._layout is None:
            return None
        height = QFontMetricsF(theme.font(TICK_TEXT)).height()
        return self._layout.named(place.x(), place.y(), height)

    def describe(self, spot: Spot, *, by_keyboard: bool = False) -> str:
        """Say all figures of a model, and how to open it from where the user is."""
        best = None if self._layout is None or self._layout.best is None else self._layout.best.dot
        collapsed = spot.dot.cell.collapsed is not None
        return describe(
            spot.dot,
            best,
            self._criterion,
            self._column_names,
            self._row_numbers() if collapsed and self._row_numbers is not None else None,
            shown=spot.dot.cell is self._shown,
            by_keyboard=by_keyboard,
            same=twins(spot.dot, self._lines),
        )

    def describe_pile(self, spot: Spot) -> str:
        """Say what a mark stands for that several models share; empty for any other."""
        pile = None if self._layout is None else self._layout.pile_of(spot)
        if pile is None or spot.line is self._held_line():
            return ""
        dots = [each.dot for each in pile.spots]
        if pile.kind == GAP:
            return describe_gaps(dots, len(self._lines))
        return describe_above(dots, self._criterion)

    def describe_name(self, line: Line) -> str:
        """Say what a shape is and how well it does."""
        held = line.structure == self._held
        words = describe_line(line, best_dot(self._lines), self._criterion)
        return f"{words}\n{'Click to let go of it' if held else 'Click to keep it in front'}"

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = self._pointed = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._layout is None:
            return
        place = event.position()
        spot = self._spot_at(place)
        line = self._name_at(place) if spot is None else None
        if spot is not None:
            self._open(spot)
        else:
            self._held = None if line is None or line.structure == self._held else line.structure
            self.update()

    def _open(self, spot: Spot | None) -> None:
        if spot is not None and spot.dot.value is not None:
            self._cursor = spot.dot.cell
            self.opened.emit(spot.dot.cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layout = self._layout
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if layout is None or not layout.spots:
            super().keyPressEvent(event)
        elif key in steps:
            self._move_cursor(layout, *steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self._cursor_spot(layout))
        else:
            super().keyPressEvent(event)

    def _cursor_spot(self, layout: Layout) -> Spot | None:
        for wanted in (self._cursor, self._shown):
            for spot in layout.spots:
                if wanted is not None and spot.dot.cell is wanted:
                    return spot
        return layout.best

    def _move_cursor(self, layout: Layout, right: int, down: int) -> None:
        now = self._cursor_spot(layout)
        if now is None:
            return
        if right:
            row = [s for s in layout.spots if s.line is now.line]
            row.sort(key=lambda s: s.dot.n_components)
        else:
            row = [s for s in layout.spots if s.dot.n_components == now.dot.n_components]
            row.sort(key=lambda s: s.y)
        place = min(max(row.index(now) + right + down, 0), len(row) - 1)
        spot = row[place]
        self._cursor = spot.dot.cell
        self.update()
        where = self.mapToGlobal(QPointF(spot.x, spot.y).toPoint())
        QToolTip.showText(where, folded(self.describe(spot, by_keyboard=True)), self)

    # ---- size ----------------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.relayout()
