"""What all views of the centre have in common: they work while they are seen, and offer choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QWidget

BAR_HEIGHT = 36  # pixels at normal text size, of what may lie over the lower edge of a view


@dataclass(frozen=True)
class Choice:
    """Something to choose in a view, offered beside the tabs.

    Attributes
    ----------
    what
        What is chosen, e.g. "colour".
    tip
        The same in a sentence.
    entries
        What there is to choose from.
    current
        The entry in force.
    pick
        Takes the entry chosen.
    """

    what: str
    tip: str
    entries: tuple[str, ...]
    current: str
    pick: Callable[[str], None]


class View(QWidget):
    """A page of the centre.

    Subclasses override :meth:`refresh`, and connect what changes to :meth:`look_again`: while
    nobody sees the view nothing is done, and once it is seen it is brought up to date.

    Attributes
    ----------
    choices_changed : Signal
        :attr:`choices` are others now.
    title, tip
        What the tab says.
    picture_actions
        Makes "Copy picture" and "Save picture" for a menu that the view opens itself.
    """

    choices_changed = Signal()
    title = ""
    tip = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stale = True
        self.picture_actions: Callable[[QObject], Sequence[QAction]] = lambda _parent: ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What there is to choose in the view."""
        return ()

    @property
    def foot(self) -> int:
        """How many pixels at the lower edge nothing may lie over."""
        return 0

    @property
    def foot_room(self) -> int:
        """How many pixels of :attr:`foot`, from the right, may be covered after all."""
        return 0

    def leave_room(self, width: int) -> None:
        """Let so many pixels of the foot be covered at the right; 0: none any more.

        What covers them is `BAR_HEIGHT` high.
        """

    @Slot()
    def look_again(self) -> None:
        """Bring the view up to date, now if it is seen, else as soon as it is."""
        self._stale = not self.isVisible()
        if not self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Show things as they stand."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.refresh()

    def shutdown(self) -> None:
        """End what runs, let go of session and stage."""
