"""Colours, fonts and style of the window, light and dark, following the system.

Everything drawn by hand asks :func:`current`; everything made of widgets gets its look from the
palette and the style sheet that :func:`install` sets. Whoever keeps colours listens to
``signals().changed``.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from gmmstudio import resources
from gmmstudio.document import colors

Choice = Literal["system", "light", "dark"]
_log = logging.getLogger(__name__)

FAMILY = "Pretendard"
_FONT_FILES = ("Regular", "Medium", "SemiBold", "Bold")
# 13 px of text: 9.75 points at the 96 dpi of Windows and Linux, 13 points at macOS' 72.
_BASE_POINTS = 13.0 if sys.platform == "darwin" else 9.75
MIN_ZOOM, MAX_ZOOM = 0.7, 2.0
_READ = 2.8  # contrast of a letter with its ground, at least


@dataclass(frozen=True)
class Theme:
    """The colours of one look, each as ``"#rrggbb"``."""

    dark: bool
    window: str  # behind plots and tables
    panel: str  # left, right, tool bar, transport bar
    card: str  # cards on a panel
    box: str  # wells and boxes: a shade apart from the panel
    status: str  # the status line
    border: str
    grid: str  # lines of plots
    text: str
    muted: str  # secondary text
    faint: str  # tick labels, disabled text
    bars: str  # bars of a histogram
    accent: str
    accent_text: str  # text on the accent
    accent_soft: str  # selections
    danger: str
    good: str
    warning: str


LIGHT = Theme(
    dark=False,
    window=colors.GROUNDS[False],
    panel="#ffffff",
    card="#ffffff",
    box="#f7f8fa",
    status="#f4f5f7",
    border="#e2e5ea",
    grid="#eef0f3",
    text="#1f2430",
    muted="#6b7280",
    faint="#9aa1ac",
    bars="#b3b9c2",
    accent="#3b5bdb",
    accent_text="#ffffff",
    accent_soft="#e5eafb",
    danger="#c92a2a",
    good="#1a7f4b",
    warning="#a65f00",
)
DARK = Theme(
    dark=True,
    window=colors.GROUNDS[True],
    panel="#1e2127",
    card="#1e2127",
    box="#252931",
    status="#16181d",
    border="#2e323a",
    grid="#262a31",
    text="#e6e8ec",
    muted="#9ba3af",
    faint="#6f7682",
    bars="#575d69",
    accent="#7c93f5",
    accent_text="#ffffff",
    accent_soft="#2c3452",
    danger="#ef6a6a",
    good="#4cc38a",
    warning="#e3a13c",
)
# White paper asks for darker small print than a screen.
PAPER = replace(LIGHT, muted="#4b5563", faint="#6b7280", grid="#e8eaee")


class ThemeSignals(QObject):
    """Tells when the look has changed; there is one, a child of the application."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice: Choice = "system"
        self.zoom = 1.0
        self.theme = LIGHT
        self.cluster_colors: dict[int, str] = {}  # those that were given one, by identity

    @Slot()
    def follow_system(self) -> None:
        _refresh(self)


_signals: ThemeSignals | None = None


def signals() -> ThemeSignals:
    """Return the one object that tells when the look has changed."""
    global _signals
    if _signals is None:
        _signals = ThemeSignals(QApplication.instance())
    return _signals


def current() -> Theme:
    """Return the colours in use."""
    return signals().theme


def install(app: QApplication) -> None:
    """Register the fonts, set the style, follow the system's light or dark. Twice does no harm."""
    ours = signals()
    if app.property("gmmstudio_theme"):
        return
    app.setProperty("gmmstudio_theme", True)
    for weight in _FONT_FILES:
        if QFontDatabase.addApplicationFont(str(_font_path(weight))) < 0:
            _log.warning("The font %s %s could not be loaded.", FAMILY, weight)
    app.setStyle("Fusion")
    app.styleHints().colorSchemeChanged.connect(ours.follow_system)
    _refresh(ours, force=True)


def choose(choice: Choice) -> None:
    """Use the light or the dark look, or follow the system."""
    ours = signals()
    ours.choice = choice
    _refresh(ours)


