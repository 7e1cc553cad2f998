"""The commands by which the user asks: model, start, outliers, names, colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmstudio.document.colors import is_color
from gmmstudio.document.command import Command
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.identities import letter
from gmmstudio.document.preparing import opened_table, with_drawn_start
from gmmstudio.document.starting import check_centres, start_labels
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.structures import ALL, STRUCTURES, canonical, resolve
from gmmstudio.table.errors import TableError
from gmmstudio.table.fitted import fitted_table
from gmmstudio.table.preparation import UsedRows, used_rows


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
        spec = with_drawn_start(document.spec)
        return _with_spec(document, spec, None, n_components=self.n_components)


@dataclass(frozen=True)
class SetStructure(Command):
    """Set the shape of the clusters, by letters or word; a prior goes where it has none."""

    structure: str

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Set the shape to {shape_words(self.structure)}"

    def apply(self, document: Document) -> Document:
        """Set the structure."""
        changes: dict[str, Any] = {"structure": self.structure}
        if document.spec.prior and not _has_prior(document, self.structure):
            changes["prior"] = False
        return _changed(document, **changes)


@dataclass(frozen=True, eq=False)
class SetStart(Command):
    """Set where EM starts from and, for drawn starts, how many tries it makes.

    Parameters, centres and labels bring their own K. A start column is given up for it.
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
        after = _with_spec(document, document.spec, None, **changes)
        start = after.spec.start
        if isinstance(start, np.ndarray) and start.ndim == 2:
            _check_centres(document, start)
        return after


@dataclass(frozen=True)
class StartFromColumn(Command):
    """Start EM from the labels of a column, by index; their number is K."""

    column: int

    @property
    def label(self) -> str:
        """What the user did."""
        return "Start from the labels of a column"

    def apply(self, document: Document) -> Document:
        """Set the start column, and K to the number of its values in the rows used."""
        table = opened_table(document)
        if not 0 <= self.column < len(table.columns):
            raise DocumentError(f"The table has no column number {self.column + 1}.")
        if self.column in document.preparation.columns:
            raise DocumentError(
                f"“{table.columns[self.column].name}” cannot be both a column of the fit and the "
                "labels to start from; untick it first (step 1, Data)."
            )
        _, values = start_labels(table, self.column, _used_rows(document).rows)
        spec = with_drawn_start(document.spec)
        return _with_spec(document, spec, self.column, n_components=len(values))


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
        return _changed(document, seed=self.seed)


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
        return _changed(document, tol=self.tol, max_iter=self.max_iter)


@dataclass(frozen=True)
class SetPrior(Command):
    """Choose whether a conjugate prior holds the covariances."""

    prior: bool

    @property
    def label(self) -> str:
        """What the user did."""
        return "Use the prior" if self.prior else "Do without the prior"

    def apply(self, document: Document) -> Document:
        """Set it; refused where the shape has none."""
        if self.prior and not _has_prior(document, document.spec.structure):
            raise DocumentError(
                f"The {shape_words(document.spec.structure)} shape has no conjugate prior; choose "
                f"one of {shapes_with_prior()} first."
            )
        return _changed(document, prior=self.prior)


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
        shown = {*(document.record.identities if document.record else ())}
        shown |= set(document.draft.identities if document.draft else ())
        for other in {*shown, *names} - {self.identity}:
            if name and name == document.cluster_name(other):
                raise DocumentError(
                    f"Cluster {letter(other)} is already called “{name}”; choose another name."
                )
        if name and name != f"Cluster {letter(self.identity)}":
            names[self.identity] = name
        return document.replace(names=tuple(sorted(names.items())))


@dataclass(frozen=True)
class RecolourCluster(Command):
    """Give a cluster a colour, "#rrggbb"; None gives it back its own."""

    identity: int
    color: str | None

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Colour cluster {letter(self.identity)}"

    def apply(self, document: Document) -> Document:
        """Set the colour; one that is not on the screen gives up a colour like it."""
        colors = dict(document.colors)
        colors.pop(self.identity, None)
        if self.color is None:
            return document.replace(colors=tuple(sorted(colors.items())))
        color = self.color.lower()
        if not is_color(color):
            raise DocumentError(f"“{self.color}” is no colour; give one like #0072b2.")
        shown = document.record.identities if document.record else ()
        for other in sorted(set(shown) - {self.identity}):
            if document.has_color_like(other, color):
                raise DocumentError(
                    f"{document.cluster_name(other)} has this colour, or one that can hardly be "
                    "told from it: choose another, or recolour that cluster first."
                )
        kept = {
            i: held
            for i, held in colors.items()
            if i in shown or not document.has_color_like(i, color)
        }
        kept[self.identity] = color
        return document.replace(colors=tuple(sorted(kept.items())))


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


def shapes_with_prior() -> str:
    """Name the shapes that have a conjugate prior: "spherical, diagonal, …"."""
    return ", ".join(STRUCTURES[name].words for name in ALL if STRUCTURES[name].has_prior)


def _has_prior(document: Document, structure: str) -> bool:
    """Whether a structure has a prior; one that nobody knows is refused elsewhere."""
    n_columns = len(document.preparation.columns)
    try:
        known = resolve(structure, n_columns) if n_columns else STRUCTURES[canonical(structure)]
    except MixtureError:
        return True
    return known.has_prior


def _used_rows(document: Document) -> UsedRows:
    try:
        return used_rows(opened_table(document), document.preparation)
    except TableError as error:
        raise DocumentError(str(error)) from error


def _check_centres(document: Document, centres: np.ndarray[Any, Any]) -> None:
    table, rows = opened_table(document), _used_rows(document).rows
    try:
        seen = fitted_table(table, document.preparation)
    except TableError as error:
        raise DocumentError(str(error)) from error
    columns = [seen.columns[index] for index in document.preparation.columns]
    used = [column.values[rows] for column in columns if column.values is not None]
    low, high = (np.array([end(values) for values in used]) for end in (np.min, np.max))
    check_centres(centres, [column.name for column in columns], low, high)


def _changed(document: Document, **changes: Any) -> Document:
    """Return the document with its spec changed, and the same start."""
    return _with_spec(document, document.spec, document.start_column, **changes)


def _with_spec(
    document: Document, spec: Spec, start_column: int | None, **changes: Any
) -> Document:
    try:
        return document.replace(spec=spec.replace(**changes), start_column=start_column)
    except MixtureError as error:
        raise DocumentError(str(error)) from error
