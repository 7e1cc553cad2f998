"""A session with penguins, a stage and a control that only takes notes: no thread, no timer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from gmmstudio import resources
from gmmstudio.document.assignment import assign
from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.document.session import Session
from gmmstudio.document.starting import asked_spec
from gmmstudio.fitting.trace import Trace, Track
from gmmstudio.mixture.search import search
from gmmstudio.table.preparation import prepare
from gmmstudio.table.reading import read
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.stage import RunInfo, Shown, Stage


class Control:
    """Takes notes of what it is asked."""

    def __init__(self) -> None:
        self.calls: list[tuple] = []
        self.speed = 1.0

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))

    def set_speed(self, speed: float) -> None:
        self.speed = speed
        self.calls.append(("set_speed", speed))


class Rig:
    """What the panels stand on."""

    def __init__(self, table: Table | None) -> None:
        self.session = Session()
        if table is not None:
            self.session.apply(OpenTable(table))
        self.stage = Stage()
        self.control = Control()
        self.commands: list[object] = []
        # Not through self: a ring of references would leave the stage, a QObject, to whichever
        # thread happens to collect garbage next.
        commands = self.commands
        self.session.subscribe(lambda change: commands.append(change.fields))

    @property
    def document(self):
        return self.session.document

    def fit(self) -> None:
        """Fit as the document asks and put the result on the stage."""
        document = self.document
        sample = prepare(document.table, document.preparation)
        spec = asked_spec(document, sample)
        run = search(sample.x, spec, weights=sample.weights, units=sample.units)
        trace = Trace()
        while True:
            try:
                trace.append(next(run))
            except StopIteration as end:
                fit = end.value
                break
        preparation, started = document.preparation, document.start_column
        added = AddFit(fit, preparation, document.spec, trace.tracks, 0.1, start_column=started)
        self.session.apply(added)
        self.stage.put_tracks(trace.tracks, self._track(fit.attempt, trace.tracks))
        self.stage.put_assignment(assign(document.table, self.document.record, sample=sample))
        self.stage.put_shown(self.final())

    def _track(self, attempt: int, tracks: tuple[Track, ...]) -> Track:
        return next(track for track in tracks if track.attempt == attempt)

    def final(self) -> Shown:
        """Return the frame of the fit itself."""
        record, assignment = self.document.record, self.stage.assignment
        n = self.document.table.n_rows
        labels, certainty = np.full(n, -1, np.int32), np.zeros(n, np.float32)
        labels[assignment.rows] = assignment.labels
        certainty[assignment.rows] = assignment.max_probability
        fit = record.fit
        return Shown(
            fit.parameters,
            fit.structure,
            record.identities,
            fit.n_iterations,
            fit.n_iterations,
            fit.attempt,
            len(fit.attempts),
            fit.n_rows,
            fit.log_likelihood,
            False,
            True,
            record.preparation,
            assignment.sample.column_names,
            None,
            labels,
            certainty,
        )

    def look_back(self, number: int, *, live: bool = False) -> Shown:
        """Put an earlier iteration on the stage."""
        iteration = self.stage.track.at(number)
        end = self.final()
        shown = Shown(
            iteration.parameters,
            end.structure,
            end.identities,
            iteration.number,
            self.stage.track.last,
            iteration.attempt,
            end.n_attempts,
            iteration.n_rows,
            iteration.log_likelihood,
            live,
            False,
            end.preparation,
            end.column_names,
            end.rows,
            end.labels,
            end.max_probability,
        )
        self.stage.put_run(RunInfo("fitting" if live else "idle"))
        self.stage.put_shown(shown)
        return shown


@pytest.fixture(scope="session")
def penguins() -> Table:
    return read(resources.path("samples", "penguins.csv"))


@pytest.fixture
def rig(qapp: QApplication, penguins: Table) -> Rig:
    theme.install(qapp)
    return Rig(penguins)


@pytest.fixture
def empty_rig(qapp: QApplication) -> Rig:
    theme.install(qapp)
    return Rig(None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the tooltips that are shown by the program itself."""
    texts: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, *rest: texts.append(text))
    return texts


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[[QWidget], QWidget]]:
    """Show a panel, and shut it down after the test."""
    opened: list[QWidget] = []
    hosts: list[QWidget] = []  # Python owns them: without a reference they would be gone

    def open_it(widget: QWidget, width: int = 288, height: int = 900) -> QWidget:
        # In a window without a layout: the offscreen platform warns of changing size hints.
        host = QWidget()
        qtbot.addWidget(host)
        host.resize(width, height)
        widget.setParent(host)
        widget.resize(width, height)
        with qtbot.waitExposed(host):
            host.show()
        hosts.append(host)
        opened.append(widget)
        return widget

    yield open_it
    for widget in opened:
        widget.shutdown()
