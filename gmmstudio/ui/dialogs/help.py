"""Glossary, keyboard shortcuts, about."""

from __future__ import annotations

import contextlib
import html
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gmmstudio import resources
from gmmstudio.report.versions import parts
from gmmstudio.ui import theme


def glossary_terms() -> tuple[tuple[str, str], ...]:
    """Return every term with its explanation, in alphabetical order."""
    text = resources.path("help", "glossary.json").read_text(encoding="utf-8")
    pairs = [(str(term), str(meaning)) for term, meaning in json.loads(text)]
    return tuple(sorted(pairs, key=lambda pair: pair[0].casefold()))


class GlossaryDialog(QDialog):
    """Every term of the program in a sentence or two, with a search field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Glossary")
        self.resize(560, 620)
        self._terms = glossary_terms()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search a term")
        self.search.setAccessibleName("Search the glossary")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Glossary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.text)
        layout.addWidget(_close_button(self))
        theme.signals().changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        wanted = self.search.text().strip().casefold()
        found = [
            (term, meaning)
            for term, meaning in self._terms
            if wanted in term.casefold() or wanted in meaning.casefold()
        ]
        # A term that matches stands before those that only mention it.
        found.sort(key=lambda pair: wanted not in pair[0].casefold())
        muted = theme.current().muted
        parts = [
            f"<p style='margin-bottom:10px'><b>{html.escape(term)}</b><br>"
            f"<span>{html.escape(meaning)}</span></p>"
            for term, meaning in found
        ]
        nothing = f"<p style='color:{muted}'>No term contains “{html.escape(wanted)}”.</p>"
        self.text.setHtml("".join(parts) or nothing)


class ShortcutsDialog(QDialog):
    """All shortcuts, by menu."""

    def __init__(
        self,
        groups: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(4, 4, 12, 4)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        row = 0
        for heading, entries in groups:
            label = QLabel(heading.upper())
            label.setProperty("role", "section")
            grid.addWidget(label, row, 0, 1, 2)
            row += 1
            for title, keys in entries:
                grid.addWidget(QLabel(title), row, 0)
                shown = QLabel(keys)
                shown.setProperty("role", "muted")
                grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
                row += 1
            grid.setRowMinimumHeight(row, 10)
            row += 1
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(area)
        layout.addWidget(_close_button(self))
        bar = area.verticalScrollBar().sizeHint().width()
        self.resize(max(440, inner.sizeHint().width() + bar + 40), 600)


class AboutDialog(QDialog):
    """Versions, licence, and where the log is."""

    def __init__(self, logs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About GMM Studio")
        self._logs = logs
        title = QLabel("GMM Studio")
        title.setProperty("role", "heading")
        what = QLabel(
            "Finds groups in a table with Gaussian mixtures, and shows how EM finds them."
        )
        what.setWordWrap(True)
        self.versions = QLabel(versions())
        self.versions.setProperty("role", "muted")
        self.versions.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.versions.setAccessibleName("Versions")
        log = QLabel(
            f"Log folder: <a href='{html.escape(QUrl.fromLocalFile(str(logs)).toString())}'>"
            f"{html.escape(str(logs))}</a>"
        )
        log.setWordWrap(True)
        log.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        log.linkActivated.connect(self._open_logs)
        licence = QLabel("MIT licence. Font: Pretendard (SIL Open Font License).")
        licence.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for widget in (title, what, self.versions, log, licence, _close_button(self)):
            layout.addWidget(widget)
        self.setMinimumWidth(460)

    @Slot()
    def _open_logs(self) -> None:
        with contextlib.suppress(OSError):  # nowhere to write: then there is nothing to see
            self._logs.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs)))


def versions() -> str:
    """Return the versions of the program and of what it stands on, one per line."""
    return "\n".join(f"{part} {version}" for part, version in parts())


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    return buttons
