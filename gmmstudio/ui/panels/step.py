"""What the three steps of the left panel have in common."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gmmstudio.document.commands import Command
from gmmstudio.document.session import Change, Session
from gmmstudio.ui.widgets.labels import Refusal, SectionHeader


class Step(QWidget):
    """A numbered step: header, its controls in ``body``, and a line for what was refused."""

    def __init__(self, title: str, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(4)
        self.header = SectionHeader(title)
        self.refusal = Refusal()
        self.body.addWidget(self.header)
        self.body.addWidget(self.refusal)

    def ask(self, command: Command) -> None:
        """Apply a command; where it is refused, say why and show the document again."""
        try:
            self.session.apply(command)
        except ValueError as error:
            self.refusal.say(str(error))
            self.refresh()
        else:
            self.refusal.hide()

    def refresh(self) -> None:
        """Show the document as it is."""

    def on_change(self, change: Change) -> None:
        """Show what a change of the document touched."""
