"""Tables that are no text: workbooks, Parquet and Feather, statistics files, as cells of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gmmstudio.table import notices
from gmmstudio.table.assembling import Cells
from gmmstudio.table.cells import Body
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import outside, unpacking
from gmmstudio.table.formats.choosing import Choice
from gmmstudio.table.formats.grid import Grid, as_read, cells_of_grid
from gmmstudio.table.formats.kinds import COLUMNAR, STATISTICS, WORKBOOKS, Kind, kind_of
from gmmstudio.table.formats.outside import Delivery
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.table import Dialect
from gmmstudio.table.value_labels import ValueLabels, in_words

_SHOWN = 5


def sheets(path: str | Path) -> tuple[str, ...]:
    """Return the sheets of a workbook or the tables of a zip archive; of other files none.

    Raises
    ------
    TableError
        If the file cannot be opened.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind == "zip":
        return unpacking.members(path)
    if kind not in WORKBOOKS:
        return ()
    found = outside.ask(path, {"task": "sheets"}, lambda share: None, lambda: False).facts
    return tuple(str(name) for name in found.get("sheets", ()))


def foreign_cells(
    path: Path, kind: Kind, settings: ReadSettings, progress: Progress, stop: ShouldStop
) -> Cells:
    """Read the cells of a file that is no text.

    Raises
    ------
    TableError
        What is wrong with the file, or with a choice.
    TooLarge
        If it does not fit in memory, but a sample of its rows would.
    """
    task = "workbook" if kind in WORKBOOKS else "columnar" if kind in COLUMNAR else "statistics"
    question = {
        "task": task,
        "kind": kind,
        "sheet": settings.sheet,
        "sample_rows": settings.sample_rows,
        "sample_seed": settings.sample_seed,
    }
    delivery = outside.ask(path, question, progress, stop)
    if not delivery.columns:
        raise TableError(f"“{path.name}” holds no rows; choose another file.")
    if kind in WORKBOOKS:
        return _of_workbook(path, delivery, settings)
    return _of_columns(path, kind, delivery, settings)


def _of_workbook(path: Path, delivery: Delivery, settings: ReadSettings) -> Cells:
    facts = delivery.facts
    sheet = str(facts["sheet"])
    merged = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in facts["merged"])
    grid = Grid(delivery.columns, int(facts["row"]), int(facts["column"]), merged)
    cells = cells_of_grid(grid, settings, f"The sheet “{sheet}” of “{path.name}”")
    said = [*_other_sheets(facts, sheet, settings), *cells.notices, *_errors(facts)]
    resolved = cells.settings.with_(sheet=sheet)
    return _sample(replace(cells, notices=tuple(said), settings=resolved), settings)


def _sample(cells: Cells, settings: ReadSettings) -> Cells:
    """Return a sample of the rows where one was asked for: of a sheet all are read before."""
    choice = Choice(len(cells.lines), settings.sample_rows, settings.sample_seed)
    rows = choice.rows
    if rows is None:
        return cells
    columns = [column.take(rows) for column in cells.body.columns]
    return replace(
        cells,
        body=Body(columns, cells.body.records[rows]),
        lines=cells.lines[rows],
        sampled_from=len(cells.lines),
    )


def _other_sheets(facts: dict[str, Any], sheet: str, settings: ReadSettings) -> list[Notice]:
    """Say which sheets there are besides; a doubt unless this one was chosen."""
    if settings.sheet is not None:
        return []
    said = []
    others = [str(name) for name in facts["visible"] if name != sheet]
    if others:
        said.append(
            Notice(
                f"The workbook has {len(others) + 1} sheets; “{sheet}” was read. "
                f"{'The other' if len(others) == 1 else 'The others'}: {_listed(others)}.",
                doubt=True,
            )
        )
    hidden = [str(name) for name in facts["hidden"] if name != sheet]
    if hidden:
        are = "1 hidden sheet was" if len(hidden) == 1 else f"{len(hidden)} hidden sheets were"
        said.append(Notice(f"{are} not read: {_listed(hidden)}."))
    if sheet in facts["hidden"]:
        said.append(Notice(f"The sheet “{sheet}”, which was read, is hidden.", doubt=True))
    return said


def _errors(facts: dict[str, Any]) -> list[Notice]:
    n = int(facts["errors"])
    if not n:
        return []
    are = (
        "1 cell of the sheet shows an error" if n == 1 else f"{n} cells of the sheet show an error"
    )
    counts = "counts" if n == 1 else "count"
    return [Notice(f"{are} of a formula (such as #N/A or #DIV/0!) and {counts} as missing.")]


