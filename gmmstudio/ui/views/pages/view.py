"""Views that draw the columns of the table page by page, from what a thread finds in the rows."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gmmstudio.document.session import Change, Session
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.pages.area import PageArea
from gmmstudio.ui.views.pages.foot import Foot
from gmmstudio.ui.views.pages.pager import Pager
from gmmstudio.ui.views.view import View
from gmmstudio.ui.widgets.painting import fill_ground


class PagedView(View):
    """An area that draws a page of the columns; below it pagers, and a word on what is seen.

    Subclasses override :meth:`refresh`, :meth:`_found`, :meth:`_fault` and :meth:`_forget_table`.

    Parameters
    ----------
    session, stage
        What is shown.
    area
        Draws a page.
    pagers
        Lead from page to page.
    name
        Of the view, and of the thread that looks at the rows.

    Attributes
    ----------
    note
        The word on what is seen.
    """

    follows: frozenset[str] = frozenset({"table"})  # fields of the document that are shown

    def __init__(
        self,
        session: Session,
        stage: Stage,
        area: PageArea,
        pagers: tuple[Pager, ...],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._session, self._stage = session, stage
        self._foreign: Shown | None = None  # a frame of the table before, not yet replaced
        self._beside = Beside(f"gmmstudio-{name}", self)
        self._beside.answered.connect(self._found)
        self._beside.failed.connect(self._fault)
        self._page_area = area
        self._foot = Foot(*pagers, parent=self)
        self.note = self._foot.note
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(self._foot)
        area.resized.connect(self.look_again)
        for pager in pagers:
            pager.turned.connect(self._turn)
        stage.shown_changed.connect(self.look_again)
        stage.selection.changed.connect(self.look_again)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)

    # ---- for the shell -------------------------------------------------------------------

    def leave_room(self, width: int) -> None:
        """Keep pagers and words clear of what lies over the foot."""
        self._foot.leave_room(width)

    def shutdown(self) -> None:
        """End what runs and let go of session and stage."""
        self._unsubscribe()
        self._stage.shown_changed.disconnect(self.look_again)
        self._stage.selection.changed.disconnect(self.look_again)
        theme.signals().changed.disconnect(self._restyle)
        self._beside.shut_down()

    # ---- what is shown -------------------------------------------------------------------

    def _shown(self) -> Shown | None:
        """Return the stage's frame, unless it is still one of the table before."""
        shown = self._stage.shown
        return None if shown is self._foreign else shown

    @Slot(object)
    def _found(self, answer) -> None:
        """Show what the thread found."""

    @Slot()
    def _fault(self) -> None:
        """Say that the thread met a fault."""

    # ---- what changes --------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self._foreign = self._stage.shown
            self._beside.forget()
            self._forget_table()
        if change.fields & self.follows:
            self.look_again()

    def _forget_table(self) -> None:
        """Let go of what a table gave; nobody may look here for long."""

    @Slot(int)
    def _turn(self, _block: int) -> None:
        self.look_again()

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self._foot.fit()
        self._page_area.restyle()
        self.look_again()
