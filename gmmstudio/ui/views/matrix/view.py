"""The matrix: all pairs of the columns in the fit at once, and each column by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QShowEvent

from gmmstudio.document.session import Session
from gmmstudio.report.formats import count
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.look_choices import COLOURS, SIGMAS, colour_choice, ellipses_choice
from gmmstudio.ui.views.matrix.area import MatrixArea
from gmmstudio.ui.views.matrix.layout import Blocks, blocks, most_columns
from gmmstudio.ui.views.matrix.mixture import PageMixture, page_mixture
from gmmstudio.ui.views.matrix.picture import Picture, PictureMaker, Sheet, drawn_rows
from gmmstudio.ui.views.pages.pager import Pager
from gmmstudio.ui.views.pages.view import PagedView
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.points.frame_colours import colouring_of
from gmmstudio.ui.views.points.marks import OUTLIER, Flags, Ints
from gmmstudio.ui.views.row_kinds import RowKinds, mark_outliers
from gmmstudio.ui.views.view import BAR_HEIGHT, Choice

NO_NUMBERS = "None of the ticked columns holds numbers. Tick columns in step 1, Data."
NOT_DRAWN = "The matrix could not be drawn because of a fault in the program; the log says more."
WAITING = "Preparing the rows…"


class MatrixView(PagedView):
    """Cells for all pairs of columns; a page of them where there are many columns.

    Attributes
    ----------
    pair_chosen : Signal
        The `Axes` of a cell that is to be seen large.
    """

    pair_chosen = Signal(object)
    title = "Matrix"
    tip = "All pairs of columns at once"
    follows = frozenset({"table", "preparation", "active"})

    def __init__(self, session: Session, stage: Stage, parent=None) -> None:
        self.area = MatrixArea()
        self.across_pager, self.up_pager = Pager("across"), Pager("up")
        pagers = self.across_pager, self.up_pager
        super().__init__(session, stage, self.area, pagers, "matrix", parent)
        self._table: Table | None = None
        self._columns: tuple[int, ...] = ()
        self._blocks: Blocks = ()
        self._rows: Ints = np.empty(0, np.int64)
        self._row_kinds = RowKinds()
        self._kinds: tuple[object, object, Flags | None] = (None, None, None)
        self._faded = True
        self._wanted: Sheet | None = None
        self._failed: Sheet | None = None  # what could not be drawn
        self._maker = PictureMaker()
        self.area.asked = lambda: self._wanted
        self.area.chosen.connect(self._choose)
        self.area.left_page.connect(self._leave_page)
        self._restyle()

    # ---- for the shell -------------------------------------------------------------------

    @property
    def choices(self) -> tuple[Choice, ...]:
        """How points are coloured, which ellipses are drawn."""
        return (
            colour_choice(self._faded, self._pick_colour),
            ellipses_choice(self.area.sigmas, self._pick_sigmas),
        )

    # ---- what changes --------------------------------------------------------------------

    def _forget_table(self) -> None:
        self._table = self._wanted = None
        self._columns = self._blocks = ()
        self._row_kinds, self._kinds = RowKinds(), (None, None, None)
        self._maker = PictureMaker()
        self.area.set_picture(None)

    def _pick_colour(self, words: str) -> None:
        self._faded = COLOURS[words]
        self.choices_changed.emit()
        self.look_again()

    def _pick_sigmas(self, words: str) -> None:
        self.area.sigmas = SIGMAS[words]
        self.choices_changed.emit()
        self.area.update()

    # ---- what is shown -------------------------------------------------------------------

    def _preparation(self) -> Preparation:
        shown = self._shown()
        return self._session.document.preparation if shown is None else shown.preparation

    def refresh(self) -> None:
        """Bring cells, points and mixture to the stage's frame."""
        table = self._session.document.table
        if table is None:
            self._say(" ")
            return
        if table is not self._table:
            self._table = table
            self._rows = drawn_rows(table.n_rows)
        self._show_page(table)
        if self._blocks:
            self._watch()
            self._ask(table)
            self._show_frame(table)
        self._write_note(table)

    def _show_page(self, table: Table) -> None:
        """Choose the columns across and up, as many as can be read."""
        fitted = fitted_at_hand(table, self._preparation())
        wanted = self._preparation().columns
        columns = tuple(i for i in wanted if table.columns[i].values is not None)
        lifted = self._foot.height() - round(BAR_HEIGHT * theme.zoom())  # comes and goes
        height = self.area.height() + lifted - 40 * theme.zoom()
        most = most_columns(self.area.width() - 96, height, theme.zoom())
        cut = blocks(columns, most)
        if cut != self._blocks:
            seen = self.area.across[:1], self.area.up[:1]
            same = columns == self._columns
            self._columns, self._blocks = columns, cut
            across, up = (self._block_of(first) if same else 0 for first in seen)
            lengths = tuple(len(block) for block in cut)
            self.across_pager.offer(lengths, across)
            self.up_pager.offer(lengths, up)
            self._foot.fit()
        failed = self._failed is not None and self._failed is self._wanted
        self._say(NO_NUMBERS if not cut else NOT_DRAWN if failed else "")
        if cut:
            names = {i: fitted.columns[i].name for i in columns}
            across_, up_ = cut[self.across_pager.current], cut[self.up_pager.current]
            self.area.set_page(across_, up_, names)

    def _block_of(self, first: tuple[int, ...]) -> int:
        return next((i for i, block in enumerate(self._blocks) if set(first) & set(block)), 0)

    def _say(self, message: str) -> None:
        if message != self.area.message:
            self.area.message = message
            self.area.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._blocks:  # another view may have told of its own rows meanwhile
            self._watch()

    def _watch(self) -> None:
        """Tell the stage which rows are painted."""
        if self._stage.watched is not self._rows:
            self._stage.watch(self._rows)

    def _row_kinds_now(self, table: Table) -> Flags | None:
        shown = self._shown()
        asked = self._session.document.preparation
        kinds = self._row_kinds.kinds(table, self._preparation(), asked)
        outlier = None if shown is None else shown.outlier
        if self._kinds[0] is not kinds or self._kinds[1] is not outlier:
            new, old = mark_outliers(kinds, shown), self._kinds[2]
            if new is not None and old is not None and np.array_equal(new, old):
                new = old  # the picture need not be made again
            self._kinds = kinds, outlier, new
        return self._kinds[2]

    def _selected(self, table: Table) -> NDArray[np.bool_] | None:
        """Return which rows are selected, unless they are of another table."""
        mask = self._stage.selection.mask
        return mask if mask is not None and len(mask) == table.n_rows else None

    def _ask(self, table: Table) -> None:
        """Ask for the picture of the page, unless it is there or under way."""
        layout, kinds = self.area.layout_now, self._row_kinds_now(table)
        selected, scale = self._selected(table), self.devicePixelRatioF()
        was, seen = self._wanted, fitted_at_hand(table, self._preparation())
        if (
            was is not None
            and was.table is seen
            and (was.layout, was.scale) == (layout, scale)
            and was.kinds is kinds
            and was.selected is selected
        ):
            return
        self._wanted = Sheet(seen, layout, self._rows, kinds, scale, selected)
        sheet, maker = self._wanted, self._maker
        self._beside.ask(lambda should_stop: maker.make(sheet, should_stop))

    @Slot(object)
    def _found(self, answer: Picture) -> None:
        self.area.set_picture(answer)
        if self._table is not None:
            self._write_note(self._table)

    @Slot()
    def _fault(self) -> None:
        self._failed = self._wanted
        self._say(NOT_DRAWN)
        self.note.set_text("")

    def _show_frame(self, table: Table) -> None:
        shown = self._shown()
        colouring, rim = colouring_of(shown, faded=self._faded)
        kinds, rows, mask = self._kinds[2], self._rows, self._selected(table)
        lit = None if mask is None else mask[rows]
        crossed = colouring.colours(rows, kinds, table.n_rows, crossed=True, selected=lit)
        plain = crossed
        if kinds is not None and shown is not None and shown.outlier is not None:
            plain = colouring.colours(rows, kinds, table.n_rows, crossed=False, selected=lit)
        rims = np.full(len(rows), rim, np.uint32)
        if lit is not None:
            dots = lit if kinds is None else lit & (kinds[rows] != OUTLIER)
            rims[dots] = colouring.ring  # round a cross it would hide the cross
        self.area.set_colours(crossed, plain, rims)
        mixture = PageMixture() if shown is None else page_mixture(shown, self.area.layout_now)
        self.area.set_mixture(mixture)

    def _write_note(self, table: Table) -> None:
        picture = self.area.picture
        if not self._blocks or self.area.message:
            self.note.set_text("")
            return
        if picture is None:
            self.note.set_text(WAITING)
            return
        drawn, n = len(self._rows), table.n_rows
        parts = [f"a sample of {count(drawn)} of {count(n)} rows is drawn"]
        if drawn == n:
            whole = all(np.isfinite(column.drawn).all() for column in picture.columns.values())
            parts = [
                "all rows are drawn" if whole else "rows are drawn where they have both values"
            ]
            if len(picture.columns) == 1:  # bars, and no points
                [only] = picture.columns.values()
                known = int(np.isfinite(only.drawn).sum())
                parts = [f"{count(known)} of {count(n)} rows have a value"]
        if any(not winners.crossed for winners in picture.winners.values()):
            parts.append("outliers darker")
        if picture.layout.diagonal and len(picture.layout.up) > 1:
            parts.insert(0, "below the diagonal the rows, above how dense they lie")
        text = " · ".join(parts)
        self.note.set_text(text[0].upper() + text[1:])

    # ---- mouse and keys ------------------------------------------------------------------

    @Slot(int, int)
    def _choose(self, line: int, place: int) -> None:
        across, up = self.area.across[place], self.area.up[line]
        self.pair_chosen.emit(Axes(across, None if across == up else up))

    @Slot(int, int)
    def _leave_page(self, lines: int, places: int) -> None:
        """Go on in the next block, from its near edge."""
        line, place = self.area.focused
        with QSignalBlocker(self.across_pager), QSignalBlocker(self.up_pager):
            across = bool(places) and self.across_pager.turn(places)
            up = bool(lines) and self.up_pager.turn(lines)
        if not (across or up):
            return
        self.refresh()
        if lines and places:
            return  # a whole page
        if across:
            place = 0 if places > 0 else len(self.area.across) - 1
        if up:
            line = 0 if lines > 0 else len(self.area.up) - 1
        self.area.focus_cell(line, place)
