"""The system's dialogs for choosing a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

TABLES = "Tables (*.csv *.tsv *.tab *.txt);;All files (*)"


def ask_open(parent: QWidget, folder: str) -> Path | None:
    """Ask which table to open."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Open a table", folder, TABLES)
    return Path(chosen) if chosen else None


def ask_export(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where to write the labelled table; the system asks before it overwrites."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Export the labelled table", str(suggestion), "CSV (*.csv);;All files (*)"
    )
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(".csv")
