"""How many rows are selected and what can be done with them: a bar that floats over the views."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gmmstudio.document.session import Change, Session
from gmmstudio.report import formats
from gmmstudio.ui import icons, theme
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.view import View
from gmmstudio.ui.widgets.labels import ElidedLabel

MARGIN = 8  # from the edges of the views
_MOST_WORDS = 340  # pixels, at normal text size
_BUTTONS = (
    (
        "exclude_selected",
        "Exclude",
        "Leave these rows out of the next fit; they stay in grey (Del)",
    ),
    ("include_selected", "Use again", "Use these rows in the next fit again (Shift+Del)"),
    ("fit", "Fit again", "Fit without the excluded rows"),
    ("copy_selected", "Copy", "Copy these rows as a table, with what the fit says of them"),
    ("export_selected", "Export…", "Write only these rows, labelled, to a file of their own"),
    ("invert_selection", "Invert", "Select all other rows instead (Ctrl+I)"),
)
_FIRST_TO_GO = ("invert_selection", "copy_selected", "export_selected")  # the menu has them too


class SelectionBar(QFrame):
    """Shown while rows are selected, at the lower edge of the view in front.

    It lies over the view and takes no room from it, so nothing moves when it comes or goes.

    Attributes
    ----------
    asked : Signal
        The id of the action wanted.
    """

    not_on_paper = True

    asked = Signal(str)

    def __init__(self, session: Session, stage: Stage, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._session, self._stage = session, stage
        self._view: View | None = None
        self._suppressed = False
        self._idle = True
        self._offered: tuple[str, ...] = ()
        self._wordings: tuple[str, ...] = ("",)
        self._excluded: tuple[frozenset[int], np.ndarray] | None = None
        self.setProperty("role", "floating")
        self.setAccessibleName("Selected rows")
        self.words = ElidedLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 4, 3)
        row.setSpacing(0)
        row.addWidget(self.words)
        row.addSpacing(6)
        self.buttons = {name: self._button(name, words, tip) for name, words, tip in _BUTTONS}
        for button in self.buttons.values():
            row.addWidget(button)
        self.clear = self._button("clear_selection", "", "Select nothing (Esc)")
        self.clear.setProperty("role", "tool")
        self.clear.setAccessibleName("Select nothing")
        row.addWidget(self.clear)
        stage.selection.changed.connect(self.refresh)
        stage.state_changed.connect(self._state_changed)
        theme.signals().changed.connect(self._look_changed)
        parent.installEventFilter(self)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._look_changed()

    def _button(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setToolTip(tip)
        button.setAccessibleName(words)
        button.setProperty("role", "floating")
        button.setProperty("action", name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._clicked)
        return button

    def shutdown(self) -> None:
        """Let go of session and stage."""
        self._unsubscribe()
        self._stage.selection.changed.disconnect(self.refresh)
        self._stage.state_changed.disconnect(self._state_changed)
        theme.signals().changed.disconnect(self._look_changed)

    # ---- where -----------------------------------------------------------------------------

    def lie_over(self, view: View) -> None:
        """Float over a view, which is in front now."""
        if self._view is not None and self._view is not view:
            self._view.leave_room(0)
            self._view.removeEventFilter(self)
        self._view = view
        view.installEventFilter(self)
        self._place()
        self.raise_()

    @Slot(bool)
    def suppress(self, suppressed: bool) -> None:
        """Step aside while a shape is drawn."""
        self._suppressed = suppressed
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = watched is self._over and event.type() == QEvent.Type.Resize
        # In a view other things at its foot may need the room now.
        if resized or (watched is self._view and event.type() == QEvent.Type.LayoutRequest):
            self._place()
        return False

    def _place(self) -> None:
        """Lie on the foot of the view where there is room, else just above it."""
        view = self._view
        whole = self._over.width() - 2 * MARGIN
        beside = whole if view is None or not view.foot else view.foot_room - MARGIN
        fits = beside == whole or self._fit(beside, _FIRST_TO_GO[:1], self._wordings[:1])
        if beside == whole or not fits:
            self._fit(whole, _FIRST_TO_GO, self._wordings[-1:])
        left = self._over.width() - self.width() - MARGIN
        foot = 0 if view is None or fits else view.foot
        self.move(left, self._over.height() - foot - self.height() - 2)
        if view is not None:
            there = self.isVisibleTo(self._over) and (fits or not view.foot)
            view.leave_room(self.width() + MARGIN if there else 0)

    def _fit(self, room: int, may_go: tuple[str, ...], least_words: tuple[str, ...]) -> bool:
        """Take no more than so many pixels; tell whether that can be.

        Buttons may go in this order, if need be, and the words be as short as these.
        """
        least = max(map(self.words.width_of, least_words), default=0)
        offered = list(self._offered)
        rest = 0
        for name in ("", *may_go):
            if name in offered:
                offered.remove(name)
            shown = [self.clear, *(self.buttons[other] for other in offered)]
            rest = sum(button.sizeHint().width() for button in shown) + 24
            if rest + least <= room:
                break
        for name, button in self.buttons.items():
            button.setVisible(name in offered)
        most = min(round(_MOST_WORDS * theme.zoom()), room - rest)
        fitting = (words for words in self._wordings if self.words.width_of(words) <= most)
        self.words.set_text(next(fitting, self._wordings[-1]))
        self.words.set_explanation(self._wordings[0])
        self.words.setFixedWidth(max(min(self.words.width_of(self.words.text()), most), 20))
        self.resize(min(self.sizeHint().width(), room), self.sizeHint().height())
        return rest + least <= room

    # ---- what it says ------------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"table", "preparation", "active", "fits", "spec"}:
            self.refresh()

    @Slot()
    def _state_changed(self) -> None:
        if (self._stage.state == "idle") != self._idle:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say how many rows are selected, and offer what makes sense for them."""
        selection, document = self._stage.selection, self._session.document
        self._idle = self._stage.state == "idle"
        there = selection.n > 0 and document.table is not None and not self._suppressed
        if not there:
            self.hide()
            self._place()
            return
        n_out = self._n_excluded()
        self._wordings = wordings(selection.n, selection.words, n_out)
        self.setAccessibleDescription(self._wordings[0])
        record, idle = document.record, self._idle
        stale = record is not None and bool(n_out) and document.is_out_of_date(record)
        makes_sense = {
            "exclude_selected": n_out < selection.n,
            "include_selected": n_out > 0,
            "fit": stale and idle,
            "export_selected": record is not None,
        }
        self._offered = tuple(name for name in self.buttons if makes_sense.get(name, True))
        self.buttons["export_selected"].setEnabled(idle)
        self.show()
        self._place()
        self.raise_()

    def _n_excluded(self) -> int:
        """Count the selected rows that are left out by hand."""
        excluded, mask = self._session.document.preparation.excluded, self._stage.selection.mask
        if not excluded or mask is None:
            return 0
        held = self._excluded
        if held is None or held[0] is not excluded:
            rows = np.fromiter(excluded, np.int64, len(excluded))
            held = self._excluded = excluded, rows
        rows = held[1]
        return int(np.count_nonzero(mask[rows[rows < len(mask)]]))

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.asked.emit(button.property("action"))

    @Slot()
    def _look_changed(self) -> None:
        self.clear.setIcon(icons.icon("close", "muted"))
        self.refresh()


def wordings(n: int, words: str, n_excluded: int) -> tuple[str, ...]:
    """Say how many rows are selected and which, in ever fewer words."""
    rows = formats.rows(n)
    plain = f"{rows} selected"
    whole = f"{plain} ({words})" if words else plain
    if n_excluded:
        out = "excluded" if n_excluded == n else f"{formats.count(n_excluded)} excluded"
        whole, plain = f"{whole} · {out}", f"{rows} · {out}"
    return whole, plain, rows
