"""What a row is, in words: its cells, its cluster, how probable and how far out it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gmmstudio.document.document import Document
from gmmstudio.report.axes import plain
from gmmstudio.table.fitted import filled_value, fitted_at_hand
from gmmstudio.table.table import Table
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.convergence.curve import fixed
from gmmstudio.ui.views.planes.sights import Sight
from gmmstudio.ui.views.scatter.row_reading import RowReading, read_row
from gmmstudio.ui.views.scatter.text import probability_text, shown_columns

_LINES = 8  # columns named
_CLUSTERS = 4  # whose probability is said
NOT_FITTED = "not in the fit"


def row_text(
    document: Document, shown: Shown | None, sight: Sight | None, row: int, outlier: bool
) -> str:
    """Name a row: its cluster, its cells as they stand in the file, what the model says of it."""
    table = document.table
    if table is None:
        return ""
    reading = None if shown is None else read_row(table, shown, row)
    first = f"Row {row + 1}"
    if shown is not None:
        first += f" · {_cluster_words(document, shown, row, reading)}"
    elif row in document.preparation.excluded:
        first += " · excluded"
    if outlier:
        first += " · outlier"
    fitted = document.preparation.columns if shown is None else shown.preparation.columns
    wanted = shown_columns(sight)
    wanted += [i for i in fitted if i not in wanted]
    wanted += [i for i, c in enumerate(table.columns) if not c.is_number and i not in wanted]
    seen = fitted_at_hand(table, document.preparation if shown is None else shown.preparation)
    lines = [f"{table.columns[i].name}: {_cell(table, seen, i, row)}" for i in wanted[:_LINES]]
    if len(wanted) > _LINES:
        lines.append(f"… and {len(wanted) - _LINES} more columns")
    if shown is not None and reading is not None:
        lines += reading_lines(document, shown, reading)
    return "\n".join([first, *lines])


def reading_lines(document: Document, shown: Shown, reading: RowReading) -> list[str]:
    """Say how probable the likeliest clusters are, how likely the row is, and how far out."""
    order = np.argsort(-reading.probabilities, kind="stable")
    names = [document.cluster_name(shown.identities[component]) for component in order[:_CLUSTERS]]
    likely = [
        f"{name} {probability_text(float(reading.probabilities[component]))}"
        for name, component in zip(names, order, strict=False)
    ]
    if len(order) > _CLUSTERS:
        rest = float(reading.probabilities[order[_CLUSTERS:]].sum())
        likely.append(f"{len(order) - _CLUSTERS} others {probability_text(rest)}")
    distance = f"{reading.distance:.2f}" if reading.distance < 1e6 else f"{reading.distance:.2g}"
    return [
        *([", ".join(likely)] if len(order) > 1 else []),
        f"log-density {fixed(reading.log_density, 3)}, "
        f"Mahalanobis distance {distance} from the centre of {names[0]}",
    ]


def _cluster_words(document: Document, shown: Shown, row: int, reading: RowReading | None) -> str:
    table = document.table
    if reading is None:
        if row in document.preparation.excluded or row in shown.preparation.excluded:
            return "excluded"
        return not_fitted(table, shown.preparation.columns, row)
    name = document.cluster_name(shown.identities[reading.component])
    if row in document.preparation.excluded or row in shown.preparation.excluded:
        return f"excluded, would be in {name}"
    required = shown.preparation.required
    if table is not None and required != shown.preparation.columns:
        lacking = not_fitted(table, required, row)
        if lacking != NOT_FITTED:
            return lacking
    probability = float(reading.probabilities[reading.component])
    return f"{name}, probability {probability_text(probability)}"


def not_fitted(table: Table | None, columns: Sequence[int], row: int) -> str:
    """Say which values a row lacks."""
    if table is None:
        return NOT_FITTED
    lacking = []
    for index in columns:
        values = table.columns[index].values
        if values is None or not np.isfinite(values[row]):
            lacking.append(table.columns[index].name)
    if not lacking:
        return NOT_FITTED
    return f"{NOT_FITTED}: no value in {', '.join(lacking)}"


def _cell(table: Table, seen: Table, column: int, row: int) -> str:
    text = str(table.columns[column].cells[row])
    values = table.columns[column].values
    if (value := filled_value(table, seen, column, row)) is not None:
        return f"{plain(value, 6)} (filled in)"
    if not text.strip():
        return "–"
    if values is not None and len(text) > 16:
        return plain(float(values[row]), 9)
    return text if len(text) <= 60 else text[:59] + "…"
