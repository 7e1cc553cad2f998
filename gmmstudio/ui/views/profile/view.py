"""The profile: a line per cluster over the columns, measured from the average of all rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot

from gmmstudio.document.session import Session
from gmmstudio.report import formats
from gmmstudio.report.axes import plain
from gmmstudio.report.formats import count
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.panels.wording import nothing_to_fit
from gmmstudio.ui.selection import How
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.matrix.layout import Blocks, blocks
from gmmstudio.ui.views.pages.pager import Pager
from gmmstudio.ui.views.pages.view import PagedView
from gmmstudio.ui.views.profile.area import ProfileArea
from gmmstudio.ui.views.profile.lines import Lines
from gmmstudio.ui.views.profile.values import (
    Moments,
    average,
    moments,
    profile,
    rows_of,
    separation,
)
from gmmstudio.ui.views.view import Choice

_FEW = 8  # clusters whose bands are all drawn
ORDERS = ("as in the table", "by how much they separate")
NOTHING = "Press Fit: each cluster becomes a line over the columns."
WAITING = "Preparing the rows…"
FAULT = "The profile could not be drawn because of a fault in the program; the log says more."
UNIT = "in standard deviations from the mean of all rows"
_ORDER = (
    "In which order the columns stand. The more of a column's variance lies\n"
    "between the clusters, the more it separates them."
)


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be found out about the rows of a fit; `selected`: of each row of the table."""

    table: Table
    preparation: Preparation
    selected: NDArray[np.bool_] | None


@dataclass(frozen=True, eq=False)
class Answered:
    """Moments of all fitted rows, and the mean (d,) of those selected, with their number."""

    of_all: Moments
    selected: NDArray[np.float64] | None
    n_selected: int


