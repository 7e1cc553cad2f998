"""The analysis as one frozen tree: what was asked, and what came out."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass, field
from typing import Any

from gmmstudio.document.colors import GROUNDS, alike, color_of, drawn
from gmmstudio.document.draft import Draft
from gmmstudio.document.identities import by_weight, carry_over, letter
from gmmstudio.document.values import same_value
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import DRAWN, Spec
from gmmstudio.mixture.structures import resolve
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table

_table_ids = itertools.count(1)


def fresh_table_id() -> int:
    """Return a number that no table had before.

    Counted over all documents: after undo another table may take the place of one, and what
    was remembered of that one must not be taken for it.
    """
    return next(_table_ids)


@dataclass(frozen=True, eq=False)
class FitRecord:
    """A fit and what it was made from.

    Attributes
    ----------
    id
        Number of the record in its document.
    fit
        The fit.
    preparation, spec
        What was asked when the fit began.
    identities
        Identity of each component (0 = A, 1 = B, …): its letter, name and colour.
    tracks
        The iterations kept for replay, try by try; may be empty.
    seconds
        Time the fit took.
    table_id
        Number of the table in its document.
    start_column
        The column whose labels it started from, if that was what was asked.
    """

    id: int
    fit: Fit
    preparation: Preparation
    spec: Spec
    identities: tuple[int, ...]
    tracks: tuple[Track, ...] = ()
    seconds: float = 0.0
    table_id: int = 0
    start_column: int | None = None


@dataclass(frozen=True, eq=False)
class SweepRecord:
    """A sweep and what it was made from; the K and structure of ``spec`` mean nothing here."""

    cells: tuple[Cell, ...]
    preparation: Preparation
    spec: Spec


#: What a draft is about: where any of it changes, the draft is dropped.
_DRAFTED = frozenset({"table", "preparation", "spec", "start_column", "fits", "active"})

#: The fields that are small enough to compare by value.
_CHOICES = frozenset(
    {"preparation", "spec", "outlier_rule", "names", "colors", "start_column", "settled"}
)


@dataclass(frozen=True, eq=False)
class Document:
    """An analysis.

    Attributes
    ----------
    table
        The table, or None in an empty window.
    table_id
        Number of the table, another with each that is opened.
    preparation
        Columns, scale, excluded rows, row weights.
    spec
        The model to fit next.
    start_column
        The column whose labels the next fit starts from, whatever ``spec.start`` says; a sweep
        does not, since the labels have one K only.
    fits
        The fits so far, in the order they were made.
    active
        The id of the fit shown, or None.
    sweep
        The last sweep, or None.
    outlier_rule
        Which rows are marked.
    names
        Pairs (identity, name) of the clusters that were given a name, by identity.
    colors
        Pairs (identity, "#rrggbb") of the clusters that were given a colour, by identity.
    draft
        The active fit as changed by hand, until it is kept or dropped; None as a rule.
    settled
        Pairs (kind, columns) of what the check of the data found and the user leaves as it is.
    embedded
        Whether the table is kept inside the project file; None lets its size decide.
    """

    table: Table | None = None
    table_id: int = 0
    preparation: Preparation = field(default_factory=Preparation)
    spec: Spec = field(default_factory=Spec)
    fits: tuple[FitRecord, ...] = ()
    active: int | None = None
    sweep: SweepRecord | None = None
    outlier_rule: OutlierRule = field(default_factory=OutlierRule)
    names: tuple[tuple[int, str], ...] = ()
    colors: tuple[tuple[int, str], ...] = ()
    start_column: int | None = None
    draft: Draft | None = None
    settled: tuple[tuple[str, tuple[int, ...]], ...] = ()
    embedded: bool | None = None

    def replace(self, **changes: Any) -> Document:
        """Return a document with these fields changed.

        A field whose value says the same stays the same object, and a document of which
        nothing changes is itself: so identity tells what a command changed. A draft goes where
        table, model or fit become others. A shape for one column, as a search finds it there,
        becomes its kin for several where there is not one column any more.
        """
        preparation = changes.get("preparation", self.preparation)
        spec = changes.get("spec", self.spec)
        if len(spec.structure) == 1 and len(preparation.columns) != 1:
            changes["spec"] = spec.replace(structure=3 * spec.structure)
        changed = {
            name: value
            for name, value in changes.items()
            if getattr(self, name) is not value
            and not (name in _CHOICES and same_value(getattr(self, name), value))
        }
        if self.draft is not None and "draft" not in changes and changed.keys() & _DRAFTED:
            changed["draft"] = None
        return dataclasses.replace(self, **changed) if changed else self

    @property
    def record(self) -> FitRecord | None:
        """The active fit."""
        return None if self.active is None else self.find(self.active)

    @property
    def continued(self) -> FitRecord | None:
        """The fit whose clusters the next one continues; None where there is none to continue."""
        record = self.record
        return None if record is None or record.fit.collapsed is not None else record

    def find(self, record_id: int) -> FitRecord | None:
        """Return the fit of this id, or None."""
        return next((record for record in self.fits if record.id == record_id), None)

    def is_out_of_date(self, record: FitRecord | SweepRecord) -> bool:
        """Whether the record was made from another table, preparation or model.

        A sweep covers many K and shapes: for it those two do not count, nor does a start column.
        """
        if not same_value(record.preparation, self.preparation):
            return True
        n_columns = len(self.preparation.columns)
        if isinstance(record, SweepRecord):
            return not same_question(record.spec, self.spec, n_columns=n_columns, any_model=True)
        if (record.table_id, record.start_column) != (self.table_id, self.start_column):
            return True
        given = self.start_column is not None
        return not same_question(record.spec, self.spec, n_columns=n_columns, start_given=given)

    def identities_for(self, parameters: Parameters, measures: tuple[int, ...]) -> tuple[int, ...]:
        """Return the identities of a new fit's components: those of the clusters they continue.

        Parameters
        ----------
        parameters
            Of the new fit, or of an iteration on the way to it.
        measures
            What it is over: `Preparation.measures`.
        """
        record = self.continued
        if record is None:
            return by_weight(parameters)
        return carry_over(
            record.fit.parameters,
            record.preparation.measures,
            record.identities,
            parameters,
            measures,
            named={**dict(self.names), **dict(self.colors)},
        )

    def cluster_name(self, identity: int) -> str:
        """Return the name given to a cluster, or "Cluster A"."""
        return dict(self.names).get(identity) or f"Cluster {letter(identity)}"

    def cluster_color(self, identity: int, *, dark: bool = False) -> str:
        """Return the colour given to a cluster, or its own, as drawn on white or on dark."""
        return color_of(identity, dict(self.colors), dark=dark)

    def has_color_like(self, identity: int, color: str) -> bool:
        """Whether a cluster's colour can hardly be told from this one, on white or on dark."""
        return any(
            alike(drawn(color, dark=dark), self.cluster_color(identity, dark=dark))
            for dark in GROUNDS
        )

    def component_names(self, record: FitRecord) -> tuple[str, ...]:
        """Return the name of each component of a fit."""
        return tuple(self.cluster_name(identity) for identity in record.identities)


