"""The window's session: it warns before every change, so that a run can end first."""

from __future__ import annotations

from collections.abc import Callable

from gmmstudio.document.commands import Command
from gmmstudio.document.document import Document
from gmmstudio.document.session import Session


class LiveSession(Session):
    """A session that calls ``before_change`` with the command to come, None for undo and redo.

    A change of data or model in the middle of a run ends the run and keeps its last iteration
    *before* the change: so undo finds them in the order in which the user made them.
    """

    def __init__(self, document: Document | None = None) -> None:
        super().__init__(document)
        self.before_change: Callable[[Command | None], None] | None = None

    def apply(self, command: Command) -> bool:
        """Carry out a command, ending a run that it would make untrue."""
        if self.before_change is not None:
            self.before_change(command)
        return super().apply(command)

    def undo(self) -> bool:
        """End a run, then go back one step."""
        if self.before_change is not None:
            self.before_change(None)
        return super().undo()

    def redo(self) -> bool:
        """End a run, then go forward one step."""
        if self.before_change is not None:
            self.before_change(None)
        return super().redo()
