"""The program as it is, which besides says where its controls are, for hands outside.

``python watched_window.py REPORT [FILE]`` writes to REPORT, a few times a second, the place on the
screen of every control that can be seen, by its accessible name, and how far the analysis is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gmmstudio import app
from gmmstudio.ui.main_window import MainWindow

EVERY_MS = 150


def name_of(widget: QWidget) -> str:
    """Return what a control is called: for the ear, else by what is written on it."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QLabel):
        return ""
    text = getattr(widget, "text", None)
    return str(text()).replace("&", "") if callable(text) else ""


def places() -> dict[str, list[int]]:
    """Return left, top, width and height on the screen of all controls that are seen."""
    found = {}
    # Of two with the same name the one that takes the focus is the control, the other its caption.
    widgets = sorted(QApplication.allWidgets(), key=lambda w: w.focusPolicy().value)
    for widget in widgets:
        name = name_of(widget)
        if name and widget.isVisible():
            corner = widget.mapToGlobal(QPoint(0, 0))
            found[name] = [corner.x(), corner.y(), widget.width(), widget.height()]
    return found


def facts() -> dict[str, object]:
    """Return how far the analysis is."""
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    if not windows:
        return {}
    window = windows[0]
    stage, document = window.stage, window.session.document
    shown = stage.shown
    box = window.workspace.scatter.plot.box
    corner = window.workspace.scatter.plot.mapToGlobal(QPoint(0, 0))
    area = box.sceneBoundingRect()
    return {
        "state": stage.state,
        "fits": len(document.fits),
        "final": shown is not None and shown.final,
        "iteration": None if shown is None else shown.iteration,
        "last": None if shown is None else shown.last_iteration,
        "selected": stage.selection.n,
        "excluded": len(document.preparation.excluded),
        "plot": [
            corner.x() + area.left(),
            corner.y() + area.top(),
            area.width(),
            area.height(),
        ],
    }


def report(path: Path) -> None:
    """Write it, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"places": places(), "facts": facts()}))
    fresh.replace(path)


def main() -> int:
    """Run the program."""
    path = Path(sys.argv[1])
    timer = QTimer(app.application())
    timer.timeout.connect(lambda: report(path))
    timer.start(EVERY_MS)
    return app.main(Path(sys.argv[2]) if len(sys.argv) > 2 else None)


if __name__ == "__main__":
    raise SystemExit(main())
