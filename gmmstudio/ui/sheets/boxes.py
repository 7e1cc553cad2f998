"""What is put on a sheet, from the top: each box knows its height and how to paint itself.

Lengths are pixels at 96 to the inch, on which the PDF's own dots lie much finer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.etree import ElementTree

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer

from gmmstudio.report.drawing import SIZE, Drawing
from gmmstudio.report.figures import Look, sign
from gmmstudio.report.markup import Run, Text, plain
from gmmstudio.ui import theme

INK, MUTED, RULE, HAIR = "#1c2430", "#5a6472", "#b9c0cc", "#e4e7ec"
_TEXT = "{http://www.w3.org/2000/svg}text"
_FINE = 10
SIGN = 15.0  # pixels for a cluster's sign and the gap after it


class Box(Protocol):
    """Something on a sheet.

    Attributes
    ----------
    height
        In pixels.
    before
        Room above it, unless it is the first on its sheet.
    keeps_next
        Whether the next box should be on the same sheet.
    """

    height: float
    before: float
    keeps_next: bool

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Paint it with its upper left corner there."""


def font(pixels: float, *, bold: bool = False) -> QFont:
    """Return the program's font in a size."""
    result = QFont(theme.FAMILY)
    result.setPointSizeF(pixels * 0.75)  # pixel sizes are whole; points are not
    result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Signs that change their form between digits are found by no search in the PDF.
    for form in ("calt", "clig"):
        result.setFeature(QFont.Tag(form), 0)
    return result


def words_document(
    words: Text,
    width: float,
    pixels: float,
    color: str = INK,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    spacing: int = 130,
) -> QTextDocument:
    """Lay words out in a width."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(font(pixels))
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setUseDesignMetrics(True)
    document.setDefaultTextOption(option)
    cursor = QTextCursor(document)
    block = QTextBlockFormat()
    proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
    block.setLineHeight(spacing, proportional.value)
    block.setAlignment(align)
    cursor.setBlockFormat(block)
    for run in words:
        how = QTextCharFormat()
        how.setForeground(QColor(color))
        how.setFont(font(pixels, bold=run.bold))
        if run.link:  # the PDF leads there
            how.setAnchor(True)
            how.setAnchorHref(run.link)
        cursor.insertText(run.text, how)
    document.setTextWidth(width)
    return document


class Words:
    """A paragraph, with a line at its left and a ground where it is a warning.

    Attributes
    ----------
    bookmark
        What it is called among the bookmarks, and at which level; None where it is no heading.
    """

    def __init__(
        self,
        words: Text,
        width: float,
        pixels: float,
        color: str = INK,
        *,
        before: float = 6.0,
        keeps_next: bool = False,
        mark: str = "",
        ground: str = "",
        look: Look | None = None,
        indent: float = 0.0,
        bullet: str = "",
        level: int | None = None,
    ) -> None:
        self.before, self.keeps_next = before, keeps_next
        self.bookmark = None if level is None else (plain(words), level)
        self._mark, self._ground, self._width = mark, ground, width
        self._sign = None if look is None else sign(look)
        self._pad = 8.0 if mark else 0.0
        self._left = indent + (12.0 if mark else 0.0) + (SIGN + 3 if look else 0.0)
        self._pixels = pixels
        self._bullet = words_document((Run(bullet),), indent, pixels, color) if bullet else None
        self._document = words_document(words, width - self._left, pixels, color)
        self.height = self._document.size().height() + 2 * self._pad

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        if self._ground:
            painter.fillRect(QRectF(x, y, self._width, self.height), QColor(self._ground))
            painter.fillRect(QRectF(x, y, 2.5, self.height), QColor(self._mark))
        if self._sign is not None:
            paint_drawing(painter, self._sign, x, y + 0.65 * self._pixels - 7, 14.0)
        painter.save()
        painter.translate(x + self._left, y + self._pad)
        self._document.drawContents(painter)
        if self._bullet is not None:
            painter.translate(-self._left + 3.0, 0.0)
            self._bullet.drawContents(painter)
        painter.restore()

    @property
    def is_short(self) -> bool:
        """Whether it is two lines or less."""
        return self.height < 3.2 * self._pixels


class Rule:
    """A thin line across."""

    keeps_next = True

    def __init__(self, width: float, before: float) -> None:
        self.height, self.before, self._width = 1.0, before, width

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        painter.setPen(QPen(QColor(HAIR), 1.0))
        painter.drawLine(QPointF(x, y), QPointF(x + self._width, y))


class Picture:
    """A figure across the sheet, never cut in two."""

    keeps_next = True  # its caption

    def __init__(self, figure: Drawing, width: float, before: float = 10.0) -> None:
        self._figure, self._width, self.before = figure, width, before
        self.height = figure.height * width / figure.width

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        paint_drawing(painter, self._figure, x, y, self._width)


def paint_drawing(painter: QPainter, figure: Drawing, x: float, y: float, width: float) -> None:
    """Paint a drawing so wide: its words stay words, in the font that searches find them in."""
    root = ElementTree.fromstring(figure.svg())
    texts = root.findall(_TEXT)
    for element in texts:
        root.remove(element)
    renderer = QSvgRenderer(QByteArray(ElementTree.tostring(root)))
    renderer.render(painter, QRectF(x, y, width, figure.height * width / figure.width))
    painter.save()
    painter.translate(x, y)
    painter.scale(width / figure.width, width / figure.width)
    for element in texts:
        _paint_text(painter, element)
    painter.restore()


def _paint_text(painter: QPainter, element: ElementTree.Element) -> None:
    """Paint a text as `drawing.words` writes it."""
    size, words = float(element.get("font-size", SIZE)), element.text or ""
    how = font(size, bold=element.get("font-weight") is not None)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")]
    painter.save()
    painter.translate(float(element.get("x", "0")), float(element.get("y", "0")))
    if element.get("transform") is not None:
        painter.rotate(-90)
    # In whole pixels, ten times as many: points would be those of the file's own dots.
    how.setPixelSize(round(_FINE * size))
    painter.scale(1 / _FINE, 1 / _FINE)
    painter.setFont(how)
    painter.setPen(QColor(element.get("fill", INK)))
    painter.drawText(QPointF(-share * QFontMetricsF(how).horizontalAdvance(words), 0.0), words)
    painter.restore()


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its words, how they stand, and the sign before them."""

    words: Text
    right: bool = False
    color: str = INK
    look: Look | None = None


