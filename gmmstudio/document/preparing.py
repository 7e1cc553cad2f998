"""The commands about the data: columns, scale, rows and row weights."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import get_args

import numpy as np

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.errors import TableError
from gmmstudio.table.logs import refuse_logs
from gmmstudio.table.preparation import Missing, Preparation, check_weights
from gmmstudio.table.spread import Scale
from gmmstudio.table.table import Table
from gmmstudio.table.weights import WeightsAs


@dataclass(frozen=True)
class SettleFinding(Command):
    """Leave as it is what the check of the data found, or list it again.

    Attributes
    ----------
    kind, columns
        Of the finding.
    settled
        Whether it may stay as it is.
    """

    kind: str
    columns: tuple[int, ...]
    settled: bool = True

    @property
    def label(self) -> str:
        """What the user did."""
        return "Leave a finding as it is" if self.settled else "List a finding again"

    def apply(self, document: Document) -> Document:
        """Put it among those settled, or take it away from them."""
        opened_table(document)
        others = set(document.settled) - {(self.kind, self.columns)}
        if self.settled:
            others.add((self.kind, self.columns))
        return document.replace(settled=tuple(sorted(others)))


@dataclass(frozen=True)
class TickColumns(Command):
    """Choose the columns that take part, by index; their order is the table's."""

    columns: tuple[int, ...]

    @property
    def label(self) -> str:
        """What the user did."""
        return "Choose columns"

    def apply(self, document: Document) -> Document:
        """Tick these columns and no others; a start made for other columns is dropped.

        The column of the row weights cannot be ticked; one that EM was to start from can, and
        then it starts otherwise.
        """
        table = opened_table(document)
        for index in self.columns:
            if not 0 <= index < len(table.columns):
                raise DocumentError(f"The table has no column number {index + 1}.")
            column = table.columns[index]
            if column.values is None:
                raise DocumentError(f"The column “{column.name}” holds no numbers to fit.")
            if index == document.preparation.weights:
                raise DocumentError(
                    f"The column “{column.name}” holds the row weights, so it cannot be fitted "
                    "too; choose other weights, or none, first."
                )
        columns = tuple(sorted(set(self.columns)))
        if columns == document.preparation.columns:
            return document
        return _with_columns(document, document.preparation, columns)


@dataclass(frozen=True)
class SetScale(Command):
    """Choose what distances are measured in: units, standard or robust deviations."""

    scale: Scale

    @property
    def label(self) -> str:
        """What the user did."""
        words = {"standard": "Standardise", "robust": "Scale by the middle half"}
        return words.get(self.scale, "Keep the columns' scale")

    def apply(self, document: Document) -> Document:
        """Set the scale."""
        if self.scale not in get_args(Scale):
            raise DocumentError(
                f"There is no scale “{self.scale}”; choose none, standard or robust."
            )
        preparation = dataclasses.replace(document.preparation, scale=self.scale)
        return document.replace(preparation=preparation)


@dataclass(frozen=True)
class SetMissing(Command):
    """Choose what is done about rows that lack values: left out, or filled."""

    missing: Missing

    @property
    def label(self) -> str:
        """What the user did."""
        words = {"median": "Fill by the median", "nearest": "Fill from the nearest rows"}
        return words.get(self.missing, "Skip rows with missing values")

    def apply(self, document: Document) -> Document:
        """Set the rule; labels that EM was to start from belong to other rows then."""
        if self.missing not in get_args(Missing):
            raise DocumentError(
                f"Missing cells cannot be treated as “{self.missing}”; choose skip, median or "
                "nearest."
            )
        if self.missing == document.preparation.missing:
            return document
        labelled = _starts_from_labels(document.spec)
        return document.replace(
            preparation=dataclasses.replace(document.preparation, missing=self.missing),
            spec=with_drawn_start(document.spec) if labelled else document.spec,
        )


@dataclass(frozen=True)
class SetLog(Command):
    """Choose the columns that are fitted by their logarithm, by index."""

    columns: tuple[int, ...]

    @property
    def label(self) -> str:
        """What the user did."""
        return "Choose logarithms" if self.columns else "Take no logarithms"

    def apply(self, document: Document) -> Document:
        """Set the columns; a start made of numbers in other units is dropped."""
        table = opened_table(document)
        columns = tuple(sorted(set(self.columns)))
        if columns == document.preparation.log:
            return document
        excluded = np.zeros(table.n_rows, dtype=bool)
        rows = document.preparation.excluded
        excluded[np.fromiter(rows, np.int64, len(rows))] = True
        try:
            refuse_logs(
                table,
                tuple(index for index in columns if index not in document.preparation.log),
                np.flatnonzero(~excluded),
            )
        except TableError as error:
            raise DocumentError(str(error)) from error
        labelled = _starts_from_labels(document.spec)
        return document.replace(
            preparation=dataclasses.replace(document.preparation, log=columns),
            spec=document.spec if labelled else with_drawn_start(document.spec),
        )


