"""Convergence: the log-likelihood of each iteration of the try shown, and where all tries ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QToolTip, QVBoxLayout, QWidget

from gmmstudio.document.document import FitRecord
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.mixture.search import SAMPLE_ABOVE, SAMPLE_ROWS
from gmmstudio.report.formats import count
from gmmstudio.table.fitted import column_names
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.starts import Starts, starts_of
from gmmstudio.ui.views.convergence import optima
from gmmstudio.ui.views.convergence.curve_area import CurveArea
from gmmstudio.ui.views.convergence.optima_chart import OptimaChart
from gmmstudio.ui.views.heading import Sense, Switch
from gmmstudio.ui.views.heading_lines import Heading
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.labels import SectionHeader
from gmmstudio.ui.widgets.painting import fill_ground

ITERATIONS, STARTS = "iterations", "starts"
_MARGIN = 12
_PAGES = (
    Option(ITERATIONS, "Iterations", "How the log-likelihood rose, iteration by iteration"),
    Option(
        STARTS,
        "Starts",
        "Where the different starts ended: how good, how alike, how many.\nAny can be opened.",
    ),
)
_SENSE = ("– log-likelihood, higher is better", "– log-likelihood", "↑ better")


class ConvergenceView(QWidget):
    """The curve or the map of the starts, with their heading.

    The transport bar and the curve show the same iteration.
    """

    title = "Convergence"

    def __init__(self, session: Session, stage: Stage, control, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("convergence")
        self._session, self._stage, self._control = session, stage, control
        self._mapped: tuple[object, ...] = ()
        self._opening = False
        self.area = CurveArea(self)
        self.starts = OptimaChart(self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.starts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 8, _MARGIN, 4)
        layout.setSpacing(0)
        self._heading = self._make_heading()
        layout.addWidget(self._heading)
        layout.addWidget(self.pages, 1)
        self.area.scrubbed.connect(self._scrub)
        self.area.stepped.connect(self._step)
        self.starts.opened.connect(self._open)
        stage.history_changed.connect(self._show)
        stage.shown_changed.connect(self._show)
        stage.state_changed.connect(self._show_starts)
        stage.assignment_changed.connect(self._show_starts)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._restyle()

    def shutdown(self) -> None:
        """Let go of session and stage."""
        self._unsubscribe()
        self._stage.history_changed.disconnect(self._show)
        self._stage.shown_changed.disconnect(self._show)
        self._stage.state_changed.disconnect(self._show_starts)
        self._stage.assignment_changed.disconnect(self._show_starts)
        theme.signals().changed.disconnect(self._restyle)

    def _make_heading(self) -> Heading:
        title = SectionHeader(self.title, self)
        title.setToolTip(
            "The log-likelihood says how well the model fits: higher is better.\n"
            "EM never lets it fall, but where it ends depends on where it starts."
        )
        self.switch = Switch(_PAGES, "Show the {}", self)
        self.switch.chosen.connect(self._turn)
        self._sense = Sense(_SENSE, "Of two log-likelihoods the higher one is better", self)
        return Heading(title, self.switch, self._sense, self)

    @Slot()
    def ask_starts(self) -> None:
        """Show where the starts ended, whoever asks."""
        self.turn_to(STARTS)
        self.starts.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def page(self) -> str:
        """Which of the two is shown."""
        return ITERATIONS if self.pages.currentIndex() == 0 else STARTS

    def turn_to(self, page: str) -> None:
        """Show one of the two; what is neither is passed over."""
        if page in (ITERATIONS, STARTS):
            self.switch.set_current(page)
            self._turn(page)

    @Slot(object)
    def _turn(self, page: str) -> None:
        self.pages.setCurrentIndex(0 if page == ITERATIONS else 1)

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"table", "active"}:
            self._show()
        if change.fields & {"table", "active", "fits"}:
            self._show_starts()

    # ---- the curve -----------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        track, shown = self._stage.track, self._stage.shown
        numbers, values = self._stage.history
        number = None
        if shown is not None and track is not None and shown.attempt == track.attempt:
            number = shown.iteration
        self.area.show_curve(numbers, values, number, self._sample_note())

    def _sample_note(self) -> str:
        track, table = self._stage.track, self._session.document.table
        if track is None or table is None:
            return ""
        most = max((other.n_rows for other in self._stage.tracks), default=track.n_rows)
        if track.n_rows < most or (table.n_rows > SAMPLE_ABOVE and track.n_rows == SAMPLE_ROWS):
            return f"on a sample of {count(track.n_rows)} rows"
        return ""

    @Slot(int)
    def _scrub(self, number: int) -> None:
        self._control.show_iteration(number)

    @Slot(str)
    def _step(self, where: str) -> None:
        getattr(self._control, where)()

    # ---- the map of the starts -----------------------------------------------------------

    @Slot()
    def _show_starts(self) -> None:
        """Show where the starts of the active fit ended, if anything about it is new."""
        record, state = self._session.document.record, self._stage.state
        idle = state == "idle"
        facts = (record, state, self._stage.assignment)
        if facts == self._mapped:
            return
        self._mapped = facts
        starts = None if record is None else starts_of(record)
        instead = optima.instead(starts, 0 if record is None else record.fit.n_components)
        self._opening = self._opening and not idle
        fitting = state in ("fitting", "paused") and not self._opening
        if fitting or (record is None and not idle):
            instead = "The starts are compared when the run is done."
        collapsed = "" if record is None or starts is None else self._reasons(record, starts)
        self.starts.show_starts(starts, collapsed, instead, can_open=idle)

    def _reasons(self, record: FitRecord, starts: Starts) -> str:
        """Say why starts collapsed, in the user's names of columns and rows."""
        table, assignment = self._session.document.table, self._stage.assignment
        names = () if table is None else column_names(table, record.preparation)
        rows = None if assignment is None else assignment.rows + 1
        return optima.collapsed_reasons(starts, names, rows)

    @Slot(int)
    def _open(self, attempt: int) -> None:
        self._opening = True  # the map stays while EM goes on from one of its dots
        try:
            self._control.open_optimum(attempt)
        except DocumentError as error:
            self._opening = False
            QToolTip.showText(self.mapToGlobal(self.rect().center()), str(error), self)

    # ---- the look ------------------------------------------------------------------------

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self.switch.restyle()
        self._heading.arrange()
        self._show()
        self._show_starts()
        self.starts.relayout()
