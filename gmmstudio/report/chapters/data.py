"""The chapter on the data: what they were, what was left out, and why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats, sentences, telling
from gmmstudio.report.blocks import Block, Bullets, Grid, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.markup import joined, text
from gmmstudio.report.naming import LONGEST_NOTE, shown

MOST_COLUMNS = 40
"""Columns listed one by one, of those used and of those left out."""

KINDS = {
    "number": "numbers",
    "text": "text",
    "code": "codes",
    "year": "years",
    "date": "dates",
    "id": "row numbers",
    "constant": "one value",
    "empty": "nothing",
}


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
    if table.notices:
        yield Paragraph("data-noticed", text("This was noticed when it was read:"))
        notices = tuple(text(shown(notice, LONGEST_NOTE)) for notice in table.notices)
        yield Bullets("data-notices", notices)
    rows = [telling.used(matter.assignment.n_rows, table.n_rows)]
    rows.append(sentences.left_out(table, record, matter.assignment))
    rows.append(sentences.filled(matter.assignment))
    yield Paragraph("data-rows", joined([sentence for sentence in rows if sentence]))
    for key, what, left in (
        ("skipped", "Skipped", sample.skipped),
        ("excluded", "Excluded", sample.excluded),
    ):
        if len(left):
            numbers = telling.row_list((left[:20] + 1).tolist() + [0] * max(len(left) - 20, 0))
            yield Paragraph(f"data-{key}", text(f"{what}: {numbers} of the table."), "small")
    free = STRUCTURES[matter.fit.structure].scale_free
    scale = text(telling.scaled(record.preparation.scale, free=free))
    weights = sentences.weighted(matter.assignment)
    logs = telling.logged([matter.columns[j] for j in sorted(sample.logged_places)])
    yield Paragraph("data-scale", joined([part for part in (weights, logs, scale) if part]))
    yield from _used(matter)
    yield from _left_out(matter)


def _used(matter: Matter) -> Iterator[Block]:
    sample, table = matter.sample, matter.table
    indices = matter.record.preparation.columns
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
            )
        )
    what = f"The {telling.n_of(len(indices), 'column')} of the fit, in the rows used"
    if len(indices) > MOST_COLUMNS:
        what += f" (the first {formats.count(MOST_COLUMNS)})"
    if matter.weighted:
        what += "; mean and s.d. are weighted"
    head = ("Column", "Mean", "S.d.", "Smallest", "Largest", "Missing cells")
    yield Grid("data-columns", text(f"{what}."), head, tuple(numbers))


def _left_out(matter: Matter) -> Iterator[Block]:
    table, preparation = matter.table, matter.record.preparation
    left = [i for i in range(len(table.columns)) if i not in set(preparation.columns)]
    if not left:
        yield Paragraph("data-all-columns", text("Every column of the table took part."))
        return
    rows = []
    for index in left[:MOST_COLUMNS]:
        column = table.columns[index]
        why = column.why_not or "it was not ticked"
        if index == preparation.weights:
            why = "it holds the weights of the rows"
        rows.append((column.name, KINDS.get(column.kind, column.kind), why))
    what = f"{telling.n_of(len(left), 'column')} took no part"
    if len(left) > MOST_COLUMNS:
        what += f" (the first {formats.count(MOST_COLUMNS)})"
    words = frozenset({0, 1, 2})
    yield Grid("data-left", text(f"{what}."), ("Column", "Holds", "Why"), tuple(rows), words)


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
