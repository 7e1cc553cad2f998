"""Making a film: labels in one thread, encoding in another, one picture per turn of the window."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.document.document import Document
from gmmstudio.fitting.labeller import Latest
from gmmstudio.fitting.trace import Track
from gmmstudio.report import film as films
from gmmstudio.report.film import Film
from gmmstudio.table.errors import Stopped
from gmmstudio.ui.background import ShouldStop, Task
from gmmstudio.ui.film_views import FilmViews
from gmmstudio.ui.replay import Labelled, Source
from gmmstudio.ui.views.scatter.view import ScatterView

TICK_MS = 5
_WAITING = 3  # pictures drawn and not yet written
_FINE_SECONDS = 20.0  # how long the finest picture of the rows is waited for
LOST = "The rows could not be labelled, so no film was made."


class Filming(QObject):
    """Makes one film.

    Attributes
    ----------
    progressed : Signal
        How many pictures are drawn.
    done : Signal
        The path.
    failed : Signal
        A sentence, details.
    cancelled : Signal
        It was stopped, and nothing was left behind.
    """

    progressed = Signal(int)
    done = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()

    def __init__(
        self,
        document: Document,
        replayed: tuple[Source, Track],
        like: ScatterView,
        film: Film,
        path: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._track = replayed
        self._labels = self._source.labels.copy()
        self._path = path
        self.numbers = films.chosen([i.number for i in self._track.iterations], film.most)
        self._views: FilmViews | None = FilmViews(document, self._track, like, film)
        self._latest: Latest[Labelled] = Latest("gmmstudio-film")
        self._asked = -1  # place in `numbers`
        self._drawn = 0
        self._began = time.monotonic()
        self._frames: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._turn)
        size, numbers, frames = (film.width, film.height), self.numbers, self._frames
        milliseconds = films.durations(len(numbers), film.rate)

        def work(progress, should_stop: ShouldStop) -> None:
            arriving = _arriving(frames, len(numbers), should_stop)
            if film.moving:
                films.write_gif(path, size, arriving, milliseconds)
            else:
                films.write_folder(path, size, arriving, numbers)

        self._task = Task(work, f"Writing {path.name}", self)
        self._task.done.connect(self._written)
        self._task.failed.connect(self._failed)
        self._task.cancelled.connect(self._stopped)

    def start(self) -> None:
        """Begin; call once."""
        self._timer.start()
        self._task.start()

    @Slot()
    def cancel(self) -> None:
        """Stop; ``cancelled`` follows once nothing is left of it."""
        self._timer.stop()
        self._task.cancel()

    def close(self) -> None:
        """Stop and tell nobody. May be called again."""
        self._timer.stop()
        self._latest.close()
        self._task.close()
        if self._views is not None:
            self._views.close()
            self._views = None

    @Slot()
    def _turn(self) -> None:
        """Draw the picture whose labels are there, and ask for the next ones."""
        views = self._views
        if views is None or self._frames.full():
            return
        if self._asked < 0:
            late = time.monotonic() - self._began > _FINE_SECONDS
            if views.ready or (late and views.stage.watched is not None):
                self._ask(0)
            return
        answer = self._latest.answer
        if answer is None or answer.number != self._asked:
            return
        if answer.value is None:
            self._timer.stop()
            self._task.dismiss()
            self.close()
            self.failed.emit(LOST, "" if answer.error is None else str(answer.error))
            return
        if self._asked + 1 < len(self.numbers):
            self._ask(self._asked + 1)
        else:
            self._timer.stop()
        self._frames.put(views.picture(self._source.shown(self._track, answer.value, final=False)))
        self._drawn += 1
        self.progressed.emit(self._drawn)

    def _ask(self, place: int) -> None:
        views = self._views
        if views is None:
            return
        self._asked = place
        rows = views.stage.watched
        if rows is None:
            rows = views.scatter.cloud.painted_rows()
        iteration, labels = self._track.at(self.numbers[place]), self._labels
        self._latest.put(
            place,
            lambda stop: Labelled(iteration, rows, labels.label(iteration.parameters, rows, stop)),
        )

    @Slot(object)
    def _written(self, nothing: object) -> None:
        self.close()
        self.done.emit(self._path)

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self.close()
        self.failed.emit(sentence, details)

    @Slot()
    def _stopped(self) -> None:
        self.close()
        self.cancelled.emit()


def _arriving(frames: queue.Queue[bytes], count: int, should_stop: ShouldStop) -> Iterator[bytes]:
    """Hand on so many frames as they come.

    Raises
    ------
    Stopped
        Somebody does not want them any more.
    """
    for _ in range(count):
        while True:
            if should_stop():
                raise Stopped("The film")
            try:
                frame = frames.get(timeout=0.05)
            except queue.Empty:
                continue
            break
        yield frame
