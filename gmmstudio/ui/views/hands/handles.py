"""Where a mixture can be taken hold of in a plot: its means, and the ends of its ellipses' axes.

Axes are those of the ellipse as it is seen: in pixels, whatever the units across and up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.ui import theme
from gmmstudio.ui.views.plotting import Layer, PlotBox

Floats = NDArray[np.float64]
MEAN = -1
"""The place of a handle that is the mean."""

_REACH = 10.0  # pixels within which the end of an axis is met
_MIDDLE, _BADGE = 6.0, 12.0  # within which a mean is, whatever else is there; else if nothing is
_SHORTEST = 4.0  # pixels of half an axis
_MOST = 12  # clusters whose handles are all drawn; of more, those of the one under the mouse
_FARTHEST = 1e5


@dataclass(frozen=True)
class Handle:
    """Something to take hold of: the mean of a component, or one end (0–3) of its axes."""

    component: int
    end: int


@dataclass(frozen=True, eq=False)
class Frame:
    """The mixture as it lies in a plot.

    Attributes
    ----------
    flat
        In the plane shown.
    identities
        Of its components.
    sigma
        At how many standard deviations the handles lie.
    """

    flat: Parameters
    identities: tuple[int, ...]
    sigma: float


def rates(box: PlotBox) -> Floats:
    """Return pixels per unit (2,), across and up; up is negative, as pixels run down."""
    (x_low, x_high), (y_low, y_high) = box.viewRange()
    size = box.size()
    return np.array([size.width() / (x_high - x_low), -size.height() / (y_high - y_low)])


def half_axes(covariance: Floats, rate: Floats) -> Floats:
    """Return the two half axes of the 1 σ ellipse in pixels, as rows, the longer first.

    Parameters
    ----------
    covariance : (…, 2, 2)
        Of one component or several, in the units of the plot.
    rate : (2,)
        Pixels per unit.

    Returns
    -------
    (…, 2, 2)
    """
    deviations = np.sqrt(np.maximum(np.diagonal(covariance, axis1=-2, axis2=-1), 0.0))
    known = np.where(deviations > 0.0, deviations, 1.0)
    correlation = covariance / known[..., :, None] / known[..., None, :]
    pixels = deviations * rate  # before anything is squared: units may be of any size
    seen = correlation * pixels[..., :, None] * pixels[..., None, :]
    values, vectors = np.linalg.eigh(0.5 * (seen + np.swapaxes(seen, -1, -2)))
    lengths = np.sqrt(np.maximum(values, 0.0))
    axes: Floats = np.swapaxes(vectors * lengths[..., None, :], -1, -2)[..., ::-1, :]
    return axes


def drawn_out(
    covariance: Floats,
    rate: Floats,
    end: int,
    to: Floats,
    *,
    stretches: bool = True,
    turns: bool = True,
) -> Floats:
    """Return the covariance (2, 2) of an ellipse one of whose axes was drawn to another end.

    Parameters
    ----------
    covariance
        As it was, in the units of the plot.
    rate
        Pixels per unit (2,).
    end
        Which end (0–3) is held: of the longer axis and of the shorter one, forth and back.
    to
        Where it is drawn (2,), in pixels from the mean, at 1 σ.
    stretches, turns
        Whether that changes the length, and the tilt.
    """
    axes = half_axes(covariance, rate)
    lengths = np.hypot(*axes.T)
    held = end // 2
    start = axes[held] * (1.0 if end % 2 == 0 else -1.0)
    direction = start / max(lengths[held], 1e-12)
    if turns:
        turned = np.arctan2(to[1], to[0]) - np.arctan2(start[1], start[0])
        cosine, sine = np.cos(turned), np.sin(turned)
        axes = axes @ np.array([[cosine, sine], [-sine, cosine]])
        length = np.hypot(*to)
    else:
        length = float(to @ direction)
    if stretches:
        factor = max(length, _SHORTEST) / max(lengths[held], 1e-12)
        axes[held] *= factor
    seen = axes.T @ axes
    result: Floats = seen / rate[:, None] / rate
    return result


class Handles(Layer):
    """Draws the handles over everything, and tells which one lies under the mouse."""

    def __init__(self, box: PlotBox) -> None:
        super().__init__(box, z=25)
        self._box = box
        self._frame: Frame | None = None
        self._placed: tuple[object, Floats] | None = None
        self.hovered: Handle | None = None
        self.chosen: int | None = None  # the identity that keys act on

    @property
    def frame(self) -> Frame | None:
        """What can be taken hold of; None where nothing can."""
        return self._frame

    def show(self, frame: Frame | None) -> None:
        self._frame = frame
        if frame is None or (
            self.hovered is not None and self.hovered.component >= len(frame.identities)
        ):
            self.hovered = None
        if frame is None or self.chosen not in frame.identities:
            self.chosen = None
        self.update()

    def on_paper(self) -> None:
        """Return nothing to draw: in a picture nothing can be taken hold of."""

    def mark(self, hovered: Handle | None) -> bool:
        """Highlight a handle; return whether that is another one."""
        if hovered == self.hovered:
            return False
        self.hovered = hovered
        self.update()
        return True

    def choose(self, identity: int | None) -> None:
        """Let keys act on a cluster."""
        self.chosen = identity
        self.update()

    def component(self, identity: int | None) -> int | None:
        """Return the component of an identity that is shown."""
        if self._frame is None or identity not in self._frame.identities:
            return None
        return self._frame.identities.index(identity)

    def place(self, handle: Handle) -> Floats:
        """Return where a handle lies (2,), in pixels."""
        placed: Floats = self._places()[handle.component, handle.end]
        return placed

    def _places(self) -> Floats:
        """Return where all handles lie (K, 5, 2), in pixels; the mean is the last of each."""
        frame = self._frame
        assert frame is not None
        size, seen = self.boundingRect(), self._box.viewRange()
        key = frame, size.width(), size.height(), *seen[0], *seen[1]
        if self._placed is None or self._placed[0] != key:
            means = np.stack(self.to_pixels(*frame.flat.means.T), axis=1)
            out = frame.sigma * half_axes(frame.flat.covariances, rates(self._box))
            ends = np.stack([out[:, 0], -out[:, 0], out[:, 1], -out[:, 1]], axis=1)
            places = np.concatenate([means[:, None] + ends, means[:, None]], axis=1)
            self._placed = key, places
        return self._placed[1]

    def at(self, place: QPointF) -> Handle | None:
        """Return the handle under a place, the nearest of several; a mean before an axis."""
        frame = self._frame
        if frame is None:
            return None
        apart = self._places() - np.array([place.x(), place.y()])
        gaps = np.hypot(apart[..., 0], apart[..., 1])
        mean = int(np.argmin(gaps[:, MEAN]))
        if gaps[mean, MEAN] < _MIDDLE * theme.zoom():
            return Handle(mean, MEAN)
        component, end = divmod(int(np.argmin(gaps[:, :4])), 4)
        gap = gaps[component, end]
        if gap < min(_REACH, gaps[mean, MEAN]):
            return Handle(component, end)
        return Handle(mean, MEAN) if gaps[mean, MEAN] < _BADGE * theme.zoom() else None

    def cluster_at(self, place: QPointF) -> int | None:
        """Return the identity of the cluster whose ellipse a place lies in, the nearest's."""
        frame, found = self._frame, self.at(place)
        if frame is None:
            return None
        if found is not None:
            return frame.identities[found.component]
        point = np.array(self.to_values(place))
        best, least = None, frame.sigma**2
        for mean, covariance, identity in zip(
            frame.flat.means, frame.flat.covariances, frame.identities, strict=True
        ):
            gap = point - mean
            try:
                distance = float(gap @ np.linalg.solve(covariance, gap))
            except np.linalg.LinAlgError:
                continue
            if distance <= least:
                best, least = identity, distance
        return best

    def draw(self, painter: QPainter) -> None:
        frame = self._frame
        if frame is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        many = len(frame.identities) > _MOST
        for component, identity in enumerate(frame.identities):
            own = self.hovered is not None and self.hovered.component == component
            chosen = identity == self.chosen
            if many and not (own or chosen):
                continue
            color = theme.cluster_color(identity)
            self._draw_axes(painter, component, color, strong=own or chosen)
            if chosen or (own and self.hovered is not None and self.hovered.end == MEAN):
                self._draw_ring(painter, component, color, focused=chosen)

    def _draw_axes(self, painter: QPainter, component: int, color: QColor, *, strong: bool) -> None:
        ends = [self.place(Handle(component, end)) for end in range(4)]
        if np.abs(ends).max() > _FARTHEST:
            return
        faint = QColor(color)
        faint.setAlphaF(0.9 if strong else 0.45)
        painter.setPen(QPen(faint, 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        painter.drawLine(QPointF(*ends[2]), QPointF(*ends[3]))
        painter.setPen(QPen(color, 1.6))
        for end, place in enumerate(ends):
            under = self.hovered == Handle(component, end)
            painter.setBrush(color if under else theme.color("window"))
            radius = (5.5 if under else 4.0) * theme.zoom()
            painter.drawEllipse(QPointF(*place), radius, radius)

    def _draw_ring(
        self, painter: QPainter, component: int, color: QColor, *, focused: bool
    ) -> None:
        centre = QPointF(*self.place(Handle(component, MEAN)))
        radius = 14.0 * theme.zoom()
        ring = QColor(theme.color("accent") if focused else color)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ring, 2.0))
        painter.drawEllipse(centre, radius, radius)


def sigma_of(sigmas: tuple[float, ...]) -> float:
    """Return at which of the ellipses drawn the handles lie: the outermost, up to 2 σ."""
    return max((sigma for sigma in sigmas if sigma <= 2.0), default=1.0)
