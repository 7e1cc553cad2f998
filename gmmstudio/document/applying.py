"""Labelling another table with a fitted model; the document it came from stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, gap_notes, outliers
from gmmstudio.document.document import FitRecord
from gmmstudio.document.identities import letter
from gmmstudio.mixture.outliers import OutlierRule, beyond, threshold
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import responsibilities, score
from gmmstudio.table.errors import TableError
from gmmstudio.table.logs import logarithms, logged_name, without_logarithm
from gmmstudio.table.new_columns import ALL_NEW, Labels, NewColumn
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.retyping import retyped
from gmmstudio.table.table import Table

UNLIKE = "less likely than every row of the fit"
"""The note on a row whose log-density lies below that of every row the model was fitted to."""


@dataclass(frozen=True, eq=False)
class FittedModel:
    """What it takes to label other rows.

    Attributes
    ----------
    columns
        Screen names of the d columns, in the order of the parameters.
    parameters
        In the columns' original units, of logged ones in those of the logarithm; the components in
        the order of their letters.
    names
        K names of clusters.
    rule
        Which rows are outliers.
    line
        Where the rule drew its line among the rows of the fit; NaN if that is not known.
    lowest
        The lowest log-density of a row of the fit; NaN if that is not known.
    logged
        The columns, by place, whose natural logarithm the model is of.
    missing
        For each column cells that held no value there, such as −999; may be empty.
    """

    columns: tuple[str, ...]
    parameters: Parameters
    names: tuple[str, ...]
    rule: OutlierRule
    line: float = nan
    lowest: float = nan
    logged: frozenset[int] = frozenset()
    missing: tuple[tuple[str, ...], ...] = ()

    def reading_as(self, table: Table, preparation: Preparation) -> FittedModel:
        """Return the model with what held no value in the columns that it was fitted to."""
        words = dict(table.settings.missing_in)
        return replace(self, missing=tuple(words.get(j, ()) for j in preparation.columns))

    @property
    def measures(self) -> tuple[str, ...]:
        """What the parameters are of (d): a column's name, or "log income"."""
        return tuple(
            logged_name(name) if place in self.logged else name
            for place, name in enumerate(self.columns)
        )

    @property
    def new_columns(self) -> tuple[NewColumn, ...]:
        """The new columns that it can fill: outliers only where the line is known."""
        return tuple(name for name in ALL_NEW if name != "outlier" or isfinite(self.line))

    def with_rule(self, rule: OutlierRule) -> FittedModel:
        """Return the model with another rule of outliers.

        Raises
        ------
        TableError
            A percentile of the rows of the fit, which are not here.
        """
        if rule.kind == "percentile" and rule != self.rule:
            raise TableError(
                "A percentile is one of the rows of the fit, which are not here; choose a "
                "density (density:-12) or a distance (chi2:0.99)."
            )
        line = self.line if rule == self.rule else nan
        if rule.kind != "percentile":
            line = threshold(rule, np.empty(0), len(self.columns))
        return replace(self, rule=rule, line=line)


@dataclass(frozen=True, eq=False)
class Applied:
    """What a model says about the rows of another table.

    Attributes
    ----------
    labels
        The new columns, ready to be written beside the table.
    counts
        int64 (K,): number of rows in each cluster.
    n_unlike
        Number of rows that are less likely than every row of the fit; None if that is not known.
    n_outliers
        Number of rows that the rule marks; None if its line is not known.
    n_without
        Number of rows without a label, for a missing value.
    """

    labels: Labels
    counts: NDArray[np.int64]
    n_unlike: int | None
    n_outliers: int | None
    n_without: int

    @property
    def n_labelled(self) -> int:
        """Number of rows with a label."""
        return len(self.labels.rows)


def model_of(
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    names: Sequence[str] | None = None,
) -> FittedModel:
    """Return the model of a fit.

    Parameters
    ----------
    record, assignment
        A fit, and what it says of its own rows.
    rule
        Which of them are outliers: its line is drawn among them, once and for all.
    names
        Name of each component (K); by default "Cluster A" and so on.
    """
    density = assignment.log_density
    return replace(
        _model(record, assignment.sample.source_names, rule, names),
        logged=assignment.sample.logged_places,
        line=outliers(assignment, rule).threshold,
        lowest=float(density.min()) if density.size else nan,
    )


def model_without_rows(
    record: FitRecord, table: Table, rule: OutlierRule, names: Sequence[str] | None = None
) -> FittedModel:
    """Return the model of a fit whose rows are not at hand; of the table only the names count.

    Where outliers begin it knows only if the rule needs no rows.
    """
    preparation = record.preparation
    columns = tuple(table.columns[index].name for index in preparation.columns)
    logged = (place for place, index in enumerate(preparation.columns) if index in preparation.log)
    model = replace(_model(record, columns, rule, names), logged=frozenset(logged))
    return model if rule.kind == "percentile" else model.with_rule(rule)


def _model(
    record: FitRecord,
    columns: tuple[str, ...],
    rule: OutlierRule,
    names: Sequence[str] | None,
) -> FittedModel:
    order = np.argsort(np.array(record.identities), kind="stable")
    if names is None:
        names = [f"Cluster {letter(identity)}" for identity in record.identities]
    parameters = record.fit.parameters
    return FittedModel(
        columns=columns,
        parameters=Parameters.trusted(
            parameters.weights[order], parameters.means[order], parameters.covariances[order]
        ),
        names=tuple(names[component] for component in order),
        rule=rule,
    )


