"""What can be done about a warning, as commands: pure, without Qt."""

from __future__ import annotations

from dataclasses import dataclass

from gmmstudio.document.command import Command
from gmmstudio.document.commands import (
    SetComponents,
    SetPrior,
    SetSeed,
    SetStopping,
    SetStructure,
    TickColumns,
)
from gmmstudio.document.document import Document
from gmmstudio.document.rereading import Rereading
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.structures import STRUCTURES, resolve
from gmmstudio.report import formats
from gmmstudio.report.sentences import Advice

# From each shape to the next that asks less of every single cluster: first what a cluster has of
# its own is shared, then tilts are given up, then proportions.
SIMPLER = {
    "VVV": "EEE",
    "EVV": "EEE",
    "VEV": "EEE",
    "EEV": "EEE",
    "VVE": "EEE",
    "EVE": "EEE",
    "VEE": "EEE",
    "EEE": "EEI",
    "VVI": "EEI",
    "EVI": "EEI",
    "VEI": "EEI",
    "EEI": "EII",
    "VII": "EII",
    "V": "E",
}


@dataclass(frozen=True)
class Remedy:
    """A button under a warning: its words and, before the fit it starts, the change it makes.

    A change that takes a while to work out is made by a ``rereading``, beside the window.
    """

    words: str
    tooltip: str
    command: Command | None = None
    rereading: Rereading | None = None


def remedies(document: Document, advice: Advice) -> tuple[Remedy, ...]:
    """Return what can be done about a warning now."""
    record = document.record
    if record is None:
        return ()
    if advice.kind == "out-of-date":
        return (Remedy("Fit", "Fit the data and the model as they are set now"),)
    if advice.kind == "cancelled" and not document.is_out_of_date(record):
        return (Remedy("Fit again", "Run the fit to its end"),)
    if advice.kind == "near" and not document.is_out_of_date(record):
        return (Remedy("Fit", "Search for this model with all tries, up to the maximum"),)
    if advice.kind == "not-converged":
        most = next_limit(document.spec.max_iter)
        return (
            Remedy(
                f"Allow {formats.count(most)} iterations and fit",
                "Raise “Most iterations” and fit again",
                SetStopping(document.spec.tol, most),
            ),
        )
    if advice.kind == "fell":
        return (_other_seed(document), *_simpler_shape(document))
    if advice.kind == "empty-clusters":
        return _fewer(document)
    if advice.kind == "collapsed" and record.fit.collapsed is not None:
        return _against_collapse(document, record.fit.collapsed)
    return ()


def next_limit(now: int) -> int:
    """Return a larger number of iterations to allow: 100, 1000, 10 000."""
    return int(min(max(now * 10, 100), 1_000_000))


def _against_collapse(document: Document, collapse: Collapse) -> tuple[Remedy, ...]:
    """In the order in which they are likely to help with this cause."""
    without, prior = _without_column(document, collapse), with_prior(document)
    shape = () if collapse.everywhere else _simpler_shape(document)
    match collapse.cause:
        case "constant":
            return without
        case "duplicate" | "collinear":
            return without + _upright(document)
        case "ties":
            fewer = as_many_as_hold_rows(document)
            if len(collapse.columns) == collapse.n_columns:
                # Rows that are equal in every column stay so with fewer clusters or columns.
                return shape + prior + fewer
            return fewer + shape + prior + without
        case "few-rows":
            fit = document.record.fit if document.record is not None else None
            if fit is not None and fit.n_rows <= fit.n_columns:
                # No smaller K and no shared tilt helps: there are too few rows for any tilt.
                return _upright(document) or _fewer(document)
            return as_many_as_hold_rows(document) + shape + prior
    return (*as_many_as_hold_rows(document), _other_seed(document))


def _simpler_shape(document: Document) -> tuple[Remedy, ...]:
    """Offer the next shape that asks less of every cluster, if there is one."""
    n_columns = len(document.preparation.columns)
    if n_columns == 0:
        return ()
    simpler = SIMPLER.get(resolve(document.spec.structure, n_columns).name)
    if simpler is None:
        return ()
    if simpler == "E":
        words = "Fit with the same spread"
        return (Remedy(words, "Give every cluster the same spread, and fit", SetStructure("EEE")),)
    return _choose_shape(simpler)


def _upright(document: Document) -> tuple[Remedy, ...]:
    """Offer a shape without tilts, where the shape has some."""
    n_columns = len(document.preparation.columns)
    tilted = n_columns > 1 and resolve(document.spec.structure, n_columns).dense
    return _choose_shape("VVI") if tilted else ()


def _choose_shape(key: str) -> tuple[Remedy, ...]:
    words = STRUCTURES[key].words
    tooltip = f"Choose the {words} shape ({key}: {STRUCTURES[key].sentence}) and fit"
    return (Remedy(f"Fit with {words} shape", tooltip, SetStructure(key)),)


def with_prior(document: Document) -> tuple[Remedy, ...]:
    """Offer the prior where the shape has one and it is not in use."""
    n_columns = len(document.preparation.columns)
    if n_columns == 0 or document.spec.prior:
        return ()
    if not resolve(document.spec.structure, n_columns).has_prior:
        return ()
    tooltip = (
        "A weak guess of how far a cluster spreads keeps it from collapsing (step 2, Advanced)"
    )
    return (Remedy("Fit with the prior", tooltip, SetPrior(True)),)


def _fewer(document: Document) -> tuple[Remedy, ...]:
    k = document.spec.n_components - 1
    if k < 1:
        return ()
    return (Remedy(f"Fit with K = {k}", "Look for one cluster fewer", SetComponents(k)),)


def as_many_as_hold_rows(document: Document) -> tuple[Remedy, ...]:
    """Keep as many clusters as were large enough for a shape of their own, fewer than now."""
    record, now = document.record, document.spec.n_components
    if record is None or now < 2:
        return ()
    fit = record.fit
    sizes = fit.parameters.weights * fit.n_rows
    k = min(max(int((sizes >= fit.n_columns + 1).sum()), 1), now - 1)
    if k == now - 1:
        return _fewer(document)
    tooltip = "Look for as many clusters as were large enough for a shape of their own"
    return (Remedy(f"Fit with K = {k}", tooltip, SetComponents(k)),)


def _without_column(document: Document, collapse: Collapse) -> tuple[Remedy, ...]:
    """Untick the column at fault: the last named, which the others say already."""
    record, table = document.record, document.table
    if record is None or table is None or not collapse.columns:
        return ()
    column = record.preparation.columns[collapse.columns[-1]]
    left = tuple(c for c in document.preparation.columns if c != column)
    if not left or len(left) == len(document.preparation.columns):
        return ()
    name = table.columns[column].name
    return (Remedy(f"Fit without {name}", f"Untick {name} and fit", TickColumns(left)),)


def _other_seed(document: Document) -> Remedy:
    seed = document.spec.seed + 1
    return Remedy("Try another seed", f"Set the seed to {seed} and fit", SetSeed(seed))
