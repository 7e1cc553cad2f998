"""How the workspace looks, in words that a project file can keep: tab, sizes, choices, columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSplitter

from gmmstudio.table.table import Table
from gmmstudio.ui.views.planes.scatter_axes import Axes

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
    workspace.reading.compare.choose_later(words.get("compared"))
    for view in workspace.views:
        for what in [choice.what for choice in view.choices]:
            wanted = words.get(f"choice/{view.title}/{what}")
            # A choice may change what there is to choose: look again.
            choice = next((choice for choice in view.choices if choice.what == what), None)
            if choice is not None and wanted in choice.entries and wanted != choice.current:
                choice.pick(str(wanted))
    for place in range(workspace.tabs.count()):
        if workspace.tabs.tabText(place) == words.get("tab"):
            workspace.tabs.setCurrentIndex(place)


def _restore_axes(workspace: Workspace, columns: list[int], table: Table | None) -> None:
    if table is None or len(columns) not in (1, 2) or len(set(columns)) < len(columns):
        return
    n = len(table.columns)
    if all(0 <= column < n and table.columns[column].values is not None for column in columns):
        axes = Axes(columns[0], columns[1] if len(columns) == 2 else None)
        if axes != workspace.scatter.axes:
            workspace.scatter.choose(axes)


def _splitters(workspace: Workspace) -> dict[str, QSplitter]:
    return {
        "columns": workspace.columns,
        "rows": workspace.centre,
        "plots": workspace.plots,
    }


def _numbers(text: str) -> list[int]:
    parts = text.split()
    return [int(part) for part in parts] if all(p.isdecimal() and len(p) < 9 for p in parts) else []
