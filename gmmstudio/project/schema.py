"""What stands in ``project.json``: plain structs, and places in the arrays beside it.

Objects that several parts share (a fit in the list and in the sweep, the parameters of a fit and
of its last iteration) stand here once and are named by their number, so that they are one object
again after opening.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from gmmstudio.mixture.errors import Cause
from gmmstudio.mixture.fit import Ended
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Dialect, Kind
from gmmstudio.table.value_labels import ValueLabels

SCHEMA = 3
"""The number of the form written here; an older one is brought up to it by `migrate`."""

FORMAT: Literal["GMM Studio project"] = "GMM Studio project"

Number = float | Literal["nan", "inf", "-inf"]
"""A number that need not be finite: JSON itself knows no others."""


class Part(msgspec.Struct, frozen=True):
    """A part of the file; fields that a part does not know are passed over."""


class Block(Part, frozen=True, array_like=True):
    """Where an array lies among the numbers of its type: its first entry, and its shape."""

    at: int
    shape: tuple[int, ...]


class Head(Part, frozen=True):
    """What is looked at first: whether this is a project, and of which form."""

    format: Literal["GMM Studio project"]
    schema: int


class NoticePart(Part, frozen=True):
    """A notice of the import."""

    text: str
    lines: tuple[int, ...]
    doubt: bool


class ColumnPart(Part, frozen=True):
    """A column; its text and its numbers lie in the arrays.

    If the table is linked there is no text, and numbers of the rows kept only.
    """

    name: str
    header: str
    kind: Kind
    n_missing: int
    n_distinct: int
    n_infinite: int
    tick: bool
    why_not: str
    description: str
    value_labels: ValueLabels
    text: Block | None = None  # bytes of all cells in a row
    lengths: Block | None = None  # how many of them each cell has
    values: Block | None = None


class TablePart(Part, frozen=True):
    """The table, or what is known of one that lies in a file of its own.

    Of that the numbers of some rows are ``kept``, to be seen should the file not be found.
    """

    name: str
    path: str | None
    columns: tuple[ColumnPart, ...]
    n_rows: int
    dialect: Dialect
    notices: tuple[NoticePart, ...]
    settings: ReadSettings
    format: str
    sampled_from: int | None = None
    kept: Block | None = None


class LinkPart(Part, frozen=True):
    """Where the file of a table that is not embedded lies, and what it must be.

    ``relative`` says whether the path begins at the folder of the project.
    """

    path: str
    relative: bool
    size: int
    sha256: str


class PreparationPart(Part, frozen=True):
    """A preparation; the rows excluded lie in the arrays."""

    choices: Preparation
    excluded: Block


class StartPart(Part, frozen=True):
    """Where EM starts: exactly one of these."""

    word: str | None = None
    parameters: int | None = None
    labels: Block | None = None
    centres: Block | None = None


class SpecPart(Part, frozen=True):
    """What was asked of a fit."""

    n_components: int
    structure: str
    start: StartPart
    tries: int
    seed: int
    tol: float
    max_iter: int
    prior: bool


class CollapsePart(Part, frozen=True):
    """How a component collapsed."""

    component: int
    rows: Block
    columns: tuple[int, ...]
    cause: Cause
    structure: str
    too_few_in_all: bool
    everywhere: bool
    n_columns: int


class AttemptPart(Part, frozen=True):
    """How one start ended; its parameters by number."""

    number: int
    log_likelihood: Number
    n_iterations: int
    n_rows: int
    collapsed: CollapsePart | None
    start: str
    parameters: int
    orientation: str
    log_prior: Number


class OptimumPart(Part, frozen=True):
    """A top that starts climbed to."""

    log_likelihood: Number
    n_starts: int
    agreement: Number
    attempt: int
    n_rows: int


class FitPart(Part, frozen=True):
    """A fit; its parameters and its spec by number."""

    parameters: int
    log_likelihood: Number
    structure: str
    n_rows: int
    n_columns: int
    n_iterations: int
    converged: bool
    ended: Ended
    collapsed: CollapsePart | None
    history: Block
    log_max_responsibility: Number
    monotone: bool
    attempts: tuple[AttemptPart, ...]
    attempt: int
    spec: int
    n_observations: Number
    optima: tuple[OptimumPart, ...]
    log_prior: Number


class TrackPart(Part, frozen=True):
    """A try as it went.

    ``iterations`` are whole numbers (m, 4): number, parameters, attempt, rows; ``at_iterations``
    the log-likelihoods (m,) of those iterations.
    """

    attempt: int
    n_rows: int
    iterations: Block
    at_iterations: Block
    log_likelihoods: Block
    thinned: bool


class RecordPart(Part, frozen=True):
    """A fit of the document and what it was made from, by number."""

    id: int
    fit: int
    preparation: int
    spec: int
    identities: tuple[int, ...]
    tracks: tuple[int, ...]
    seconds: Number
    table_id: int
    start_column: int | None


class CellPart(Part, frozen=True):
    """A model of the sweep."""

    spec: int
    structure: str
    n_components: int
    fit: int | None
    reason: str
    n_collapsed: int
    seconds: Number
    collapsed: CollapsePart | None
    tracks: tuple[int, ...]


class SweepPart(Part, frozen=True):
    """The last sweep."""

    cells: tuple[CellPart, ...]
    preparation: int
    spec: int


class DraftPart(Part, frozen=True):
    """A model changed by hand that nobody has kept yet."""

    base: int
    parameters: int
    identities: tuple[int, ...]
    structure: str
    words: str
    fit: int | None
    tracks: tuple[int, ...]
    seconds: Number


class DocumentPart(Part, frozen=True):
    """The analysis, and the objects that its parts share."""

    table: TablePart | None
    table_id: int
    preparations: tuple[PreparationPart, ...]
    specs: tuple[SpecPart, ...]
    parameters: Block  # whole numbers (p, 3): K, d and where weights, means, covariances begin
    fitted: tuple[FitPart, ...]
    tracks: tuple[TrackPart, ...]
    preparation: int
    spec: int
    fits: tuple[RecordPart, ...]
    active: int | None
    sweep: SweepPart | None
    outlier_rule: OutlierRule
    names: tuple[tuple[int, str], ...]
    colors: tuple[tuple[int, str], ...]
    start_column: int | None
    draft: DraftPart | None
    settled: tuple[tuple[str, tuple[int, ...]], ...]
    embedded: bool | None


class FitUnderWayPart(Part, frozen=True):
    """A fit that was not at its end; ``at`` is number, try and rows of the iteration."""

    preparation: int
    spec: int
    start_column: int | None
    structure: str
    parameters: int
    at: tuple[int, int, int]
    log_likelihood: Number
    identities: tuple[int, ...]
    n_tries: int


class SweepUnderWayPart(Part, frozen=True):
    """A sweep that was not at its end."""

    preparation: int
    spec: int
    components: tuple[int, ...]
    structures: tuple[str, ...]
    cells: tuple[CellPart, ...]


class ProjectPart(Part, frozen=True):
    """All of ``project.json``; what was under way stands in no file but a copy for a crash."""

    format: Literal["GMM Studio project"]
    schema: int
    program: str
    saved: str
    document: DocumentPart
    link: LinkPart | None = None
    layout: dict[str, str] = {}
    fit_under_way: FitUnderWayPart | None = None
    sweep_under_way: SweepUnderWayPart | None = None


def number(value: float) -> Number:
    """Return a number as it stands in the file."""
    if math.isfinite(value):
        return float(value)
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