def match_columns(columns: Sequence[str], table: Table) -> tuple[int | None, ...]:
    r"""Find the column of another table for each of these names; None where that is not plain.

    The same name goes first, then the same letters and digits whatever the case, the spaces
    and signs such as _. A name that two columns have, a column of text, and one that is taken
    already are not plain.

    Examples
    --------
    >>> from gmmstudio.table import read_text
    >>> match_columns(("a b", "c", "d"), read_text("c,A B,e\n1,2,3\n4,5,6\n"))
    (1, 0, None)
    """
    names = [column.name.strip() for column in table.columns]
    headers = [column.header.strip() for column in table.columns]
    passes = (
        (str.strip, [{name} for name in names]),
        (str.strip, [{header} for header in headers]),
        (_bare, [{_bare(a), _bare(b)} for a, b in zip(names, headers, strict=True)]),
    )
    found: dict[int, int] = {}
    for alike, called in passes:
        for place, wanted in enumerate(columns):
            free = set(range(len(names))) - set(found.values())
            hits = [index for index in free if alike(wanted) in called[index]]
            if place not in found and len(hits) == 1 and table.columns[hits[0]].values is not None:
                found[place] = hits[0]
    return tuple(found.get(place) for place in range(len(columns)))


def _bare(name: str) -> str:
    """Return a name without case, spaces and signs; of signs alone, the name."""
    return "".join(filter(str.isalnum, name.casefold())) or name.strip()


def apply_model(
    model: FittedModel,
    table: Table,
    columns: Sequence[int],
    *,
    should_stop: Callable[[], bool] | None = None,
) -> Applied:
    """Label every row of a table that has a value in all the columns of a model.

    Parameters
    ----------
    model
        The model.
    table
        Any table.
    columns
        Its column, by index, for each of the model's.
    should_stop
        Asked between blocks of rows.

    Raises
    ------
    TableError
        A column of text, or one chosen twice.
    MixtureError
        When stopped.
    """
    preparation = Preparation(columns=tuple(columns))
    for index, words in zip(columns, model.missing, strict=False):
        if words:
            table = retyped(table, index, table.settings.with_missing_in(index, words))
    x = _numbers(model, table, columns)
    complete = np.isfinite(x).all(axis=1)
    rows, skipped = np.flatnonzero(complete), np.flatnonzero(~complete)
    x = x[rows]
    notes = gap_notes(table, preparation, skipped)
    notes.update(_no_logarithm(model, table, columns, skipped))
    k = model.parameters.n_components
    if not rows.size:
        return _nothing(model, notes)
    scores = score(x, model.parameters, should_stop=should_stop)
    unlike = scores.log_density < model.lowest
    notes.update(dict.fromkeys(rows[unlike].tolist(), UNLIKE))
    known = isfinite(model.line)
    mask = beyond(model.rule, model.line, scores.log_density, scores.squared_mahalanobis)
    labels = Labels(
        n_components=k,
        names=model.names,
        rows=rows,
        labels=scores.labels,
        max_probability=scores.max_probability,
        log_density=scores.log_density,
        squared_mahalanobis=scores.squared_mahalanobis,
        outlier=mask,
        probabilities=lambda first, last: responsibilities(x[first:last], model.parameters),
        notes=notes,
    )
    return Applied(
        labels=labels,
        counts=np.bincount(scores.labels, minlength=k).astype(np.int64),
        n_unlike=int(np.count_nonzero(unlike)) if isfinite(model.lowest) else None,
        n_outliers=int(np.count_nonzero(mask)) if known else None,
        n_without=len(skipped),
    )


def _numbers(model: FittedModel, table: Table, columns: Sequence[int]) -> NDArray[np.float64]:
    """Return the numbers (n, d) of the columns, NaN where there is none."""
    if len(columns) != len(model.columns) or len(set(columns)) < len(columns):
        raise TableError("Each column of the model needs a column of its own in the new table.")
    x = np.empty((table.n_rows, len(columns)))
    for place, (wanted, index) in enumerate(zip(model.columns, columns, strict=True)):
        column = table.column(index)
        if column.values is None:
            what = "is empty" if column.kind == "empty" else "holds text, not numbers"
            raise TableError(
                f"The column “{column.name}” {what}, so it cannot stand for “{wanted}”; choose "
                "another one."
            )
        x[:, place] = logarithms(column.values) if place in model.logged else column.values
    return x


def _no_logarithm(
    model: FittedModel, table: Table, columns: Sequence[int], rows: NDArray[np.int64]
) -> dict[int, str]:
    """Say of the rows in which a logged column is not above zero that it has no logarithm."""
    notes: dict[int, str] = {}
    for place in sorted(model.logged):
        column = table.columns[columns[place]]
        words = f"no logarithm of {column.name}"
        notes.update(dict.fromkeys(without_logarithm(column, rows).tolist(), words))
    return notes


def _nothing(model: FittedModel, notes: dict[int, str]) -> Applied:
    """Return what is said where no row can be labelled."""
    none, k = np.empty(0), model.parameters.n_components
    labels = Labels(
        n_components=k,
        names=model.names,
        rows=np.empty(0, np.int64),
        labels=np.empty(0, np.int64),
        max_probability=none,
        log_density=none,
        squared_mahalanobis=none,
        outlier=np.empty(0, bool),
        probabilities=lambda first, last: np.empty((0, k)),
        notes=notes,
    )
    return Applied(
        labels=labels,
        counts=np.zeros(k, np.int64),
        n_unlike=0 if isfinite(model.lowest) else None,
        n_outliers=0 if isfinite(model.line) else None,
        n_without=len(notes),
    )
