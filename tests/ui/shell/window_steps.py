"""What many tests of the whole window do first."""

from __future__ import annotations


def opened(window, path, until) -> None:
    before = window.session.document
    window.handlers.open_path(path)
    until(lambda: window.session.document is not before and not window.projects.is_busy)


def fitted(window, until) -> None:
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
