"""Is it what I thought? The clusters against any column of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import FitRecord
from gmmstudio.report import formats
from gmmstudio.report.export import component_order
from gmmstudio.table.coding import coded
from gmmstudio.table.table import Table

Counts = NDArray[np.int64]

#: Values shown by themselves; the rarer ones are put together.
MOST_VALUES = 30


@dataclass(frozen=True, eq=False)
class CrossTable:
    """Clusters × values of a column.

    Attributes
    ----------
    column
        Name of the column.
    clusters
        Names of the K clusters.
    values
        The m values, the most frequent first.
    counts
        Rows of each cluster with each value (K, m).
    n_other_values
        How many rarer values the last entry of ``values`` stands for; 0 if all are shown.
    n_missing
        Fitted rows in which the column has no value; they are not counted.
    adjusted_rand
        Adjusted Rand index of clusters and values, over all values; NaN without rows.
    """

    column: str
    clusters: tuple[str, ...]
    values: tuple[str, ...]
    counts: Counts
    n_other_values: int
    n_missing: int
    adjusted_rand: float

    @property
    def row_shares(self) -> NDArray[np.float64]:
        """Share of each value within its cluster (K, m); NaN for a cluster without rows."""
        totals = self.counts.sum(axis=1, keepdims=True)
        shares = np.full(self.counts.shape, np.nan)
        np.divide(self.counts, totals, out=shares, where=totals > 0)
        return shares


@dataclass(frozen=True, eq=False)
class MeansTable:
    """Mean and standard deviation of a numeric column in each cluster.

    Attributes
    ----------
    column
        Name of the column.
    clusters
        Names of the K clusters.
    n
        Rows of each cluster that have a value (K,).
    means, deviations
        Mean and standard deviation (n − 1 in the denominator) of them (K,); NaN where there are
        too few rows.
    n_missing
        Fitted rows in which the column has no value.
    """

    column: str
    clusters: tuple[str, ...]
    n: Counts
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    n_missing: int


def compare(
    table: Table,
    which: str | int,
    record: FitRecord,
    assignment: Assignment,
    names: Sequence[str],
) -> CrossTable | MeansTable:
    """Compare the clusters with a column: by counts, or by means where it holds measurements.

    Parameters
    ----------
    table, record, assignment
        A fit, its table, and ``assign(table, record)``.
    which
        The column, by name or index.
    names
        Name of each component (K).
    """
    column = table.column(which)
    order = component_order(record)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels = rank[assignment.labels]
    clusters = tuple(names[component] for component in order)
    if column.values is not None and column.kind in ("number", "id"):
        return means_table(column.name, clusters, labels, column.values[assignment.rows])
    codes, values = coded(column, assignment.rows)
    return cross_table(column.name, clusters, labels, codes, values)


def comparable_columns(table: Table, record: FitRecord) -> tuple[int, ...]:
    """Return the columns that were not used in the fit and hold something."""
    used = set(record.preparation.columns)
    return tuple(
        index
        for index, column in enumerate(table.columns)
        if index not in used and column.kind != "empty"
    )


def cross_table(
    column: str,
    clusters: tuple[str, ...],
    labels: NDArray[np.integer[Any]],
    codes: NDArray[np.integer[Any]],
    values: Sequence[str],
) -> CrossTable:
    """Count clusters × values; a code of −1 is a missing value.

    Parameters
    ----------
    labels, codes
        Cluster and value of every row (n,).
    values
        What the codes stand for (m,).
    """
    known = codes >= 0
    counts = contingency(labels[known], codes[known], len(clusters), len(values))
    index = adjusted_rand(counts)
    order = np.lexsort((np.arange(len(values)), -counts.sum(axis=0)))
    shown, other = order, order[:0]
    if len(values) > MOST_VALUES:
        shown, other = order[: MOST_VALUES - 1], order[MOST_VALUES - 1 :]
    shown_values = [values[value] for value in shown]
    shown_counts = counts[:, shown]
    if len(other):
        shown_values.append(f"{formats.count(len(other))} other values")
        shown_counts = np.column_stack([shown_counts, counts[:, other].sum(axis=1)])
    n_missing = int(np.count_nonzero(~known))
    return CrossTable(
        column, clusters, tuple(shown_values), shown_counts, len(other), n_missing, index
    )


def means_table(
    column: str,
    clusters: tuple[str, ...],
    labels: NDArray[np.integer[Any]],
    values: NDArray[np.float64],
) -> MeansTable:
    """Return mean ± standard deviation of the values (n,) in each cluster."""
    known = np.isfinite(values)
    k = len(clusters)
    labels, values = labels[known], values[known]
    n = np.bincount(labels, minlength=k)
    means, deviations = np.full(k, np.nan), np.full(k, np.nan)
    np.divide(np.bincount(labels, values, k), n, out=means, where=n > 0)
    # About the cluster's own mean: a sum of squares alone would lose all digits far from zero.
    squares = np.bincount(labels, (values - means[labels]) ** 2, k)
    np.divide(squares, n - 1, out=deviations, where=n > 1)
    return MeansTable(
        column, clusters, n, means, np.sqrt(deviations), int(np.count_nonzero(~known))
    )


def contingency(
    labels: NDArray[np.integer[Any]], codes: NDArray[np.integer[Any]], k: int, m: int
) -> Counts:
    """Count the rows with each pair of label and code: (k, m)."""
    pairs = labels.astype(np.int64) * m + codes
    return np.bincount(pairs, minlength=k * m).reshape(k, m).astype(np.int64)


def adjusted_rand(counts: Counts) -> float:
    """Return the adjusted Rand index of a contingency table (k, m).

    1 where both partitions are the same, about 0 where they have nothing to do with each
    other (Hubert & Arabie 1985, Journal of Classification 2, 193-218). NaN without rows.
    """
    n = int(counts.sum())
    if n == 0:
        return float("nan")
    together = _pairs(counts)
    rows, columns, total = _pairs(counts.sum(axis=1)), _pairs(counts.sum(axis=0)), n * (n - 1) / 2
    expected = rows * columns / total if total else 0.0
    largest = (rows + columns) / 2
    if largest == expected:
        return 1.0  # both put all rows together, or all apart
    return (together - expected) / (largest - expected)


def to_tsv(compared: CrossTable | MeansTable) -> str:
    """Return the table as tab-separated text, for pasting into a spreadsheet."""
    if isinstance(compared, MeansTable):
        lines = [["cluster", "rows", f"mean of {compared.column}", "standard deviation"]]
        entries = zip(
            compared.clusters, compared.n, compared.means, compared.deviations, strict=True
        )
        lines += [[name, str(n), _number(m), _number(s)] for name, n, m, s in entries]
    else:
        lines = [["cluster", *compared.values, *(f"{value} %" for value in compared.values)]]
        shares = compared.row_shares
        for name, counts, share in zip(compared.clusters, compared.counts, shares, strict=True):
            percents = ["" if np.isnan(s) else f"{100 * s:.1f}" for s in share]
            lines.append([name, *map(str, counts.tolist()), *percents])
        lines.append(["adjusted Rand index", f"{compared.adjusted_rand:.4f}"])
    if compared.n_missing:
        lines.append(["rows without a value", str(compared.n_missing)])
    return "".join("\t".join(map(_cell, line)) + "\n" for line in lines)


def _pairs(counts: Counts) -> float:
    """Count the pairs within groups of these sizes; as floats, which do not overflow."""
    sizes = counts.astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum())


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def _cell(text: str) -> str:
    return " ".join(text.split())
