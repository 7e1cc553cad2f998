"""What the model says, in words: the document's numbers put into `phrases`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import (
    Assignment,
    n_between,
    outliers,
    share_clear,
    shares,
    sizes,
)
from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.fitting.sweep import Cell, ranked
from gmmstudio.mixture.fit import FINISH, REOPENED, Attempt, Fit, Optimum
from gmmstudio.mixture.matching import match
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import cautions, formats, phrases
from gmmstudio.report.apart import is_tiny
from gmmstudio.report.markup import Text, joined, text
from gmmstudio.report.phrases import Model
from gmmstudio.table import fitted
from gmmstudio.table.table import Table

Kind = Literal[
    "out-of-date",
    "collapsed",
    "cancelled",
    "not-converged",
    "fell",
    "tries-collapsed",
    "empty-clusters",
    "tiny-clusters",
    "rows-left-out",
    "near",
]


#: What a structure is for one cluster, where it is not the full shape.
_ALONE = {"EII": "VII", "VII": "VII", "EEI": "VVI", "VEI": "VVI", "EVI": "VVI", "VVI": "VVI"}


@dataclass(frozen=True)
class Advice:
    """Something to know about a fit, and what to do about it.

    Attributes
    ----------
    kind
        Which one it is.
    words
        The sentences.
    serious
        Whether the result should not be used as it is; otherwise it is only to be known.
    """

    kind: Kind
    words: Text
    serious: bool = True


def paragraph(document: Document, assignment: Assignment) -> Text:
    """Return the paragraph on the active fit; empty without one.

    Parameters
    ----------
    document
        With an active fit.
    assignment
        Of that fit.
    """
    record, table = document.record, document.table
    if record is None or table is None:
        return ()
    n, k = assignment.n_rows, record.fit.n_components
    if record.fit.collapsed is not None:
        return phrases.not_sound(named(table), n, k)
    said = [phrases.clusters_found(named(table), n, k), weighted(assignment)]
    if record.fit.spec.prior:
        said.append(phrases.held_by_prior(k))
    if k > 1:
        said.append(clearness(assignment))
    said.append(_preference(document, record))
    return joined([sentence for sentence in said if sentence])


def advice(document: Document, assignment: Assignment | None = None) -> tuple[Advice, ...]:
    """Return what must be known about the active fit, the gravest first.

    Without the assignment, which may take a while, what depends on it is not there yet.
    """
    record, table = document.record, document.table
    if record is None or table is None:
        return ()
    fit = record.fit
    found: list[Advice] = []
    out_of_date = document.is_out_of_date(record)
    if out_of_date:
        found.append(Advice("out-of-date", cautions.out_of_date()))
    if fit.collapsed is not None:
        found.append(Advice("collapsed", _collapse(document, table, record, assignment)))
    elif fit.ended == "cancelled" and not out_of_date:  # Fit would begin another one
        found.append(Advice("cancelled", cautions.cancelled(fit.n_iterations)))
    elif fit.ended == "near" and not out_of_date:
        found.append(Advice("near", cautions.near(), serious=False))
    elif fit.ended == "max_iter":
        found.append(Advice("not-converged", cautions.not_converged(fit.n_iterations)))
    if not fit.monotone:
        found.append(Advice("fell", cautions.fell(prior=fit.spec.prior)))
    if fit.collapsed is None:
        tries = drawn_tries(fit)
        n_collapsed = sum(attempt.collapsed is not None for attempt in tries)
        helps = STRUCTURES[fit.structure].has_prior and not fit.spec.prior
        words = cautions.some_collapsed(n_collapsed, len(tries), prior_helps=helps)
        found.append(Advice("tries-collapsed", words, serious=False))
    if assignment is not None:
        found.append(Advice("empty-clusters", _empty_clusters(document, record, assignment)))
        if fit.collapsed is None:
            tiny = _tiny_clusters(document, record, assignment)
            found.append(Advice("tiny-clusters", tiny, serious=False))
        words = left_out(table, record, assignment)
        found.append(Advice("rows-left-out", words, serious=table.blank))
    return tuple(entry for entry in found if entry.words)


def left_out(table: Table, record: FitRecord, assignment: Assignment) -> Text:
    """Say which rows took no part; empty if all did."""
    if table.blank:
        return cautions.not_at_hand(len(assignment.skipped), assignment.n_rows)
    columns = [table.columns[index] for index in record.preparation.required]
    gaps = [
        column.name
        for column in columns
        if column.values is not None and not np.isfinite(column.values[assignment.skipped]).all()
    ]
    said = [cautions.left_out(len(assignment.skipped), len(assignment.excluded), gaps)]
    said.append(filled(assignment))
    if assignment.sample.row_weights is not None:
        said.append(cautions.without_weight(assignment.sample.row_weights.n_without))
    return joined([sentence for sentence in said if sentence])


def filled(assignment: Assignment) -> Text:
    """Say what was filled in; empty where nothing was."""
    found = assignment.sample.filled
    if found is None:
        return ()
    names = [assignment.sample.column_names[j] for j in sorted(set(found.columns.tolist()))]
    return cautions.filled(found.n_cells, found.n_rows, found.how, names)


def weighted(assignment: Assignment) -> Text:
    """Say by which column the rows are weighted, and how; empty where each counts once."""
    weights = assignment.sample.row_weights
    if weights is None:
        return ()
    n_counted = assignment.n_rows - weights.n_without
    return phrases.weighted(weights.column, weights.are, weights.total, n_counted)


def agreement(fit: Fit) -> Text:
    """Say how many tries came to the fit's result; empty for a single one."""
    n_agree, n_tries = agreeing(fit)
    if shown_optimum(fit) not in (None, *fit.optima[:1]):
        return phrases.not_the_best(n_agree, n_tries, fit.optima[0].n_starts)
    return phrases.agreement(n_agree, n_tries)


