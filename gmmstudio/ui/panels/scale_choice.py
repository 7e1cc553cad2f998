"""How columns are measured: scale, and which of them by their logarithm."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gmmstudio.document.commands import SetLog, SetScale
from gmmstudio.document.document import Document
from gmmstudio.mixture.structures import ALL, SHAPES, STRUCTURES
from gmmstudio.table.table import Column
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.wording import and_more
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option, add_options
from gmmstudio.ui.widgets.tips import plain_tip

SCALES = (
    Option("none", "None", "Distances are measured in the columns' own units."),
    Option(
        "standard",
        "Standardise",
        "Each column counts alike: measured in its standard deviation.",
    ),
    Option(
        "robust",
        "Robust",
        "Each column counts alike: measured in the spread of its middle half (interquartile\n"
        "range), which no outlier stretches.",
    ),
)
LOGARITHM = "Logarithm of"
ABOUT_LOGS = (
    "The logarithm suits positive numbers of many sizes, such as incomes or counts. Groups are\n"
    "looked for in it, and axes, means and BIC are of it; the table stays as it is."
)
MOST = 30


def affected_shapes() -> tuple[str, ...]:
    """Name the shapes that another scale changes: the front ones in words, then the letters."""
    changed = [name for name in ALL if not STRUCTURES[name].scale_free]
    front = [STRUCTURES[name].words for name in SHAPES if name in changed]
    return (*front, *(name for name in changed if name not in SHAPES))


def about_scale() -> str:
    """Say what the scale does, and for which shapes."""
    free = [STRUCTURES[name].words for name in SHAPES if STRUCTURES[name].scale_free]
    return (
        "Whether each column counts alike (Standardise, Robust) or in its own units (None).\n"
        "It matters for the start, for the prior, and for the shapes that compare columns:\n"
        f"{', '.join(affected_shapes())}.\n"
        f"It does not change {', '.join(free[:-1])} and {free[-1]} shapes.\n"
        "All numbers on the screen and in files stay in the original units."
    )


class ScaleChoice(ChoiceBox):
    """The scale, and in its menu the columns that are logged."""

    asked = Signal(object)  # a command

    def __init__(self, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__("Scale", parent)
        self._cache = cache
        self._document = Document()
        self.set_options(SCALES)
        self.set_filler(self._fill_menu)
        self.chosen.connect(self._set_scale)

    def show_document(self, document: Document) -> None:
        """Say what is chosen."""
        self._document = document
        scale, logs = document.preparation.scale, self._logged()
        words = next(option.text for option in SCALES if option.key == scale)
        tip = about_scale()
        if logs:
            words = f"{words} · {'log' if len(logs) == 1 else f'{len(logs)} logs'}"
            tip += f"\nBy their logarithm: {', '.join(logs)}."
        self.set_current(scale, words)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleDescription(tip)

    def _logged(self) -> list[str]:
        table, preparation = self._document.table, self._document.preparation
        if table is None:
            return []
        return [table.columns[i].name for i in preparation.columns if i in preparation.log]

    def _fill_menu(self, menu: QMenu) -> None:
        current = self._document.preparation.scale
        add_options(menu, SCALES, current, lambda action: self._set_scale(action.data()))
        menu.addSeparator()
        logs = menu.addMenu(LOGARITHM)
        logs.setToolTipsVisible(True)
        logs.menuAction().setToolTip(ABOUT_LOGS)
        table, preparation = self._document.table, self._document.preparation
        ticked = () if table is None else preparation.columns
        for index in ticked[:MOST]:
            assert table is not None
            column = table.columns[index]
            why = why_no_logarithm(column, self._cache, preparation.excluded)
            logged = index in preparation.log
            action = logs.addAction(f"{column.name} · {why}" if why else column.name)
            action.setCheckable(True)
            action.setChecked(logged)
            action.setEnabled(logged or not why)
            action.setData(index)
            action.setToolTip(plain_tip(f"{column.name}: {why}" if why else ABOUT_LOGS))
        if len(ticked) > MOST:
            logs.addAction(and_more(len(ticked) - MOST)).setEnabled(False)
        logs.setEnabled(bool(ticked))
        logs.triggered.connect(self._set_log)

    def _set_scale(self, scale) -> None:
        self.asked.emit(SetScale(scale))

    def _set_log(self, action: QAction) -> None:
        index, log = action.data(), set(self._document.preparation.log)
        self.asked.emit(SetLog(tuple(log ^ {index})))


def why_no_logarithm(column: Column, cache: GapCache, excluded: frozenset[int]) -> str:
    """Say in a few words why a column has no logarithm in the rows used; empty if it has."""
    bounds = cache.range(column)
    if column.values is None or bounds is None:
        return "no numbers"
    if bounds[0] > 0.0:
        return ""
    below = np.flatnonzero(column.values <= 0.0)
    if len(below) <= len(excluded) and excluded.issuperset(below.tolist()):
        return ""
    return "has negative numbers" if bounds[0] < 0.0 else "has zeros"
