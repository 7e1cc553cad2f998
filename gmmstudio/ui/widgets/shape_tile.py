"""Picture tiles for the shape of the clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from gmmstudio.mixture.pictures import Blob
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.mixture.structures import SHAPES as FRONT
from gmmstudio.ui import theme
from gmmstudio.ui.widgets.painting import box_fill, guarded, scaled_font, tab_to, text_colour


class Shape(NamedTuple):
    """What a tile offers: the structure's letters, its name, its explanation, its picture."""

    key: str
    name: str
    tooltip: str
    blobs: tuple[Blob, ...] = ()
    curves: tuple[Blob, ...] = ()  # bell curves for one column: x = centre, a = spread, b = height
    spoken: str = ""  # its name for those who hear it, where the tile shows letters


SHAPES = (
    Shape(
        "VII",
        "Spherical",
        "Spherical — round, any size.\nEach cluster spreads alike in all columns.\nΣ_k = λ_k I",
        (Blob(13, 13.5, 7.5, 7.5), Blob(27, 12, 10, 10)),
    ),
    Shape(
        "VVI",
        "Diagonal",
        "Diagonal — upright, any size.\nWithin a cluster the columns vary independently.\n"
        "Σ_k = diag(σ²_k1 … σ²_kd)",
        (Blob(12, 12.5, 11, 6.5), Blob(32, 12.5, 5.5, 11.5)),
    ),
    Shape(
        "EEE",
        "Tied",
        "Tied — any tilt, but the same for all clusters.\nThe fewest figures to estimate, so good "
        "for small tables.\nΣ_k = Σ",
        (Blob(13.5, 13.5, 11.5, 6.5, -42), Blob(27, 11, 11.5, 6.5, -42)),
    ),
    Shape(
        "VVV",
        "Full",
        "Full — any tilt, any size.\nEach cluster has a shape of its own.\nΣ_k free",
        (Blob(13, 14.5, 11, 6, -38), Blob(29, 11, 11, 7.5, -68)),
    ),
)

SPREADS = (
    Shape(
        "EEE",
        "Same spread",
        "Same spread — every cluster is equally wide.\nσ²_k = σ²",
        curves=(Blob(13, 21, 4.5, 16), Blob(28, 21, 4.5, 16)),
    ),
    Shape(
        "VVV",
        "Own spread",
        "Own spread — each cluster has its own width.\nσ²_k free",
        curves=(Blob(11, 21, 3, 19), Blob(27, 21, 6.5, 10)),
    ),
)


def _of(letters: str) -> Shape:
    """Return the tile of a structure: its letters, its words, its picture."""
    structure = STRUCTURES[letters]
    words = structure.words[0].upper() + structure.words[1:]
    sentence = structure.sentence[0].upper() + structure.sentence[1:]
    return Shape(
        letters,
        letters,
        f"{letters} — {words}.\n{sentence}.\n{structure.formula}",
        tuple(structure.picture),
        spoken=f"{letters}, {structure.words}",
    )


MORE_SHAPES = tuple(_of(letters) for letters in ALL if letters not in FRONT)