@contextmanager
def borrowed(theme: Theme, *, everywhere: bool = False, told: bool = True) -> Iterator[None]:
    """Paint in other colours within the block, for a picture; the screen shows nothing of it.

    Whoever keeps colours is told, before and afterwards; as no event is handled in between,
    nothing is repainted. Where nobody is told, only what asks while it paints is in other colours,
    which costs nothing: for the frames of a film. The look of Qt's own widgets changes only with
    `everywhere`, which takes a few tenths of a second.
    """
    ours = signals()
    before = ours.theme
    if theme is before:
        yield
        return
    if not told:
        ours.theme = theme
        try:
            yield
        finally:
            ours.theme = before
        return
    try:
        _wear(ours, theme, everywhere)
        yield
    finally:
        _wear(ours, before, everywhere)


def choice() -> Choice:
    """Return what was chosen: ``"system"``, ``"light"`` or ``"dark"``."""
    return signals().choice


def set_zoom(zoom: float) -> float:
    """Set the size of all text, 1 being normal; return the size in use."""
    ours = signals()
    zoom = min(max(round(zoom, 2), MIN_ZOOM), MAX_ZOOM)
    if zoom != ours.zoom:
        ours.zoom = zoom
        _refresh(ours, force=True)
    return zoom


def zoom() -> float:
    """Return the size of all text, 1 being normal."""
    return signals().zoom


def points(relative: float = 1.0) -> float:
    """Return a text size in points: ``relative`` times normal text, at the zoom in use."""
    return round(_BASE_POINTS * relative * zoom(), 2)


def font(relative: float = 1.0, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the program's font for text drawn by hand."""
    result = QFont(FAMILY)
    result.setPointSizeF(points(relative))
    result.setWeight(weight)
    return result


def color(name: str) -> QColor:
    """Return a colour of the theme in use by its field's name, e.g. ``color("accent")``."""
    return QColor(getattr(current(), name))


def cluster_color(identity: int) -> QColor:
    """Return the colour of a cluster: the one it was given, else its own."""
    if identity < 0:
        return unlabelled_color()
    return QColor(colors.color_of(identity, signals().cluster_colors, dark=current().dark))


def cluster_ink(identity: int) -> QColor:
    """Return the colour of a cluster as one writes in it: a pale one is a few shades deeper."""
    ground = current().window
    return QColor(colors.with_contrast(cluster_color(identity).name(), ground, _READ))


def set_cluster_colors(given: Mapping[int, str]) -> None:
    """Give clusters other colours than their own, by identity; all others have their own."""
    ours = signals()
    if ours.cluster_colors != given:
        ours.cluster_colors = dict(given)
        ours.changed.emit()


def cluster_letter(identity: int) -> str:
    """Return the letter of a cluster: A to Z, then AA, AB and so on."""
    letters = ""
    number = identity + 1
    while number > 0:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def unlabelled_color() -> QColor:
    """Return the grey of rows that have no cluster."""
    return QColor(current().bars)


def is_dark_system(app: QApplication) -> bool:
    """Tell whether the system asks for a dark look."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _font_path(weight: str) -> str:
    return str(resources.path("fonts", f"{FAMILY}-{weight}.otf"))


def _refresh(ours: ThemeSignals, force: bool = False) -> None:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    dark = ours.choice == "dark" or (ours.choice == "system" and is_dark_system(app))
    theme = DARK if dark else LIGHT
    if theme is ours.theme and not force:
        return
    _wear(ours, theme, everywhere=True)


def _wear(ours: ThemeSignals, theme: Theme, everywhere: bool) -> None:
    ours.theme = theme
    app = QApplication.instance()
    if everywhere and isinstance(app, QApplication):
        from gmmstudio.ui import style_sheet

        app.setFont(font())
        app.setPalette(_palette(theme))
        app.setStyleSheet(style_sheet.build(theme, points))
    ours.changed.emit()


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, name in (
        (role.Window, theme.panel),
        (role.WindowText, theme.text),
        (role.Base, theme.window),
        (role.AlternateBase, theme.box),
        (role.Text, theme.text),
        (role.Button, theme.box),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.danger),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.accent_text),
        (role.Accent, theme.accent),
        (role.Link, theme.accent),
        (role.LinkVisited, theme.accent),
        (role.ToolTipBase, theme.box),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.faint),
        (role.Light, theme.box),
        (role.Midlight, theme.border),
        (role.Mid, theme.border),
        (role.Dark, theme.faint),
        (role.Shadow, theme.border),
    ):
        palette.setColor(target, QColor(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(theme.faint))
    return palette
