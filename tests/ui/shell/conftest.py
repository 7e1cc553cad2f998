"""A session with a table, a stage and a control, and a window; all closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import OpenTable
from gmmstudio.table.reading import read, read_text
from gmmstudio.table.sample_tables import sample
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.live_session import LiveSession
from gmmstudio.ui.run_control import RunControl
from gmmstudio.ui.stage import Shown, Stage

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


def made_table(n: int = 300, seed: int = 0, missing: bool = True) -> Table:
    """Three clusters in two columns, some cells missing."""
    random = np.random.default_rng(seed)
    centres = np.array([[0.0, 0.0], [6.0, 1.0], [2.0, 7.0]])
    x = centres[random.integers(0, 3, n)] + random.standard_normal((n, 2))
    lines = ["a,b"]
    for i, (a, b) in enumerate(x):
        lines.append(f"{a:.6f}," if missing and i % 50 == 7 else f"{a:.6f},{b:.6f}")
    return read_text("\n".join(lines) + "\n", "made")


@dataclass
class Desk:
    """What a test works with, without a window."""

    session: LiveSession
    stage: Stage
    control: RunControl
    seen: list[Shown]

    def keep(self) -> None:
        if self.stage.shown is not None:
            self.seen.append(self.stage.shown)


@pytest.fixture
def make_table() -> Callable[..., Table]:
    return made_table


@pytest.fixture
def table() -> Table:
    return made_table()


@pytest.fixture(scope="session")
def penguins() -> Table:
    return read(sample("penguins").path)


@pytest.fixture
def desk(qapp: QApplication, table: Table) -> Iterator[Desk]:
    session, stage = LiveSession(), Stage()
    control = RunControl(session, stage)
    control.replay_after_fit = False
    session.apply(OpenTable(table))
    made = Desk(session, stage, control, [])
    stage.shown_changed.connect(made.keep)
    yield made
    control.close()


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    from gmmstudio.ui.main_window import MainWindow

    theme.install(qapp)
    made = MainWindow()
    made.asks_before_closing = False
    made.control.replay_after_fit = False
    made.show()
    yield made
    made.asks_before_closing = False
    made.close()
    made.deleteLater()
    theme.choose("system")
    theme.set_zoom(1.0)


Until = Callable[..., None]


@pytest.fixture
def until(qtbot) -> Until:
    """Wait with the event loop running."""

    def wait(done: Callable[[], bool], seconds: float = 60.0) -> None:
        qtbot.waitUntil(done, timeout=round(1000 * seconds))

    return wait


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "garden.csv"
    random = np.random.default_rng(1)
    x = np.concatenate([random.normal(0, 1, (60, 2)), random.normal(7, 1, (60, 2))])
    path.write_text("height,width\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in x) + "\n")
    return path