class ProfileView(PagedView):
    """What tells the clusters apart, column by column."""

    title = "Profile"
    tip = "A line for each cluster over the columns: where it lies above or below the average"
    follows = frozenset({"table", "active", "names"})

    def __init__(self, session: Session, stage: Stage, control, parent=None) -> None:
        self.area, self.pager = ProfileArea(), Pager("columns")
        super().__init__(session, stage, self.area, (self.pager,), "profile", parent)
        self._store: SampleStore = control.store
        self._order = ORDERS[0]
        self._columns: tuple[int, ...] = ()  # places of the fit's columns, in the order shown
        self._blocks: Blocks = ()
        self._asked: Question | None = None
        self._known: tuple[Question, Answered] | None = None
        self._failed: Question | None = None  # what could not be found out
        self.area.chosen.connect(self._choose)
        self.area.pointed.connect(self._write_note)
        self.area.left_page.connect(self._leave_page)
        self._restyle()

    # ---- for the shell -------------------------------------------------------------------

    @property
    def choices(self) -> tuple[Choice, ...]:
        """In which order the columns stand."""
        return (Choice("order", _ORDER, ORDERS, self._order, self._pick_order),)

    # ---- what changes --------------------------------------------------------------------

    def _forget_table(self) -> None:
        self._known = self._asked = self._failed = None

    def _pick_order(self, words: str) -> None:
        self._order = words
        self._columns = ()
        self.choices_changed.emit()
        self.look_again()

    # ---- what is shown -------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring the lines to the stage's frame."""
        table, shown = self._session.document.table, self._shown()
        if table is None or shown is None:
            lacking = nothing_to_fit(self._session.document)
            self._show_nothing(f"{lacking}." if lacking else NOTHING)
            return
        mask = self._stage.selection.mask
        if mask is not None and len(mask) != table.n_rows:
            mask = None
        self._ask(Question(table, shown.preparation, mask))
        if self._failed is not None and self._failed is self._asked:
            self._show_nothing(FAULT)
            return
        if self._known is None or not _same_rows(self._known[0], table, shown.preparation):
            self._show_nothing(WAITING)
            return
        known = self._known[1]
        self._show_page(shown, known)
        self.area.show_lines(self._lines(shown, known))
        self._write_note("")

    def _show_nothing(self, message: str) -> None:
        self.pager.offer((), 0)
        self._columns = self._blocks = ()
        self.area.show_lines(None, message)
        self.note.set_text("")

    def _ask(self, question: Question) -> None:
        """Find out about the rows in a thread, unless that is known or under way."""
        asked = self._asked
        if (
            asked is not None
            and asked.selected is question.selected
            and _same_rows(asked, question.table, question.preparation)
        ):
            return
        self._asked = question
        store, known = self._store, self._known
        of_all = None
        if known is not None and _same_rows(known[0], question.table, question.preparation):
            of_all = known[1].of_all  # only the selection is another
        self._beside.ask(lambda _should_stop: find_out(question, store, of_all))

    @Slot(object)
    def _found(self, answer: Answered) -> None:
        if self._asked is not None:
            self._known = self._asked, answer
            self.look_again()

    @Slot()
    def _fault(self) -> None:
        self._failed = self._asked
        self.look_again()

    def _show_page(self, shown: Shown, known: Answered) -> None:
        """Put the columns in order and choose those of the page; a live fit keeps the order."""
        n = len(shown.preparation.columns)
        if sorted(self._columns) != list(range(n)) or not shown.live:
            order = np.arange(n)
            if self._order != ORDERS[0]:
                order = np.argsort(-separation(shown.parameters, known.of_all), kind="stable")
            self._columns = tuple(order.tolist())
        cut = blocks(self._columns, self.area.most_columns())
        if tuple(map(len, cut)) != tuple(map(len, self._blocks)):
            self.pager.offer(tuple(len(block) for block in cut), 0)
            self._foot.fit()
        self._blocks = cut

    def _lines(self, shown: Shown, known: Answered) -> Lines:
        page = list(self._blocks[self.pager.current])
        letters = np.argsort(shown.identities, kind="stable")
        of_all = known.of_all
        found = profile(shown.parameters, of_all)
        means, deviations = found.means[letters], found.deviations[letters]
        low, high = limits(means, deviations if len(means) <= _FEW else 0 * deviations)
        selected = None
        if known.selected is not None and self._stage.selection.n:
            selected = (known.selected - of_all.mean) / of_all.deviation
            low, high = min(low, float(selected.min())), max(high, float(selected.max()))
        return Lines(
            tuple(shown.column_names[j] for j in page),
            tuple(shown.identities[k] for k in letters),
            tuple(self._words(shown, int(k), page, found.means[k]) for k in letters),
            means[:, page],
            deviations[:, page],
            np.floor(2 * low - 0.1) / 2,
            np.ceil(2 * high + 0.1) / 2,
            None if selected is None else selected[page],
        )

    def _words(
        self, shown: Shown, k: int, page: list[int], means: NDArray[np.float64]
    ) -> tuple[str, ...]:
        """Say of each column of the page what a cluster is in it."""
        name = self._session.document.cluster_name(shown.identities[k])
        parameters = shown.parameters
        return tuple(
            f"{name}, {shown.column_names[j]}: "
            + formats.mean_and_deviation(
                float(parameters.means[k, j]), float(np.sqrt(parameters.covariances[k, j, j]))
            )
            + f" · {plain(abs(float(means[j])), 3)} s.d. "
            + ("above" if means[j] >= 0 else "below")
            + " average"
            for j in page
        )

    @Slot(str)
    def _write_note(self, pointed: str) -> None:
        lines = self.area.lines
        if lines is None:
            return
        if pointed:
            self.note.set_text(pointed)
            return
        few = len(lines.identities) <= _FEW
        parts = [UNIT, "bands: ± 1 s.d. of each cluster" if few else "point at a line for its band"]
        if lines.selected is not None and self._known is not None:
            n = self._known[1].n_selected
            whose = "the selected row" if n == 1 else f"mean of {count(n)} selected rows"
            parts.insert(0, f"dashed: {whose}")
        text = " · ".join(parts)
        self.note.set_text(text[0].upper() + text[1:])

    # ---- mouse and keys ------------------------------------------------------------------

    @Slot(int, str)
    def _choose(self, place: int, how: How) -> None:
        """Select the rows of a cluster."""
        shown = self._shown()
        if shown is None:
            return
        component = int(np.argsort(shown.identities, kind="stable")[place])
        name = self._session.document.cluster_name(shown.identities[component])
        self._stage.selection.choose(rows_of(shown, component), how, words=name)

    @Slot(int)
    def _leave_page(self, step: int) -> None:
        if self.pager.turn(step):
            self.area.point_at_edge(step)


def _same_rows(question: Question, table: Table, preparation: Preparation) -> bool:
    """Tell whether a question was about these rows and columns."""
    return question.table is table and (
        question.preparation is preparation or question.preparation == preparation
    )


def find_out(question: Question, store: SampleStore, of_all: Moments | None) -> Answered:
    """Find the moments of all fitted rows and the mean of the selected ones; for a thread.

    `of_all` are the moments where they are known already.
    """
    sample = store.get(question.table, question.preparation)
    of_all = moments(sample) if of_all is None else of_all
    if question.selected is None:
        return Answered(of_all, None, 0)
    chosen = question.selected[sample.rows]
    n = int(np.count_nonzero(chosen))
    return Answered(of_all, average(sample, chosen) if n else None, n)


def limits(means: NDArray[np.float64], deviations: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range that shows all lines and bands, at least one s.d. to each side."""
    low, high = float((means - deviations).min()), float((means + deviations).max())
    return min(low, -1.0), max(high, 1.0)
