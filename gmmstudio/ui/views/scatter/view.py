"""The scatter: the rows in two columns or a plane, by cluster, under the mixture's ellipses."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent

from gmmstudio.document.session import Change, Session
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.layers.arrows import Arrows
from gmmstudio.ui.views.layers.contours import Contours
from gmmstudio.ui.views.layers.ellipses import Ellipses
from gmmstudio.ui.views.layers.overlay import Overlay
from gmmstudio.ui.views.layers.trail import Trail
from gmmstudio.ui.views.look_choices import (
    COLOURS,
    MARKS,
    SIGMAS,
    colour_choice,
    ellipses_choice,
    marks_choice,
)
from gmmstudio.ui.views.planes.axis_choice import AxisChoice
from gmmstudio.ui.views.planes.drawing import Drawing
from gmmstudio.ui.views.planes.drawing_source import DrawingSource
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.planes.sights import Kind, Sight
from gmmstudio.ui.views.planes.tour import Tour
from gmmstudio.ui.views.points.frame_colours import colouring_of
from gmmstudio.ui.views.points.marks import OUTLIER
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.row_kinds import RowKinds, mark_outliers
from gmmstudio.ui.views.scatter import text as scatter_text
from gmmstudio.ui.views.scatter.face import ScatterFace
from gmmstudio.ui.views.scatter.one_column import OneColumn
from gmmstudio.ui.views.scatter.row_text import row_text
from gmmstudio.ui.views.scatter.row_tip import RowTip
from gmmstudio.ui.views.scatter.rows_note import RowsNote
from gmmstudio.ui.views.scatter.zooms import Zooms
from gmmstudio.ui.views.selecting.tools import PlotSelecting
from gmmstudio.ui.views.view import Choice
from gmmstudio.ui.widgets.painting import fill_ground

NO_NUMBERS = "No column of this table holds numbers, so there is nothing to draw."
NOT_DRAWN = "These columns could not be drawn because of a fault in the program; the log says more."


class ScatterView(ScatterFace):
    """Points, ellipses and axes; reads the stage, tells it which rows it has painted.

    Attributes
    ----------
    axes_changed : Signal
        Something else is shown: other columns, another plane.
    drawn : Signal
        Their rows are there: :attr:`drawing` is another.
    zooms
        Which part of it is looked at.
    overlays
        What is drawn over the points besides: each is told of every frame, with the plane shown.
    """

    axes_changed = Signal()
    drawn = Signal()
    title = "Scatter"
    tip = "The rows as points, two columns at a time"

    def __init__(self, session: Session, stage: Stage, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("scatter")
        self._session, self._stage = session, stage
        self._table: Table | None = None
        self._choice = AxisChoice(session, self._preparation, self._x_button, self._y_button, self)
        self._choice.changed.connect(self._look)
        self._sight: Sight | None = None
        self._announced: Sight | None = None  # the one `axes_changed` was last emitted for
        self.zooms = Zooms(self.plot)
        self._foreign: Shown | None = None  # a frame of the table before, not yet replaced
        self._points: Points | None = None
        self._drawing: Drawing | None = None
        self._row_kinds = RowKinds()
        self._drawings = DrawingSource(self)
        self._drawings.ready.connect(self._draw)
        self._drawings.failed.connect(self._not_drawn)
        self._faded, self._symbols = True, False

        self.cloud = PointCloud(self.plot.box, *colouring_of(None, faded=True))
        self.cloud.follow(stage.selection)
        self._rows_note = RowsNote(self._note, self.cloud, self._row_kinds)
        self.ellipses = Ellipses(self.plot.box)
        self._column = OneColumn(self.plot, session)
        self.arrows = Arrows(self.plot.box)
        self.contours = Contours(self.plot.box, avoid=self.arrows.boxes)
        self.trail = Trail(self.plot.box, stage, self.choices_changed.emit)
        self.overlays: list[Overlay] = [self.ellipses, self.contours, self.trail]
        self.selecting = PlotSelecting(
            self.plot,
            self.tools,
            self.cloud,
            stage.selection,
            points=lambda: self._points,
            is_range=lambda: self.plane is None,
        )

        self.tour = Tour(self.plot, self._turn, self._settle, self)
        self.cloud.painted_changed.connect(self._painted_changed)
        self.cloud.dense_changed.connect(self._dense_changed)
        self._tip = RowTip(self.plot, self._row_at, self.describe, self._column.words_at)
        stage.shown_changed.connect(self._show)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._new_table()

    # ---- for the shell -------------------------------------------------------------------

    @property
    def choices(self) -> tuple[Choice, ...]:
        """How points are coloured and drawn, which ellipses are drawn, from which side."""
        return (
            colour_choice(self._faded, self._pick_colour),
            ellipses_choice(self.ellipses.sigmas, self._pick_sigmas),
            *self._choice.choice,
            *([self.contours.choice(self.choices_changed.emit)] if self.plane is not None else []),
            *self.arrows.choice(self.choices_changed.emit),
            *(self.trail.choices if self.plane is not None else ()),
            marks_choice(self._symbols, self._pick_marks),
        )

    @property
    def axes(self) -> Axes | None:
        """The columns shown, or those shown before a plane."""
        return self._choice.axes

    @property
    def sight(self) -> Sight | None:
        """What is looked at, with its words; None while it is not known."""
        return self._sight

    @property
    def plane(self) -> Plane | None:
        """The plane shown; None where there is none, as with a histogram."""
        return None if self._sight is None else self._sight.plane

    def choose(self, axes: Axes) -> None:
        """Show these columns, and remember them for this table."""
        self._choice.choose(axes)
        self._show()

    def choose_kind(self, kind: Kind) -> None:
        """Show columns or a plane, and remember it for this table."""
        self._choice.choose_kind(kind)
        self._show()

    @property
    def is_of_the_document(self) -> bool:
        """Whether it has been told of the document's table; others may be told earlier."""
        return self._session.document.table is self._table

    @property
    def shown(self) -> Shown | None:
        """The stage's frame, unless it is still one of the table before."""
        return self._shown()

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn, for others that show the same plane; None while there is nothing."""
        current = self.is_of_the_document and self._points is not None
        return self._drawing if current else None

    @property
    def axis_words(self) -> tuple[str, str]:
        """What is across and up, by name."""
        if self._sight is None:
            return "", ""
        up = "" if self._sight.plane is None else self._sight.up.short
        return self._sight.across.short, up

    def shutdown(self) -> None:
        """End what runs and let go of the session."""
        self._unsubscribe()
        for signal, slot in (
            (self._stage.shown_changed, self._show),
            (theme.signals().changed, self._restyle),
        ):
            signal.disconnect(slot)
        self._drawings.shut_down()
        self.tour.shut_down()
        self.selecting.shut_down()
        self.cloud.shut_down()
        self.plot.shut_down()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choice.offer(self._sight)

    # ---- what changes --------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self._new_table()
        elif "preparation" in change.fields or "active" in change.fields:
            self._choice.follow()
            self._choice.offer(self._sight)
            self._show()

    def _new_table(self) -> None:
        self._table = self._session.document.table
        self._foreign = self._stage.shown
        self.zooms.wish(None)
        self._choice.forget()
        self._sight = None
        self._choice.follow()
        self._show()

    def _shown(self) -> Shown | None:
        """Return the stage's frame, unless it is still one of the table before."""
        shown = self._stage.shown
        return None if shown is self._foreign else shown

    def _preparation(self) -> Preparation:
        shown = self._shown()
        if shown is not None:
            return shown.preparation
        return self._session.document.preparation

    @Slot()
    def _look(self) -> None:
        """Look at something else; the same plane drawn up anew leaves the picture until it is."""
        self.tour.follow(None)
        wanted = self._choice.look()
        self._drawings.forget()
        table, before = self._choice.table, self._sight
        kept = before is not None and before.kind == self._choice.kind != "columns"
        if wanted is None or not kept:
            self._sight = None if wanted is None else wanted[0]
            self._points = None
            self.zooms.hide()
            self._column.draw(None)
            self.cloud.set_points(None, None)
        nothing = table is not None and wanted is None
        self._say_instead(NO_NUMBERS if nothing else "")
        self._choice.offer(self._sight)
        if wanted is not None and table is not None:
            n_columns = 2 if wanted[0] is not None else len(self._preparation().columns)
            self._drawings.ask(table, wanted[1], n_columns)
        self._announce()

    def _announce(self) -> None:
        if self._sight is not self._announced:
            self._announced = self._sight
            self.choices_changed.emit()
            self.axes_changed.emit()

    @Slot(object)
    def _draw(self, drawing: Drawing) -> None:
        """Show a sight that is ready."""
        self._sight = sight = drawing.sight
        self._points, self._drawing = drawing.points, drawing
        frame = self.plot.frame
        frame.x_whole, frame.y_whole = drawing.x_whole, drawing.y_whole
        frame.x_dates, frame.y_dates = drawing.x_dates, drawing.y_dates
        frame.y_least = 0.0 if sight.plane is None else None
        self.plot.set_home(*drawing.home)
        self.zooms.show((self._session.document.table_id, sight.key))
        self._column.draw(drawing)
        self.cloud.set_points(drawing.points, None)
        shown = self._shown()
        self._update_kinds(shown)
        self._show_mixture(shown)
        self._write_note(shown)
        self._choice.offer(sight)
        self._announce()
        self.tour.follow(sight, begin=self._choice.take_begin())
        self.drawn.emit()

    def _turn(self, sight: Sight, points: Points) -> None:
        """Show the next frame of a tour; who shows the same plane is told once it rests."""
        self._drawings.forget()
        self._sight, self._points = sight, points
        self.cloud.move_points(points)
        self._show_mixture(self._shown())
        self._write_note(self._shown())
        self._choice.offer_sides(sight)

    def _settle(self, sight: Sight) -> None:
        """Draw all rows where a tour has come to rest."""
        if self._choice.table is not None:
            n_columns = len(self._preparation().columns)
            self._drawings.ask(self._choice.table, lambda: sight, n_columns)

    @Slot()
    def _not_drawn(self) -> None:
        self._say_instead(NOT_DRAWN)
        self._write_note(None)

    # ---- what is shown -------------------------------------------------------------------

    @Slot()
    def _show(self) -> None:
        """Follow the stage's frame: others may show the same plane while nobody sees this view."""
        if not self.is_of_the_document:
            return  # the stage heard of a new table first; the points are still the old one's
        if not self._choice.is_current:
            self._choice.follow()
            self._choice.offer(self._sight)
        self.look_again()

    def refresh(self) -> None:
        """Bring points, ellipses and words to the stage's frame, all of the same parameters."""
        if not self.is_of_the_document:
            return
        shown = self._shown()
        self._update_kinds(shown)
        self.cloud.set_colouring(*colouring_of(shown, faded=self._faded, symbols=self._symbols))
        self._show_mixture(shown)
        self._write_note(shown)
        self._tip.forget()

    def _show_mixture(self, shown: Shown | None) -> None:
        plane = self.plane
        self._column.follow(shown, self._sight)
        self.arrows.follow(self._sight)
        for overlay in self.overlays:
            overlay.show(shown, plane)

    def _update_kinds(self, shown: Shown | None) -> None:
        document = self._session.document
        if document.table is None or self._points is None:
            return
        kinds = self._row_kinds.kinds(document.table, self._preparation(), document.preparation)
        if self.cloud.set_kinds(mark_outliers(kinds, shown)):
            self._tip.forget()

    def _write_note(self, shown: Shown | None) -> None:
        if self.tour.is_playing and self._sight is not None:
            self._rows_note.write_instead(scatter_text.tour_note(self._sight))
            return
        waiting = self.axes is not None and not self._empty.text()
        of_what = self._sight, self._points, shown
        self._rows_note.write(
            self._session.document, self._preparation(), *of_what, waiting=waiting
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._points is not None:  # another view may have told of its own rows meanwhile
            self._watch()

    def _watch(self) -> None:
        """Tell the stage which rows are painted, while anybody sees them."""
        rows = self.cloud.painted_rows()
        if self.isVisible() and self._stage.watched is not rows:
            self._stage.watch(rows)

    @Slot(bool)
    def _dense_changed(self, dense: bool) -> None:
        self.ellipses.set_dense(dense)

    @Slot()
    def _painted_changed(self) -> None:
        self._watch()
        self._write_note(self._shown())

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self.plot.restyle()
        self.tools.restyle()
        self._choice.offer(self._sight)
        self._show()

    def _pick_colour(self, words: str) -> None:
        self._faded = COLOURS[words]
        self.choices_changed.emit()
        self._show()

    def _pick_marks(self, words: str) -> None:
        self._symbols = MARKS[words]
        self.choices_changed.emit()
        self._show()

    def _pick_sigmas(self, words: str) -> None:
        self.ellipses.set_sigmas(SIGMAS[words])
        self.choices_changed.emit()

    # ---- the row under the mouse ---------------------------------------------------------

    def _row_at(self, place: QPointF) -> int | None:
        return None if self.tour.is_playing else self.cloud.row_at(place)

    def describe(self, row: int) -> str:
        """Say what a table row is, as the tooltip does."""
        shown = self._shown()
        kinds = self.cloud.kinds
        outlier = kinds is not None and kinds[row] == OUTLIER
        return row_text(self._session.document, shown, self._sight, row, bool(outlier))