class Row:
    """A row of a table, with a line under it."""

    def __init__(
        self,
        cells: Sequence[Cell],
        widths: Sequence[float],
        pixels: float,
        *,
        head: bool = False,
        before: float = 0.0,
    ) -> None:
        self.before, self.keeps_next = before, head
        self._cells, self._widths, self._pixels, self._head = cells, widths, pixels, head
        right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        self._documents = [
            words_document(
                cell.words,
                max(width - GUTTER - (SIGN if cell.look else 0.0), 8.0),
                pixels,
                cell.color,
                right if cell.right else left,
                115,
            )
            for cell, width in zip(cells, widths, strict=True)
        ]
        self._pad = 0.34 * pixels
        tallest = max(document.size().height() for document in self._documents)
        self.height = tallest + 2 * self._pad

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        at = x
        for cell, document, width in zip(self._cells, self._documents, self._widths, strict=True):
            left = at
            if cell.look is not None:
                paint_drawing(painter, sign(cell.look), at, y + self._pad + 0.5, 11.5)
                left += SIGN
            down = self.height - 2 * self._pad - document.size().height() if self._head else 0.0
            painter.save()
            painter.translate(left, y + self._pad + down)
            document.drawContents(painter)
            painter.restore()
            at += width
        bottom = y + self.height
        painter.setPen(QPen(QColor(RULE if self._head else HAIR), 0.8))
        painter.drawLine(QPointF(x, bottom), QPointF(x + sum(self._widths) - GUTTER, bottom))


GUTTER = 12.0


def text_width(words: Text, pixels: float) -> float:
    """Return how wide words are on one line."""
    return sum(
        QFontMetricsF(font(pixels, bold=run.bold)).horizontalAdvance(run.text) for run in words
    )


def longest_word(words: Text, pixels: float) -> float:
    """Return how wide the longest word is."""
    parts = [part for run in words for part in run.text.split(" ")]
    return max((text_width((Run(part),), pixels) for part in parts), default=0.0)
