"""The style sheet ``resources/style.qss`` in the colours and text sizes of a theme."""

from __future__ import annotations

from collections.abc import Callable
from string import Template
from typing import TYPE_CHECKING

from gmmstudio import resources

if TYPE_CHECKING:
    from gmmstudio.ui.theme import Theme


def build(theme: Theme, points: Callable[[float], float]) -> str:
    """Return the style sheet; ``points`` gives a text size relative to normal."""
    colours = {name: value for name, value in vars(theme).items() if isinstance(value, str)}
    sheet = Template(resources.path("style.qss").read_text(encoding="utf-8"))
    return sheet.substitute(
        **colours,
        border_strong=_mix(theme.border, theme.faint, 0.5),
        accent_hover=_mix(theme.accent, theme.accent_text, 0.12),
        accent_down=_mix(theme.accent, "#000000", 0.15),
        small=points(11 / 13),
        large=points(20 / 13),
        look="dark" if theme.dark else "light",
        icons=resources.path("icons").as_posix(),
    )


def _mix(one: str, other: str, share: float) -> str:
    """Mix two colours, ``share`` of the second."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
