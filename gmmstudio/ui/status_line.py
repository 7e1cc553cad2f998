"""The status line: what the machine does, what came out, which file, whether it was exported."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy

from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.session import Change, Session
from gmmstudio.mixture.fit import REOPENED, Fit
from gmmstudio.report import formats
from gmmstudio.ui import theme
from gmmstudio.ui.exporting import Exporting
from gmmstudio.ui.hand_figures import ended
from gmmstudio.ui.panels.wording import nothing_to_fit
from gmmstudio.ui.papers import Papers
from gmmstudio.ui.pictures.taking import Pictures
from gmmstudio.ui.projects import Projects
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.starts import attempt_name, attempt_of
from gmmstudio.ui.table_finding import TableFinding
from gmmstudio.ui.table_opening import TableOpening
from gmmstudio.ui.widgets.labels import ElidedLabel

NOTICE_MS = 12_000
HEIGHT = 26
LIKELIHOOD = "Log-likelihood of the frame on the screen; higher is better"


class StatusLine(QFrame):
    """One line at the foot of the window."""

    cancel_clicked = Signal()

    def __init__(
        self,
        session: Session,
        stage: Stage,
        opening: TableOpening,
        exporting: Exporting,
        pictures: Pictures,
        projects: Projects,
        finding: TableFinding,
        papers: Papers,
    ) -> None:
        super().__init__()
        self._session, self._stage = session, stage
        self._opening, self._exporting, self._pictures = opening, exporting, pictures
        self._projects, self._finding = projects, finding
        self._papers = papers
        self._dated: tuple[Document, bool] | None = None
        self.setProperty("role", "status")
        self.setAccessibleName("Status")
        self.setMinimumHeight(HEIGHT)
        self.dot = ElidedLabel("●")
        self.state = ElidedLabel(equal_digits=True)
        self.likelihood = ElidedLabel(role="muted", equal_digits=True)
        self.likelihood.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.likelihood.set_explanation(LIKELIHOOD)
        self.seed = _muted("The seed of the fit on the screen: the same seed gives the same fit")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("role", "link")
        self.cancel.setAccessibleName("Cancel what is under way")
        self.cancel.setToolTip("Stop; what there is so far is kept (Ctrl+.)")
        self.cancel.clicked.connect(self.cancel_clicked)
        self.notice = ElidedLabel(middle=True)
        self.file = _muted("The table, and whether its labels were exported")
        self.file.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(0)
        row.addWidget(self.dot)
        row.addSpacing(5)
        row.addWidget(self.state)
        row.addSpacing(12)
        row.addWidget(self.bar)
        row.addSpacing(8)
        row.addWidget(self.cancel)
        row.addSpacing(12)
        row.addWidget(self.likelihood)
        row.addSpacing(22)
        row.addWidget(self.seed)
        row.addSpacing(22)
        row.addWidget(self.notice, 1)
        row.addStretch()
        row.addWidget(self.file)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.clear_notice)
        self._unsubscribe = session.subscribe(self._document_changed)
        for signal in (
            stage.reading_changed,
            opening.changed,
            exporting.changed,
            pictures.changed,
            projects.changed,
            finding.changed,
            papers.changed,
            theme.signals().changed,
        ):
            signal.connect(self.refresh)
        stage.shown_changed.connect(self._show_likelihood)
        self.refresh()

    def shutdown(self) -> None:
        """Stop listening."""
        self._timer.stop()
        self._unsubscribe()

    def say(self, sentence: str) -> None:
        """Show a notice for a while."""
        self.notice.set_text(sentence)
        self._timer.start()

    @Slot()
    def clear_notice(self) -> None:
        self._timer.stop()
        self.notice.set_text("")

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self.clear_notice()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say how things stand."""
        document = self._session.document
        words, role, share = self._state(document)
        self.dot.set_role(role)
        self.state.set_role(role)
        self.state.set_text(words)
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * share))
        self.cancel.setVisible(self._is_busy())
        self._show_likelihood()
        record = document.record
        self.seed.setVisible(record is not None or document.table is not None)
        spec = document.spec if record is None else record.spec
        self.seed.setText(f"seed {spec.seed}")
        self.file.setText(self._file(document))

    @Slot()
    def _show_likelihood(self) -> None:
        """Say it of the very frame that is painted."""
        shown = self._stage.shown
        self.likelihood.setVisible(shown is not None)
        if shown is not None:
            value = formats.log_likelihood(shown.log_likelihood)
            self.likelihood.set_text(f"log-likelihood {value}")

    def _is_busy(self) -> bool:
        files = self._opening.is_reading or self._exporting.is_writing or self._pictures.is_writing
        files = files or self._projects.is_busy or self._finding.is_reading
        return files or self._papers.is_writing or self._stage.state != "idle"

    def _state(self, document: Document) -> tuple[str, str, float | None]:
        """Return words, their role and the share done, None where there is no bar."""
        run = self._stage.run
        if self._opening.is_reading:
            return f"Reading {self._opening.name}", "accent", self._opening.share
        if self._exporting.is_writing:
            return f"Writing {self._exporting.path.name}", "accent", self._exporting.share
        if self._projects.is_busy:
            return self._projects.what, "accent", None
        if self._finding.is_reading:
            return self._finding.what, "accent", self._finding.share
        if self._papers.is_writing:
            return f"Writing {self._papers.path.name}", "accent", None
        if self._pictures.is_writing:
            return self._pictures.what, "accent", None
        if run.state == "sweeping":
            left = (
                ""
                if run.seconds_left is None
                else f", about {formats.duration(run.seconds_left)} left"
            )
            return f"Finding the best K: {run.progress}{left}", "accent", run.fraction or 0.0
        if run.state == "fitting":
            return f"Fitting: {run.progress}, {formats.duration(run.seconds)}", "accent", None
        if run.state == "paused":
            return f"Paused: {run.progress}", "warning", None
        if document.table is None:
            return "No table yet", "muted", None
        if document.table.blank:
            return "The table's file was not found: shown as saved", "warning", None
        record = document.record
        if record is None and (lacking := nothing_to_fit(document)):
            return lacking, "warning", None
        if record is None:
            return "Ready: press Fit", "muted", None
        if self._stage.is_playing:
            return "Replaying the fit", "accent", None
        shown = self._stage.shown
        if document.draft is None and shown is not None and shown.by_hand:
            return "Changing the model by hand", "accent", None
        if document.draft is not None:
            return f"Changed by hand, not kept: {ended(document, document.draft)}", "warning", None
        if self._stage.shown is not None and not self._stage.shown.final:
            shown = self._stage.shown
            place = f"{formats.count(shown.iteration)} of {formats.count(shown.last_iteration)}"
            return f"Looking back at iteration {place}", "accent", None
        if self._is_out_of_date(document, record):
            return "Out of date: press Fit", "warning", None
        return outcome(record), "good" if _is_good(record.fit) else "warning", None

    def _is_out_of_date(self, document: Document, record: FitRecord) -> bool:
        """Compare what was asked with what is asked now, once per document."""
        if self._dated is None or self._dated[0] is not document:
            self._dated = document, document.is_out_of_date(record)
        return self._dated[1]

    def _file(self, document: Document) -> str:
        table, record = document.table, document.record
        if table is None:
            return ""
        name = table.name if table.path is None else table.path.name
        if table.sampled_from is not None:
            name = f"{name}, a sample of its {formats.rows(table.sampled_from)}"
        if record is None:
            return name
        if self._exporting.files.say_the_same(document):
            return f"{name} · exported"
        if self._exporting.files.hold_fit(record):
            return f"{name} · changed since the export"
        return f"{name} · not exported yet"


def outcome(record: FitRecord) -> str:
    """Return how a fit ended, in a few words."""
    fit = record.fit
    n = f"{fit.n_iterations} iteration" + ("" if fit.n_iterations == 1 else "s")
    if fit.collapsed is not None:
        return f"Collapsed after {n}"
    if fit.ended == "cancelled":
        return f"Stopped after {n}, not converged"
    if fit.ended == "near":
        return f"Looked at quickly: near its maximum after {n}"
    if not fit.converged:
        return f"Not converged after {n}"
    mine = attempt_of(fit, fit.attempt)
    if mine is not None and mine.start == REOPENED:
        return f"Opened the {attempt_name(fit, mine)}"
    return f"Converged after {n} in {formats.duration(record.seconds)}"


def _is_good(fit: Fit) -> bool:
    return fit.converged and fit.collapsed is None


def _muted(tip: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", "muted")
    label.setToolTip(tip)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return label