def _listed(names: Sequence[str], n: int | None = None) -> str:
    """Name the first few of n, where not all of them were sent."""
    more = (len(names) if n is None else n) - _SHOWN
    return ", ".join(f"“{name}”" for name in names[:_SHOWN]) + (
        f" and {more} more" if more > 0 else ""
    )


def _of_columns(path: Path, kind: Kind, delivery: Delivery, settings: ReadSettings) -> Cells:
    facts, columns = delivery.facts, delivery.columns
    names = [str(name) for name in facts["names"]]
    if len(names) != len(columns):
        raise TableError(f"“{path.name}” is damaged: its columns and their names do not agree.")
    n, n_rows = len(columns[0]), int(facts["rows"])
    lines = np.arange(1, n + 1, dtype=np.int64)
    sampled = n < n_rows
    if sampled:
        choice = Choice(n_rows, settings.sample_rows, settings.sample_seed)
        if choice.rows is not None and len(choice.rows) == n:
            lines = choice.rows + 1
    said = _about_nested(facts)
    descriptions: tuple[str, ...] = ()
    value_labels: tuple[ValueLabels, ...] = ()
    if kind in STATISTICS:
        said = [*_about_values(facts), *_maybe_missing(facts, names, settings)]
        descriptions = tuple(map(str, facts["descriptions"]))
        value_labels = tuple(_pairs(of_one) for of_one in facts["value_labels"])
    return Cells(
        header=names,
        body=Body(columns, np.arange(n, dtype=np.int64)),
        lines=lines,
        dialect=Dialect(),
        settings=as_read(settings),
        notices=(*said, *notices.names(names), *notices.few_rows(n)),
        unit="row",
        sampled_from=n_rows if sampled else None,
        descriptions=descriptions,
        value_labels=value_labels,
    )


def _pairs(found: Any) -> ValueLabels:
    return tuple((str(text), str(label)) for text, label in found)


def _maybe_missing(
    facts: dict[str, Any], names: Sequence[str], settings: ReadSettings
) -> list[Notice]:
    """Ask whether labelled values stand for none, but of those of which it was chosen."""
    chosen: dict[int, set[str]] = {}
    for column, words in (*settings.missing_in, *settings.present_in):
        chosen.setdefault(column, set()).update(words)
    open_ones = []
    for column, found in facts["asked"]:
        labels = [pair for pair in _pairs(found) if pair[0] not in chosen.get(int(column), ())]
        if labels:
            open_ones.append((names[int(column)], labels))
    said = [
        Notice(
            f"“{name}”: {in_words(labels)}; taken for "
            f"{'a number' if len(labels) == 1 else 'numbers'} like any other. Should "
            f"{'it' if len(labels) == 1 else 'they'} be read as missing? The data check offers it "
            "once the column is ticked.",
            doubt=True,
        )
        for name, labels in open_ones[:_SHOWN]
    ]
    if (more := len(open_ones) - _SHOWN) > 0:
        columns = "1 more column has such values" if more == 1 else f"{more} more columns have such"
        said.append(Notice(f"{columns}: see the data check.", doubt=True))
    return said


def _about_values(facts: dict[str, Any]) -> list[Notice]:
    """Say what became of value labels and of values declared missing."""
    said = []
    if n := int(facts["n_labelled"]):
        columns, its, stand = (
            ("1 column has", "its values", "a column")
            if n == 1
            else (f"{n} columns have", "their values", "columns")
        )
        said.append(
            Notice(
                f"{columns} labels for all {its} ({_listed(facts['labelled'], n)}); the labels are "
                f"shown, and the codes stand in {stand} beside."
            )
        )
    if n := int(facts["n_partly"]):
        said.append(
            Notice(
                f"Only some values have labels in {_listed(facts['partly'], n)}; the values are "
                "shown, and the labels stand in the tooltip of the column."
            )
        )
    if n := int(facts["n_missing"]):
        where = ", ".join(f"{count} in “{name}”" for name, count in facts["missing"][:_SHOWN])
        cells = "1 cell holds a value" if n == 1 else f"{n} cells hold values"
        said.append(
            Notice(
                f"{cells} that the file declares to be missing ({where}"
                f"{', …' if len(facts['missing']) > _SHOWN else ''}); they count as missing, and "
                "the reason stands in a column beside."
            )
        )
    return said


def _about_nested(facts: dict[str, Any]) -> list[Notice]:
    nested = [str(name) for name in facts.get("nested", ())]
    if not nested:
        return []
    return [Notice(f"The cells of {_listed(nested)} hold lists or bytes and are shown as text.")]
