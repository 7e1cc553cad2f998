"""Where EM starts from, when the user says where: the labels of a column, or centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.coding import levels
from gmmstudio.table.preparation import Sample
from gmmstudio.table.table import Table

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def asked_spec(document: Document, sample: Sample) -> Spec:
    """Return the spec to run: the document's, with the labels of its start column in place.

    Parameters
    ----------
    document
        With a table.
    sample
        ``prepare(document.table, document.preparation)``.

    Raises
    ------
    DocumentError
        As `with_start_column`.
    """
    if document.table is None:
        raise DocumentError("There is no table yet; open one first.")
    return with_start_column(document.spec, document.table, document.start_column, sample.rows)


def with_start_column(
    spec: Spec, table: Table, start_column: int | None, rows: NDArray[np.integer[Any]]
) -> Spec:
    """Return the spec with the labels of a column as its start; the same one without a column.

    Raises
    ------
    DocumentError
        The column makes no labels of these rows, or not K of them any more.
    """
    if start_column is None:
        return spec
    labels, values = start_labels(table, start_column, rows)
    if len(values) != spec.n_components:
        raise DocumentError(
            f"“{table.columns[start_column].name}” has {len(values)} different values in the rows "
            f"used now, but K is {spec.n_components}; choose it as the start again, or another "
            "start."
        )
    return spec.replace(start=labels)


def start_labels(
    table: Table, index: int, rows: NDArray[np.integer[Any]]
) -> tuple[IntArray, tuple[str, ...]]:
    """Return the label (n,) of each of these rows, from 0, and the values the labels stand for.

    Parameters
    ----------
    table
        The table.
    index
        The column; its values in rising order are the labels.
    rows
        The table row of each row used (n,).

    Raises
    ------
    DocumentError
        A value is missing, there is one value only, or there are too many.
    """
    name, n = table.column(index).name, len(rows)
    labels, values = levels(table.columns[index], rows)
    n_missing = int(np.count_nonzero(labels < 0))
    if n_missing:
        raise DocumentError(
            f"“{name}” has no value in {n_missing} of the {n} rows used; starting labels are "
            "needed in every row, so fill it in, leave those rows out or choose another start."
        )
    if len(values) == 1:
        raise DocumentError(
            f"“{name}” has only one value, “{values[0]}”, in the {n} rows used, and labels to "
            "start from need two or more; choose another column."
        )
    if len(values) > n // 2:
        raise DocumentError(
            f"“{name}” has {len(values)} different values in {n} rows: too many to be the labels "
            f"of clusters, which need two rows each or more; choose a column with at most {n // 2}."
        )
    return labels, values


def check_centres(
    centres: FloatArray, names: Sequence[str], low: FloatArray, high: FloatArray
) -> None:
    """Check that every centre lies within the range of the data, and that no two are the same.

    Parameters
    ----------
    centres
        (K, d), finite.
    names
        Screen names of the d columns.
    low, high
        Smallest and largest value (d,) of each column in the rows used.

    Raises
    ------
    DocumentError
        With the centre, the column and the range.
    """
    if centres.shape[1] != len(names):
        raise DocumentError(
            f"The centres have {centres.shape[1]} columns, and {len(names)} are used "
            f"({', '.join(names)}); give every centre a value in each of them."
        )
    outside = np.argwhere((centres < low) | (centres > high))
    if len(outside):
        k, j = outside[0]
        raise DocumentError(
            f"Centre {k + 1} lies outside the data: its “{names[j]}” is {centres[k, j]:.15g}, and "
            f"the rows used run from {low[j]:.15g} to {high[j]:.15g}; give it a place among them."
        )
    seen: dict[bytes, int] = {}
    for k, centre in enumerate(centres + 0.0):  # + 0.0 turns −0 into 0
        first = seen.setdefault(centre.tobytes(), k)
        if first != k:
            raise DocumentError(
                f"Centres {first + 1} and {k + 1} are the same point, so one of them would stay "
                "without rows; move or remove one."
            )
