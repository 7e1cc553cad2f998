"""Row weights: a column that says how often, or how much, each row counts."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gmmstudio.document.commands import SetWeights
from gmmstudio.document.document import Document
from gmmstudio.table.table import Column
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.wording import and_more, kind_words
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option, add_options
from gmmstudio.ui.widgets.tips import plain_tip

TOOLTIP = (
    "A column that says how much each row counts, as in a survey or a table of counts.\n"
    "None: every row counts once."
)
COUNTS = Option(
    "counts",
    "As counts: 5 stands for 5 rows",
    "A row with weight 5 counts as five rows that are all alike: the number of rows in BIC, AIC\n"
    "and ICL is the sum of the weights. For tables of counts and binned data.",
)
RELATIVE = Option(
    "relative",
    "Relative: only proportions matter",
    "The weights are brought to a mean of 1, so that the number of rows in BIC, AIC and ICL stays\n"
    "the number of rows. For survey weights and measures of trust.",
)
SHORT = {"counts": "as counts", "relative": "relative"}
MOST_UNUSABLE = 20


class WeightsChoice(ChoiceBox):
    """Which column weighs the rows, in the data step."""

    asked = Signal(object)  # a command

    def __init__(self, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__("Weights", parent)
        self._cache = cache
        self._document = Document()
        self._resolved: tuple[Column | None, str] = (None, "")
        self.set_filler(self._fill_columns)
        self.set_value("none")
        self.setToolTip(TOOLTIP)
        self.setAccessibleDescription(TOOLTIP)

    def show_document(self, document: Document) -> None:
        """Say what is chosen."""
        self._document = document
        column = self._column()
        self.set_value("none" if column is None else f"{column.name} · {SHORT[self._as()]}")
        more = "" if column is None else f"\n{self._explanation().tooltip}"
        self.setToolTip(plain_tip(TOOLTIP + more))
        self.setAccessibleDescription(TOOLTIP + more)

    def _column(self) -> Column | None:
        table, index = self._document.table, self._document.preparation.weights
        return None if table is None or index is None else table.columns[index]

    def _as(self) -> str:
        """Return "counts" or "relative", whichever "auto" comes to."""
        asked = self._document.preparation.weights_as
        column = self._column()
        if asked != "auto" or column is None:
            return asked if asked != "auto" else "counts"
        if self._resolved[0] is not column:
            self._resolved = (column, "counts" if is_whole(column) else "relative")
        return self._resolved[1]

    def _explanation(self) -> Option:
        return COUNTS if self._as() == "counts" else RELATIVE

    def _fill_columns(self, menu: QMenu) -> None:
        table, chosen = self._document.table, self._document.preparation.weights
        columns = table.columns if table is not None else ()
        reasons = [why_no_weights(column, self._cache) for column in columns]
        options = [Option(None, "None", "Every row counts once")]
        for index, (column, why) in enumerate(zip(columns, reasons, strict=True)):
            if not why:
                ticked = index in self._document.preparation.columns and index != chosen
                options.append(Option(index, column.name, weight_tooltip(column, ticked)))
        add_options(menu, options, chosen, self._on_column)
        others = [(c, why) for c, why in zip(columns, reasons, strict=True) if why]
        if others:
            menu.addSeparator()
        for column, why in others[:MOST_UNUSABLE]:
            action = menu.addAction(f"{column.name} · {why}")
            words = f"{column.name}: {kind_words(column)}; cannot be weights: {why}"
            action.setToolTip(plain_tip(words))
            action.setEnabled(False)
        if len(others) > MOST_UNUSABLE:
            menu.addAction(and_more(len(others) - MOST_UNUSABLE)).setEnabled(False)
        menu.addSeparator()
        current = None if chosen is None else self._as()
        group = add_options(menu, (COUNTS, RELATIVE), current, self._on_kind)
        group.setEnabled(chosen is not None)

    def _on_column(self, action: QAction) -> None:
        self.asked.emit(SetWeights(action.data()))

    def _on_kind(self, action: QAction) -> None:
        self.asked.emit(SetWeights(self._document.preparation.weights, action.data()))


def is_whole(column: Column) -> bool:
    """Tell whether every weight is a whole number."""
    values = column.values
    if values is None:
        return False
    present = values[np.isfinite(values)]
    return bool((present == np.floor(present)).all())


def why_no_weights(column: Column, cache: GapCache) -> str:
    """Say in a few words why a column cannot be weights; empty if it can."""
    if not column.is_number:
        return {"empty": "empty", "date": "dates"}.get(column.kind, "text")
    bounds = cache.range(column)
    if bounds is None:
        return "empty"
    if bounds[0] < 0:
        return "has negative numbers"
    return "always 0" if bounds[1] == 0 else ""


def weight_tooltip(column: Column, ticked: bool) -> str:
    """Say what choosing a column as weights does."""
    said = f"Each row counts as much as {column.name} says"
    if ticked:
        said += f".\nThen {column.name} is not among the columns in which groups are looked for"
    return said + "."
