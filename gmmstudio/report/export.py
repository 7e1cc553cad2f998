"""The labelled table of a fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, notes, outliers
from gmmstudio.document.document import FitRecord
from gmmstudio.document.identities import letter
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.scores import responsibilities
from gmmstudio.report import formats
from gmmstudio.table.labelled import write_labelled
from gmmstudio.table.new_columns import Labels
from gmmstudio.table.outgoing import Outgoing
from gmmstudio.table.table import Table
from gmmstudio.table.written import Written


def export_labelled(
    path: str | Path,
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    names: Sequence[str] | None = None,
    outgoing: Outgoing | None = None,
    *,
    only: NDArray[np.bool_] | None = None,
    progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Written:
    """Write the rows of the table with what the fit says about it.

    Parameters
    ----------
    path
        Where to; written wholly or not at all.
    table, record, assignment
        A fit, its table, and ``assign(table, record)``.
    rule
        Which rows are marked as outliers.
    names
        Name of each component (K), as ``Document.component_names`` gives them; by default
        "Cluster A" and so on.
    outgoing
        Format and new columns: by default CSV as the source, and all.
    only : (rows of the table,) bool, optional
        Which rows are written: by default all of them.
    progress, should_stop
        Told the share done (0 … 1), and asked, between blocks of rows.

    Returns
    -------
    Written
        How to read the file again, and what turned out otherwise than in the source.

    Raises
    ------
    TableError
        A sentence; nothing was written then.
    """
    labels = labels_of(table, record, assignment, rule, names)
    return write_labelled(
        path, table, labels, outgoing, only=only, progress=progress, should_stop=should_stop
    )


def labels_of(
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    names: Sequence[str] | None = None,
) -> Labels:
    """Collect the new columns; the clusters come in the order of their letters."""
    order = component_order(record)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    if names is None:
        names = [f"Cluster {letter(identity)}" for identity in record.identities]
    x, parameters = assignment.sample.x, record.fit.parameters

    def probabilities(first: int, last: int) -> NDArray[np.float64]:
        # Made block by block while writing: n × K is never held.
        return responsibilities(x[first:last], parameters)[:, order]

    return Labels(
        n_components=len(order),
        names=tuple(names[component] for component in order),
        rows=assignment.rows,
        labels=rank[assignment.labels],
        max_probability=assignment.max_probability,
        log_density=assignment.log_density,
        squared_mahalanobis=assignment.squared_mahalanobis,
        outlier=outliers(assignment, rule).mask,
        probabilities=probabilities,
        notes=notes(table, record, assignment),
        caution=caution(record),
    )


def caution(record: FitRecord) -> str:
    """Say what is to be known before a fit is relied on; "" where nothing is."""
    if record.fit.collapsed is None:
        return ""
    n = formats.clusters(record.fit.n_components)
    return f"No sound result: {n} of this shape collapse on these rows. Do not rely on the labels."


def component_order(record: FitRecord) -> NDArray[np.int64]:
    """Return the components (K,) in the order of their letters, as the window lists them."""
    return np.argsort(np.array(record.identities), kind="stable")
