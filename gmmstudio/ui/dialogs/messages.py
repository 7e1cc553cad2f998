"""A message: one sentence, and the details for whoever wants them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QPushButton, QWidget

from gmmstudio.ui import icons

Answer = Literal["save", "leave", "cancel"]


class Messages:
    """Shows one message at a time over the window; it does not stop the program."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.box: QMessageBox | None = None

    def show(self, sentence: str, details: str = "") -> None:
        """Show a sentence; ``details`` are folded away."""
        self.close()
        box = QMessageBox(self._parent)
        box.setIconPixmap(icons.pixmap("warning", 32, "warning", self._parent.devicePixelRatioF()))
        box.setWindowTitle("GMM Studio")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(sentence)
        if details:
            box.setDetailedText(details)
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        box.setModal(False)
        self.box = box
        box.open()

    @Slot()
    def close(self) -> None:
        """Take the message away."""
        if self.box is not None:
            self.box.close()
            self.box.deleteLater()
            self.box = None


def ask_before_leaving(
    parent: QWidget, name: str, *, closing: bool, exported: bool = False
) -> Answer:
    """Ask what to do with an analysis that was not saved, though maybe ``exported``."""
    box = _question(parent, "save", "accent", "Save the analysis")
    also = " The table that was exported holds the labels of its rows only." if exported else ""
    box.setText(f"The analysis of “{name}” has changes that are not saved.{also}")
    box.setInformativeText(
        "Without saving them they are gone when the window closes."
        if closing
        else "Undo brings them back, but only until the window closes."
    )
    return _answer(box, "Save…", "Do not save")


def ask_for_data(parent: QWidget, language: str, source: str, path: Path) -> Answer:
    """Ask whether to write the data that a script reads, since it cannot read their source.

    Parameters
    ----------
    parent
        The window.
    language
        "py" or "R".
    source
        The file that the table was read from; empty where there is none.
    path
        Where the data would go.
    """
    box = _question(parent, "save", "accent", "The data of the script")
    box.setText(
        f"R does not read “{source}” as this program does."
        if source and language == "R"
        else "The table was not read from a file that the script could read."
    )
    there = " It replaces the file that is there." if path.exists() else ""
    box.setInformativeText(f"Write the data as “{path.name}” beside the script, too?{there}")
    return _answer(box, "Write both", "Script only")


def ask_before_replacing(parent: QWidget, name: str) -> bool:
    """Ask whether the pictures of an earlier film may go; return the answer."""
    box = _question(parent, "warning", "warning", "Replace the pictures")
    box.setText(f"“{name}” holds the pictures of another run.")
    box.setInformativeText("Shall the new ones take their place?")
    return _may_replace(box)


def ask_before_overwriting(parent: QWidget, name: str) -> bool:
    """Ask whether a file that is there already may go; return the answer."""
    box = _question(parent, "warning", "warning", "Replace the file")
    box.setText(f"“{name}” is there already.")
    box.setInformativeText("Shall the new file take its place?")
    return _may_replace(box)


def _question(parent: QWidget, icon: str, color: str, title: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setIconPixmap(icons.pixmap(icon, 32, color, parent.devicePixelRatioF()))
    box.setWindowTitle(title)
    return box


def _answer(box: QMessageBox, save: str, leave: str) -> Answer:
    """Ask with a button for each answer; Return saves."""
    saving = box.addButton(save, QMessageBox.ButtonRole.AcceptRole)
    leaving = box.addButton(leave, QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(saving)
    clicked = _ask(box, cancel)
    if clicked is saving:
        return "save"
    return "leave" if clicked is leaving else "cancel"


def _may_replace(box: QMessageBox) -> bool:
    """Ask whether something may be replaced; Return leaves it."""
    replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    return _ask(box, cancel) is replace


def _ask(box: QMessageBox, cancel: QPushButton) -> QAbstractButton:
    """Wait for an answer; Escape and closing the box cancel."""
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return clicked
