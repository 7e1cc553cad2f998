"""The commands by which the user asks: table, preparation, model, outliers, names."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.identities import letter
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.structures import STRUCTURES, canonical
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table


@dataclass(frozen=True)
class OpenTable(Command):
    """Open another table: all begins anew, its own columns ticked."""

    table: Table

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Open {self.table.name}"

    def apply(self, document: Document) -> Document:
        """Start afresh with this table."""
        return document.replace(
            table=self.table,
            table_id=document.table_id + 1,
            preparation=Preparation(columns=self.table.default_columns(), scale="standard"),
            spec=Spec(),
            outlier_rule=OutlierRule(),
            fits=(),
            active=None,
            sweep=None,
            names=(),
        )


@dataclass(frozen=True)
class TickColumns(Command):
    """Choose the columns that take part, by index; their order is the table's."""

    columns: tuple[int, ...]

    @property
    def label(self) -> str:
        """What the user did."""
        return "Choose columns"

    def apply(self, document: Document) -> Document:
        """Tick these columns and no others; a start made for other columns is dropped."""
        table = _table(document)
        for index in self.columns:
            if not 0 <= index < len(table.columns):
                raise DocumentError(f"The table has no column number {index + 1}.")
            column = table.columns[index]
            if column.values is None:
                raise DocumentError(f"The column “{column.name}” holds no numbers to fit.")
        columns = tuple(sorted(set(self.columns)))
        if columns == document.preparation.columns:
            return document
        return document.replace(
            preparation=dataclasses.replace(document.preparation, columns=columns),
            spec=_with_drawn_start(document.spec),
        )


@dataclass(frozen=True)
class SetScale(Command):
    """Choose whether distances are measured in standard deviations or in the columns' units."""

    scale: Literal["none", "standard"]

    @property
    def label(self) -> str:
        """What the user did."""
        return "Standardise" if self.scale == "standard" else "Keep the columns' scale"

    def apply(self, document: Document) -> Document:
        """Set the scale."""
        if self.scale not in ("none", "standard"):
            raise DocumentError(f"There is no scale “{self.scale}”; choose none or standard.")
        preparation = dataclasses.replace(document.preparation, scale=self.scale)
        return document.replace(preparation=preparation)


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
        table = _table(document)
        if any(not 0 <= row < table.n_rows for row in self.rows):
            raise DocumentError(f"The table has {_rows(table.n_rows)}; there are no others.")
        # Rows may come as NumPy integers; plain ones can be written to a file.
        rows = frozenset(int(row) for row in self.rows)
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
class SetComponents(Command):
    """Set K; a start made for another K is dropped."""

    n_components: int

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Set K to {self.n_components}"

    def apply(self, document: Document) -> Document:
        """Set K."""
        if self.n_components == document.spec.n_components:
            return document
        return _with_spec(
            document, _with_drawn_start(document.spec), n_components=self.n_components
        )


@dataclass(frozen=True)
class SetStructure(Command):
    """Set the shape of the clusters, by letters or word."""

    structure: str

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Set the shape to {shape_words(self.structure)}"

    def apply(self, document: Document) -> Document:
        """Set the structure."""
        return _with_spec(document, document.spec, structure=self.structure)


@dataclass(frozen=True, eq=False)
class SetStart(Command):
    """Set where EM starts from and, for drawn starts, how many tries it makes.

    Parameters, centres and labels bring their own K.
    """

    start: Start
    tries: int | None = None

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Start from {self.start}" if isinstance(self.start, str) else "Set the start"

    def apply(self, document: Document) -> Document:
        """Set the start."""
        changes: dict[str, Any] = {"start": self.start}
        if self.tries is not None:
            changes["tries"] = self.tries
        if not isinstance(self.start, str):
            changes["n_components"] = n_components_of(self.start)
        return _with_spec(document, document.spec, **changes)


@dataclass(frozen=True)
class SetSeed(Command):
    """Set the seed of the drawn starts."""

    seed: int

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Set the seed to {self.seed}"

    def apply(self, document: Document) -> Document:
        """Set the seed."""
        return _with_spec(document, document.spec, seed=self.seed)


@dataclass(frozen=True)
class SetStopping(Command):
    """Set when EM stops."""

    tol: float
    max_iter: int

    @property
    def label(self) -> str:
        """What the user did."""
        return "Set when to stop"

    def apply(self, document: Document) -> Document:
        """Set tolerance and largest number of iterations."""
        return _with_spec(document, document.spec, tol=self.tol, max_iter=self.max_iter)


@dataclass(frozen=True)
class SetOutlierRule(Command):
    """Set which rows are marked; the steps of a drag undo as one."""

    rule: OutlierRule

    @property
    def label(self) -> str:
        """What the user did."""
        return "Set the outlier rule"

    @property
    def merge_key(self) -> str | None:
        """One drag of the line, or one run of a spin box: the kind stays, the value moves."""
        return f"outliers {self.rule.kind}"

    def apply(self, document: Document) -> Document:
        """Set the rule."""
        return document.replace(outlier_rule=self.rule)


@dataclass(frozen=True)
class RenameCluster(Command):
    """Name a cluster; an empty name gives it back its own, "Cluster A"."""

    identity: int
    name: str

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Rename cluster {letter(self.identity)}"

    def apply(self, document: Document) -> Document:
        """Set the name; two clusters may not share one."""
        name = " ".join(self.name.split())
        names = dict(document.names)
        names.pop(self.identity, None)
        shown = document.record.identities if document.record else ()
        for other in {*shown, *names} - {self.identity}:
            if name and name == document.cluster_name(other):
                raise DocumentError(
                    f"Cluster {letter(other)} is already called “{name}”; choose another name."
                )
        if name and name != f"Cluster {letter(self.identity)}":
            names[self.identity] = name
        return document.replace(names=tuple(sorted(names.items())))


def n_components_of(start: Parameters | np.ndarray[Any, Any]) -> int:
    """Return the K that parameters, centres (K, d) or labels (n,) bring with them."""
    if isinstance(start, Parameters):
        return start.n_components
    array = np.asarray(start)
    if array.ndim == 1 and array.dtype.kind in "iub":
        return int(array.max(initial=0)) + 1
    return max(len(array), 1)


def shape_words(structure: str) -> str:
    """Return what people call a structure; unknown ones stay as they are."""
    try:
        return STRUCTURES[canonical(structure)].words
    except (MixtureError, KeyError):
        return structure


def _table(document: Document) -> Table:
    if document.table is None:
        raise DocumentError("There is no table yet; open one first.")
    return document.table


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def _with_spec(document: Document, spec: Spec, **changes: Any) -> Document:
    try:
        return document.replace(spec=spec.replace(**changes))
    except MixtureError as error:
        raise DocumentError(str(error)) from error


def _with_drawn_start(spec: Spec) -> Spec:
    """Labels, centres and parameters belong to their rows, columns and K: k-means++ instead."""
    return spec if isinstance(spec.start, str) else spec.replace(start="k-means++")


def _with_excluded(document: Document, excluded: frozenset[int]) -> Document:
    if excluded == document.preparation.excluded:
        return document
    labelled = isinstance(document.spec.start, np.ndarray) and document.spec.start.ndim == 1
    return document.replace(
        preparation=dataclasses.replace(document.preparation, excluded=excluded),
        spec=_with_drawn_start(document.spec) if labelled else document.spec,
    )
