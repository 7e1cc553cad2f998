"""A newcomer at a real screen: the program under Xvfb, driven by mouse and keyboard only."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gmmstudio import resources

TOOLS = ("Xvfb", "openbox", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
if MISSING and os.environ.get("CI") == "true":
    raise RuntimeError(f"these must be installed for the tests: {', '.join(MISSING)}")
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SAMPLE = resources.path("samples", "old-faithful.csv")


class Screen:
    """A virtual screen with a window manager, and hands for it."""

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1600x1000x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        self.environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "GMMSTUDIO_SETTINGS_DIR": str(folder / "settings"),
        }
        self._manager = subprocess.Popen(
            ["openbox"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)

    def do(self, *words: str) -> str:
        """Run xdotool; return what it prints."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip()

    def window(self, name: str) -> str:
        """Wait for a visible window of this name."""
        return until(lambda: self.do("search", "--onlyvisible", "--name", name), name).split()[0]

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.do("key", "--clearmodifiers", key)
            time.sleep(0.15)


def until(look: Callable[[], str], what: str, seconds: float = 40.0) -> str:
    """Look again until there is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path)
    yield made
    made.close()


def start(screen: Screen, errors: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the program; what it complains about goes to a file."""
    with errors.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "gmmstudio", *words], env=screen.environment, stderr=file
        )


def assert_ended_well(program: subprocess.Popen[bytes], errors: Path) -> None:
    assert program.wait(30) == 0
    assert "Traceback" not in errors.read_text()


def test_fit_and_export_by_keyboard(screen: Screen, tmp_path: Path) -> None:
    """Open a file, fit, export over a chosen name, quit: as the menus' shortcuts say."""
    source = tmp_path / "geyser.csv"
    source.write_bytes(SAMPLE.read_bytes())
    out = tmp_path / "labelled.csv"
    errors = tmp_path / "errors.txt"
    program = start(screen, errors, str(source))
    window = screen.window("geyser — GMM Studio")
    screen.do("windowactivate", "--sync", window)
    screen.keys("F5")
    deadline = time.monotonic() + 40
    while not out.exists():
        assert time.monotonic() < deadline, "no export"
        # Export is not offered before there is a fit: ask again until the dialog comes.
        screen.do("windowactivate", "--sync", window)
        screen.keys("ctrl+e")
        time.sleep(0.5)
        if screen.do("search", "--onlyvisible", "--name", "Export the labelled table"):
            screen.keys("ctrl+a")
            screen.do("type", "--delay", "20", str(out))
            screen.keys("Return")
            until(lambda: str(out.exists() or ""), "the exported file")
    screen.do("windowactivate", "--sync", window)
    screen.keys("ctrl+q")
    assert_ended_well(program, errors)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 272
    assert {row["cluster_id"] for row in rows} == {"1", "2", "3"}


def test_a_sample_by_mouse(screen: Screen, tmp_path: Path) -> None:
    """The empty window offers samples as cards: one click opens one."""
    errors = tmp_path / "errors.txt"
    program = start(screen, errors)
    window = screen.window("GMM Studio")
    screen.do("windowactivate", "--sync", window)
    time.sleep(0.5)
    geometry = dict(
        line.split("=")
        for line in screen.do("getwindowgeometry", "--shell", window).splitlines()
        if "=" in line
    )
    width, height = int(geometry["WIDTH"]), int(geometry["HEIGHT"])
    # The cards stand in the middle: click down its centre line until one has been hit.
    opened = ""
    for share in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8):
        x, y = str(width // 2), str(int(height * share))
        screen.do("mousemove", "--window", window, x, y, "click", "1")
        time.sleep(1.0)
        opened = screen.do("search", "--onlyvisible", "--name", ". — GMM Studio")
        if opened:
            break
    assert opened, "no card answered a click"
    screen.keys("ctrl+q")
    assert_ended_well(program, errors)
