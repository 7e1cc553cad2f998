"""Saving the run as pictures: what they show, how many, how fast; then progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.document import Document
from gmmstudio.fitting.trace import Track
from gmmstudio.report import film as films
from gmmstudio.report import formats
from gmmstudio.report.film import Film
from gmmstudio.table.errors import TableError
from gmmstudio.ui import theme
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.filming import Filming
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.replay import Source
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option
from gmmstudio.ui.widgets.labels import WrappedLabel

ABOUT = (
    "Every iteration as a picture: the scatter as it is on the screen now, with the iteration, its "
    "log-likelihood and where it stands on the way up."
)
_KINDS = (
    Option(True, "Animated GIF", "One file that plays by itself, in slides and on web pages"),
    Option(False, "PNG pictures", "A folder with one picture for each iteration"),
)
_SIZES = tuple(
    Option((width, height), f"{width} × {height}")
    for width, height in ((640, 480), (800, 600), (1280, 720), (1920, 1080))
)
_RATES = tuple(
    Option(rate, f"{rate} picture{'s' if rate > 1 else ''} a second")
    for rate in (1, 2, 5, 10, 20, 25)
)
_CURVES = (Option(True, "scatter and convergence"), Option(False, "scatter alone"))
_LOOKS = (Option(False, "light"), Option(True, "dark"))
_MOST = (25, 50, 100, 200)


class FilmDialog(QDialog):
    """Asks what to make, makes it, and says how far it is.

    Attributes
    ----------
    saved : Signal
        The path, and a sentence for the status line.
    """

    saved = Signal(object, str)

    def __init__(
        self,
        document: Document,
        replayed: tuple[Source, Track],
        like: ScatterView,
        suggestion: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save the run as pictures")
        self._document, self._replayed, self._like = document, replayed, like
        self._suggestion = suggestion
        self._n_kept = len(replayed[1].iterations)
        self.film = Film(dark=theme.current().dark)
        self.filming: Filming | None = None
        about = WrappedLabel(ABOUT)
        self.kind = self._choice("Save as", _KINDS, "moving")
        self.shows = self._choice("Shows", _CURVES, "curve")
        self.size_box = ChoiceBox("Size in pixels")
        self.size_box.set_options(_SIZES)
        self.size_box.chosen.connect(self._set_size)
        self.count_box = self._choice("Iterations", self._counts(), "most")
        self.rate = self._choice("Speed", _RATES, "rate")
        self.look = self._choice("Look", _LOOKS, "dark")
        self.boxes = (self.kind, self.shows, self.size_box, self.count_box, self.rate, self.look)
        self.sentence = WrappedLabel()
        self.sentence.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Pictures made")
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.save = QPushButton("Save…")
        self.save.setProperty("role", "primary")
        self.save.setToolTip("Choose where to save, and make the pictures")
        self.save.setDefault(True)
        self.cancel.clicked.connect(self.reject)
        self.save.clicked.connect(self._ask_where)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        column.addWidget(about)
        column.addSpacing(4)
        for box in self.boxes:
            column.addWidget(box)
        column.addSpacing(4)
        column.addWidget(self.sentence)
        column.addWidget(self.bar)
        column.addStretch()
        column.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column.addLayout(buttons)
        self.setMinimumWidth(round(400 * max(1.0, theme.zoom())))
        self._refresh()

    @property
    def n_pictures(self) -> int:
        """How many pictures there will be."""
        numbers = [iteration.number for iteration in self._replayed[1].iterations]
        return len(films.chosen(numbers, self.film.most))

    def make(self, path: Path) -> None:
        """Make the pictures."""
        if self.filming is not None:
            return
        filming = Filming(self._document, self._replayed, self._like, self.film, path, parent=self)
        self.filming = filming
        filming.progressed.connect(self._went_on)
        filming.done.connect(self._done)
        filming.failed.connect(self._failed)
        filming.cancelled.connect(self._cancelled)
        self._refresh()
        filming.start()

    @Slot()
    def reject(self) -> None:
        """Stop what is being made; without that, go."""
        if self.filming is not None:
            self.filming.cancel()
            self.sentence.set_text("Stopping…")
            self.cancel.setEnabled(False)
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    def shut_down(self) -> None:
        """Stop at once; nothing is left behind."""
        if self.filming is not None:
            self.filming.close()
            self.filming = None

    # ---- what is chosen --------------------------------------------------------------------

    def _choice(self, label: str, options: tuple[Option, ...], field: str) -> ChoiceBox:
        box = ChoiceBox(label)
        box.set_options(options)
        box.chosen.connect(self._setter(field))
        return box

    def _setter(self, field: str) -> Callable[[object], None]:
        def put(value: object) -> None:
            self.film = replace(self.film, **{field: value})  # type: ignore[arg-type]
            self._refresh()

        return put

    @Slot(object)
    def _set_size(self, size: tuple[int, int]) -> None:
        self.film = replace(self.film, width=size[0], height=size[1])
        self._refresh()

    def _counts(self) -> tuple[Option, ...]:
        whole = f"all {self._n_kept}" if self._n_kept > 1 else "the only one"
        some = tuple(
            Option(most, f"at most {most}, first and last among them")
            for most in _MOST
            if most < self._n_kept
        )
        if self.film.most is not None and self._n_kept <= self.film.most:
            self.film = replace(self.film, most=None)
        return (Option(None, whole), *some)

    def _refresh(self) -> None:
        film = self.film
        self.kind.set_current(film.moving)
        self.shows.set_current(film.curve)
        self.size_box.set_current((film.width, film.height))
        self.count_box.set_current(film.most)
        self.rate.set_current(film.rate)
        self.look.set_current(film.dark)
        busy = self.filming is not None
        for box in self.boxes:
            box.setEnabled(not busy)
        self.rate.setEnabled(film.moving and not busy)
        self.bar.setVisible(busy)
        self.bar.setRange(0, self.n_pictures)
        self.bar.setValue(0)
        refused = films.refusal(film, self.n_pictures)
        self.save.setEnabled(not busy and not refused)
        self.cancel.setEnabled(True)
        self.sentence.set_text(self._making(0) if busy else refused or self._promise())

    def _promise(self) -> str:
        """Say what will come out."""
        n = self.n_pictures
        size = formats.size(films.size_guess(self.film, n))
        if not self.film.moving:
            return f"{count(n, 'picture')}, about {size} in all."
        seconds = sum(films.durations(n, self.film.rate)) / 1000
        return (
            f"{count(n, 'picture')}, {formats.duration(seconds)} before it begins anew (the last "
            f"picture stays for {films.LAST_MS // 1000} s), about {size}."
        )

    def _making(self, drawn: int) -> str:
        if drawn == 0:
            return "Preparing the rows…"
        if drawn == self.n_pictures:
            return "Writing the last pictures…"
        return f"Picture {drawn} of {self.n_pictures}"

    # ---- making it -------------------------------------------------------------------------

    @Slot()
    def _ask_where(self) -> None:
        if self.film.moving:
            path = files.ask_gif(self, self._suggestion.with_suffix(".gif"))
        else:
            path = files.ask_new_folder(self, self._suggestion)
        if path is None:
            return
        try:
            there = not self.film.moving and films.check_folder(path)
        except TableError as error:
            self.sentence.set_text(str(error))
            return
        if not there or messages.ask_before_replacing(self, path.name):
            self.make(path)

    @Slot(int)
    def _went_on(self, drawn: int) -> None:
        self.bar.setValue(drawn)
        self.sentence.set_text(self._making(drawn))

    @Slot(object)
    def _done(self, path: Path) -> None:
        n = self.n_pictures
        self._forget()
        self.saved.emit(path, f"{count(n, 'picture')} saved to {path}.")
        self.accept()

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._forget()
        self._refresh()
        self.sentence.set_text(sentence)

    @Slot()
    def _cancelled(self) -> None:
        self._forget()
        self._refresh()
        self.sentence.set_text("Stopped: nothing was saved.")

    def _forget(self) -> None:
        if self.filming is not None:
            self.filming.deleteLater()
            self.filming = None
