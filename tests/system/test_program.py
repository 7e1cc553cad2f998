"""The real program, in a process of its own."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QImage

from gmmstudio import resources

PENGUINS = resources.path("samples", "penguins.csv")


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "GMMSTUDIO_SETTINGS_DIR": str(tmp_path / "settings"),
    }


def test_the_demo_does_the_whole_job(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "demo"
    words = [sys.executable, "-m", "gmmstudio", "--demo", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in folder.glob("*.csv")] == ["penguins-labelled.csv"]
    with PENGUINS.open(newline="") as file:
        original = list(csv.DictReader(file))
    with (folder / "penguins-labelled.csv").open(newline="") as file:
        labelled = list(csv.DictReader(file))
    assert len(labelled) == len(original)
    for old, new in zip(original, labelled, strict=True):
        assert {name: new[name] for name in old} == old
    assert {row["cluster_id"] for row in labelled} == {"1", "2", "3", ""}
    assert sum(row["outlier"] == "true" for row in labelled) == 18
    for name in ("window-light.png", "window-dark.png"):
        picture = QImage(str(folder / name))
        assert (picture.width(), picture.height()) == (1440, 900)
    light, dark = (QImage(str(folder / f"window-{name}.png")) for name in ("light", "dark"))
    corner = (4, 895)
    assert light.pixelColor(*corner).lightness() > 180 > 80 > dark.pixelColor(*corner).lightness()


CLOSES_IN_MID_FIT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gmmstudio import app
from gmmstudio.ui.main_window import MainWindow

path, moment = Path(sys.argv[1]), int(sys.argv[2])
qt = app.application()

def begin():
    (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    window.asks_before_closing = False
    if window.session.document.table is None:
        QTimer.singleShot(10, begin)
        return
    window.control.fit()
    QTimer.singleShot(moment, window.close)

QTimer.singleShot(0, begin)
sys.exit(app.main(path))
"""


@pytest.fixture(scope="module")
def long_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table without clusters, on which EM takes long."""
    path = tmp_path_factory.mktemp("tables") / "long.csv"
    x = np.random.default_rng(0).normal(size=(20_000, 4))
    np.savetxt(path, x, delimiter=",", header="a,b,c,d", comments="")
    return path


@pytest.mark.parametrize("moment", [25 * index for index in range(20)])
def test_closing_during_a_run_ends_with_code_0(
    moment: int, long_table: Path, tmp_path: Path
) -> None:
    """Close the window some milliseconds into a fit: Qt aborts a process that drops a thread."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSES_IN_MID_FIT, str(long_table), str(moment)],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_no_threads_of_blas_stand_in_the_window_s_way(tmp_path: Path) -> None:
    asked = (
        "import gmmstudio.__main__, scipy.linalg, threadpoolctl; "
        "print({p['num_threads'] for p in threadpoolctl.threadpool_info()})"
    )
    unset = {k: v for k, v in environment(tmp_path).items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=unset)
    assert done.stdout.strip() == "{1}", done.stderr
