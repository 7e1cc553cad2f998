"""A window with penguins, three full clusters and a search for the best K.

``python fitted_window.py FOLDER`` writes a picture of every view, light and dark, to FOLDER, as the
screen of that process shows it. QT_SCALE_FACTOR=2 gives it two device pixels per logical one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from approval import portrait
from PySide6.QtWidgets import QApplication, QWidget
from waiting import settle, wait

from gmmstudio.ui import theme
from gmmstudio.ui.main_window import MainWindow

VIEWS = ("Scatter", "Matrix", "Uncertainty", "Profile", "Compare shapes", "Table")
WHOLE = "All together"  # the views with both panels, both lower plots and the transport bar


def make_window(app: QApplication) -> MainWindow:
    """Open the sample, fit it, and find the best K."""
    theme.install(app)
    window = MainWindow()
    window.asks_before_closing = False
    window.control.replay_after_fit = False
    window.show()
    window.handlers.open_sample("penguins")
    wait(app, lambda: window.session.document.table is not None, "the table")
    window.control.fit()
    wait(
        app,
        lambda: window.stage.assignment is not None and not window.control.is_running,
        "the fit",
    )
    window.control.find_best_k(range(1, 7), ("VII", "VVI", "EEE", "VVV"))
    wait(app, lambda: window.session.document.sweep is not None, "the search")
    wait(app, lambda: not window.control.is_running, "the best K")
    return window


def turn_to(app: QApplication, window: MainWindow, view: str, look: str) -> QWidget:
    """Show a view and wait until it is drawn; return what its picture is taken of."""
    theme.choose("light" if look == "light" else "dark")
    workspace = window.workspace
    workspace.tabs.setCurrentIndex(0 if view == WHOLE else VIEWS.index(view))
    settle(app, workspace)
    return workspace if view == WHOLE else workspace.tabs


def name_of(view: str, look: str, size: str) -> str:
    """Return the file name of a picture."""
    return f"{view.lower().replace(' ', '-')}-{look}-{size}.png"


def main() -> None:
    """Write the pictures."""
    app = QApplication([])
    window = make_window(app)
    window.resize(1280, 720)
    for look in ("light", "dark"):
        for view in (*VIEWS, WHOLE):
            picture = portrait(turn_to(app, window, view, look))
            picture.save(str(Path(sys.argv[1]) / name_of(view, look, "1280x720@2")))
    window.close()


if __name__ == "__main__":
    main()
