"""The system's dialogs for choosing a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gmmstudio.table.formats.kinds import COLUMNAR, ENDINGS, STATISTICS, WORKBOOKS, Kind
from gmmstudio.ui.dialogs import messages

KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("Text tables", ("text", "gzip", "zip")),
    ("Workbooks", WORKBOOKS),
    ("Parquet and Feather", COLUMNAR),
    ("SPSS, Stata and SAS", STATISTICS),
)


def _pattern(kinds: Iterable[Kind]) -> str:
    return " ".join(f"*{ending}" for kind in kinds for ending in ENDINGS[kind])


_TABLE_ENDINGS = _pattern(ENDINGS)
_EACH_KIND = tuple(f"{words} ({_pattern(kinds)})" for words, kinds in KINDS)
PROJECTS = "Projects (*.gmms)"
ALL = "All files (*)"
BOTH = ";;".join([f"Tables and projects ({_TABLE_ENDINGS} *.gmms)", *_EACH_KIND, PROJECTS, ALL])
TABLES = ";;".join([f"Tables ({_TABLE_ENDINGS})", *_EACH_KIND, ALL])


def ask_open(parent: QWidget, folder: str) -> Path | None:
    """Ask which table or project to open."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Open a table or a project", folder, BOTH)
    return Path(chosen) if chosen else None


def ask_table(parent: QWidget, folder: str, title: str = "Find the table") -> Path | None:
    """Ask which table to read."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, folder, TABLES)
    return Path(chosen) if chosen else None


def ask_project(parent: QWidget, title: str, suggestion: Path) -> Path | None:
    """Ask where to save a project; the system asks before it overwrites."""
    return _ask_one_kind(parent, title, suggestion, PROJECTS, "gmms")


def ask_picture(parent: QWidget, suggestion: Path, name: str, ending: str) -> Path | None:
    """Ask where to write a picture; the system asks before it overwrites."""
    return _ask_one_kind(parent, "Save the picture", suggestion, f"{name} (*.{ending})", ending)


def ask_gif(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where to write an animated GIF; the system asks before it overwrites."""
    title = "Save the run as a GIF"
    return _ask_one_kind(parent, title, suggestion, "Animated GIF (*.gif)", "gif")


def _ask_one_kind(
    parent: QWidget, title: str, suggestion: Path, kind: str, ending: str
) -> Path | None:
    dialog = QFileDialog(parent, title, str(suggestion.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilter(kind)
    dialog.setDefaultSuffix(ending)  # before it asks whether to overwrite
    dialog.selectFile(suggestion.name)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    return Path(chosen[0]) if chosen else None


def ask_export(
    parent: QWidget, suggestion: Path, title: str, words: str, ending: str
) -> Path | None:
    """Ask where to write what is exported; a name without an ending gets this one."""
    kinds = f"{words} (*{ending});;All files (*)"
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(suggestion), kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else _ended(parent, path, ending)


def ask_report(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where to write the report, and thereby how: as HTML or as PDF."""
    kinds = "Web page (*.html);;PDF document (*.pdf)"
    return _ask_kind(parent, "Save the report", suggestion, kinds)


def ask_script(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask where to write the script, and thereby in which language."""
    kinds = "Python script (*.py);;R script (*.R)"
    return _ask_kind(parent, "Save a script", suggestion, kinds)


def _ask_kind(parent: QWidget, title: str, suggestion: Path, kinds: str) -> Path | None:
    """Ask where to write; a name without one of these endings gets that of the kind chosen."""
    chosen, kind = QFileDialog.getSaveFileName(parent, title, str(suggestion), kinds)
    if not chosen:
        return None
    path, ending = Path(chosen), kind.rpartition("*")[2].rstrip(")")
    known = [each.rpartition("*")[2].rstrip(")") for each in kinds.split(";;")]
    if path.suffix.lower() in {each.lower() for each in known}:
        return path
    return _ended(parent, path, ending or known[0])


def _ended(parent: QWidget, path: Path, ending: str) -> Path | None:
    """Put an ending behind a name; of a file that is called so the system has not asked."""
    path = path.with_name(path.name + ending)
    if path.exists() and not messages.ask_before_overwriting(parent, path.name):
        return None
    return path


def ask_new_folder(parent: QWidget, suggestion: Path) -> Path | None:
    """Ask for the name of a folder to make."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent,
        "Save the run as pictures in a new folder",
        str(suggestion),
        "New folder (*)",
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    return Path(chosen) if chosen else None
