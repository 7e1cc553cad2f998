"""Compare shapes: the four shapes of the clusters side by side, with what speaks for each."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.ui import theme
from gmmstudio.ui.comparison import Candidate, Comparison, Question, best_of
from gmmstudio.ui.jobs import IntArray
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.compare import words as compared_words
from gmmstudio.ui.views.compare.grid import ComparedGrid
from gmmstudio.ui.views.compare.labels import Labels, ShapeLabels, frame_of
from gmmstudio.ui.views.compare.tile import ComparedTile, Figures
from gmmstudio.ui.views.heading import fit_width, flat_button
from gmmstudio.ui.views.planes.drawing import Drawing
from gmmstudio.ui.views.points.frame_colours import colouring_of
from gmmstudio.ui.views.points.marks import Flags
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.row_kinds import RowKinds
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.view import BAR_HEIGHT, View
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.painting import fill_ground

MOST_DRAWN = 50_000
N_SHAPES = 4
_MARGIN = 8
NO_COLUMNS = "Tick a column in step 1, Data: then its clusters are compared here in four shapes."


class CompareView(View):
    """Four plots of the same rows in the same plane, each with the clusters of its own shape.

    What is compared is what the left side asks for, with every shape. Models that are there are
    used; the others are fitted beside the window while the view is seen.

    Attributes
    ----------
    comparison
        Finds the fits.
    tiles
        One for every shape, in order; with one column there are two.
    """

    title = "Compare shapes"
    tip = "The four shapes of the clusters side by side, and what BIC says of each"

    def __init__(
        self, session: Session, stage: Stage, control, scatter: ScatterView, parent=None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self._session, self._stage = session, stage
        self._control, self._scatter = control, scatter
        self._row_kinds = RowKinds()
        self._drawn: tuple[Drawing, Points] | None = None
        self._pictures: dict[ComparedTile, tuple] = {}  # what each tile was made from
        self.comparison = Comparison(control.store, self)
        self._labels = ShapeLabels(control.store, self)
        self.tiles = tuple(ComparedTile(self) for _ in range(N_SHAPES))
        self._grid = ComparedGrid(self.tiles, self)
        self._lay_out()
        self._connect()
        self._restyle()

    def _lay_out(self) -> None:
        self._heading = ElidedLabel(parent=self, role="muted")
        self._axes = ElidedLabel(
            parent=self, role="muted", factor=11 / 13, align=Qt.AlignmentFlag.AlignRight
        )
        self._progress = ElidedLabel(parent=self, role="muted")
        self._cancel = flat_button("Cancel", "Stop fitting; what is done stays", self)
        missing = "Fits those that are missing, beside the window"
        self._begin = flat_button("Fit the four shapes", missing, self)
        self._empty = QLabel(self)
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(24, 24, 24, 24)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._grid)
        self._pages.addWidget(self._empty)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._heading)
        head.addWidget(self._progress)
        head.addWidget(self._cancel)
        head.addWidget(self._begin)
        head.addWidget(self._axes, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 12, _MARGIN)
        self._layout.setSpacing(6)
        self._layout.addLayout(head)
        self._layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self._cancel.clicked.connect(self.comparison.cancel)
        self._begin.clicked.connect(self._fit)
        self.comparison.changed.connect(self._update)
        self._labels.ready.connect(self._update)
        for tile in self.tiles:
            tile.taken.connect(self._take)
            tile.moved.connect(self._moved)
            tile.plot.cloud.follow(self._stage.selection)
            tile.plot.cloud.dense_changed.connect(tile.plot.ellipses.set_dense)
        self._scatter.axes_changed.connect(self.look_again)
        self._scatter.drawn.connect(self.look_again)
        self._stage.state_changed.connect(self._state_changed)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = self._session.subscribe(self._document_changed)

    def leave_room(self, width: int) -> None:
        """Keep the tiles above what lies over the lower edge."""
        covered = round(BAR_HEIGHT * theme.zoom()) if width else 0
        self._layout.setContentsMargins(12, 6, 12, _MARGIN + covered)

    def shutdown(self) -> None:
        """End what runs, let go of session and stage."""
        self._unsubscribe()
        self._scatter.axes_changed.disconnect(self.look_again)
        self._scatter.drawn.disconnect(self.look_again)
        self._stage.state_changed.disconnect(self._state_changed)
        theme.signals().changed.disconnect(self._restyle)
        self.comparison.close()
        self._labels.shut_down()
        for tile in self.tiles:
            tile.plot.shut_down()

    @property
    def complete(self) -> bool:
        """Whether every shape is fitted and its rows are coloured."""
        fits = [c.sound for c in self.comparison.found.values() if c.sound is not None]
        rows = None if self._drawn is None else self._drawn[1].rows
        labelled = rows is None or all(self._labels.of(fit, rows) for fit in fits)
        return self.comparison.complete and labelled

    # ---- what changes --------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"table", "preparation", "spec", "start_column", "active", "sweep"}:
            self.look_again()

    @Slot()
    def _state_changed(self) -> None:
        """Make way for a fit that was asked for; what is compared can wait."""
        if self._stage.state != "idle":
            self.comparison.rest()
        elif self.isVisible():
            self.comparison.work()
        if self.isVisible():
            self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.comparison.rest()
        self._labels.forget()

    def refresh(self) -> None:
        """Ask what the document asks, and show what there is."""
        self.comparison.ask(self._session.document, self._row_numbers)
        self._update()

    def _row_numbers(self) -> IntArray | None:
        rows: IntArray | None = self._control.sample_rows(self._session.document.preparation)
        return None if rows is None else rows + 1

    # ---- what is shown -------------------------------------------------------------------

    @Slot()
    def _update(self) -> None:
        """Show what is found so far."""
        if not self.isVisible():
            return
        question = self.comparison.question
        shapes = self.comparison.shapes
        hidden = [tile.isHidden() for tile in self.tiles]
        for place, tile in enumerate(self.tiles):
            tile.setVisible(place < len(shapes))
        if hidden != [tile.isHidden() for tile in self.tiles]:
            self._grid.place()
        points = self._show_points()
        if question is not None and points is not None:
            fits = [c.sound for c in self.comparison.found.values() if c.sound is not None]
            self._labels.ask(question.table, question.preparation, fits, points.rows)
        for letters, tile in zip(shapes, self.tiles, strict=False):
            self._show_picture(tile, self.comparison.found.get(letters), points)
        self._say()

    def _show_points(self) -> Points | None:
        """Draw in all tiles what the scatter has drawn, or a sample of it."""
        drawing = self._scatter.drawing
        if drawing is None:
            points = None
        elif self._drawn is not None and self._drawn[0] is drawing:
            points = self._drawn[1]
        else:
            points = _some(drawing.points)
        self._drawn = None if drawing is None or points is None else (drawing, points)
        kinds = self._kinds()
        placed = False
        for tile in self.tiles:
            if tile.plot.drawing is not drawing:
                tile.plot.show_drawing(drawing, kinds, points)
                self._pictures.pop(tile, None)
                placed = True
            elif drawing is not None:
                tile.plot.cloud.set_kinds(kinds)
        if placed:
            self._grid.place()
        return points

    def _kinds(self) -> Flags | None:
        document, question = self._session.document, self.comparison.question
        if document.table is None or question is None or question.table is not document.table:
            return None
        asked = question.preparation, document.preparation
        kinds = self._row_kinds.kinds(document.table, *asked)
        return kinds if kinds.any() else None

    def _show_picture(
        self, tile: ComparedTile, candidate: Candidate | None, points: Points | None
    ) -> None:
        """Draw a fit's clusters over the points, which stay grey until their labels are there."""
        fit = None if candidate is None else candidate.sound
        labels = None
        if fit is not None and points is not None:
            labels = self._labels.of(fit, points.rows)
        made_from = (labels, self._session.document.record, points, theme.current())
        held = self._pictures.get(tile)
        if held is not None and all(a is b for a, b in zip(held, made_from, strict=True)):
            return
        self._pictures[tile] = made_from
        question = self.comparison.question
        shown = None
        if labels is not None and question is not None:
            shown = frame_of(question.table, question.preparation, labels, self._identities(labels))
        tile.plot.show_mixture(shown, colouring_of(shown, faded=True))

    def _identities(self, labels: Labels) -> tuple[int, ...]:
        """Return the identities of a fit's clusters, as they are or would be when it is shown."""
        document = self._session.document
        record = document.record
        if record is not None and record.fit is labels.fit:
            return record.identities
        known = next((r for r in document.fits if r.fit is labels.fit), None)
        if known is not None:
            return known.identities
        measures = document.preparation.measures
        return document.identities_for(labels.fit.parameters, measures)

    @Slot()
    def _say(self) -> None:
        """Write the figures of every tile, and what is being done."""
        comparison, question = self.comparison, self.comparison.question
        found = comparison.found
        reasons = {c.reason for c in found.values() if c.fit is None}
        none = comparison.complete and all(c.fit is None for c in found.values())
        instead = NO_COLUMNS if question is None else ""
        if none and len(reasons) == 1:  # the same is wrong with all of them
            instead = next(iter(reasons))
        self._empty.setText(instead)
        self._pages.setCurrentIndex(1 if instead else 0)
        best = best_of(found[s] for s in comparison.shapes if s in found)
        for letters, tile in zip(comparison.shapes, self.tiles, strict=False):
            candidate = found.get(letters)
            takes = candidate is not None and candidate.fit is not None
            shown = candidate is not None and self._is_shown(candidate)
            words = self._figures(letters, candidate, best, shown)
            tile.show_figures(words, takes=takes and not shown, shown=shown)
        self._write_head(question, bool(instead))

    def _figures(
        self, letters: str, candidate: Candidate | None, best: Candidate | None, shown: bool
    ) -> Figures:
        comparison = self.comparison
        if candidate is not None:
            return compared_words.figures(
                candidate,
                best,
                len(comparison.shapes),
                n_sound=sum(c.sound is not None for c in comparison.found.values()),
                complete=comparison.complete,
                shown=shown,
            )
        if comparison.current == letters:
            return compared_words.waiting_figures(
                letters, f"fitting… {100 * comparison.share:.0f} %"
            )
        return compared_words.waiting_figures(letters, "not fitted yet")

    def _is_shown(self, candidate: Candidate) -> bool:
        record = self._session.document.record
        return record is not None and record.fit is candidate.fit

    def _write_head(self, question: Question | None, empty: bool) -> None:
        comparison = self.comparison
        n, n_done = len(comparison.shapes), len(comparison.found)
        fitting, idle = comparison.current is not None, self._stage.state == "idle"
        if question is not None and self._drawn is not None:
            drawing, points = self._drawn
            drawn = len(points), len(drawing.points)
            k = question.spec.n_components
            self._heading.set_text(compared_words.heading(n, k, *drawn))
        self._heading.setVisible(question is not None and not empty)
        progress = ""
        if fitting:
            progress = f"fitting {n_done + 1} of {n}"
        elif comparison.fault:
            progress = comparison.fault
        elif question is not None and not comparison.complete and not idle:
            progress = "the shapes are fitted once the fit under way has ended"
        self._progress.set_text(progress)
        self._progress.setVisible(bool(progress))
        self._cancel.setVisible(fitting)
        self._begin.setText(f"Fit the {compared_words.how_many(n)} shapes")
        fit_width(self._begin)
        waits = comparison.stopped and not comparison.complete and question is not None
        self._begin.setVisible(waits and idle)
        across, up = self._scatter.axis_words
        axes = f"{across} across, {up} up" if up else across
        self._axes.set_text("" if empty else axes)

    # ---- what the user does --------------------------------------------------------------

    @Slot()
    def _fit(self) -> None:
        self.comparison.begin()

    @Slot(object)
    def _take(self, tile: ComparedTile) -> None:
        """Make the fit of a tile the one that is shown everywhere."""
        letters = self.comparison.shapes[self.tiles.index(tile)]
        candidate = self.comparison.found.get(letters)
        command = None if candidate is None else self.comparison.command(candidate)
        if command is None:
            return
        try:
            self._session.apply(command)
        except DocumentError as error:
            self._progress.set_text(str(error))
            self._progress.show()

    @Slot(object)
    def _moved(self, moved: ComparedTile) -> None:
        """Let all plots show the same range."""
        (x_low, x_high), (y_low, y_high) = moved.plot.box.viewRange()
        for tile in self.tiles:
            if tile is not moved:
                tile.plot.show_range(x_low, x_high, y_low, y_high)
        self._grid.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the arrow keys lead from tile to tile."""
        tiles = self._grid.shown()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._grid.columns,
            Qt.Key.Key_Down: self._grid.columns,
        }
        focused = next((place for place, tile in enumerate(tiles) if tile.hasFocus()), None)
        step = steps.get(Qt.Key(event.key()))
        if focused is None or step is None:
            super().keyPressEvent(event)
        elif 0 <= focused + step < len(tiles):
            tiles[focused + step].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self._pictures.clear()
        for tile in self.tiles:
            tile.restyle()
        height = self._heading.sizeHint().height() + 4
        for button in (self._cancel, self._begin):
            fit_width(button)
            button.setFixedHeight(height)  # so that nothing moves when they come and go
        self._heading.setMinimumHeight(height)
        self._grid.place()
        self._update()


def _some(points: Points) -> Points:
    """Return the points, or a sample of them; being shuffled, the first are a fair one."""
    if len(points) <= MOST_DRAWN:
        return points
    some = slice(0, MOST_DRAWN)
    return replace(points, rows=points.rows[some], x=points.x[some], y=points.y[some])
