"""The real program, in a process of its own."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QImage  # noqa: E402

from gmmstudio import resources  # noqa: E402

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


@pytest.mark.parametrize("moment", [index * 0.03 for index in range(20)])
def test_closing_during_a_run_ends_with_code_0(moment: float, tmp_path: Path) -> None:
    """Close the window at some moment of a fit that would take long; Qt aborts on a lost thread."""
    code = f"""
import sys
import numpy as np
from pathlib import Path
from PySide6.QtCore import QTimer
from gmmstudio import app

path = Path({str(tmp_path / "big.csv")!r})
rng = np.random.default_rng(0)
np.savetxt(path, rng.normal(size=(20_000, 4)), delimiter=",", header="a,b,c,d", comments="")
studio = app.start([], path)
studio.window.ask_before_closing = False

def fit():
    if studio.session.document.table is None:
        QTimer.singleShot(10, fit)
        return
    studio.control.fit()
    QTimer.singleShot(int({moment} * 1000), studio.window.close)

QTimer.singleShot(0, fit)
sys.exit(studio.exec())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
