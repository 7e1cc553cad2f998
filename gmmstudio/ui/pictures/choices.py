"""What was chosen for pictures, remembered from one day to the next."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

from PySide6.QtCore import QSize

from gmmstudio.ui.pictures.forms import FORMS, MM, dots_per_inch
from gmmstudio.ui.pictures.portrait import Ground

SCREEN, OWN = "screen", "own"
SIZES: dict[str, tuple[str, float, float]] = {  # words, millimetres across and down
    "column": ("One column, 85 mm", 85.0, 64.0),
    "columns": ("Two columns, 178 mm", 178.0, 110.0),
    "slide": ("Slide, 16 : 9", 13.333 * MM, 7.5 * MM),
}
SCALES = (1, 2, 3, 4)
LEAST_MM, MOST_MM = 40.0, 600.0


@dataclass(frozen=True)
class Choices:
    """How pictures are saved.

    Attributes
    ----------
    ending
        Of the file: "png", "svg" or "pdf".
    scale
        Pixels of a PNG per pixel of the screen at 100 %.
    ground
        What lies behind it.
    legend
        The clusters are listed under it.
    size
        "screen", a key of `SIZES`, or "own".
    width, height
        Of an own size, in millimetres.
    inches
        Sizes are told in inches.
    """

    ending: str = "png"
    scale: int = 2
    ground: Ground = "white"
    legend: bool = False
    size: str = SCREEN
    width: float = 120.0
    height: float = 90.0
    inches: bool = False

    @property
    def millimetres(self) -> tuple[float, float] | None:
        """Width and height on paper; None: as large as on the screen."""
        if self.size == SCREEN:
            return None
        return (self.width, self.height) if self.size == OWN else SIZES[self.size][1:]

    @property
    def grows(self) -> bool:
        """Whether title and legend come on top of the size, not out of it."""
        return self.size not in ("slide", OWN)

    @property
    def pixels(self) -> QSize | None:
        """The same in pixels at 100 %."""
        if self.millimetres is None:
            return None
        across, down = self.millimetres
        rate = dots_per_inch() / MM
        return QSize(round(across * rate), round(down * rate))

    def as_words(self) -> str:
        """Return them as a line of text."""
        return json.dumps(asdict(self))


def read(words: str) -> Choices:
    """Read what `as_words` wrote; whatever makes no sense is as at first."""
    choices = Choices()
    try:
        values = json.loads(words)
    except ValueError:
        return choices
    if not isinstance(values, dict):
        return choices
    allowed: dict[str, tuple] = {
        "ending": tuple(form.ending for form in FORMS),
        "scale": SCALES,
        "ground": get_args(Ground),
        "size": (SCREEN, *SIZES, OWN),
        "legend": (True, False),
        "inches": (True, False),
    }
    known: dict[str, Any] = {}
    for name, at_first in asdict(choices).items():
        value = values.get(name)
        if name in allowed:
            fits = type(value) is type(at_first) and value in allowed[name]
        else:
            fits = isinstance(value, int | float) and LEAST_MM <= value <= MOST_MM
        if fits:
            known[name] = value
    return replace(choices, **known)


def suggestion(folder: str, table: str, title: str, ending: str) -> Path:
    """Return a path to suggest: ``penguins-scatter.png`` where files were last written."""
    words = f"{table}-{title}" if table else title
    name = "".join("-" if sign in ' /\\:*?"<>|' or ord(sign) < 32 else sign for sign in words)
    return (Path(folder) if folder else Path.home()) / f"{name}.{ending}"


def view_slug(title: str) -> str:
    """Return the title of a view as it stands in a file name."""
    return title.lower().replace(" ", "-")