class ShapeTile(QAbstractButton):
    """One tile: a picture of clusters and a word, or its letters where there is little room."""

    def __init__(
        self, shape: Shape, parent: QWidget | None = None, *, compact: bool = False
    ) -> None:
        super().__init__(parent)
        self.shape_ = shape
        self._compact = compact
        self.setCheckable(True)
        self.setText(shape.name)
        self.setAccessibleName(shape.spoken or shape.name)
        self.explain("")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def explain(self, more: str) -> None:
        """Add a line to what the tile says about its shape."""
        text = f"{self.shape_.tooltip}\n{more}" if more else self.shape_.tooltip
        if text != self.toolTip():
            self.setToolTip(text)
            self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        if self._compact:
            return QSize(44, 25 + self.fontMetrics().height() + 4)
        return QSize(60, 34 + self.fontMetrics().height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(40 if self._compact else 48, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        width = 2.0 if chosen else 1.0
        half = width / 2
        painter.setPen(QPen(QColor(now.accent if chosen else now.border), width))
        painter.setBrush(QColor(now.accent_soft) if chosen else box_fill(hover=self.underMouse()))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 1.0, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)
        painter.setFont(self._text_font(chosen))
        text_height = painter.fontMetrics().height()
        painter.setPen(QColor(now.accent if chosen else now.muted))
        top, bottom = (4, 9) if self._compact else (7, 15)
        draw_shape(
            painter,
            self.shape_,
            QRectF(0, top, self.width(), self.height() - text_height - bottom),
        )
        painter.setPen(text_colour())
        lift = 4 if self._compact else 6
        below = self.rect().adjusted(1, self.height() - text_height - lift, -1, 2 - lift)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())

    def _text_font(self, chosen: bool) -> QFont:
        """Return the font of the name, smaller where large text meets a narrow panel."""
        font = scaled_font(self.font(), 0.8 if self._compact else 0.85, bold=chosen)
        needed = QFontMetrics(font).horizontalAdvance(self.text())
        room = self.width() - 6
        return font if needed <= room else scaled_font(font, max(0.5, room / needed))


def draw_shape(painter: QPainter, shape: Shape, area: QRectF) -> None:
    """Draw the picture of a shape in the middle of ``area``, in the painter's pen."""
    scale = min(area.width() / 44, area.height() / 25)
    if scale <= 0:
        return
    painter.save()
    pen = painter.pen()
    pen.setWidthF(1.4 / scale if scale > 0.8 else 1.1 / scale)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-20, -12.5)
    for blob in shape.blobs:
        painter.save()
        painter.translate(blob.x, blob.y)
        painter.rotate(blob.tilt)
        painter.drawEllipse(QPointF(0, 0), blob.a, blob.b)
        painter.restore()
    for curve in shape.curves:
        x = np.linspace(-3, 3, 41)
        y = curve.y - curve.b * np.exp(-(x**2) / 2)
        points = [QPointF(curve.x + curve.a * u, v) for u, v in zip(x, y, strict=True)]
        painter.drawPolyline(QPolygonF(points))
    painter.restore()


class ShapePicker(QWidget):
    """Tiles of a radio group, ``columns`` in a row; arrow keys move within the group.

    Two pickers may share a ``group``: then one tile of both is chosen.
    """

    chosen = Signal(str)

    def __init__(
        self,
        shapes: Sequence[Shape],
        parent: QWidget | None = None,
        *,
        columns: int = 0,
        group: QButtonGroup | None = None,
        name: str = "Shape of the clusters",
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        compact = columns > 0
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 if compact else 8)
        grid.setVerticalSpacing(4)
        self._group = group or QButtonGroup(self)
        self.tiles = [ShapeTile(shape, compact=compact) for shape in shapes]
        for place, tile in enumerate(self.tiles):
            self._group.addButton(tile)
            row, column = divmod(place, columns or len(self.tiles))
            grid.addWidget(tile, row, column)
            grid.setColumnStretch(column, 1)
        # The group's signal also tells of the arrow keys, and never of set_current.
        self._group.buttonClicked.connect(self._on_clicked)

    def current(self) -> str | None:
        """Return the letters of the tile chosen; None where it is another picker's."""
        return next((tile.shape_.key for tile in self.tiles if tile.isChecked()), None)

    def set_current(self, key: str) -> None:
        """Choose a tile, if it is one of these."""
        for tile in self.tiles:
            if tile.shape_.key == key:
                tile.setChecked(True)
                tab_to(tile, self._group.buttons())

    def let_tab_in(self, wanted: bool) -> None:
        """Let Tab lead to the first tile although another picker's is chosen."""
        policy = Qt.FocusPolicy.StrongFocus if wanted else Qt.FocusPolicy.ClickFocus
        if self.current() is None:
            self.tiles[0].setFocusPolicy(policy)

    def tile(self, key: str) -> ShapeTile:
        return next(tile for tile in self.tiles if tile.shape_.key == key)

    def _on_clicked(self, button: QAbstractButton) -> None:
        if isinstance(button, ShapeTile) and button in self.tiles:
            self.chosen.emit(button.shape_.key)
