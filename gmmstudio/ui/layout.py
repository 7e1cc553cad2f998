"""How the workspace looks, in words that a project file can keep: tab, sizes, choices, columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QAbstractButton, QSplitter

from gmmstudio.table.table import Table
from gmmstudio.ui.selection_words import mask_of, words_of
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.zooms import Range

if TYPE_CHECKING:
    from gmmstudio.ui.workspace import Workspace

_LARGEST = 20_000  # pixels of a part


def layout_words(workspace: Workspace) -> dict[str, str]:
    """Return the tab in front, the sizes of the parts, and what is chosen in every view."""
    words = {"tab": workspace.tabs.tabText(workspace.tabs.currentIndex())}
    for name, splitter in _splitters(workspace).items():
        words[f"sizes/{name}"] = " ".join(map(str, splitter.sizes()))
    axes = workspace.scatter.axes
    if axes is not None:
        words["axes"] = f"{axes.x} {'' if axes.y is None else axes.y}".strip()
    words["plot"] = workspace.convergence.page
    words["criterion"] = workspace.choose_k.criterion
    words["more shapes"] = "shown" if workspace.left.model.shape.unfolded_by_hand else "hidden"
    for part, button in _foldable(workspace).items():
        words[part] = "shown" if button.isChecked() else "hidden"
    zoom, (column, descending) = workspace.scatter.zooms.chosen, workspace.table.sorted_by
    if zoom is not None:
        words["zoom"] = " ".join(map(repr, zoom))
    words["sorted"] = f"{column} {'downwards' if descending else 'upwards'}"
    words["selected rows"] = words_of(workspace.selection.mask)
    compared = workspace.reading.compare.chosen_name
    if compared is not None:
        words["compared"] = compared
    for view in workspace.views:
        for choice in view.choices:
            words[f"choice/{view.title}/{choice.what}"] = choice.current
    return words


def restore_layout(workspace: Workspace, words: Mapping[str, str], table: Table | None) -> None:
    """Bring everything back that is still there to be chosen; what is not is passed over."""
    for name, splitter in _splitters(workspace).items():
        sizes = _numbers(words.get(f"sizes/{name}", ""))
        if len(sizes) == splitter.count() and sum(sizes) > 0 and max(sizes) <= _LARGEST:
            splitter.setSizes(sizes)
    _restore_axes(workspace, _numbers(words.get("axes", "")), table)
    workspace.convergence.turn_to(words.get("plot", ""))
    workspace.choose_k.compare_by(words.get("criterion", ""))
    if "more shapes" in words:
        workspace.left.model.shape.set_unfolded(words["more shapes"] == "shown")
    for part, button in _foldable(workspace).items():
        if part in words:
            button.setChecked(words[part] == "shown")
    workspace.reading.compare.choose_later(words.get("compared"))
    for view in workspace.views:
        for what in [choice.what for choice in view.choices]:
            wanted = words.get(f"choice/{view.title}/{what}")
            # A choice may change what there is to choose: look again.
            choice = next((choice for choice in view.choices if choice.what == what), None)
            if choice is not None and wanted in choice.entries and wanted != choice.current:
                choice.pick(str(wanted))
    _restore_sight(workspace, words, table)
    for place in range(workspace.tabs.count()):
        if workspace.tabs.tabText(place) == words.get("tab"):
            workspace.tabs.setCurrentIndex(place)


def _restore_sight(workspace: Workspace, words: Mapping[str, str], table: Table | None) -> None:
    """Show the part that was looked at and the rows selected, once it is known of what."""
    zoom = _range(words.get("zoom", ""))
    if zoom is not None:
        workspace.scatter.zooms.wish(zoom)
    column, _, direction = words.get("sorted", "").partition(" ")
    for number in _numbers(column):
        workspace.table.sort_by(number, direction == "downwards")
    mask = None if table is None else mask_of(words.get("selected rows", ""), table.n_rows)
    if mask is not None:
        workspace.selection.choose(mask)


def _restore_axes(workspace: Workspace, columns: list[int], table: Table | None) -> None:
    if table is None or len(columns) not in (1, 2) or len(set(columns)) < len(columns):
        return
    n = len(table.columns)
    if all(0 <= column < n and table.columns[column].values is not None for column in columns):
        axes = Axes(columns[0], columns[1] if len(columns) == 2 else None)
        if axes != workspace.scatter.axes:
            workspace.scatter.choose(axes)


def _foldable(workspace: Workspace) -> dict[str, QAbstractButton]:
    return {
        "advanced": workspace.left.model.advanced.button,
        "all clusters": workspace.reading.more,
    }


def _splitters(workspace: Workspace) -> dict[str, QSplitter]:
    return {
        "columns": workspace.columns,
        "rows": workspace.centre,
        "plots": workspace.plots,
    }


def _range(text: str) -> Range | None:
    """Return four finite numbers, those of each side rising; None where there are not."""
    try:
        x_low, x_high, y_low, y_high = map(float, text.split())
    except ValueError:
        return None
    found = x_low, x_high, y_low, y_high
    rising = x_low < x_high and y_low < y_high
    return found if rising and np.isfinite(found).all() else None


def _numbers(text: str) -> list[int]:
    parts = text.split()
    return [int(part) for part in parts] if all(p.isdecimal() and len(p) < 9 for p in parts) else []
