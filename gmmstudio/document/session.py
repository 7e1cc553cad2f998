"""The one place where the document changes: apply, undo, redo, and who is told."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document


@dataclass(frozen=True, eq=False)
class Change:
    """From one document to the next; ``fields`` names the parts that are not the same."""

    old: Document
    new: Document
    fields: frozenset[str]


Listener = Callable[[Change], None]


@dataclass(frozen=True, eq=False)
class _Step:
    """One entry of undo or redo: the document on the other side, and what it was called."""

    document: Document
    label: str


class Session:
    """A document, its past and its future.

    Everything happens in the thread that made the session.
    """

    def __init__(self, document: Document | None = None) -> None:
        self._document = Document() if document is None else document
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self._merge_key: str | None = None
        self._listeners: list[Listener] = []
        self._changes: deque[Change] = deque()
        self._telling = False
        self._thread = threading.get_ident()

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._document

    def apply(self, command: Command) -> bool:
        """Carry out a command; return whether anything changed.

        Raises
        ------
        DocumentError
            If the command makes no sense now; nothing was changed.
        """
        self._check_thread()
        old = self._document
        new = command.apply(old)
        if not changed_fields(old, new):
            return False
        merge_key = command.merge_key
        if merge_key is None or merge_key != self._merge_key:
            self._undo.append(_Step(old, command.label))
        else:
            start = self._undo[-1].document
            new = start.replace(**{name: getattr(new, name) for name in changed_fields(start, new)})
            if new is start:  # dragged back to where it began: nothing is left to undo
                self._undo.pop()
                merge_key = None
        self._redo.clear()
        self._merge_key = merge_key
        self._move_to(new)
        return True

    def seal(self) -> None:
        """End a drag: the next command is an undo step of its own."""
        self._merge_key = None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._redo)

    @property
    def undo_label(self) -> str:
        """What undo would undo; empty if nothing."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty if nothing."""
        return self._redo[-1].label if self._redo else ""

    def undo(self) -> bool:
        """Go back one step; return whether there was one."""
        return self._go(self._undo, self._redo)

    def redo(self) -> bool:
        """Go forward one step; return whether there was one."""
        return self._go(self._redo, self._undo)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called with every `Change`; call what is returned to end it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            # By identity: bound methods are made anew, and equal ones may be subscribed twice.
            self._listeners[:] = [known for known in self._listeners if known is not listener]

        return unsubscribe

    def _go(self, origin: list[_Step], target: list[_Step]) -> bool:
        self._check_thread()
        self.seal()
        if not origin:
            return False
        step = origin.pop()
        target.append(_Step(self._document, step.label))
        self._move_to(step.document)
        return True

    def _move_to(self, new: Document) -> None:
        old, self._document = self._document, new
        self._changes.append(Change(old, new, changed_fields(old, new)))
        if self._telling:
            return  # a listener changed the document: all hear of the first change first
        self._telling = True
        errors: list[Exception] = []
        try:
            while self._changes:
                change = self._changes.popleft()
                for listener in tuple(self._listeners):
                    try:
                        listener(change)
                    except Exception as error:  # one broken view must not leave the others stale
                        errors.append(error)
        finally:
            self._telling = False
        if errors:
            raise errors[0]

    def _check_thread(self) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("the document changes only in the thread that made its session")


def changed_fields(old: Document, new: Document) -> frozenset[str]:
    """Name the fields that are not the same object in both."""
    return frozenset(
        field.name
        for field in fields(Document)
        if getattr(old, field.name) is not getattr(new, field.name)
    )
