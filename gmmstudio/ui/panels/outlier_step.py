"""Step 3: which rows are marked as outliers."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import cast

import numpy as np
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from gmmstudio.document.assignment import Assignment, among
from gmmstudio.document.commands import SetOutlierRule
from gmmstudio.document.session import Change, Session
from gmmstudio.mixture.outliers import Kind, OutlierRule
from gmmstudio.report import formats
from gmmstudio.report.outlier_figures import BARS, Bars, OutlierFigures, value_words
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.panels.histogram import Histogram
from gmmstudio.ui.panels.step import Step
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.selection import How
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.labels import WrappedLabel
from gmmstudio.ui.widgets.number_row import NumberRow, read_number
from gmmstudio.ui.widgets.segmented import SegmentedControl

KINDS = (
    Option(
        "percentile", "Percentile", "Mark a share of the rows: those the model finds least likely."
    ),
    Option("density", "Density", "Mark the rows whose log-density is below a value you set."),
    Option(
        "chi2",
        "Distance (χ²)",
        "Mark the rows far from the centre of their own cluster, measured in its spread\n"
        "(squared Mahalanobis distance above a quantile of the χ² distribution).",
    ),
)
FIELDS = {
    "percentile": ("Least likely rows", "Share of the fitted rows that is marked."),
    "density": ("Log-density below", "Rows with a log-density below this are marked."),
    "chi2": (
        "Outside the inner",
        "Rows outside the region that holds this share of a cluster are marked.",
    ),
}
AXES = {"percentile": "Log-density", "density": "Log-density", "chi2": "Squared distance"}
HINTS = {
    "percentile": "log-density → drag: rows left of the line get ✕",
    "density": "log-density → drag: rows left of the line get ✕",
    "chi2": "squared distance → drag: rows right of it get ✕",
}
FRAME_MS = 8.0  # what a change may take while the line is dragged
MANY_ROWS = 400_000  # above this sorting takes longer than a frame
SORTING = "Sorting the rows for the histogram…"
BEFORE = (
    "After a fit, a histogram appears here: how well the model expects each row. "
    "Drag its line to mark the odd ones."
)


OF_RESULT = "Bars and count are those of the result, not of the iteration on the screen."


class OutlierStep(Step):
    """Rule, histogram with a line to drag, live count."""

    def __init__(self, session: Session, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__("3 Outliers", session, parent)
        self._stage = stage
        self._figures: OutlierFigures | None = None
        self._assignment: Assignment | None = None
        self._bars_shown: Bars | None = None
        self._pending: OutlierRule | None = None
        self._looking_back = False  # at an iteration that the figures here are not of
        self._last: dict[object, OutlierRule] = {}
        self._beside = Beside("gmmstudio-histogram", self)
        self._beside.answered.connect(self._take)
        self._beside.failed.connect(self.refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._apply_pending)
        self.kinds = SegmentedControl("Rule for outliers", KINDS)
        self.histogram = Histogram()
        self.field = NumberRow(*FIELDS["percentile"], parse=self._read)
        self.hint = WrappedLabel(small=True)
        self.before = WrappedLabel(BEFORE, small=True)
        for part in (self.kinds, self.histogram, self.field, self.hint, self.before):
            self.body.addWidget(part)
        self.kinds.chosen.connect(self._set_kind)
        self.histogram.dragged.connect(self._drag)
        self.histogram.released.connect(self._release)
        self.histogram.nudged.connect(self._nudge)
        self.histogram.picked.connect(self._pick)
        self.field.entered.connect(self._typed)
        self.field.refused.connect(self.refusal.say)
        self.field.stepped.connect(self._step_field)
        stage.assignment_changed.connect(self._on_assignment)
        stage.shown_changed.connect(self._on_shown)
        stage.selection.changed.connect(self._show_selected)
        self._on_assignment()

    def shutdown(self) -> None:
        """End timer and thread."""
        self._stage.selection.changed.disconnect(self._show_selected)
        self._rest.stop()
        self._beside.shut_down()

    # Document → widgets -------------------------------------------------------------------------

    def refresh(self) -> None:
        rule = self._pending or self.session.document.outlier_rule
        self.kinds.set_current(rule.kind)
        if rule.kind != "density":  # which means something for one fit only
            self._last[rule.kind] = rule
        self.field.explain(*FIELDS[rule.kind])
        self.field.set_value(value_words(rule))
        figures = self._figures
        for part in (self.histogram, self.hint):
            part.setVisible(figures is not None)
        self.before.setVisible(figures is None)
        self.before.set_text(SORTING if self._beside.waits else BEFORE)
        if figures is None:
            self.header.set_value("")
            return
        n = figures.n_outliers(rule)
        share = formats.percent(figures.share(rule), 1)
        of_result = self._looking_back
        self.header.set_value(
            f"result: {count(n, 'row')}" if of_result else f"{count(n, 'row')} · {share}"
        )
        of_weight = "" if figures.upto is None else "\nThe percentage is of the weight of all rows."
        self.header.setToolTip(
            f"{count(n, 'row')} of the {formats.count(figures.n)} fitted ones "
            f"{'is' if n == 1 else 'are'} marked as outliers, {share}.{of_weight}"
            + ("\n" + OF_RESULT if of_result else "")
        )
        self.histogram.set_bars(figures.bars(rule.kind))
        line = figures.threshold(rule)
        self.histogram.set_line(line)
        self.histogram.set_axis(AXES[rule.kind])
        self.histogram.setToolTip(
            f"{FIELDS[rule.kind][1]}\n{AXES[rule.kind]} at the line: {formats.measure(line)}.\n"
            "Drag the line, or use the arrow keys (with Shift: finer).\n"
            "Click a bar, or drag over several, to select their rows."
        )
        self.hint.set_text(f"{OF_RESULT}\n{HINTS[rule.kind]}" if of_result else HINTS[rule.kind])
        if self._bars_shown is not figures.bars(rule.kind):
            self._bars_shown = figures.bars(rule.kind)
            self._show_selected()

    def on_change(self, change: Change) -> None:
        if change.fields & {"outlier_rule"}:
            self.refresh()

    def _on_assignment(self) -> None:
        assignment = self._stage.assignment
        if assignment is not self._assignment or assignment is None:
            self._assignment = assignment
            self._figures = None
            self._beside.forget()
            if assignment is not None:
                make = partial(
                    OutlierFigures.of,
                    assignment.log_density,
                    assignment.squared_mahalanobis,
                    assignment.sample.x.shape[1],
                    assignment.weights,
                )
                if assignment.n_rows <= MANY_ROWS:
                    self._figures = make()
                else:
                    self._beside.ask(lambda _should_stop: make())
        self.refresh()

    @Slot()
    def _show_selected(self) -> None:
        """Show in the bars which of their rows are selected."""
        figures, assignment, mask = self._figures, self._assignment, self._stage.selection.mask
        counts = None
        if figures is not None and assignment is not None and mask is not None:
            places = figures.places(self.session.document.outlier_rule.kind)
            chosen = places[among(mask, assignment)]
            counts = np.bincount(chosen, minlength=BARS + 2)[: BARS + 1]
        self.histogram.set_selected(counts)

    def _pick(self, first: int, last: int, how: How) -> None:
        """Select the rows of some bars; −1 is the tail at the left."""
        figures, assignment = self._figures, self._assignment
        if figures is None or assignment is None:
            return
        kind = self.session.document.outlier_rule.kind
        places, bars = figures.places(kind), figures.bars(kind)
        chosen = (places >= max(first, 0)) & (places < last + 1)
        if first < 0:
            chosen |= places == BARS
        words = f"{AXES[kind].lower()} {range_words(bars, first, last)}"
        self._stage.selection.choose(assignment.rows[chosen], how, words)

    def _on_shown(self) -> None:
        shown = self._stage.shown
        looking_back = shown is not None and not shown.final
        if looking_back != self._looking_back:
            self._looking_back = looking_back
            self.refresh()

    @Slot(object)
    def _take(self, figures: OutlierFigures) -> None:
        self._figures = figures
        self.refresh()

    # Widgets → document -------------------------------------------------------------------------

    def _set_kind(self, kind) -> None:
        now = self.session.document.outlier_rule
        if kind == now.kind:
            return
        self.session.seal()
        wanted = self._last.get(kind) or rule_of_kind(kind, now, self._figures)
        self.ask(SetOutlierRule(wanted))
        self.session.seal()

    def _drag(self, x: float) -> None:
        rule = self.session.document.outlier_rule
        if self._figures is None or not math.isfinite(x):
            return
        self._pending = self._figures.rule_at(rule.kind, x)
        if self._rest.isActive():
            self.refresh()  # line and count follow the hand; the rest of the window a moment later
        else:
            self._apply_pending()

    @Slot()
    def _apply_pending(self) -> None:
        """Apply the rule under the hand; where the window is slow to follow, let it rest."""
        rule = self._pending
        if rule is None:
            return
        began = time.perf_counter()
        self.ask(SetOutlierRule(rule))
        self._pending = None
        self.refresh()
        taken = 1000 * (time.perf_counter() - began)
        if taken > FRAME_MS:
            self._rest.start(round(2 * taken))

    def _release(self) -> None:
        self._rest.stop()
        self._apply_pending()
        self._rest.stop()
        self.session.seal()

    def _nudge(self, step: int, fine: bool) -> None:
        rule = self.session.document.outlier_rule
        bars = self._figures.bars(rule.kind) if self._figures else None
        span = bars.high - bars.low if bars else 100.0
        self.ask(SetOutlierRule(nudged(rule, step, fine, span)))

    def _step_field(self, step: int) -> None:
        self._nudge(step, False)
        self.session.seal()

    def _typed(self) -> None:
        self.session.seal()
        self.ask(SetOutlierRule(self._read(self.field.text())))
        self.session.seal()
        self.refresh()

    def _read(self, text: str) -> OutlierRule:
        return read_rule(self.session.document.outlier_rule.kind, text)


def range_words(bars: Bars, first: int, last: int) -> str:
    """Say which values some bars hold: ``"−9.2 … −8.6"``; −1 and ``BARS`` are the tails."""
    edges = bars.edges
    if first < 0:
        return f"below {formats.measure(float(edges[last + 1]))}"
    if last >= BARS:
        return f"above {formats.measure(float(edges[min(first, BARS)]))}"
    return f"{formats.measure(float(edges[first]))} … {formats.measure(float(edges[last + 1]))}"


def read_rule(kind: Kind, text: str) -> OutlierRule:
    """Read what was typed for a rule: ``"5 %"``, ``"−12.5"``, ``"99"`` or ``"0.99"`` for χ².

    Raises
    ------
    ValueError
        If it is not a number, or not one for this rule.
    """
    value = read_number(text.replace("%", ""))
    if kind == "chi2" and ("%" in text or value >= 1):
        value /= 100
    return OutlierRule(kind, value)


def nudged(rule: OutlierRule, step: int, fine: bool, span: float) -> OutlierRule:
    """Return the rule with its line one step to the right or left."""
    if rule.kind == "percentile":
        value = rule.value + step * (0.1 if fine else 0.5)
        return OutlierRule(rule.kind, round(min(max(value, 0.0), 100.0), 4))
    if rule.kind == "density":
        size = 10.0 ** math.floor(math.log10(span / 50))
        value = rule.value + step * size * (0.1 if fine else 1.0)
        return OutlierRule(rule.kind, float(f"{value:.12g}"))
    # Equal steps of the share left out would crawl near 1: go by a tenth of it instead.
    rest = (1.0 - rule.value) * (0.98 if fine else 0.9) ** step
    return OutlierRule(rule.kind, float(f"{1.0 - min(max(rest, 1e-9), 0.99):.10g}"))


def rule_of_kind(kind, now: OutlierRule, figures: OutlierFigures | None) -> OutlierRule:
    """Return the rule to begin with when the kind is changed."""
    if figures is not None:
        return figures.default(cast(Kind, kind), now)
    start = {"percentile": 5.0, "density": 0.0, "chi2": 0.99}
    return OutlierRule(kind, start[kind])
