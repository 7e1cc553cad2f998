"""What views share that draw the columns page by page, from what a thread finds in the rows."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gmmstudio.document.session import Change, Session
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.beside import Beside
from gmmstudio.ui.views.foot import Foot
from gmmstudio.ui.views.pager import Pager
from gmmstudio.ui.views.view import View


class PagedView(View):
    """An area that draws a page of the columns, over a foot with pagers and a note.

    Subclasses override :meth:`refresh`, :meth:`_forget_table` and :meth:`_restyle_area`.

    Parameters
    ----------
    session, stage
        What is shown.
    area
        Draws a page; its ``resized`` asks for another one.
    pagers
        At the left of the foot.
    name
        Of the thread that looks at the rows.

    Attributes
    ----------
    note
        A word on what is seen.
    """

    follows: frozenset[str]
    """Fields of the document that the view shows."""

    def __init__(
        self,
        session: Session,
        stage: Stage,
        area: Area,
        *pagers: Pager,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
