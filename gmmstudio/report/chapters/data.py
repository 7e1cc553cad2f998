"""The chapter on the data: what they were, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats, sentences, telling
from gmmstudio.report.blocks import Block, Bullets, Grid, Paragraph, Section
from gmmstudio.report.chapters.matter import MOST_COLUMNS, Matter
from gmmstudio.report.markup import Text, joined, text
from gmmstudio.report.naming import LONGEST_NOTE, shown
from gmmstudio.table.notices import sampled

KINDS = {"number": "numbers", "year": "years", "empty": "no value"}
"""What columns of some kinds hold; the others say it themselves."""

REASONS = {
    "text": "it does not hold numbers",
    "date": "it says when, not how much",
    "year": "it says when, not how much",
    "code": "its numbers may only be names",
    "id": "it names the rows",
    "constant": "it is the same in every row",
    "empty": "there is nothing in it",
}
"""Why a column took no part, unless it was chosen so."""


def data(matter: Matter) -> Section:
    """Write the chapter."""
    return Section("data", "The data", tuple(_blocks(matter)))


def _blocks(matter: Matter) -> Iterator[Block]:
    table, sample, record = matter.table, matter.sample, matter.record
    file = None if table.path is None else shown(table.path.name)
    said = telling.source(table.name, file, table.n_rows, len(table.columns))
    if table.sampled_from is not None:
        said += telling.sampled(table.n_rows, table.sampled_from, table.settings.sample_seed)
    yield Paragraph("data-source", text(said))
    said_above = set(sampled(table.n_rows, table.sampled_from, table.settings.sample_seed))
    notices = [notice for notice in table.notices if notice not in said_above]
    if notices:
        lead = text("This was noticed when it was read:")
        yield Paragraph("data-noticed", lead, leads=True)
        noticed = tuple(text(shown(notice, LONGEST_NOTE)) for notice in notices)
        yield Bullets("data-notices", noticed)
    left_out = sentences.left_out(table, record, matter.assignment)
    if table.blank:
        yield Paragraph("data-rows", left_out)
    else:
        yield from _rows(matter, left_out)
    free = STRUCTURES[matter.fit.structure].scale_free
    scale = text(telling.scaled(record.preparation.scale, free=free))
    weights = sentences.weighted(matter.assignment)
    logs = telling.logged([matter.columns[j] for j in sorted(sample.logged_places)])
    pairs = zip(matter.columns, record.preparation.columns, strict=True)
    dates = telling.dated([name for name, i in pairs if table.columns[i].kind == "date"])
    parts = [part for part in (weights, dates, logs, scale) if part]
    yield Paragraph("data-scale", joined(parts))
    yield from _used(matter)
    yield from _left_out(matter)


def _rows(matter: Matter, left_out: Text) -> Iterator[Block]:
    sample, n = matter.sample, matter.assignment.n_rows
    used = telling.used(n, matter.table.n_rows)
    yield Paragraph("data-rows", joined([part for part in (used, left_out) if part]))
    for key, what, left in (
        ("skipped", "Skipped", sample.skipped),
        ("excluded", "Excluded", sample.excluded),
    ):
        if len(left):
            numbers = telling.row_list(left + 1)
            said = f"{what}: {numbers} of the table, counted from the first below the names."
            yield Paragraph(f"data-{key}", text(said), "small")


def _used(matter: Matter) -> Iterator[Block]:
    sample, table = matter.sample, matter.table
    indices = matter.record.preparation.columns
    described = any(table.columns[index].description for index in indices[:MOST_COLUMNS])
    numbers = []
    for j, index in enumerate(indices[:MOST_COLUMNS]):
        mean, deviation = moments(sample.x[:, j], sample.weights)
        x = sample.x[:, j]
        numbers.append(
            (
                matter.columns[j],
                formats.measure(mean, deviation),
                formats.measure(deviation, deviation),
                formats.measure(float(x.min()), deviation),
                formats.measure(float(x.max()), deviation),
                formats.count(table.columns[index].n_missing),
                *([table.columns[index].description] if described else []),
            )
        )
    what = f"The {telling.n_of(len(indices), 'column')} of the fit, in the rows used"
    if len(indices) == 1:
        what = "The column of the fit, in the rows used"
    if len(indices) > MOST_COLUMNS:
        what += f" (the first {formats.count(MOST_COLUMNS)})"
    what += "; SD is the standard deviation"
    if matter.weighted:
        what += ", weighted as the mean is"
    what += ". Missing cells are those of all rows of the table"
    head: tuple[str, ...] = ("Column", "Mean", "SD", "Smallest", "Largest", "Missing cells")
    words = frozenset({0})
    if described:
        head, words = (*head, "What it is"), words | {len(head)}
    yield Grid("data-columns", text(f"{what}."), head, tuple(numbers), words)


def _left_out(matter: Matter) -> Iterator[Block]:
    table, preparation = matter.table, matter.record.preparation
    left = [i for i in range(len(table.columns)) if i not in set(preparation.columns)]
    if not left:
        yield Paragraph("data-all-columns", text("Every column of the table took part."))
        return
    described = any(table.columns[index].description for index in left[:MOST_COLUMNS])
    rows = []
    for index in left[:MOST_COLUMNS]:
        column = table.columns[index]
        why = REASONS.get(column.kind, "it was not chosen")
        if index == preparation.weights:
            why = "it holds the weights of the rows"
        elif index == matter.record.start_column:
            why = "EM began from its labels"
        holds = KINDS.get(column.kind) or column.why_not or column.kind
        is_what = [column.description] if described else []
        rows.append((column.name, holds.removeprefix("a code: "), why, *is_what))
    what = f"{telling.n_of(len(left), 'column')} took no part"
    if len(left) > MOST_COLUMNS:
        what += f" (the first {formats.count(MOST_COLUMNS)})"
    head: tuple[str, ...] = ("Column", "Holds", "Why it took no part")
    if described:
        head = (*head, "What it is")
    yield Grid("data-left", text(f"{what}."), head, tuple(rows), frozenset(range(len(head))))


def moments(x: NDArray[np.float64], weights: NDArray[np.float64] | None) -> tuple[float, float]:
    """Return mean and standard deviation of values (n,), with Σw − 1 in the denominator.

    Parameters
    ----------
    x
        The values.
    weights
        How often each counts; by default once.
    """
    w = np.ones(len(x)) if weights is None else weights
    total = float(w.sum())
    middle = float(x[0])
    mean = middle + float(w @ (x - middle)) / total
    if total <= 1:
        return mean, float("nan")
    return mean, float(np.sqrt(w @ (x - mean) ** 2 / (total - 1)))
