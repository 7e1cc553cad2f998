"""Left asks, centre shows, right reads, bottom is time: the parts of the window side by side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from gmmstudio.document.session import Session
from gmmstudio.ui import theme
from gmmstudio.ui.changed_rows import ChangedRows
from gmmstudio.ui.panels.left_panel import LeftPanel
from gmmstudio.ui.panels.reading_panel import ReadingPanel
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.run_control import RunControl
from gmmstudio.ui.selection_bar import SelectionBar
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.tab_room import fit_tabs
from gmmstudio.ui.transport import Transport
from gmmstudio.ui.views.choices_bar import ChoicesBar
from gmmstudio.ui.views.choose_k.view import ChooseKView
from gmmstudio.ui.views.compare.view import CompareView
from gmmstudio.ui.views.convergence.view import ConvergenceView
from gmmstudio.ui.views.hands.view import HandsView
from gmmstudio.ui.views.matrix.view import MatrixView
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.profile.view import ProfileView
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.table.view import TableView
from gmmstudio.ui.views.uncertainty.view import UncertaintyView
from gmmstudio.ui.views.view import View

SIDE_WIDTH = 288
PLOTS_HEIGHT = 186
TRANSPORT_HEIGHT = 58
FIRST_SIZE = QSize(1440, 794)


_KEYS = {
    (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier): "clear_selection",
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier): "exclude_selected",
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier): "include_selected",
}


class Workspace(QWidget):
    """Panels, views and the transport bar of an open table.

    Attributes
    ----------
    asked : Signal
        The id of an action wanted for the selected rows.
    """

    asked = Signal(str)

    def __init__(
        self, session: Session, stage: Stage, control: RunControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.selection = stage.selection
        self.left = LeftPanel(session, stage)
        self.reading = ReadingPanel(session, stage, control)
        self.scatter = ScatterView(session, stage)
        self.matrix = MatrixView(session, stage)
        self.uncertainty = UncertaintyView(session, stage, self.scatter)
        self.profile = ProfileView(session, stage, control)
        self.compare = CompareView(session, stage, control, self.scatter)
        self.hands = HandsView(self.scatter, session, stage, control)
        self.table = TableView(session, stage)
        self.convergence = ConvergenceView(session, stage, control)
        self.choose_k = ChooseKView(session, stage, control)
        self._changed = ChangedRows(session, stage, self)
        self.choose_k.opening.connect(self._changed.remember)
        self.choose_k.opened.connect(self._changed.compare)
        self.transport = Transport(session, stage, control)
        self.transport.setMinimumHeight(TRANSPORT_HEIGHT)
        self.reading.menu_asked.connect(self.hands.offer)
        for asking in (self.reading, self.transport):
            asking.starts_asked.connect(self.convergence.ask_starts)

        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Views")
        self.tabs.tabBar().setAccessibleName("Views")
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().setDrawBase(False)
        self.views: tuple[View, ...] = (
            self.scatter,
            self.matrix,
            self.uncertainty,
            self.profile,
            self.compare,
            self.table,
        )
        for place, view in enumerate(self.views):
            self.tabs.addTab(view, view.title)
            self.tabs.setTabToolTip(place, view.tip)
        self.matrix.pair_chosen.connect(self._open_pair)
        self._choices = ChoicesBar()
        self.tabs.setCornerWidget(self._choices, Qt.Corner.TopRightCorner)
        self._choices.show_view(self.scatter)
        self.tabs.currentChanged.connect(self._turn)
        pages = self.tabs.findChild(QStackedWidget)  # which lies under the tabs
        self.selection_bar = SelectionBar(session, stage, pages or self.tabs)
        self.selection_bar.lie_over(self.scatter)
        self.selection_bar.asked.connect(self.asked)
        self.scatter.selecting.drawing_changed.connect(self.selection_bar.suppress)
        self.tabs.installEventFilter(self)

        self.plots = QSplitter(Qt.Orientation.Horizontal)
        self.plots.addWidget(self.convergence)
        self.plots.addWidget(self.choose_k)
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.tabs)
        self.centre.addWidget(self.plots)
        self.centre.setStretchFactor(0, 1)
        self.centre.setStretchFactor(1, 0)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.left, self.centre, self.reading):
            self.columns.addWidget(part)
        self.columns.setStretchFactor(0, 0)
        self.columns.setStretchFactor(1, 1)
        self.columns.setStretchFactor(2, 0)
        for splitter in (self.plots, self.centre, self.columns):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
        self.centre.setMinimumWidth(420)

        self._zoom = theme.zoom()
        theme.signals().changed.connect(self._look_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.columns, 1)
        layout.addWidget(self.transport)
        self.reset_layout()

    @Slot()
    def reset_layout(self) -> None:
        """Give every part its first size."""
        size = self.size() if self.isVisible() else FIRST_SIZE
        width, height = size.width(), size.height()
        side = round(SIDE_WIDTH * max(1.0, theme.zoom()))
        self.columns.setSizes([side, width - 2 * side, side])
        self.centre.setSizes([height - PLOTS_HEIGHT - TRANSPORT_HEIGHT, PLOTS_HEIGHT])
        self.plots.setSizes([width // 2, width // 2])

    def restore_layout(self, preferences: Preferences) -> None:
        """Give every part the size it had."""
        self.columns.restoreState(preferences.layout("columns"))
        self.centre.restoreState(preferences.layout("rows"))
        self.plots.restoreState(preferences.layout("plots"))
        self.left.model.shape.set_unfolded(preferences.more_shapes)

    def save_layout(self, preferences: Preferences) -> None:
        """Remember every part's size."""
        preferences.set_layout("columns", self.columns.saveState())
        preferences.set_layout("rows", self.centre.saveState())
        preferences.set_layout("plots", self.plots.saveState())
        preferences.more_shapes = self.left.model.shape.unfolded_by_hand

    def shutdown(self) -> None:
        """Stop listening, everywhere."""
        self.selection_bar.shutdown()
        self._changed.shutdown()
        self.hands.shutdown()
        for view in reversed(self.views):  # some follow the scatter
            view.shutdown()
        for part in (self.left, self.reading, self.convergence, self.choose_k, self.transport):
            part.shutdown()

    @Slot()
    def _look_changed(self) -> None:
        """Give the side panels the width that larger text needs."""
        before, self._zoom = self._zoom, theme.zoom()
        if before != self._zoom:
            left, centre, right = self.columns.sizes()
            share = max(1.0, self._zoom) / max(1.0, before)
            wider = [round(left * share), round(right * share)]
            total = left + centre + right
            self.columns.setSizes([wider[0], total - sum(wider), wider[1]])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.tabs and event.type() == QEvent.Type.Resize:
            self._make_room()
        return False

    @Slot(int)
    def _turn(self, place: int) -> None:
        """Offer the choices of the view now in front."""
        self._choices.show_view(self.views[place])
        self.selection_bar.lie_over(self.views[place])
        self._make_room()

    @Slot(object)
    def _open_pair(self, axes: Axes) -> None:
        """Show a pair of columns large."""
        self.scatter.choose(axes)
        self.tabs.setCurrentWidget(self.scatter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer the keys that nobody wanted and that mean something for the selected rows."""
        action = _KEYS.get((Qt.Key(event.key()), event.modifiers()))
        if action is None:
            super().keyPressEvent(event)
        else:
            self.asked.emit(action)

    def _make_room(self) -> None:
        least = self._choices.least_width()
        fit_tabs(self.tabs, least)
        room = self.tabs.width() - self.tabs.tabBar().sizeHint().width() - 16
        if room < 0:  # arrows lead to the tabs out of sight, so there is room for the choices, too
            room = min(least, self.tabs.width() // 3)
        self._choices.set_room(room)
