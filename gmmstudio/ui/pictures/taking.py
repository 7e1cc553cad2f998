"""Copying and saving pictures: taken at once, drawn and written beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMainWindow, QWidget

from gmmstudio.document.session import Session
from gmmstudio.table.atomic import write_bytes
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.pictures.choices import Choices, read, suggestion, view_slug
from gmmstudio.ui.pictures.forms import as_image, as_svg, encoded, written
from gmmstudio.ui.pictures.legend import entries_of
from gmmstudio.ui.pictures.picture import Picture
from gmmstudio.ui.pictures.portrait import Wish, take
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.stage import Stage

INK_SCALE = 3.2  # at which what is no shape is painted for SVG and PDF: 300 dpi
SVG_MIME = "image/svg+xml"


@dataclass(frozen=True, eq=False)
class _Copied:
    image: QImage
    png: bytes
    svg: bytes


class Pictures(OneTask):
    """Takes pictures of views, one at a time.

    Attributes
    ----------
    copied : Signal
        A picture is on the clipboard: the title of its view.
    saved : Signal
        A picture was written: its path.
    """

    copied = Signal(str)
    saved = Signal(object)

    def __init__(
        self, session: Session, stage: Stage, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._preferences = session, stage, preferences
        self._title = ""
        self._path = Path()

    @property
    def is_writing(self) -> bool:
        return self._task is not None

    @property
    def what(self) -> str:
        """What is under way, in words."""
        return "" if self._task is None else self._task.what

    @property
    def choices(self) -> Choices:
        """What was last chosen."""
        return read(self._preferences.picture)

    @choices.setter
    def choices(self, choices: Choices) -> None:
        self._preferences.picture = choices.as_words()

    def picture(self, view: QWidget, choices: Choices, title: str = "") -> Picture:
        """Take the picture of a view, as chosen."""
        document = self._session.document
        legend = entries_of(document, self._stage) if choices.legend else ()
        table = "" if document.table is None else document.table.name
        name = f"{table}: {title_of(view)}" if table else title_of(view)
        whole = isinstance(view, QMainWindow)
        size = None if whole else choices.pixels
        wish = Wish(choices.ground, size, title, legend, choices.grows)
        scale = float(choices.scale) if choices.ending == "png" else INK_SCALE
        return take(view, wish, name, scale=scale)

    def suggestion(self, view: QWidget, ending: str) -> Path:
        """Return a path to suggest for the picture of a view."""
        table = self._session.document.table
        name = "" if table is None else table.name
        return suggestion(self._preferences.folder, name, view_slug(title_of(view)), ending)

    def copy(self, view: QWidget, choices: Choices | None = None, title: str = "") -> None:
        """Put the picture of a view on the clipboard: as an image, and as a drawing."""
        chosen = choices or self.choices
        picture, scale = self.picture(view, chosen, title), chosen.scale
        millimetres = _width(chosen)

        def work(_progress, _should_stop) -> _Copied:
            image = as_image(picture, scale)
            return _Copied(image, encoded(image), as_svg(picture, millimetres))

        self._title = title_of(view)
        self._begin(work, f"Copying the picture of {self._title}")

    def save(self, view: QWidget, path: Path, choices: Choices, title: str = "") -> None:
        """Write the picture of a view, in the format of the path's ending if it is known."""
        picture = self.picture(view, choices, title)
        ending, scale, millimetres = choices.ending, choices.scale, _width(choices)

        def work(_progress, _should_stop) -> None:
            write_bytes(path, written(picture, ending, scale=scale, millimetres=millimetres))

        self._path = path
        self._begin(work, f"Writing {path.name}")

    @Slot(object)
    def _done(self, value: object) -> None:
        path = self._path
        self._ended()
        if isinstance(value, _Copied):
            data = QMimeData()
            data.setImageData(value.image)
            data.setData("image/png", QByteArray(value.png))
            data.setData(SVG_MIME, QByteArray(value.svg))
            QGuiApplication.clipboard().setMimeData(data)
            self.copied.emit(self._title)
        else:
            self._preferences.folder = str(path.absolute().parent)
            self.saved.emit(path)


def title_of(view: QWidget) -> str:
    """Return what a view is called."""
    return "Window" if isinstance(view, QMainWindow) else str(getattr(view, "title", "") or "View")


def _width(choices: Choices) -> float | None:
    return None if choices.millimetres is None else choices.millimetres[0]
