"""The choosing of what a scatter looks at: sensible first, then what the user chose."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.session import Session
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.views.planes.scatter_axes import (
    Axes,
    AxisButton,
    default_axes,
    makes_sense,
    menu_of,
    numeric_columns,
    with_x,
    with_y,
)
from gmmstudio.ui.views.planes.sights import Kind, Sight, columns_sight, key_of, sight_of
from gmmstudio.ui.views.view import Choice

PLANES: dict[Kind, str] = {
    "columns": "two columns",
    "principal": "principal",
    "separating": "best separating",
    "tour": "tour",
}
LEAST_FOR_TOUR = 3  # columns; through two there is one plane only
_ENTRIES: dict[Kind, str] = {
    "principal": "principal plane: where rows vary most",
    "separating": "separating plane: where clusters differ most",
    "tour": "tour: a slow flight from plane to plane",
}
_TIP = (
    "From which side the rows are seen: two of the columns, or a plane through all columns of\n"
    "the fit. The principal plane shows the two directions in which the rows vary most; the best\n"
    "separating plane those in which the clusters of the open fit differ most for their spread.\n"
    "It stays as it is during a run and follows when the run has ended. The tour goes slowly from\n"
    "plane to plane, so that shapes are seen which no single plane shows."
)
_Columns = tuple[int, ...]


class AxisChoice(QObject):
    """What is looked at, by table; fills the buttons along the axes.

    Attributes
    ----------
    changed : Signal
        Something else is looked at.
    axes
        The columns shown, or those shown before the plane; None where nothing can be drawn.
    kind
        Columns, or which plane.
    key
        Equal as long as the same is looked at; None where nothing is.
    table
        The table whose numbers are shown: as the fit on the screen sees it.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        preparation: Callable[[], Preparation],
        across: AxisButton,
        up: AxisButton,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._preparation = session, preparation
        self._across, self._up = across, up
        self._chosen: dict[int, Axes] = {}  # by table: what the user chose
        self._chosen_kind: dict[int, Kind] = {}
        self._offered: Preparation | None = None  # whose columns the menus list first
        self.table: Table | None = None
        self.axes: Axes | None = None
        self.kind: Kind = "columns"
        self.key: Hashable = None
        self._begin = False
        self._listed: tuple[Table, _Columns, tuple[_Columns, _Columns]] | None = None
        across.chosen.connect(self._choose_x)
        up.chosen.connect(self._choose_y)

    def forget(self) -> None:
        """Begin anew: there is another table."""
        self.axes, self.key, self.table, self._listed = None, None, None, None

    @property
    def is_current(self) -> bool:
        """Whether it was made up for the preparation that is on the screen."""
        if self.axes is None:
            return True
        return self._preparation() is self._offered and self._seen() is self.table

    def follow(self) -> None:
        """Keep the axes while they make sense; what the user chose stays chosen."""
        document = self._session.document
        preparation = self._offered = self._preparation()
        table = self.table = self._seen()
        fitted = preparation.columns
        if table is None:
            self.axes = None
        elif chosen := self._chosen.get(document.table_id):
            self.axes = chosen
        elif self.axes is None or not makes_sense(self.axes, set(fitted)):
            self.axes = default_axes(table, fitted)
        self.kind = self._chosen_kind.get(document.table_id, "columns")
        if self.kind not in self._kinds():
            self.kind = "columns"
        key = None
        if self.axes is not None:
            same = key_of(self.kind, self.axes, preparation, document.record)
            key = same if table is document.table else (same, table)
        if key != self.key or key is None:
            self.key = key
            self.changed.emit()

    def _seen(self) -> Table | None:
        table = self._session.document.table
        return None if table is None else fitted_at_hand(table, self._preparation())

    def choose(self, axes: Axes) -> None:
        """Show these columns, and remember them for this table."""
        table_id = self._session.document.table_id
        self._chosen[table_id] = axes
        self._chosen_kind.pop(table_id, None)
        self.follow()

    def choose_kind(self, kind: Kind) -> None:
        """Look at columns or a plane, and remember it for this table."""
        if self.axes is not None:
            self._chosen_kind[self._session.document.table_id] = kind
            self._begin = kind == "tour"
            self.follow()

    def take_begin(self) -> bool:
        """Whether a tour was chosen just now, which then begins; once."""
        begin, self._begin = self._begin, False
        return begin

    def look(self) -> tuple[Sight | None, Callable[[], Sight]] | None:
        """Return the sight if it is at hand, and what works it out, in any thread."""
        document, axes, table = self._session.document, self.axes, self.table
        if table is None or axes is None:
            return None
        if self.kind == "columns":
            key = key_of(self.kind, axes, self._preparation(), document.record)
            sight = columns_sight(table, axes, key)
            return sight, lambda: sight
        asked = table, self.kind, axes, self._preparation(), document.record
        return None, partial(sight_of, *asked)

    @property
    def choice(self) -> tuple[Choice, ...]:
        """The choice of a plane; none where there is no more than one column in the fit."""
        offered = self._kinds()
        if self.axes is None or len(offered) < 2:
            return ()
        kinds = {words: kind for kind, words in PLANES.items() if kind in offered}
        return (
            Choice(
                "plane",
                _TIP,
                tuple(kinds),
                PLANES[self.kind],
                lambda words: self.choose_kind(kinds[words]),
            ),
        )

    def _columns(self, table: Table) -> tuple[_Columns, _Columns]:
        """Return the columns that can be drawn, those in the fit and the others."""
        fitted = self._preparation().columns
        if self._listed is None or self._listed[0] is not table or self._listed[1] != fitted:
            columns, inside = numeric_columns(table, fitted), set(fitted)
            n_first = sum(1 for i in columns if i in inside)
            self._listed = table, fitted, (columns[:n_first], columns[n_first:])
        return self._listed[2]

    def offer(self, sight: Sight | None) -> None:
        """Fill the menus of the axis buttons, and write on them what is shown."""
        table = self.table
        for button in (self._across, self._up):
            button.setVisible(table is not None and self.axes is not None)
        if table is None or self.axes is None:
            return
        axes = self.axes
        groups = [menu_of(table, columns, axes) for columns in self._columns(table)]
        offered = self._kinds()
        planes = [(kind, words) for kind, words in _ENTRIES.items() if kind in offered]
        is_plane = self.kind != "columns"
        self._across.offer(
            [*groups, planes],
            self.kind if is_plane else axes.x,
            None if sight is None else sight.across,
        )
        if axes.y is None and not is_plane:
            groups = [[entry for entry in group if entry[0] != axes.x] for group in groups]
        self._up.offer(
            [*groups, [(None, "density (histogram)")], planes],
            self.kind if is_plane else axes.y,
            None if sight is None else sight.up,
        )

    def offer_sides(self, sight: Sight) -> None:
        """Write on the buttons what is shown, of the same kind as before."""
        self._across.set_side(sight.across)
        self._up.set_side(sight.up)

    def _kinds(self) -> tuple[Kind, ...]:
        n = len(self._preparation().columns)
        if n < 2:
            return ("columns",)
        return tuple(kind for kind in PLANES if kind != "tour" or n >= LEAST_FOR_TOUR)

    @Slot(object)
    def _choose_x(self, value: object) -> None:
        if isinstance(value, str):
            self.choose_kind(value)  # type: ignore[arg-type]
        elif self.axes is not None and isinstance(value, int):
            self.choose(with_x(self.axes, value))

    @Slot(object)
    def _choose_y(self, value: object) -> None:
        if isinstance(value, str):
            self.choose_kind(value)  # type: ignore[arg-type]
        elif self.axes is not None:
            self.choose(with_y(self.axes, value if isinstance(value, int) else None))