def agreeing(fit: Fit) -> tuple[int, int]:
    """Return how many tries came to the optimum that the fit is, and how many there were."""
    optimum = shown_optimum(fit)
    return (0 if optimum is None else optimum.n_starts), len(drawn_tries(fit))


def shown_optimum(fit: Fit) -> Optimum | None:
    """Return the optimum that the fit is: the best, unless another was opened again."""
    if not fit.optima:
        return None
    last = next((a for a in fit.attempts if a.number == fit.attempt), None)
    if last is None or last.start != REOPENED:
        return fit.optima[0]
    # It went on from where another start had ended, perhaps on more rows: the nearest is it.
    ends = {attempt.number: attempt for attempt in fit.attempts}
    return min(fit.optima, key=lambda optimum: _far(ends[optimum.attempt], fit))


def drawn_tries(fit: Fit) -> tuple[Attempt, ...]:
    """Return the tries without those that went on from where another one had ended."""
    return tuple(attempt for attempt in fit.attempts if attempt.start not in (FINISH, REOPENED))


def margin(cells: Iterable[Cell]) -> Text:
    """Say which model of a sweep BIC prefers and how clearly, and what ICL thinks of it."""
    everything = tuple(cells)
    order = ranked(everything)
    if not order:
        return text("No model could be fitted.") if everything else ()
    best, second, lead = _lead(order)
    by_icl = min(order, key=lambda cell: cell.fit.icl if cell.fit else np.inf)
    return joined(
        [
            sentence
            for sentence in (
                phrases.margin(best, second, lead),
                _alone(best, everything),
                phrases.disagreement(best, model_of(by_icl)),
                phrases.gaps(len(everything) - len(order), len(everything)),
            )
            if sentence
        ]
    )


def gap(
    cell: Cell,
    column_names: Sequence[str],
    row_numbers: Sequence[int] | NDArray[np.int64] | None = None,
    *,
    remedies: bool = True,
) -> str:
    """Say why a cell of a sweep has no fit; empty if it has one.

    Parameters
    ----------
    cell
        The cell.
    column_names, row_numbers
        What the user calls the columns and the rows of the sample (n,): the number of the table
        row, from 1. By default the position in the sample, which is another where rows are left
        out.
    remedies
        Whether to say what helps, too.
    """
    if cell.fit is not None:
        return ""
    why, words = cell.reason, phrases.model_words(Model(cell.structure, cell.n_components))
    if cell.collapsed is not None and not remedies:
        what = cell.collapsed.happened(column_names, row_numbers)
        tries = "" if cell.n_collapsed < 2 else f" in each of {cell.n_collapsed} tries, the last"
        return f"{words}: a cluster collapsed{tries} because {what}."
    if cell.collapsed is not None:
        why = cell.collapsed.reason_with(column_names, row_numbers)
        if cell.n_collapsed > 1:
            why = f"All {cell.n_collapsed} tries collapsed. {why}"
    return f"{words} could not be fitted. {why}"


def named(table: Table) -> str:
    """Return what a table is called, and that it is a sample where it is one."""
    if table.sampled_from is None:
        return table.name
    return f"{table.name} (a sample of its {formats.rows(table.sampled_from)})"


def summary(
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    *files: str | Path,
) -> str:
    """Return the sentence of the command line, in signs every terminal knows."""
    fit = record.fit
    sentence = phrases.written(
        named(table),
        assignment.n_rows,
        Model(fit.structure, fit.n_components),
        fit.log_likelihood,
        fit.bic,
        outliers(assignment, rule).n,
        [str(file) for file in files],
        counted=_weighting(assignment),
        prior=fit.spec.prior,
    )
    if fit.ended == "max_iter":
        sentence = f"{sentence[:-1]}; not converged within {fit.n_iterations} iterations."
    if not fit.monotone:
        sentence = f"{sentence[:-1]}; the log-likelihood fell on the way: do not rely on this fit."
    return formats.plain_ascii(sentence)


