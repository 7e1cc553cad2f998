"""The right panel: what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.commands import RenameCluster
from gmmstudio.document.document import Document
from gmmstudio.document.session import Change, Session
from gmmstudio.report import formats, markup, sentences
from gmmstudio.report.markup import Text
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui import hand_figures
from gmmstudio.ui.panels import cluster_figures
from gmmstudio.ui.panels.advice_list import Warnings
from gmmstudio.ui.panels.cluster_card import ClusterCard
from gmmstudio.ui.panels.cluster_figures import CardFigures
from gmmstudio.ui.panels.compare_column import CompareColumn
from gmmstudio.ui.panels.recolouring import Recolouring
from gmmstudio.ui.panels.remedies import Remedy, remedies
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.side_panel import SidePanel
from gmmstudio.ui.panels.wording import nothing_to_fit
from gmmstudio.ui.selection import How
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.starts import shown_place
from gmmstudio.ui.widgets.disclosure import DisclosureButton
from gmmstudio.ui.widgets.labels import Line, Refusal, SectionHeader, Well, WrappedLabel
from gmmstudio.ui.widgets.link_line import LinkLine

if TYPE_CHECKING:
    from gmmstudio.ui.run_control import RunControl

FIRST_CARDS = 12
NOT_YET = (
    "Which rows belong to this cluster is known when the fit is done:\n"
    "until then only those in sight are told apart."
)
FIELDS = frozenset(
    {"table", "preparation", "spec", "start_column", "fits", "active", "sweep", "names", "draft"}
)
QUALITY = (
    (
        "log_likelihood",
        "log-likelihood",
        "How well the model explains the rows: higher is better.\n"
        "It always rises with more clusters, so compare models by BIC.",
    ),
    (
        "bic_aic",
        "BIC / AIC",
        "Log-likelihood with a penalty for the number of parameters: lower is better.\n"
        "BIC is the stricter and the one to choose K by.",
    ),
    (
        "icl",
        "ICL",
        "BIC with a further penalty for clusters that overlap: lower is better.",
    ),
    ("original", "BIC, own units", ""),
    ("parameters", "Parameters", "How many figures the model has estimated from the rows."),
    ("iterations", "Iterations", "Steps of EM from the start, and how they ended."),
    (
        "certainty",
        "Mean certainty",
        "Average probability of each row's own cluster: 100 % means no row is in doubt.",
    ),
    ("weights", "Weighted rows", ""),
    ("prior", "Prior", ""),
)
AGREEMENT = (
    "Of the tries from different starts, how many came to this same result.\n"
    "Few mean that there may be a better one: raise the number of tries.\n"
    "Click to see where the tries ended, and to open any of it."
)


class ReadingPanel(SidePanel):
    """Paragraph, warnings, cards, comparison, quality.

    Attributes
    ----------
    starts_asked : Signal
        Where the starts ended is to be shown.
    menu_asked : Signal
        What can be done with a cluster is to be offered: its identity, and where on the screen.
    """

    starts_asked = Signal()
    menu_asked = Signal(int, object)

    def __init__(
        self, session: Session, stage: Stage, control: RunControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("What the model says")
        self._session, self._stage, self._control = session, stage, control
        self._cache = GapCache()
        self._rows_of: tuple[Table | None, Preparation, int] | None = None
        self._said: tuple[object, ...] = ()
        self._advised: tuple[object, ...] = ()
        self._figures: tuple[CardFigures, ...] = ()
        self.recolouring = Recolouring(session, self)
        self.recolouring.refused.connect(self._say_refusal)
        self._build()
        stage.reading_changed.connect(self.refresh)
        stage.assignment_changed.connect(self.refresh)
        stage.selection.changed.connect(self._show_selected)
        self._unsubscribe = session.subscribe(self._on_change)
        self.refresh()

    def _build(self) -> None:
        self.well = Well()
        self.paragraph = WrappedLabel()
        self.paragraph.setTextFormat(Qt.TextFormat.RichText)
        self.paragraph.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.well.body.addWidget(self.paragraph)
        self.warnings = Warnings()
        self.warnings.asked.connect(self._on_remedy)
        self.warnings.focus_lost.connect(self._take_focus)
        self.refusal = Refusal()
        self.clusters = SectionHeader("Clusters")
        self.cards: list[ClusterCard] = []
        self.card_box = QWidget()
        self._card_column = QVBoxLayout(self.card_box)
        self._card_column.setContentsMargins(0, 0, 0, 0)
        self._card_column.setSpacing(7)
        self.more = DisclosureButton("")
        self.more.toggled.connect(self._fill_cards)
        self.compare = CompareColumn()
        self.quality_header = SectionHeader("Quality")
        self.quality_box = QWidget()
        lines = QVBoxLayout(self.quality_box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(1)
        self.quality = {key: Line(name, explanation=words) for key, name, words in QUALITY}
        self.agreement = LinkLine("Tries that agree", AGREEMENT)
        self.agreement.clicked.connect(self.starts_asked)
        for line in (*self.quality.values(), self.agreement):
            lines.addWidget(line)
        self.column.setSpacing(6)
        for part in (
            SectionHeader("What the model says"),
            self.well,
            self.warnings,
            self.refusal,
            self.clusters,
            self.card_box,
            self.more,
            self.compare,
            self.quality_header,
            self.quality_box,
        ):
            self.column.addWidget(part)
        self.column.addStretch(1)

    def shutdown(self) -> None:
        """Stop listening, end the thread."""
        self._unsubscribe()
        self._stage.selection.changed.disconnect(self._show_selected)
        self._stage.reading_changed.disconnect(self.refresh)
        self._stage.assignment_changed.disconnect(self.refresh)
        self.recolouring.close()
        self.compare.shutdown()

    def _on_change(self, change: Change) -> None:
        if change.fields & FIELDS:
            self.refresh()

    # What is shown ------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Say what there is to say of the frame shown, unless that is said already."""
        document, shown = self._session.document, self._stage.shown
        assignment = self._stage.assignment
        facts = (
            *(getattr(document, name) for name in sorted(FIELDS)),
            assignment,
            self._stage.state,
            shown,
        )
        if len(facts) == len(self._said) and all(
            a is b or (isinstance(a, str | tuple) and a == b)
            for a, b in zip(facts, self._said, strict=True)
        ):
            return
        self._said = facts
        self._show_words(document, shown)
        there = shown is not None
        for part in (self.clusters, self.card_box, self.quality_header, self.quality_box):
            part.setVisible(there)
        if shown is None:
            self.more.hide()
            self.compare.hide()
            return
        self._figures = cluster_figures.cards(document, shown, assignment)
        placed = shown.by_hand and not shown.live and shown.last_iteration == 0
        at = "as placed" if placed else f"at iteration {shown.iteration}"
        self.clusters.set_value("" if shown.final else at)
        self._fill_cards()
        self._show_quality(document, shown)
        compared = shown.final and document.record is not None
        self.compare.setVisible(compared)
        if compared:
            self.compare.set_fit(document, assignment)

    def _show_words(self, document: Document, shown: Shown | None) -> None:
        self.paragraph.set_text(markup.html(self._words(document, shown)))
        elsewhere = self._stage.state in ("fitting", "paused") or document.draft is not None
        self._advise(document, None if elsewhere else self._stage.assignment, quiet=elsewhere)

    def _advise(self, document: Document, assignment: Assignment | None, *, quiet: bool) -> None:
        """Warn of what is amiss with the fit, whichever of its iterations is looked at."""
        facts = document, assignment, quiet
        if facts == self._advised:
            return
        self._advised = facts
        entries = () if quiet else sentences.advice(document, assignment)
        self.warnings.show_advice(tuple((entry, remedies(document, entry)) for entry in entries))

    def _words(self, document: Document, shown: Shown | None) -> Text:
        if document.table is None:
            return markup.text("Open a table: what a fit finds in it is said here in plain words.")
        if shown is None:
            if self._stage.state == "fitting":
                return markup.text("Preparing the rows…")
            if lacking := nothing_to_fit(document):
                return markup.text(f"{lacking}: clusters are found in numbers that differ.")
            return markup.text(
                "Press ", markup.bold("Fit"), ": what the model finds is said here in plain words."
            )
        if shown.by_hand:
            return hand_figures.reading(document, shown, self._stage.state)
        if shown.live:
            paused = self._stage.state == "paused"
            return markup.text(
                "The fit rests at " if paused else "EM is climbing: ",
                markup.bold(f"iteration {shown.iteration}"),
                f", try {shown.attempt} of {shown.n_attempts}. " if shown.n_attempts > 1 else ". ",
                "The figures below are those of the picture.",
            )
        if not shown.final:
            paused = self._stage.state == "paused"
            return markup.text(
                "You are looking back at ",
                markup.bold(f"iteration {shown.iteration} of {shown.last_iteration}"),
                ". The figures below are those of the picture; ",
                "press play to go on with the fit."
                if paused
                else "the last iteration of the best try is the result.",
            )
        if self._stage.assignment is None:
            return markup.text("Counting the rows of each cluster…")
        said = [sentences.paragraph(document, self._stage.assignment)]
        fit = None if document.record is None else document.record.fit
        if fit is not None and shown_place(fit):  # not the best optimum of its starts
            said.append(sentences.agreement(fit))
        return markup.joined(said)

    def _fill_cards(self) -> None:
        total = len(self._figures)
        hidden = total - FIRST_CARDS
        folds = hidden > 0
        n = total if not folds or self.more.isChecked() else FIRST_CARDS
        while len(self.cards) < n:
            card = ClusterCard()
            card.renamed.connect(self._on_renamed)
            card.picked.connect(self._on_picked)
            card.colour_asked.connect(self.recolouring.ask)
            card.menu_asked.connect(self.menu_asked)
            self._card_column.addWidget(card)
            self.cards.append(card)
        for place, card in enumerate(self.cards):
            if place < n:
                card.set_figures(self._figures[place])
            if card.isHidden() != (place >= n):
                card.setVisible(place < n)
        self.more.setVisible(folds)
        if folds:
            self.more.set_text("Fewer clusters" if self.more.isChecked() else f"{hidden} more…")
        self._show_selected()

    @Slot()
    def _show_selected(self) -> None:
        """Say in each card how many of its rows are selected."""
        shown, assignment = self._stage.shown, self._stage.assignment
        if shown is None:
            return
        counts = cluster_figures.selected_in(shown, assignment, self._stage.selection.mask)
        sizes = None if counts is None else cluster_figures.sizes_of(shown, assignment)
        for card, figures in zip(self.cards, self._figures, strict=False):
            if counts is None or sizes is None or figures.identity not in shown.identities:
                card.set_selected(0, 0)
            else:
                component = shown.identities.index(figures.identity)
                card.set_selected(int(counts[component]), int(sizes[component]))

    def _on_picked(self, identity: int, how: How) -> None:
        """Select the rows of a cluster."""
        document, shown = self._session.document, self._stage.shown
        if shown is None:
            return
        rows = cluster_figures.rows_in(shown, self._stage.assignment, identity)
        if rows is None:
            QToolTip.showText(QCursor.pos(), NOT_YET, self)
        else:
            self._stage.selection.choose(rows, how, document.cluster_name(identity))

    def _show_quality(self, document: Document, shown: Shown) -> None:
        record = document.record
        fit = record.fit if record is not None else None
        n_rows = self._n_rows(document, shown)
        figures = cluster_figures.quality(shown, fit, self._stage.assignment, n_rows)
        for key, line in self.quality.items():
            line.set(getattr(figures, key))
        sample = shown.n_rows != n_rows
        self.quality_header.set_value(f"on {formats.count(shown.n_rows)} rows" if sample else "")
        for key, words in cluster_figures.explained(document, self._stage.assignment).items():
            self.quality[key].setVisible(shown.final and bool(words))
            self.quality[key].explain(words)
        agreeing, tries = sentences.agreeing(fit) if fit is not None else (0, 0)
        self.agreement.setVisible(shown.final and tries > 1)
        self.agreement.set(f"{agreeing} of {tries}")

    def _n_rows(self, document: Document, shown: Shown) -> int:
        """Return how many rows the fit of a frame uses."""
        if shown.final:
            return shown.n_rows
        held = self._rows_of
        if held is None or held[0] is not document.table or held[1] is not shown.preparation:
            used = shown.n_rows
            if document.table is not None:
                used = self._cache.count(document.table, shown.preparation).used
            held = self._rows_of = (document.table, shown.preparation, used)
        return held[2]

    # What is asked ------------------------------------------------------------------------------

    def _on_renamed(self, identity: int, name: str) -> None:
        try:
            self._session.apply(RenameCluster(identity, name))
        except ValueError as error:
            self._say_refusal(str(error))
        else:
            self._say_refusal("")

    @Slot(str)
    def _say_refusal(self, sentence: str) -> None:
        """Say why something was refused; "" after something that went well."""
        if sentence:
            self.refusal.say(sentence)
        else:
            self.refusal.hide()

    @Slot()
    def _take_focus(self) -> None:
        """Take the focus before it goes to whatever comes next: the name of a cluster."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_remedy(self, remedy: Remedy) -> None:
        try:
            if remedy.command is not None:
                self._session.apply(remedy.command)
        except ValueError as error:
            self.refusal.say(str(error))
            return
        self.refusal.hide()
        self._control.fit()
