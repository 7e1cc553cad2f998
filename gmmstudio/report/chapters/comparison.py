"""The chapter on the clusters against a column that took no part in the fit."""

from __future__ import annotations

from collections.abc import Iterator

from gmmstudio.report import formats
from gmmstudio.report.blocks import Block, Grid, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.crosstab import CrossTable, MeansTable, compare
from gmmstudio.report.markup import text
from gmmstudio.report.naming import shown

_ACROSS = 6  # values in one table


def comparison(matter: Matter, column: int) -> Section:
    """Write the chapter."""
    names = matter.document.component_names(matter.record)
    made = compare(matter.table, column, matter.record, matter.assignment, names)
    blocks = _counts(made, matter) if isinstance(made, CrossTable) else _means(made, matter)
    return Section("comparison", f"Compared with {made.column}", tuple(blocks))


def _counts(made: CrossTable, matter: Matter) -> Iterator[Block]:
    index = formats.fixed(made.adjusted_rand, 3)
    said = (
        f"The column {made.column} took no part in the fit. Adjusted Rand index of clusters and "
        f"values: {index} (1 is the same groups, about 0 no more than by chance)."
    )
    yield Paragraph("comparison-words", text(said + _more(made)))
    for first in range(0, len(made.values), _ACROSS):
        some = range(first, min(first + _ACROSS, len(made.values)))
        rows = tuple(
            (
                name,
                *(
                    f"{formats.quantity(float(made.counts[k, v]))} · "
                    f"{formats.percent(float(made.row_shares[k, v]))}"
                    for v in some
                ),
            )
            for k, name in enumerate(made.clusters)
        )
        head = ("Cluster", *(shown(made.values[v], 40) for v in some))
        more = "" if first == 0 else ", continued"
        what = matter.things.capitalize()
        caption = text(f"{what} of each cluster by {made.column}, and their share of it{more}.")
        key = f"comparison-table-{first // _ACROSS + 1}"
        yield Grid(key, caption, head, rows, looks=matter.looks)


def _means(made: MeansTable, matter: Matter) -> Iterator[Block]:
    said = f"The column {made.column} took no part in the fit."
    yield Paragraph("comparison-words", text(said + _more(made)))
    rows = tuple(
        (
            name,
            formats.quantity(float(made.n[k])),
            formats.measure(float(made.means[k]), float(made.deviations[k])),
            formats.measure(float(made.deviations[k]), float(made.deviations[k])),
        )
        for k, name in enumerate(made.clusters)
    )
    caption = text(f"Mean and standard deviation (SD) of {made.column} in each cluster's rows.")
    head = ("Cluster", matter.things.capitalize(), "Mean", "SD")
    yield Grid("comparison-table-1", caption, head, rows, looks=matter.looks)


def _more(made: CrossTable | MeansTable) -> str:
    said = f" {made.counted}" if made.counted else ""
    if made.n_missing:
        has = "has" if made.n_missing == 1 else "have"
        said += f" {formats.rows(made.n_missing)} {has} no value in it and are not counted."
    return said
