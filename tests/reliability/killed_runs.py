"""The real program killed in the middle of a fit or a search: what comes back, and what is lost.

``python -m tests.reliability.killed_runs FOLDER WHAT`` is the program that is killed: it opens a
table, runs what was asked, and writes down how far it was when.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from gmmstudio.document import commands as c
from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted, InterruptedFit, InterruptedSweep
from gmmstudio.document.values import same_value
from gmmstudio.mixture.search import search
from gmmstudio.project import read_project
from gmmstudio.project.recovery import RUN, LeftBehind, left_behind
from gmmstudio.table import prepare, read

SECONDS = 0.5
"""How often the program keeps a copy here; the window does every `autosaving.SECONDS`."""

ROOT = Path(__file__).parents[2]
SHAPES = ("VVV", "EEE", "VVI")


def asked(path: Path, what: str) -> list[c.Command]:
    """Return what is asked of a table; of a fit that it never ends by itself."""
    commands = [c.OpenTable(read(path)), c.SetComponents(5), c.SetStart("k-means++", 1)]
    return [*commands, c.SetStopping(tol=0.0, max_iter=10**7)] if what == "fit" else commands


def write_table(path: Path) -> None:
    """Write groups that overlap so much that EM has long to go."""
    rng = np.random.default_rng(3)
    x = rng.normal(0.0, 1.0, (1500, 2)) + rng.integers(0, 3, (1500, 1))
    path.write_text("x,y\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in x) + "\n")


@dataclass(frozen=True)
class Killed:
    """What was left of a program.

    Attributes
    ----------
    left, document, run
        The copy, the analysis and the run in it.
    lost
        Seconds between the state that was kept and the kill.
    """

    left: LeftBehind
    document: Document
    run: Interrupted | None
    lost: float


def kill(folder: Path, what: str, after: float) -> Killed:
    """Start the program, let it work until a copy is there and ``after`` more, and kill it."""
    folder.mkdir(parents=True)
    write_table(folder / "t.csv")
    order = [sys.executable, "-m", "tests.reliability.killed_runs", str(folder), what]
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "GMMSTUDIO_SETTINGS_DIR": str(folder / "settings"),
    }
    with (folder / "errors").open("wb") as errors:
        program = subprocess.Popen(order, cwd=ROOT, env=environment, stderr=errors)
    try:
        deadline = time.monotonic() + 120.0
        while not list(folder.glob(f"settings/**/{RUN}")):
            if program.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "errors").read_text()[-2000:])
            time.sleep(0.01)
        time.sleep(after)
    finally:
        at = time.time()
        program.send_signal(signal.SIGKILL)
        program.wait()
    (root,) = {path.parent.parent for path in folder.glob(f"settings/**/{RUN}")}
    (left,) = left_behind(root)
    document = read_project(left.path).document
    run = left.run(document.table)
    return Killed(left, document, run, at - _moment_of(run, folder / "log"))


def _progress(run: Interrupted | None) -> int:
    if isinstance(run, InterruptedFit):
        return run.at.number
    return len(run.cells) if isinstance(run, InterruptedSweep) else 0


def _moment_of(run: Interrupted | None, log: Path) -> float:
    """Return when the program was last seen no further than what was kept."""
    lines = [line.split() for line in log.read_text().splitlines()[:-1]]
    seen = [float(moment) for moment, n in lines if int(n) <= _progress(run)]
    return max(seen, default=float("-inf"))


def judged(killed: Killed, what: str) -> list[str]:
    """Return what is not as it was, in words."""
    troubles: list[str] = []
    if killed.lost > 30.0:
        troubles.append(f"{what}: {killed.lost:.1f} s of work lost")
    troubles += [
        f"{what}: {name} is {getattr(killed.left, name)!r}"
        for name in ("saved", "was_running", "picture")
        if not getattr(killed.left, name)
    ]
    expected = Document()
    assert killed.document.table is not None
    assert killed.document.table.path is not None
    for command in asked(killed.document.table.path, what):
        expected = command.apply(expected)
    troubles += [
        f"{what}: the {name} is another"
        for name in ("table", "preparation", "spec")
        if not same_value(getattr(expected, name), getattr(killed.document, name))
    ]
    run = killed.run
    if what == "fit" and not (isinstance(run, InterruptedFit) and _is_exact(run, expected)):
        troubles.append("fit: not the parameters that EM had come to")
    if what == "search" and not (isinstance(run, InterruptedSweep) and run.cells):
        troubles.append("search: no model is there")
    return troubles


def _is_exact(run: InterruptedFit, document: Document) -> bool:
    """Whether EM comes to the same parameters here at that iteration."""
    assert document.table is not None
    sample = prepare(document.table, document.preparation)
    steps = search(sample.x, document.spec, units=sample.units, weights=sample.weights)
    for iteration in steps:
        if iteration.number == run.at.number:
            steps.close()
            return same_value(iteration.parameters, run.at.parameters)
    return False


def autosaving_seconds() -> int:
    """Return how often the window keeps a copy; asked here since below the window is no Qt."""
    from gmmstudio.ui import autosaving

    return autosaving.SECONDS


def killed_runs(folder: Path, n: int, seed: int) -> tuple[float, list[str]]:
    """Kill n programs at random moments; return the most seconds lost, and what went wrong."""
    rng, worst, troubles = Random(seed), 0.0, []
    for i in range(n):
        what = ("fit", "search")[i % 2]
        killed = kill(folder / str(i), what, rng.uniform(0.0, 3.0))
        worst = max(worst, killed.lost)
        troubles += judged(killed, what)
    return worst, troubles


def main(words: Sequence[str]) -> None:
    """Run the program that is to be killed."""
    from PySide6.QtCore import QTimer

    from gmmstudio import app
    from gmmstudio.ui.main_window import MainWindow

    folder, what = Path(words[0]), words[1]
    log = (folder / "log").open("w")

    def begin() -> None:
        windows = [w for w in qt.topLevelWidgets() if isinstance(w, MainWindow)]
        if not windows:
            QTimer.singleShot(10, begin)
            return
        window = windows[0]
        for command in asked(folder / "t.csv", what):
            window.session.apply(command)
        window.autosaving._timer.setInterval(round(1000 * SECONDS))
        if what == "fit":
            window.control.fit()
        else:
            window.control.find_best_k(range(1, 60), SHAPES)
        watch.timeout.connect(lambda: note(window))
        watch.start(5)

    def note(window: MainWindow) -> None:
        stage = window.stage
        n = -1 if stage.shown is None else stage.shown.iteration
        if what == "search":
            n = len(stage.cells)
        log.write(f"{time.time()} {n}\n")
        log.flush()

    qt = app.application()
    watch = QTimer()
    QTimer.singleShot(0, begin)
    with suppress(KeyboardInterrupt):
        sys.exit(app.main(None))


if __name__ == "__main__":
    main(sys.argv[1:])
