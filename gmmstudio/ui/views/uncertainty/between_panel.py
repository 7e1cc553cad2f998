"""Beside the uncertainty view: what its colours mean, and the rows between clusters."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gmmstudio.document.assignment import CLEAR, Assignment
from gmmstudio.document.between import Between, between
from gmmstudio.document.document import FitRecord
from gmmstudio.report import formats
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.selection import Selection, how_of
from gmmstudio.ui.views.uncertainty.between_list import BetweenList
from gmmstudio.ui.views.uncertainty.scale import UncertaintyScale
from gmmstudio.ui.widgets.labels import SectionHeader

_WIDTH = 256
_MARGIN = 8
WORDS = "Between clusters"
NO_FIT = "Press Fit: then every row is coloured by how surely it belongs to one cluster."
LIVE = "The fit is under way: the rows between clusters are listed when it rests."
REPLAY = "The list is that of the finished fit."
COUNTING = "Looking for the rows between clusters…"
ONE = "There is one cluster only, and every row belongs to it."
FAULT = "The rows could not be listed because of a fault in the program; the log says more."


class BetweenPanel(QWidget):
    """Scale, a sentence, the list and a button; finds the rows beside the GUI thread.

    Attributes
    ----------
    scale, list
        The scale of colours and the list of rows.
    found_changed : Signal
        :attr:`found` is another.
    """

    found_changed = Signal()

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._asked: tuple[Assignment, FitRecord] | None = None
        self._found: Between | None = None
        self._beside = Beside("gmmstudio-between", self)
        self._beside.answered.connect(self._take)
        self._beside.failed.connect(self._show_list)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        title = SectionHeader("Uncertainty", self)
        self.scale = UncertaintyScale(self)
        self._meaning = self._label()
        self._heading = SectionHeader(WORDS, self)
        self._heading.setToolTip(
            f"Rows whose likeliest cluster is less than {formats.percent(CLEAR)} probable"
        )
        self._sentence = self._label("muted")
        self.list = BetweenList(selection, self)
        self.list.picked.connect(self._pick)
        self._all = QPushButton("Select all of them", self)
        self._all.setProperty("role", "link")
        self._all.setCursor(Qt.CursorShape.PointingHandCursor)
        self._all.setToolTip(
            "Select every row between clusters, in all views.\n"
            "Shift adds them to the selection, Ctrl takes them away, both keep what is common."
        )
        self._all.clicked.connect(self._select_all)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, _MARGIN)
        layout.setSpacing(4)
        for part in (title, self.scale, self._meaning, self._heading, self._sentence):
            layout.addWidget(part)
        layout.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        self._show_list()

    def _label(self, role: str = "note") -> QLabel:
        label = QLabel(self)
        label.setProperty("role", role)
        label.setWordWrap(True)
        return label

    def sizeHint(self) -> QSize:
        return QSize(round(_WIDTH * max(1.0, theme.zoom())), super().sizeHint().height())

    def leave_room(self, covered: int) -> None:
        """Keep the list above so many pixels of the lower edge."""
        self._layout.setContentsMargins(12, 8, 12, max(covered, _MARGIN))

    def shut_down(self) -> None:
        """End timer and thread."""
        self._beside.shut_down()

    # ---- what is shown -------------------------------------------------------------------

    @property
    def found(self) -> Between | None:
        """The rows between clusters; None while they are not known."""
        return self._found

    @property
    def sentence(self) -> str:
        """What is said of the rows between clusters."""
        return self._sentence.text()

    def show_fit(self, assignment: Assignment | None, record: FitRecord | None) -> None:
        """List the rows of a fit; they are looked for once."""
        asked = None if assignment is None or record is None else (assignment, record)
        if asked is not None and self._asked is not None:
            if asked[0] is self._asked[0] and asked[1] is self._asked[1]:
                return
        elif asked is self._asked:
            return
        self._asked, self._found = asked, None
        if asked is None:
            self._beside.forget()
        else:
            of, parameters = asked[0], asked[1].fit.parameters
            self._beside.ask(lambda _should_stop: between(of, parameters))
        self._show_list()

    def say(self, n_components: int | None, *, live: bool, final: bool) -> None:
        """Write what the colours mean for K components, and what the list is of.

        Parameters
        ----------
        n_components
            K of the frame shown; None without one.
        live, final
            The frame is of a fit under way; it is the last one.
        """
        several = n_components is not None and n_components > 1
        self.scale.setVisible(several)
        if n_components is not None and several:
            self.scale.show_components(n_components)
            meaning = "0: belongs clearly to one cluster\n0.5: half and half between two"
        else:
            meaning = NO_FIT if n_components is None else ONE
        self._meaning.setText(meaning)
        known = n_components is not None
        self._heading.setVisible(several)
        self._sentence.setVisible(several)
        self.list.setVisible(several and not live)
        self._all.setVisible(several and not live)
        if not known:
            return
        words = LIVE if live else self._words()
        if not live and not final and self._found is not None:
            words = f"{words} {REPLAY}"
        self._sentence.setText(words)

    def _words(self) -> str:
        found = self._found
        if found is None:
            return COUNTING if self._asked is None or self._beside.waits else FAULT
        n, of = len(found.rows), formats.rows(found.n_fitted)
        if n == 0:
            return f"None of the {of} sits between clusters: each belongs clearly to one."
        sit = "sits" if n == 1 else "sit"
        words = f"{formats.count(n)} of {of} {sit} between clusters."
        if found.n_listed < n:
            words += f" The {formats.count(found.n_listed)} least certain are listed."
        return words

    @Slot()
    def _show_list(self) -> None:
        identities = () if self._asked is None else self._asked[1].identities
        self.list.show_rows(self._found, identities)
        self._all.setEnabled(self._found is not None and len(self._found.rows) > 0)
        self.found_changed.emit()

    @Slot(object)
    def _take(self, found: Between) -> None:
        self._found = found
        self._show_list()

    def selection_changed(self) -> None:
        """Mark the rows selected; a single one is brought into sight."""
        self.list.model_.selection_changed()
        if self._selection.n == 1:
            self.list.show_row(int(self._selection.rows[0]))

    def restyle(self) -> None:
        """Follow look and text size."""
        self.list.restyle()
        self._show_list()
        self.updateGeometry()

    # ---- what the user does --------------------------------------------------------------

    @Slot(int, str)
    def _pick(self, row: int, how) -> None:
        self._selection.choose_row(row, how)

    @Slot()
    def _select_all(self) -> None:
        if self._found is not None:
            how = how_of(QGuiApplication.keyboardModifiers())
            self._selection.choose(self._found.rows, how, WORDS)
