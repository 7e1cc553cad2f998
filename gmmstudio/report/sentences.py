"""What the model says, in words: the document's numbers put into `phrases`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, n_between, outliers, sizes
from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.document.values import same_value
from gmmstudio.fitting.sweep import Cell, ranked
from gmmstudio.mixture.fit import Attempt, Fit
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.report import formats, phrases
from gmmstudio.report.markup import Text, joined, text
from gmmstudio.report.phrases import Model
from gmmstudio.table.table import Table

Kind = Literal[
    "out-of-date",
    "collapsed",
    "cancelled",
    "not-converged",
    "fell",
    "tries-collapsed",
    "empty-clusters",
    "rows-left-out",
]


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
        return phrases.not_sound(table.name, n, k)
    said = [phrases.clusters_found(table.name, n, k)]
    if k > 1:
        said.append(phrases.clearness(n, n_between(assignment)))
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
        found.append(Advice("out-of-date", phrases.out_of_date()))
    if fit.collapsed is not None:
        found.append(Advice("collapsed", _collapse(document, table, record, assignment)))
    elif fit.ended == "cancelled" and not out_of_date:  # Fit would begin another one
        found.append(Advice("cancelled", phrases.cancelled(fit.n_iterations)))
    elif fit.ended == "max_iter":
        found.append(Advice("not-converged", phrases.not_converged(fit.n_iterations)))
    if not fit.monotone:
        found.append(Advice("fell", phrases.fell()))
    if fit.collapsed is None:
        tries = drawn_tries(fit)
        n_collapsed = sum(attempt.collapsed is not None for attempt in tries)
        words = phrases.some_collapsed(n_collapsed, len(tries))
        found.append(Advice("tries-collapsed", words, serious=False))
    if assignment is not None:
        found.append(Advice("empty-clusters", _empty_clusters(document, record, assignment)))
        found.append(Advice("rows-left-out", left_out(table, record, assignment), serious=False))
    return tuple(entry for entry in found if entry.words)


def left_out(table: Table, record: FitRecord, assignment: Assignment) -> Text:
    """Say which rows took no part; empty if all did."""
    columns = [table.columns[index] for index in record.preparation.columns]
    gaps = [
        column.name
        for column in columns
        if column.values is not None and not np.isfinite(column.values[assignment.skipped]).all()
    ]
    return phrases.left_out(len(assignment.skipped), len(assignment.excluded), gaps)


def agreement(fit: Fit) -> Text:
    """Say how many tries came to the fit's result; empty for a single one."""
    return phrases.agreement(*agreeing(fit))


def agreeing(fit: Fit) -> tuple[int, int]:
    """Return how many tries came to the best one's log-likelihood, and how many there were."""
    tries = drawn_tries(fit)
    sound = [t.log_likelihood for t in tries if t.collapsed is None]
    if not sound:
        return 0, len(tries)
    highest = max(sound)
    # Tries stop within tol of their optimum; beyond ten times that they are elsewhere.
    near = 0.01 + 10 * fit.spec.tol * max(1.0, abs(highest))
    return sum(value >= highest - near for value in sound), len(tries)


def drawn_tries(fit: Fit) -> tuple[Attempt, ...]:
    """Return the tries without the one that continued the best of them on all rows."""
    return tuple(attempt for attempt in fit.attempts if attempt.start != "best of the sample")


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
                phrases.only_one_cluster(best),
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
    """
    if cell.fit is not None:
        return ""
    why = cell.reason
    if cell.collapsed is not None:
        why = cell.collapsed.reason_with(column_names, row_numbers)
        if cell.n_collapsed > 1:
            why = f"All {cell.n_collapsed} tries collapsed. {why}"
    words = phrases.model_words(Model(cell.structure, cell.n_components))
    return f"{words} could not be fitted. {why}"


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
        table.name,
        fit.n_rows,
        Model(fit.structure, fit.n_components),
        fit.log_likelihood,
        fit.bic,
        outliers(assignment, rule).n,
        [str(file) for file in files],
    )
    if fit.ended == "max_iter":
        sentence = f"{sentence[:-1]}; not converged within {fit.n_iterations} iterations."
    return formats.plain_ascii(sentence)


def model_of(which: Cell | Fit) -> Model:
    """Return the model by name. One cluster has nothing to share, so tied is full there."""
    one = {"EEE": "VVV", "E": "V"} if which.n_components == 1 else {}
    return Model(one.get(which.structure, which.structure), which.n_components)


def column_names(table: Table, record: FitRecord) -> tuple[str, ...]:
    """Return the names of the columns of a fit."""
    return tuple(table.columns[index].name for index in record.preparation.columns)


def _preference(document: Document, record: FitRecord) -> Text:
    """Say what the sweep thinks of the fit; nothing where it answers another question."""
    sweep = document.sweep
    if sweep is None or document.is_out_of_date(sweep) or not _compare(sweep, record):
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
    alone = phrases.only_one_cluster(best)
    return joined([words, alone]) if alone else words


def _compare(sweep: SweepRecord, record: FitRecord) -> bool:
    """Whether both were fitted to the same numbers: the scale alone changes none of them."""
    a, b = sweep.preparation, record.preparation
    return a.columns == b.columns and same_value(a.excluded, b.excluded)


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
    return phrases.collapse(collapsed, name, column_names(table, record), row_numbers)


def _empty_clusters(document: Document, record: FitRecord, assignment: Assignment) -> Text:
    counts = sizes(assignment, record.fit.n_components)
    names = document.component_names(record)
    empty = [name for name, n in zip(names, counts, strict=True) if n == 0]
    return phrases.empty_clusters(empty)
