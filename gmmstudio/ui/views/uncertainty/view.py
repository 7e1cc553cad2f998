"""Uncertainty: the scatter's rows by how surely each belongs to one cluster."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolTip

from gmmstudio.document.session import Change, Session
from gmmstudio.ui import theme
from gmmstudio.ui.jobs import IntArray
from gmmstudio.ui.selection import how_of
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.planes.plane_names import PlaneNames
from gmmstudio.ui.views.planes.plane_plot import PlanePlot
from gmmstudio.ui.views.points.marks import Flags
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.row_kinds import RowKinds
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.uncertainty.between_panel import BetweenPanel
from gmmstudio.ui.views.uncertainty.colours import uncertainty_colouring
from gmmstudio.ui.views.uncertainty.order import UncertainOrder
from gmmstudio.ui.views.view import BAR_HEIGHT, View
from gmmstudio.ui.widgets.painting import fill_ground
from gmmstudio.ui.widgets.tips import plain_tip


class UncertaintyView(View):
    """Points coloured by 1 − max probability, the least certain on top; beside them those between.

    Shows the plane of the scatter, and the frame on the stage.

    Attributes
    ----------
    plot, panel
        The points, and what stands beside them.
    """

    title = "Uncertainty"
    tip = "How surely each row belongs to one cluster, and which rows sit between clusters"

    def __init__(self, session: Session, stage: Stage, scatter: ScatterView, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("uncertainty")
        self._session, self._stage, self._scatter = session, stage, scatter
        self._row_kinds = RowKinds()
        self._watched: IntArray | None = None  # what others watched before
        self._watches = False
        self._hovered: int | None = None
        self.plot = PlanePlot(self, filled=False)
        self.plot.setAccessibleName("Uncertainty plot")
        self.plot.box.tools = [self]
        # It would mix the few that are uncertain with the many, and look like certainty itself.
        self.plot.cloud.raster = False
        self.plot.cloud.follow(stage.selection)
        self.panel = BetweenPanel(stage.selection, self)
        self._names = PlaneNames(self.plot, self)
        self._order = UncertainOrder(self)
        line = QFrame(self)
        line.setProperty("role", "line")
        line.setFixedWidth(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._names, 1)
        layout.addWidget(line)
        layout.addWidget(self.panel)
        self._connect()
        self._restyle()

    def _connect(self) -> None:
        stage, scatter = self._stage, self._scatter
        for signal in (stage.shown_changed, stage.assignment_changed, scatter.axes_changed):
            signal.connect(self.look_again)
        scatter.drawn.connect(self.look_again)
        stage.selection.changed.connect(self._show_selection)
        self.panel.found_changed.connect(self._say)
        self.plot.cloud.painted_changed.connect(self._watch)
        self.plot.cloud.dense_changed.connect(self.plot.ellipses.set_dense)
        self.plot.hovered.connect(self._hover)
        self.plot.left.connect(self._leave)
        self._order.ready.connect(self._ordered)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = self._session.subscribe(self._document_changed)

    def leave_room(self, width: int) -> None:
        """Keep the list above what lies over the lower edge."""
        self.panel.leave_room(round(BAR_HEIGHT * theme.zoom()) + 6 if width else 0)

    def shutdown(self) -> None:
        """End what runs, let go of session and stage."""
        self._unsubscribe()
        stage, scatter = self._stage, self._scatter
        for signal in (stage.shown_changed, stage.assignment_changed, scatter.axes_changed):
            signal.disconnect(self.look_again)
        scatter.drawn.disconnect(self.look_again)
        stage.selection.changed.disconnect(self._show_selection)
        theme.signals().changed.disconnect(self._restyle)
        self._order.shut_down()
        self.panel.shut_down()
        self.plot.shut_down()

    # ---- what is shown -------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if change.fields & {"table", "preparation", "active"}:
            self.look_again()

    def refresh(self) -> None:
        """Bring points, colours, ellipses, list and words to the frame shown."""
        if not self._scatter.is_of_the_document:
            return  # its frame is still of the table before; it draws the new one soon
        shown = self._scatter.shown
        self._show_points()
        self.plot.show_mixture(shown, uncertainty_colouring(shown))
        self.panel.show_fit(self._stage.assignment, self._session.document.record)
        self._say()
        self._show_selection()
        if self._hovered is not None:
            self._hovered = None
            QToolTip.hideText()

    def _show_points(self) -> None:
        """Draw what the scatter has drawn, the least certain rows last."""
        drawing, shown = self._scatter.drawing, self._scatter.shown
        if drawing is not self.plot.drawing:
            self._order.forget()
            self.plot.show_drawing(drawing, self._kinds())
            self._names.show_names(*self._scatter.axis_words)
        if drawing is None:
            return
        self.plot.cloud.set_kinds(self._kinds())
        if shown is not None:
            self._order.ask(drawing.points, shown)

    def _kinds(self) -> Flags | None:
        """Tell the rows in the fit from those that are not."""
        document, shown = self._session.document, self._scatter.shown
        if document.table is None:
            return None
        fitted = document.preparation if shown is None else shown.preparation
        kinds = self._row_kinds.kinds(document.table, fitted, document.preparation)
        return kinds if kinds.any() else None

    @Slot(object)
    def _ordered(self, points: Points) -> None:
        self.plot.cloud.set_points(points, self._kinds())

    @Slot()
    def _say(self) -> None:
        shown = self._scatter.shown
        if shown is None:
            self.panel.say(None, live=False, final=False)
        else:
            k = shown.parameters.n_components
            self.panel.say(k, live=shown.live, final=shown.final)

    @Slot()
    def _show_selection(self) -> None:
        if self.isVisible():
            self.panel.selection_changed()

    @Slot()
    def _restyle(self) -> None:
        fill_ground(self)
        self.plot.restyle()
        self.panel.restyle()
        self.look_again()

    # ---- which rows are labelled while a fit runs ----------------------------------------

    @Slot()
    def _watch(self) -> None:
        """Have the rows drawn labelled, where they are not all those that the scatter watches."""
        rows, drawing = self.plot.cloud.painted_rows(), self.plot.drawing
        if drawing is None or not self.isVisible() or len(rows) == len(drawing.points):
            return
        if not self._watches:
            self._watches, self._watched = True, self._stage.watched
        self._stage.watch(rows)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._order.forget()
        if self._watches:
            self._watches = False
            if self._watched is not None:
                self._stage.watch(self._watched)

    # ---- the mouse -----------------------------------------------------------------------

    def dragged(self, event) -> bool:
        """Leave dragging to the plot."""
        return False

    def hovered(self, place: QPointF) -> bool:
        """Leave hovering to the plot."""
        return False

    def clicked(self, event) -> bool:
        """Select the row under a click."""
        row = self.plot.cloud.row_at(event.pos())
        if row is None or event.double():
            return False
        self._stage.selection.choose_row(row, how_of(event.modifiers()))
        return True

    @Slot(QPointF)
    def _hover(self, place: QPointF) -> None:
        inside = self.plot.box.boundingRect().contains(place)
        row = self.plot.cloud.row_at(place) if inside else None
        if row == self._hovered:
            return
        self._hovered = row
        if row is None:
            QToolTip.hideText()
            return
        spot = self.plot.mapToGlobal(self.plot.mapFromScene(self.plot.box.mapToScene(place)))
        QToolTip.showText(spot, plain_tip(self._scatter.describe(row)), self.plot)

    @Slot()
    def _leave(self) -> None:
        self._hovered = None
