"""The pictures of the README: ``python -m tests.screenshots [FOLDER]`` makes them all again.

They go to packaging/screenshots unless another folder is named. Nothing is downloaded, and the
user's settings are neither read nor changed.
"""

from __future__ import annotations

import datetime
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SCREENSHOTS = Path(__file__).parents[1] / "packaging" / "screenshots"
SIZE = (1280, 800)
SECONDS = 60.0
MARKS = ("town;rent;age", "{name};{rent:.3f};{age:.0f}")
TOWNS = ("Ahlen", "Bonn", "Celle", "Diez", "Emden", "Fulda")


def main(folder: Path) -> None:
    """Make every picture."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["GMMSTUDIO_SETTINGS_DIR"] = scratch
        os.chdir(scratch)  # the pictures name files, and no folder of this machine
        from gmmstudio.app import application, run_demo
        from gmmstudio.ui import theme

        demo = Path(scratch) / "demo"
        if run_demo(demo):
            sys.exit("The demo did not come to its end.")
        for picture in demo.glob("*.png"):
            shutil.copy(picture, folder / picture.name)
        application()
        theme.choose("light")
        Player(folder).play()


class Player:
    """Plays on a window and takes pictures of what shows."""

    def __init__(self, folder: Path) -> None:
        from gmmstudio.ui.main_window import MainWindow

        self._folder = folder
        self._window = MainWindow()
        self._window.asks_before_closing = False
        self._window.control.replay_after_fit = False
        self._window.resize(*SIZE)
        self._window.show()

    def play(self) -> None:
        """Take one picture after another."""
        self._import()
        self._data_check()
        self._matrix()
        self._export()
        self._report()
        self._window.close()

    def _import(self) -> None:
        """Rents that may be thousands, or one and a bit."""
        from gmmstudio.ui.widgets.labels import ElidedLabel

        rng = np.random.default_rng(1)
        rows = [
            MARKS[1].format(name=TOWNS[i % 6], rent=rng.uniform(1, 9), age=rng.uniform(5, 90))
            for i in range(60)
        ]
        self._open("rents.csv", [MARKS[0], *rows])
        importing = self._window.importing
        self._until(lambda: importing.dialog is not None)
        for label in importing.dialog.findChildren(ElidedLabel):
            if label.accessibleName() == str(Path.cwd()):
                label.set_text("/home/you/tables")
        self._take("import-light", importing.dialog)
        importing.dialog.reject()

    def _data_check(self) -> None:
        """A copy of a column, codes, heavy ties and a value far out."""
        rng = np.random.default_rng(2)
        lines = ["height_cm,height_in,weight_kg,answer"]
        for i in range(200):
            height = rng.normal(170, 9)
            weight = 4000.0 if i == 60 else height - 100 + rng.normal(0, 8)
            lines.append(f"{height:.2f},{height / 2.54:.6f},{weight:.1f},{rng.integers(1, 6)}")
        self._open("people.csv", lines)
        step, check = self._window.workspace.left.data, self._window.workspace.left.data.check
        self._until(lambda: bool(check.open) and not check.waits)
        step.open_check()
        step.check_dialog.resize(step.check_dialog.width(), 400)
        self._take("data-check-light", step.check_dialog)
        step.check_dialog.close()

    def _matrix(self) -> None:
        """The penguins, fitted."""
        window = self._window
        window.handlers.open_sample("penguins")
        self._until(lambda: window.session.document.table.name == "penguins")
        window.control.fit()
        self._until(lambda: window.stage.assignment is not None and not window.control.is_running)
        window.workspace.tabs.setCurrentWidget(window.workspace.matrix)
        self._take("matrix-light", window)

    def _export(self) -> None:
        self._window.preferences.folder = "."
        self._window.exporting.ask()
        self._take("export-light", self._window.exporting.dialog)
        self._window.exporting.dialog.close()

    def _report(self) -> None:
        """The first sheet of the PDF, painted as a picture."""
        from PySide6.QtGui import QImage, QPainter

        from gmmstudio.report.whole import report
        from gmmstudio.ui.sheets.pdf import HEIGHT, WIDTH, paint_sheet, sheets_of

        window, scale = self._window, 1.25
        window.control.find_best_k(range(1, 7), ("VII", "VVI", "EEE", "VVV"))
        self._until(lambda: window.session.document.sweep and not window.control.is_running)
        self._until(lambda: window.stage.assignment is not None)
        document, today = window.session.document, datetime.date.today()
        made = report(document, window.stage.assignment, made=today)
        sheets = sheets_of(made)
        picture = QImage(round(scale * WIDTH), round(scale * HEIGHT), QImage.Format.Format_RGB32)
        picture.fill("white")
        painter = QPainter(picture)
        painter.scale(scale, scale)
        paint_sheet(painter, made, sheets, 0)
        painter.end()
        picture.save(str(self._folder / "report-light.png"))

    def _open(self, name: str, lines: list[str]) -> None:
        path = Path(name)
        path.write_text("\n".join(lines) + "\n")
        self._window.handlers.open_path(path)
        self._until(lambda: not self._window.opening.is_reading)

    def _take(self, name: str, widget) -> None:
        from gmmstudio.app import application, settle

        settle(application(), 1.0)
        widget.grab().save(str(self._folder / f"{name}.png"))

    def _until(self, done: Callable[[], bool]) -> None:
        from gmmstudio.app import application

        deadline = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > deadline:
                sys.exit("A step took too long.")
            application().processEvents()
            time.sleep(0.002)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else SCREENSHOTS)
