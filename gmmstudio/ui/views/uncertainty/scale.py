"""The colours of the uncertainty view with what they mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmmstudio.document.assignment import CLEAR
from gmmstudio.ui import theme
from gmmstudio.ui.views.uncertainty.colours import most, scale
from gmmstudio.ui.widgets.painting import guarded, scaled_font

_BAR = 12
_STOPS = 33


class UncertaintyScale(QWidget):
    """A strip from certain to uncertain, with the figures that matter under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Scale of uncertainty")
        self.show_components(3)

    def show_components(self, n_components: int) -> None:
        """Let the scale reach as far as it can with K components."""
        self._most = most(n_components)
        self.setVisible(n_components > 1)
        words = (
            "Uncertainty is 1 minus the probability of the row's likeliest cluster.\n"
            f"0: the row belongs clearly to one. {1 - CLEAR:.1f}: from here on it sits between "
            f"clusters.\n{_figure(self._most)}: all {n_components} clusters are equally likely."
        )
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.update()

    @property
    def marks(self) -> tuple[float, ...]:
        """The uncertainties that are written."""
        wanted = {0.0, round(1 - CLEAR, 6), 0.5, self._most}
        return tuple(sorted(u for u in wanted if u <= self._most))

    def sizeHint(self) -> QSize:
        return QSize(160, _BAR + 6 + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._most <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = scaled_font(self.font(), 0.86)
        painter.setFont(font)
        advance = painter.fontMetrics().horizontalAdvance
        last = advance(_figure(self._most)) / 2
        bar = QRectF(last, 0, self.width() - 2 * last, _BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for place, rgb in enumerate(scale(_STOPS, theme.current().dark)):
            gradient.setColorAt(place / (_STOPS - 1), QColor(*rgb))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        free = -1e9
        top, height = bar.bottom() + 4, painter.fontMetrics().height()
        for u in self.marks:
            x, text = bar.left() + bar.width() * u / self._most, _figure(u)
            half = advance(text) / 2
            if x - half < free or (u != self._most and x + half > bar.right() - last - 4):
                continue
            free = x + half + 6
            painter.setPen(QPen(theme.color("faint"), 1))
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, top))
            painter.setPen(theme.color("muted"))
            place_of = QRectF(x - half - 2, top, 2 * half + 4, height)
            painter.drawText(place_of, Qt.AlignmentFlag.AlignCenter, text)


def _figure(u: float) -> str:
    return f"{u:.2f}".rstrip("0").rstrip(".")
