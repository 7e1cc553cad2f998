"""Hands on the model in the scatter, put together: tool, handles, and the bar over the plot."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu

from gmmstudio.document.session import Change, Session
from gmmstudio.ui import hands_menu
from gmmstudio.ui.hand_figures import state_words
from gmmstudio.ui.hands import Hands
from gmmstudio.ui.run_control import RunControl
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.hands.bar import HINTS, HandsBar
from gmmstudio.ui.views.hands.tool import ADJUST, HandsTool
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.tool_strip import MOVE

NOT_YET = "Let EM go on first: what was only placed by hand is no fit."
COLLAPSED = "A cluster collapsed, so this is no model to keep; change it, or discard it."


class HandsView(QObject):
    """Adds hands to a scatter; the bar is there while the tool is in hand or a draft is open."""

    def __init__(
        self, scatter: ScatterView, session: Session, stage: Stage, control: RunControl
    ) -> None:
        super().__init__(scatter)
        self._scatter, self._session, self._stage = scatter, session, stage
        self.hands = Hands(session, stage, control, self)
        self.tool = HandsTool(scatter, self.hands, lambda: session.document, stage.selection)
        self.bar = HandsBar(scatter)
        self.bar.hide()
        scatter.head.addWidget(self.bar)
        self.bar.kept.connect(self.hands.keep)
        self.bar.discarded.connect(self.hands.discard)
        self.bar.went_on.connect(self.hands.go_on)
        self.bar.paused.connect(control.pause)
        self.bar.alone_changed.connect(self.hands.set_goes_on_alone)
        for signal in (
            self.hands.changed,
            self.tool.usable_changed,
            stage.reading_changed,
            stage.assignment_changed,
        ):
            signal.connect(self.refresh)
        self._unsubscribe = session.subscribe(self._document_changed)
        self.refresh()

    def shutdown(self) -> None:
        """Let go of session and stage."""
        self._unsubscribe()
        self._stage.reading_changed.disconnect(self.refresh)
        self._stage.assignment_changed.disconnect(self.refresh)
        self.tool.shutdown()
        self.hands.shutdown()

    @Slot()
    def toggle(self) -> None:
        """Take the tool in hand, or put it away."""
        self._scatter.tools.take(MOVE if self.tool.in_hand else ADJUST)

    @Slot(int, object)
    def offer(self, identity: int, where: QPoint) -> None:
        """Offer what can be done with a cluster, wherever it is shown on the screen."""
        shown = self._stage.shown
        if shown is None or identity not in shown.identities:
            return
        menu = QMenu(self._scatter)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        document = self._session.document
        hands_menu.fill(menu, self.hands, document, shown.identities, identity)
        self.tool.remember(menu)
        menu.popup(where)

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"draft", "active", "table", "names"}:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say how things stand."""
        document, shown, hands = self._session.document, self._stage.shown, self.hands
        there = document.draft is not None or hands.held is not None
        if not there and not self.tool.in_hand:
            self.bar.hide()
            return
        state = self._stage.state
        words = state_words(document, shown, state, "" if hands.held is None else hands.held.words)
        why = hands.refused or ("" if there else hands.why_not or self.tool.why_no_handles)
        if not words or hands.refused:
            words = why or HINTS[0]
        draft = document.draft
        collapsed = draft is not None and draft.fit is not None and draft.fit.collapsed is not None
        self.bar.show_words(words, "" if why else HINTS[1], warning=bool(why) or collapsed)
        self.bar.show_gain(hands.gain if there else None, wanted=there)
        by_hand = shown is not None and shown.by_hand
        self.bar.show_buttons(
            there=there,
            can_go_on=hands.can_go_on and hands.held is None,
            pauses=state == "fitting" and by_hand and hands.held is None,
            can_keep=hands.can_keep,
            why_not_keep=COLLAPSED if collapsed else NOT_YET,
        )
        self.bar.show()
