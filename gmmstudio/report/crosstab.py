"""Is it what I thought? The clusters against any column of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import FitRecord
from gmmstudio.mixture.optima import adjusted_rand
from gmmstudio.report import formats
from gmmstudio.report.export import component_order
from gmmstudio.table.coding import coded
from gmmstudio.table.table import Table
from gmmstudio.table.weights import RowWeights

FloatArray = NDArray[np.float64]
Counts = NDArray[np.int64] | FloatArray
"""Whole numbers, unless a column of counts says otherwise."""

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
        Rows of each cluster with each value (K, m); where a column counts the rows, observations.
    n_other_values
        How many rarer values the last entry of ``values`` stands for; 0 if all are shown.
    n_missing
        Fitted rows in which the column has no value; they are not counted.
    adjusted_rand
        Adjusted Rand index of clusters and values, over all values; NaN without rows.
    counted
        How rows with weights were counted, in a sentence; empty where there are none.
    """

    column: str
    clusters: tuple[str, ...]
    values: tuple[str, ...]
    counts: Counts
    n_other_values: int
    n_missing: int
    adjusted_rand: float
    counted: str = ""

    @property
    def row_shares(self) -> FloatArray:
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
        Rows of each cluster that have a value (K,); where a column counts the rows, observations.
    means, deviations
        Mean and standard deviation (n − 1 in the denominator) of them (K,); NaN where there are
        too few rows.
    n_missing
        Fitted rows in which the column has no value.
    counted
        How rows with weights were counted, in a sentence; empty where there are none.
    """

    column: str
    clusters: tuple[str, ...]
    n: Counts
    means: FloatArray
    deviations: FloatArray
    n_missing: int
    counted: str = ""


def compare(
    table: Table,
    which: str | int,
    record: FitRecord,
    assignment: Assignment,
    names: Sequence[str],
) -> CrossTable | MeansTable:
    """Compare the clusters with a column: by counts, or by means where it holds measurements.

    Where a column counts the rows, each is taken as often as it says; other weights are left out,
    since a share of a row is nothing to be counted.

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
    times = counting(assignment.sample.row_weights)
    said = counting_words(assignment.sample.row_weights)
    compared: CrossTable | MeansTable
    if column.values is not None and column.kind in ("number", "id"):
        values = column.values[assignment.rows]
        compared = means_table(column.name, clusters, labels, values, times)
    else:
        codes, texts = coded(column, assignment.rows)
        compared = cross_table(column.name, clusters, labels, codes, texts, times)
    return replace(compared, counted=said)


def counting(weights: RowWeights | None) -> FloatArray | None:
    """Return how often each row (n,) is counted; None where all are counted once."""
    return weights.values if weights is not None and weights.are == "counts" else None


def counting_words(weights: RowWeights | None) -> str:
    """Say how rows with weights are counted; empty where there are none."""
    if weights is None:
        return ""
    if weights.are == "counts":
        return f"Each row counts as often as “{weights.column}” says."
    return f"Every row counts once here, without its weight “{weights.column}”."


def comparable_columns(table: Table, record: FitRecord) -> tuple[int, ...]:
    """Return the columns that were not used in the fit and hold something."""
    used = set(record.preparation.required)
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
    times: FloatArray | None = None,
) -> CrossTable:
    """Count clusters × values; a code of −1 is a missing value.

    Parameters
    ----------
    labels, codes
        Cluster and value of every row (n,).
    values
        What the codes stand for (m,).
    times
        How often each row counts (n,); by default once.
    """
    known = codes >= 0
    of_known = None if times is None else times[known]
    counts = contingency(labels[known], codes[known], len(clusters), len(values), of_known)
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
    values: FloatArray,
    times: FloatArray | None = None,
) -> MeansTable:
    """Return mean ± standard deviation of the values (n,) in each cluster; see `cross_table`."""
    known = np.isfinite(values)
    k = len(clusters)
    labels, values = labels[known], values[known]
    weights = np.ones(len(values)) if times is None else times[known]
    n = np.bincount(labels, weights, k)
    means, deviations = np.full(k, np.nan), np.full(k, np.nan)
    np.divide(np.bincount(labels, weights * values, k), n, out=means, where=n > 0)
    # About the cluster's own mean: a sum of squares alone would lose all digits far from zero.
    squares = np.bincount(labels, weights * (values - means[labels]) ** 2, k)
    np.divide(squares, n - 1, out=deviations, where=n > 1)
    n_missing = int(np.count_nonzero(~known))
    return MeansTable(column, clusters, _whole(n), means, np.sqrt(deviations), n_missing)


def contingency(
    labels: NDArray[np.integer[Any]],
    codes: NDArray[np.integer[Any]],
    k: int,
    m: int,
    times: FloatArray | None = None,
) -> Counts:
    """Count the rows with each pair of label and code: (k, m)."""
    pairs = labels.astype(np.int64) * m + codes
    return _whole(np.bincount(pairs, times, minlength=k * m).reshape(k, m))


def to_tsv(compared: CrossTable | MeansTable) -> str:
    """Return the table as tab-separated text, for pasting into a spreadsheet."""
    if isinstance(compared, MeansTable):
        lines = [["cluster", "rows", f"mean of {compared.column}", "standard deviation"]]
        entries = zip(
            compared.clusters, compared.n, compared.means, compared.deviations, strict=True
        )
        lines += [[name, _count(n), _number(m), _number(s)] for name, n, m, s in entries]
    else:
        lines = [["cluster", *compared.values, *(f"{value} %" for value in compared.values)]]
        shares = compared.row_shares
        for name, counts, share in zip(compared.clusters, compared.counts, shares, strict=True):
            percents = ["" if np.isnan(s) else f"{100 * s:.1f}" for s in share]
            lines.append([name, *map(_count, counts), *percents])
        lines.append(["adjusted Rand index", f"{compared.adjusted_rand:.4f}"])
    if compared.n_missing:
        lines.append(["rows without a value", str(compared.n_missing)])
    if compared.counted:
        lines.append([compared.counted])
    return "".join("\t".join(map(_cell, line)) + "\n" for line in lines)


def _whole(counts: NDArray[Any]) -> Counts:
    """Return counts as whole numbers where they are."""
    rounded = np.rint(counts).astype(np.int64)
    return rounded if (rounded == counts).all() else counts


def _count(n: float) -> str:
    return str(int(n)) if n == int(n) else repr(float(n))


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def _cell(text: str) -> str:
    return " ".join(text.split())