@dataclass(frozen=True)
class ExcludeRows(Command):
    """Leave table rows out by hand."""

    rows: frozenset[int]

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Exclude {_rows(len(self.rows))}"

    def apply(self, document: Document) -> Document:
        """Add the rows to those left out."""
        table = opened_table(document)
        if self.rows and not (min(self.rows) >= 0 and max(self.rows) < table.n_rows):
            raise DocumentError(f"The table has {_rows(table.n_rows)}; there are no others.")
        # Rows may come as NumPy integers; plain ones can be written to a file.
        rows = frozenset(map(int, self.rows))
        return _with_excluded(document, document.preparation.excluded | rows)


@dataclass(frozen=True)
class IncludeRows(Command):
    """Use rows again that were left out by hand; None means all of them."""

    rows: frozenset[int] | None = None

    @property
    def label(self) -> str:
        """What the user did."""
        return "Include all rows" if self.rows is None else f"Include {_rows(len(self.rows))}"

    def apply(self, document: Document) -> Document:
        """Take the rows from those left out."""
        excluded = document.preparation.excluded
        return _with_excluded(document, excluded - (excluded if self.rows is None else self.rows))


@dataclass(frozen=True)
class SetWeights(Command):
    """Choose the column of row weights, by index; None lets every row count once.

    A column that is ticked is unticked: weights are not fitted.
    """

    column: int | None
    weights_as: WeightsAs = "auto"

    @property
    def label(self) -> str:
        """What the user did."""
        return "Let every row count once" if self.column is None else "Weight the rows"

    def apply(self, document: Document) -> Document:
        """Set the weights, if they are some."""
        table = opened_table(document)
        if self.weights_as not in get_args(WeightsAs):
            raise DocumentError(
                f"Weights are taken as auto, counts or relative, not as “{self.weights_as}”."
            )
        before = document.preparation
        if self.column is None:
            after = dataclasses.replace(before, weights=None, weights_as="auto")
            return document.replace(preparation=after)
        if not 0 <= self.column < len(table.columns):
            raise DocumentError(f"The table has no column number {self.column + 1}.")
        columns = tuple(index for index in before.columns if index != self.column)
        if before.columns and not columns:
            raise DocumentError(
                f"“{table.columns[self.column].name}” is the only column ticked; tick the columns "
                "to fit before it can be the row weights."
            )
        after = dataclasses.replace(
            before, columns=columns, weights=self.column, weights_as=self.weights_as
        )
        try:
            check_weights(table, after)
        except TableError as error:
            raise DocumentError(str(error)) from error
        if columns != before.columns:
            return _with_columns(document, after, columns)
        labelled = _starts_from_labels(document.spec) and after.weights != before.weights
        # Rows without a weight are left out, so that labels may be for other rows.
        return document.replace(
            preparation=after,
            spec=with_drawn_start(document.spec) if labelled else document.spec,
        )


def first_preparation(table: Table) -> Preparation:
    """Return how a table is prepared before anything is chosen."""
    return Preparation(columns=table.default_columns(), scale="standard")


def opened_table(document: Document) -> Table:
    """Return the document's table.

    Raises
    ------
    DocumentError
        There is none yet.
    """
    if document.table is None:
        raise DocumentError("There is no table yet; open one first.")
    return document.table


def with_drawn_start(spec: Spec) -> Spec:
    """Labels, centres and parameters belong to their rows, columns and K: k-means++ instead."""
    return spec if isinstance(spec.start, str) else spec.replace(start="k-means++")


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _starts_from_labels(spec: Spec) -> bool:
    return isinstance(spec.start, np.ndarray) and spec.start.ndim == 1


def _with_columns(
    document: Document, preparation: Preparation, columns: tuple[int, ...]
) -> Document:
    start_column = document.start_column
    return document.replace(
        preparation=dataclasses.replace(preparation, columns=columns),
        spec=with_drawn_start(document.spec),
        start_column=None if start_column in columns else start_column,
    )


def _with_excluded(document: Document, excluded: frozenset[int]) -> Document:
    if excluded == document.preparation.excluded:
        return document
    labelled = _starts_from_labels(document.spec)
    return document.replace(
        preparation=dataclasses.replace(document.preparation, excluded=excluded),
        spec=with_drawn_start(document.spec) if labelled else document.spec,
    )