def same_question(
    a: Spec, b: Spec, *, n_columns: int, any_model: bool = False, start_given: bool = False
) -> bool:
    """Whether two specs ask for the same fit of this many columns.

    Seed and number of tries do not count where the start is given and so nothing is drawn, nor
    tries where there is only one; nor does the structure where one column makes two of them one.

    Parameters
    ----------
    a, b
        The specs.
    n_columns
        How many columns are fitted.
    any_model
        K and structure do not count, as for a sweep.
    start_given
        Both start from the labels of the same column, whatever they say themselves.
    """
    left, right = dict(_values(a)), dict(_values(b))
    ignored: set[str] = set()
    if any_model:
        ignored |= {"n_components", "structure"}
        for values in (left, right):
            if not isinstance(values["start"], str):
                values["start"] = "k-means++"  # as in a sweep, where one start cannot serve all K
    elif n_columns:
        for values in (left, right):
            values["structure"] = resolve(values["structure"], n_columns).name
    starts = (left["start"], right["start"])
    if start_given:
        ignored |= {"start", "tries", "seed"}
    elif all(not isinstance(start, str) for start in starts):
        ignored |= {"tries", "seed"}
    elif all(isinstance(start, str) and start not in DRAWN for start in starts):
        ignored.add("tries")
    return all(same_value(left[name], right[name]) for name in left.keys() - ignored)


def _values(spec: Spec) -> list[tuple[str, Any]]:
    return [(f.name, getattr(spec, f.name)) for f in dataclasses.fields(spec)]
