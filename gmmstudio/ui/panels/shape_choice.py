"""The shape of the clusters: four tiles, ten more behind a line that unfolds them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QVBoxLayout, QWidget

from gmmstudio.document.document import Document
from gmmstudio.mixture.structures import resolve
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.disclosure import TEXT_FACTOR, Disclosure, DisclosureButton
from gmmstudio.ui.widgets.painting import guarded, scaled_font, text_colour
from gmmstudio.ui.widgets.shape_tile import (
    MORE_SHAPES,
    SHAPES,
    SPREADS,
    Shape,
    ShapePicker,
    draw_shape,
)

TITLE = "Shape of the clusters"
ONE_COLUMN_TITLE = "Spread of the clusters"
MORE = "More shapes"
MORE_TOOLTIP = (
    "Ten more shapes, between the four above: the size, the proportions and the tilt of the\n"
    "clusters can each be the same for all or their own."
)
PICTURE_WIDTH = 34


class ShapesButton(DisclosureButton):
    """The line over the ten; beside its words the picture of the one that is chosen."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.shape_: Shape | None = None

    def set_shape(self, shape: Shape | None) -> None:
        """Name and picture the shape chosen; None where it is one of the four."""
        if shape is self.shape_:
            return
        self.shape_ = shape
        self.set_text(MORE if shape is None else f"{MORE}: {shape.name}")
        self.setAccessibleName(MORE if shape is None else f"{MORE}: {shape.spoken}")
        self.setToolTip(MORE_TOOLTIP if shape is None else f"{shape.tooltip}\n{MORE_TOOLTIP}")
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.shape_ is None or self.isChecked():  # unfolded, its tile shows it
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(text_colour("accent", enabled=self.isEnabled()))
        words = QFontMetrics(scaled_font(self.font(), TEXT_FACTOR)).horizontalAdvance(self.text())
        left = min(words + 18, self.width() - PICTURE_WIDTH)
        draw_shape(painter, self.shape_, QRectF(left, 1, PICTURE_WIDTH, self.height() - 2))


class ShapeChoice(QWidget):
    """Tiles for all structures; with one column the two that are left."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(TITLE)
        self.title.setProperty("role", "muted")
        self._group = QButtonGroup(self)
        self.front = ShapePicker(SHAPES, group=self._group)
        self.others = ShapePicker(MORE_SHAPES, columns=5, group=self._group, name=MORE)
        self.spreads = ShapePicker(SPREADS, name=ONE_COLUMN_TITLE)
        self._header = ShapesButton(MORE)
        self.more = Disclosure(MORE, button=self._header)
        self.more.button.setToolTip(MORE_TOOLTIP)
        self.more.body.addWidget(self.others)
        self.unfolded_by_hand = False
        self._last = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.title, self.front, self.more, self.spreads):
            column.addWidget(part)
        self.more.button.toggled.connect(self._hide_or_show_tiles)
        self.more.button.clicked.connect(self._remember)
        for picker in (self.front, self.others, self.spreads):
            picker.chosen.connect(self.chosen)
        self._hide_or_show_tiles(False)

    def set_unfolded(self, unfolded: bool) -> None:
        """Unfold the ten or fold them, as it was left the last time."""
        self.unfolded_by_hand = unfolded
        self.more.button.setChecked(unfolded or self._is_one_of_ten())

    def show_document(self, document: Document) -> None:
        """Show the structure asked for; one of the ten unfolds them."""
        structure = document.spec.structure
        n_columns = len(document.preparation.columns)
        one_column = n_columns == 1
        self.title.setText(ONE_COLUMN_TITLE if one_column else TITLE)
        self.spreads.setVisible(one_column)
        for part in (self.front, self.more):
            part.setVisible(not one_column)
        key = tile_key(structure, one_column)
        pickers = (self.spreads,) if one_column else (self.front, self.others)
        for picker in pickers:
            with QSignalBlocker(picker):
                picker.set_current(key)
            for tile in picker.tiles:
                tile.explain(figures_words(tile.shape_.key, document.spec.n_components, n_columns))
        if one_column:
            return
        chosen = next((tile.shape_ for tile in self.others.tiles if tile.isChecked()), None)
        self._header.set_shape(chosen)
        if structure != self._last:
            self._last = structure
            if chosen is not None:
                self.more.button.setChecked(True)
        self._keep_a_way_in()

    def _is_one_of_ten(self) -> bool:
        return self.others.current() is not None

    def _remember(self, unfolded: bool) -> None:
        self.unfolded_by_hand = unfolded

    def _hide_or_show_tiles(self, unfolded: bool) -> None:
        """Hide the folded tiles one by one: arrow keys would still choose them otherwise."""
        for tile in self.others.tiles:
            tile.setVisible(unfolded)
        self._keep_a_way_in()

    def _keep_a_way_in(self) -> None:
        """Let Tab lead to the four where the chosen tile is folded away."""
        folded = self._is_one_of_ten() and not self.more.button.isChecked()
        self.front.let_tab_in(folded)


def tile_key(structure: str, one_column: bool) -> str:
    """Return the tile that stands for a structure.

    Examples
    --------
    >>> tile_key("EVI", True), tile_key("V", False)
    ('EEE', 'VVV')
    """
    letters = {"E": "EEE", "V": "VVV"}.get(structure, structure)
    if not one_column:
        return letters
    return "EEE" if resolve(letters, 1).name == "E" else "VVV"


def figures_words(structure: str, n_components: int, n_columns: int) -> str:
    """Say how many figures a shape takes to describe the clusters of this table."""
    if n_columns == 0:
        return ""
    n = resolve(structure, n_columns).n_parameters(n_components, n_columns)
    return (
        f"{count(n, 'parameter')} with K = {n_components} and {count(n_columns, 'column')}: "
        "means, sizes and shapes together."
    )
