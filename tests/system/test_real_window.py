"""A newcomer at a real screen: the program under Xvfb, driven by mouse and keyboard only."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from real_screen import MISSING, Screen, assert_ended_well, start, until

from gmmstudio import resources

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SAMPLE = resources.path("samples", "old-faithful.csv")
WATCHED = Path(__file__).parent / "watched_window.py"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    made = Screen(tmp_path)
    yield made
    made.close()


def answer_export(screen: Screen, out: Path) -> None:
    """Type a file's name into the dialog of the export, and wait for the file."""
    screen.keys("ctrl+a")
    screen.do("type", "--delay", "20", str(out))
    screen.keys("Return")
    until(lambda: str(out.exists() or ""), "the exported file")


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
            answer_export(screen, out)
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


class Hands:
    """Mouse and keyboard for a window that says where its controls are."""

    def __init__(self, screen: Screen, report: Path) -> None:
        self._screen, self._report = screen, report

    def look(self) -> dict[str, Any]:
        return json.loads(self._report.read_text()) if self._report.exists() else {}

    def facts(self) -> dict[str, Any]:
        return self.look().get("facts", {})

    def until(self, done: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        until(lambda: "yes" if (facts := self.facts()) and done(facts) else "", what)
        return self.facts()

    def place(self, name: str) -> list[int]:
        """Wait for a control whose name begins so; return where it is."""

        def found() -> str:
            places = self.look().get("places", {})
            return name if name in places else next((k for k in places if k.startswith(name)), "")

        return self.look()["places"][until(found, name)]

    def move(self, x: float, y: float) -> None:
        self._screen.do("mousemove", str(round(x)), str(round(y)))

    def click(self, name: str) -> None:
        left, top, width, height = self.place(name)
        self.move(left + width / 2, top + height / 2)
        self._screen.do("click", "1")

    def drag(self, path: list[tuple[float, float]]) -> None:
        """Press at the first place, move over the others, let go at the last."""
        self.move(*path[0])
        self._screen.do("mousedown", "1")
        for place in path[1:]:
            self.move(*place)
            time.sleep(0.02)
        self._screen.do("mouseup", "1")


def test_look_back_lasso_exclude_and_fit_again(screen: Screen, tmp_path: Path) -> None:
    """Open, fit, scrub to an early iteration, lasso some rows, exclude them, refit, export."""
    source, report = tmp_path / "geyser.csv", tmp_path / "report.json"
    source.write_bytes(SAMPLE.read_bytes())
    out, errors = tmp_path / "labelled.csv", tmp_path / "errors.txt"
    with errors.open("wb") as file:
        program = subprocess.Popen(
            [sys.executable, str(WATCHED), str(report), str(source)],
            env=screen.environment,
            stderr=file,
        )
    hands = Hands(screen, report)
    window = screen.window("geyser — GMM Studio")
    screen.do("windowactivate", "--sync", window)
    hands.click("Fit")
    hands.until(lambda facts: facts["fits"] == 1 and facts["final"], "a fit")

    left, top, width, height = hands.place("Iteration")
    middle = top + height / 2
    hands.drag([(left + width - 8, middle), (left + width / 2, middle), (left + 4, middle)])
    early = hands.until(lambda facts: not facts["final"], "an early iteration")
    assert early["iteration"] < early["last"]
    hands.click("Last iteration")
    hands.until(lambda facts: facts["final"], "the last iteration")

    hands.click("Select rows with a lasso")
    left, top, width, height = hands.facts()["plot"]
    corners = ((0.02, 0.5), (0.5, 0.5), (0.5, 0.98), (0.02, 0.98), (0.02, 0.6))
    hands.drag([(left + x * width, top + y * height) for x, y in corners])
    chosen = hands.until(lambda facts: facts["selected"] > 0, "a selection")["selected"]
    assert 20 < chosen < 272  # the short eruptions with short waiting times
    hands.click("Exclude")
    after = hands.until(lambda facts: facts["excluded"] > 0, "the exclusion")
    assert after["excluded"] == chosen
    hands.click("Fit")
    hands.until(lambda facts: facts["fits"] == 2 and facts["final"], "a fit without them")

    screen.do("windowactivate", "--sync", window)
    screen.keys("ctrl+e")
    screen.window("Export the labelled table")
    answer_export(screen, out)
    screen.do("windowactivate", "--sync", window)
    screen.keys("ctrl+q")
    hands.click("Do not save")  # the first of the two fits stands in no file
    assert_ended_well(program, errors)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 272
    unlabelled = [row for row in rows if not row["cluster_id"]]
    assert len(unlabelled) == chosen and {row["note"] for row in unlabelled} == {"excluded"}