def model_of(which: Cell | Fit) -> Model:
    """Return the model by name. One cluster has nothing to share, so tied is full there."""
    structure, k = which.structure, which.n_components
    if k == 1:
        structure = _ALONE.get(structure, "V" if len(structure) == 1 else "VVV")
    return Model(structure, k)


def column_names(table: Table, record: FitRecord) -> tuple[str, ...]:
    """Return the names of the columns of a fit."""
    return fitted.column_names(table, record.preparation)


def clearness(assignment: Assignment) -> Text:
    """Say how many rows belong clearly to one cluster."""
    weights, n = assignment.sample.row_weights, assignment.n_rows
    if weights is None:
        return phrases.clearness(n, n_between(assignment))
    of = "observations" if weights.are == "counts" else "weight"
    return phrases.clearness(n, n_between(assignment), share_clear(assignment), of)


def sweep_about(document: Document, record: FitRecord) -> SweepRecord | None:
    """Return the sweep if it speaks of a fit; None where it answers another question."""
    sweep = document.sweep
    if sweep is None or document.is_out_of_date(sweep) or not _compare(sweep, record):
        return None
    return sweep


def _preference(document: Document, record: FitRecord) -> Text:
    """Say what the sweep thinks of the fit; nothing where it answers another question."""
    sweep = sweep_about(document, record)
    if sweep is None:
        return ()
    order = ranked(sweep.cells)
    if not order:
        return ()
    best, second, lead = _lead(order)
    lowest = order[0].fit
    # A fit cancelled early may rest on a sample of the rows: its BIC is of another size.
    comparable = lowest is not None and lowest.n_rows == record.fit.n_rows
    over_shown = record.fit.bic - lowest.bic if lowest is not None and comparable else None
    shown = model_of(record.fit)
    words = phrases.preference(shown, best, second, lead, over_shown)
    alone = _alone(best, sweep.cells)
    return joined([words, alone]) if alone else words


def _alone(best: Model, cells: Iterable[Cell]) -> Text:
    """Say what it means that one cluster is best: of more, if any were tried and fitted."""
    more = [cell for cell in cells if cell.n_components > 1]
    if any(cell.fit is not None for cell in more):
        return phrases.only_one_cluster(best)
    return phrases.nothing_else(best) if more else ()


def _compare(sweep: SweepRecord, record: FitRecord) -> bool:
    """Whether both were fitted alike to the same numbers: the scale alone changes none of them."""
    a, b = sweep.preparation, record.preparation
    alike = replace(a, scale=b.scale) == b
    return alike and sweep.spec.prior == record.spec.prior


def _lead(order: Sequence[Cell]) -> tuple[Model, Model | None, float]:
    best = model_of(order[0])
    second = next((cell for cell in order if model_of(cell) != best), None)
    if second is None or second.fit is None or order[0].fit is None:
        return best, None, 0.0
    return best, model_of(second), second.fit.bic - order[0].fit.bic


def _collapse(
    document: Document, table: Table, record: FitRecord, assignment: Assignment | None
) -> Text:
    collapsed = record.fit.collapsed
    if collapsed is None:
        return ()
    name = document.component_names(record)[collapsed.component]
    row_numbers = None if assignment is None else assignment.rows + 1
    return cautions.collapse(collapsed, name, column_names(table, record), row_numbers)


def _empty_clusters(document: Document, record: FitRecord, assignment: Assignment) -> Text:
    parts = shares(assignment, record.fit.n_components)
    names = document.component_names(record)
    empty = [name for name, share in zip(names, parts, strict=True) if share == 0]
    return cautions.empty_clusters(empty)


def _tiny_clusters(document: Document, record: FitRecord, assignment: Assignment) -> Text:
    names, n = document.component_names(record), assignment.n_rows
    counts = sizes(assignment, record.fit.n_components).tolist()
    pairs = zip(names, counts, strict=True)
    return cautions.tiny_clusters([(name, count) for name, count in pairs if is_tiny(count, n)])


def _weighting(assignment: Assignment) -> str:
    weights = assignment.sample.row_weights
    return "" if weights is None else phrases.weighting(weights.column, weights.are, weights.total)


def _far(attempt: Attempt, fit: Fit) -> float:
    """Return how far the clusters of an attempt lie from those of the fit, in their spreads."""
    there, here = attempt.parameters, fit.parameters
    order = list(match(there, here))
    spread = np.sqrt(np.einsum("kaa->ka", here.covariances))
    means = np.abs(there.means[order] - here.means) / spread
    weights = np.abs(there.weights[order] - here.weights)
    return float(means.sum() + weights.sum())
