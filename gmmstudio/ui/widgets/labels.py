"""Labels: one that elides, the header of a section, a paragraph with an accent bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.painting import box_fill, guarded, scaled_font, text_colour
from gmmstudio.ui.widgets.tips import plain_tip

_TABULAR = QFont.Tag("tnum")


class ElidedLabel(QWidget):
    """One line of text that gives way: to a shorter one if it has one, else with "…".

    The tooltip shows the whole when it had to. A figure that changes while one looks has digits of
    equal width: it stands still, and nothing around it is laid out anew.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "text",
        factor: float = 1.0,
        bold: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        middle: bool = False,
        equal_digits: bool = False,
    ) -> None:
        super().__init__(parent)
        self._equal_digits = equal_digits
        self._text, self._role, self._factor, self._bold = text, role, factor, bold
        self._face: tuple[QFont, QFontMetrics] | None = None  # measured once for each font
        self._advance: int | None = None  # of the text
        self._align = align
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self._explanation = ""
        self._shorter: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str, *shorter: str) -> None:
        """Write a text, or the longest of ever shorter ones that there is room for."""
        if text == self._text and shorter == self._shorter:
            return
        self._shorter = shorter
        before = self._whole()
        self._text, self._advance = text, None
        self.setAccessibleName(text)
        if self._whole() != before:
            self.updateGeometry()
        self._update_tooltip()
        self.update()

    def fitting(self) -> str:
        """Return the longest of its texts that there is room for; the shortest if there is none."""
        room = self.width() + 1
        if not self._shorter or self._whole() <= room:
            return self._text
        advance = self._metrics().horizontalAdvance
        return next((text for text in self._shorter if advance(text) <= room), self._shorter[-1])

    def set_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def set_explanation(self, text: str) -> None:
        """Say what the line means; shown as tooltip, after the whole line where that is cut."""
        if text != self._explanation:
            self._explanation = text
            self._update_tooltip()

    def _measured(self) -> tuple[QFont, QFontMetrics]:
        if self._face is None:
            font = scaled_font(self.font(), self._factor, bold=self._bold)
            if self._equal_digits:
                font.setFeature(_TABULAR, 1)
            self._face = font, QFontMetrics(font)
        return self._face

    def _metrics(self) -> QFontMetrics:
        return self._measured()[1]

    def _whole(self) -> int:
        """Return the width of the text."""
        if self._advance is None:
            self._advance = self._metrics().horizontalAdvance(self._text)
        return self._advance

    def _update_tooltip(self) -> None:
        cut = self._whole() > self.width() + 1
        parts = [self._text] if cut else []
        if self._explanation:
            parts.append(self._explanation)
        tooltip = plain_tip("\n".join(parts))
        if tooltip != self.toolTip():
            self.setToolTip(tooltip)

    def sizeHint(self) -> QSize:
        return QSize(self._whole() + 2, self._metrics().height() + 2)

    def least_width(self) -> int:
        """Return how wide the shortest of its texts is; 0 without any."""
        return (
            self.width_of(self._shorter[-1] if self._shorter else self._text) if self._text else 0
        )

    def width_of(self, text: str) -> int:
        """Return the width that a text needs here."""
        return self._metrics().horizontalAdvance(text) + 2

    def minimumSizeHint(self) -> QSize:
        return QSize(12, self._metrics().height() + 2)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._update_tooltip()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._face = self._advance = None
            self.updateGeometry()
        super().changeEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._measured()[0])
        painter.setPen(text_colour(self._role, enabled=self.isEnabled()))
        text = painter.fontMetrics().elidedText(self.fitting(), self._mode, self.width())
        painter.drawText(self.rect(), self._align | Qt.AlignmentFlag.AlignVCenter, text)


class SectionHeader(QWidget):
    """Small capitals over a part of a panel: its title at the left, a figure at the right."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._value = title, ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        if value != self._value:
            self._value = value
            self.setAccessibleName(f"{self._title}: {value}" if value else self._title)
            self.update()

    def _font(self) -> QFont:
        font = scaled_font(self.font(), 0.85)
        font.setWeight(QFont.Weight.DemiBold)
        font.setCapitalization(QFont.Capitalization.AllUppercase)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106.0)
        return font

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        width = metrics.horizontalAdvance(self._title + self._value) + 16
        return QSize(width, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._font())
        painter.setPen(text_colour("muted", enabled=self.isEnabled()))
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        # In capitals as such, too: a file would keep the letters and lose how they are drawn.
        title = metrics.elidedText(self._title.upper(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, title)
        room = self.width() - metrics.horizontalAdvance(self._title.upper()) - 12
        if room < 0.3 * metrics.horizontalAdvance(self._value.upper()):
            return  # a letter or two would say nothing; the tooltip of the part does
        shown = metrics.elidedText(self._value.upper(), Qt.TextElideMode.ElideRight, max(0, room))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, shown)


class Well(QFrame):
    """A shaded box with a coloured bar at its left edge, for a paragraph or a warning.

    ``bar`` is the name of its colour in the theme: "accent", "warning", "danger".
    """

    def __init__(self, parent: QWidget | None = None, *, bar: str = "accent") -> None:
        super().__init__(parent)
        self._bar = bar
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 8, 10, 9)
        self.body.setSpacing(6)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(box_fill())
        area = QRectF(self.rect())
        painter.drawRoundedRect(area, 4, 4)
        bar = QRectF(area.left(), area.top(), 3.0, area.height())
        painter.fillRect(bar, QColor(getattr(theme.current(), self._bar)))


class Refusal(Well):
    """Says why something was refused, until something else goes well."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, bar="warning")
        self.words = WrappedLabel()
        self.body.addWidget(self.words)
        self.hide()

    def say(self, text: str) -> None:
        self.words.set_text(text)
        self.setAccessibleName(text)
        self.show()
        self._scroll_here()

    def _scroll_here(self) -> None:
        """Bring what is said into view where the panel around it scrolls."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        content = None if area is None else area.widget()
        layout = None if content is None else content.layout()
        if area is None or layout is None:
            return
        layout.activate()
        area.ensureWidgetVisible(self, 0, 8)


class WrappedLabel(QLabel):
    """Text that wraps to the width there is and asks for exactly the height this takes."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, small: bool = False
    ) -> None:
        super().__init__(text, parent)
        if small:
            self.setProperty("role", "muted")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

        if small:
            self._resize_text()
            theme.signals().changed.connect(self._resize_text)

    def set_text(self, text: str) -> None:
        if text != self.text():
            self.setText(text)

    @Slot()
    def _resize_text(self) -> None:
        self.setFont(scaled_font(QApplication.font(), 0.86))


class Line(QWidget):
    """A row of two texts: what it is at the left, its figure at the right."""

    def __init__(
        self, name: str, value: str = "", explanation: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.name = ElidedLabel(name, role="muted", factor=0.94, middle=True)
        self.value = ElidedLabel(
            value, factor=0.96, align=Qt.AlignmentFlag.AlignRight, equal_digits=True
        )
        self.value.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        row.addWidget(self.name, 1)
        row.addWidget(self.value, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.explain(explanation)

    def explain(self, text: str) -> None:
        self.name.set_explanation(text)
        self.value.set_explanation(text)

    def set(self, value: str, name: str | None = None) -> None:
        self.value.set_text(value)
        if name is not None:
            self.name.set_text(name)
        self.setAccessibleName(f"{self.name.text()}: {value}")
