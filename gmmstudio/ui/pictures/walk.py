"""From widgets to a picture: what is drawn stays, what is only there to be pressed goes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QRegion, QTextDocument, QTransform
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsItem,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QSplitterHandle,
    QStyleOptionGraphicsItem,
    QTabBar,
    QTableView,
    QWidget,
)

from gmmstudio.ui import theme
from gmmstudio.ui.pictures.cells import draw_cells
from gmmstudio.ui.pictures.picture import Recorder
from gmmstudio.ui.widgets.labels import ElidedLabel

_PRESSED = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QSplitterHandle,
    QTabBar,
)
_ROLES = {
    "muted": "muted",
    "note": "muted",
    "section": "muted",
    "warning": "warning",
    "danger": "danger",
    "good": "good",
}


def draw_widget(recorder: Recorder, widget: QWidget, at: QPoint) -> None:
    """Draw a widget and what is in it.

    A widget with a method ``draw_on_paper(painter)`` draws itself so, in its own pixels. One with
    a method ``paper_layers()`` returns such functions, and parts to be drawn later, from the
    lowest; one whose ``not_on_paper`` is true is left out.

    Parameters
    ----------
    recorder
        Takes it down.
    widget
        A visible one.
    at
        Where its corner lies in the picture.
    """
    if hasattr(widget, "draw_on_paper"):
        with _Saved(recorder, at) as painter:
            widget.draw_on_paper(painter)
        return
    if isinstance(widget, _PRESSED) or getattr(widget, "not_on_paper", False):
        return
    if hasattr(widget, "paper_layers"):
        for layer in widget.paper_layers():
            _draw_layer(recorder, widget, at, layer)
        return
    if isinstance(widget, QGraphicsView):
        _draw_scene(recorder, widget, at)
    elif isinstance(widget, QTableView):
        with _Saved(recorder, at) as painter:
            draw_cells(painter, widget)
        return
    elif isinstance(widget, QAbstractItemView):
        return
    elif isinstance(widget, QLabel):
        with _Saved(recorder, at) as painter:
            _draw_label(painter, widget)
    elif _paints_itself(widget) and not _is_cut(widget):
        with _Saved(recorder, at) as painter:
            widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow() and not child.isHidden():
            draw_widget(recorder, child, at + child.pos())


def _draw_layer(recorder: Recorder, widget: QWidget, at: QPoint, layer) -> None:
    if callable(layer):
        with _Saved(recorder, at) as painter:
            layer(painter)
    else:
        area = QRectF(widget.rect().translated(at))
        recorder.put(layer, QTransform.fromTranslate(at.x(), at.y()), area)


class _Saved:
    """The recorder's painter at a place, put back afterwards."""

    def __init__(self, recorder: Recorder, at: QPoint) -> None:
        self._painter, self._at = recorder.painter, at

    def __enter__(self) -> QPainter:
        self._painter.save()
        self._painter.translate(self._at)
        return self._painter

    def __exit__(self, *_error: object) -> None:
        self._painter.restore()


def _paints_itself(widget: QWidget) -> bool:
    """Tell whether the painting is the program's own, not that of Qt's style."""
    return any("paintEvent" in vars(kind) for kind in type(widget).__mro__ if _is_ours(kind))


def _is_ours(kind: type) -> bool:
    return not kind.__module__.startswith(("PySide6.", "Shiboken", "pyqtgraph."))


def _is_cut(widget: QWidget) -> bool:
    """Tell whether a line of words has no room: on paper nobody can ask for the rest."""
    return isinstance(widget, ElidedLabel) and widget.width_of(widget.text()) > widget.width() + 2


def _draw_label(painter: QPainter, label: QLabel) -> None:
    """Draw a label in the colours of the theme in use, which its style sheet need not be in."""
    color = theme.color(_ROLES.get(str(label.property("role") or ""), "text"))
    text, area = label.text(), QRectF(label.contentsRect())
    if not text:
        if not (pixmap := label.pixmap()).isNull():
            painter.drawPixmap(area.topLeft(), pixmap)
        return
    if "</" in text and label.textFormat() != Qt.TextFormat.PlainText:
        _draw_rich(painter, label, color)
        return
    painter.setFont(label.font())
    painter.setPen(color)
    flags = label.alignment() | Qt.TextFlag.TextDontClip
    painter.drawText(area, flags | Qt.TextFlag.TextWordWrap if label.wordWrap() else flags, text)


def _draw_rich(painter: QPainter, label: QLabel, color: QColor) -> None:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(label.font())
    document.setDefaultStyleSheet(f"body {{ color: {color.name()}; }}")
    document.setHtml(f"<body>{label.text()}</body>")
    document.setTextWidth(label.contentsRect().width())
    painter.translate(label.contentsRect().topLeft())
    document.drawContents(painter)


def _draw_scene(recorder: Recorder, view: QGraphicsView, at: QPoint) -> None:
    """Draw the items of a scene one by one, those on paper later where they ask for it."""
    to_picture = view.viewportTransform() * QTransform.fromTranslate(at.x(), at.y())
    whole = QRectF(view.viewport().geometry().translated(at))
    for item in view.scene().items(Qt.SortOrder.AscendingOrder):
        if not item.isVisible() or item.flags() & QGraphicsItem.GraphicsItemFlag.ItemHasNoContents:
            continue
        transform = item.deviceTransform(view.viewportTransform()) * QTransform.fromTranslate(
            at.x(), at.y()
        )
        clip = _clip_of(item, to_picture, whole)
        if hasattr(item, "on_paper"):
            part = item.on_paper()
            if part is not None:
                recorder.put(part, transform, clip)
            continue
        painter = recorder.painter
        painter.save()
        painter.setClipRect(clip, Qt.ClipOperation.IntersectClip)
        painter.setTransform(transform, True)
        painter.setOpacity(item.effectiveOpacity())
        option = QStyleOptionGraphicsItem()
        option.exposedRect = item.boundingRect()
        item.paint(painter, option, None)
        painter.restore()


def _clip_of(item: QGraphicsItem, to_picture: QTransform, whole: QRectF) -> QRectF:
    """Return what of an item is seen: what its ancestors leave of it."""
    clip = whole
    above: QGraphicsItem | None = item.parentItem()  # whatever Qt's own types say
    while above is not None:
        if above.flags() & QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape:
            clip = clip.intersected(to_picture.mapRect(above.sceneBoundingRect()))
        above = above.parentItem()
    return clip
