"""The chapters on the rows: how certain their labels are, and which are outliers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmstudio.document.assignment import CLEAR, mean_certainty, share_clear
from gmmstudio.report import figures, formats, sentences, telling
from gmmstudio.report.blocks import Block, Figure, Grid, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.markup import bold, joined, text
from gmmstudio.report.outlier_figures import make_bars

MOST_LISTED = 10
"""Outliers listed one by one."""

BLENDED = 0.8
"""Where a smaller share of the rows belongs clearly to a cluster, that is said."""

_BARS = 20


def certainty(matter: Matter) -> Section:
    """Write how certain the labels are."""
    return Section("certainty", "How certain the labels are", tuple(_certainty(matter)))


def outlying(matter: Matter) -> Section:
    """Write which rows are outliers."""
    return Section("outliers", "Outliers", tuple(_outliers(matter)))


def _certainty(matter: Matter) -> Iterator[Block]:
    if matter.k == 1:
        yield Paragraph("certainty-one", text("With one cluster every row belongs to it."))
        return
    clear = formats.percent(CLEAR)
    mean = formats.probability(mean_certainty(matter.assignment), CLEAR)
    said = [
        sentences.clearness(matter.assignment),
        text(
            f"A row belongs clearly to a cluster if the probability of that cluster is at least "
            f"{clear}; the mean certainty, the average of the largest probability of each row, is "
            f"{mean}."
        ),
    ]
    if share_clear(matter.assignment) < BLENDED:
        said.append(text(bold("The clusters blend into one another"), telling.BLENDED))
    yield Paragraph("certainty-words", joined(said))
    edges = np.linspace(0.0, 1.0, _BARS + 1)
    p = matter.assignment.max_probability
    counts, _ = np.histogram(np.clip(p, 0.0, 1.0), edges)
    first = min(int(np.flatnonzero(counts)[0]), _BARS // 2)
    drawn = figures.histogram(
        100 * edges[first:],
        counts[first:],
        "Probability of the row's own cluster (%)",
        figures.Limit(100 * CLEAR, "between clusters", "clear"),
        counted=True,
    )
    caption = text(
        "Rows by the probability of the cluster they belong to; those left of the line sit between "
        "clusters."
    )
    alt = "Histogram of the probability of each row's own cluster."
    yield Figure("figure-certainty", drawn, caption, alt)
    rows = []
    for cluster, name in enumerate(matter.names):
        mine = matter.clusters == cluster
        n_clear = int(np.count_nonzero(mine & matter.clear))
        n = int(matter.sizes[cluster])
        share = matter.certainty_words(mine)
        counted = (formats.count(n), formats.count(n_clear), formats.count(n - n_clear))
        rows.append((name, *counted, share))
    head = ("Cluster", "Rows", "Clearly in it", "Between clusters", "Mean certainty")
    caption = text("How certain the rows of each cluster are.")
    yield Grid("certainty-clusters", caption, head, tuple(rows), looks=matter.looks)


def _outliers(matter: Matter) -> Iterator[Block]:
    rule, found, assignment = matter.document.outlier_rule, matter.outliers, matter.assignment
    by_distance = rule.kind == "chi2"
    of = "" if matter.counted == "rows" else f" of the {matter.counted}"
    share = f"{formats.percent(found.share)}{of}"
    said = [
        text(telling.rule(rule, formats.measure(found.threshold))),
        telling.marked(found.n, assignment.n_rows, share),
    ]
    yield Paragraph("outliers-words", joined(said))
    values = assignment.squared_mahalanobis if by_distance else assignment.log_density
    bars = make_bars(np.sort(values), right=by_distance)
    name = "Squared distance to the own cluster" if by_distance else "Log-density"
    sides = ("not marked", "marked") if by_distance else ("marked", "not marked")
    limit = figures.Limit(found.threshold, *sides, by_distance)
    caption = f"Rows by {name.lower()}; those beyond the line are marked."
    if bars.beyond:
        lie = "lies" if bars.beyond == 1 else "lie"
        caption += f" {formats.rows(bars.beyond)} {lie} further out than is shown."
    drawn = figures.histogram(bars.edges, bars.counts, name, limit)
    yield Figure("figure-outliers", drawn, text(caption), f"Histogram of rows by {name.lower()}.")
    if found.n:
        yield _listed(matter, by_distance)


def _listed(matter: Matter, by_distance: bool) -> Grid:
    assignment, found = matter.assignment, matter.outliers
    places = np.flatnonzero(found.mask)
    keys = assignment.log_density[places]
    if by_distance:
        keys = -assignment.squared_mahalanobis[places]
    places = places[np.argsort(keys, kind="stable")][:MOST_LISTED]
    what = "The outliers" if found.n <= MOST_LISTED else f"The {MOST_LISTED} farthest outliers"
    caption = text(f"{what}, the least expected first. {telling.ABOUT_OUTLIERS}")
    rows = tuple(
        (
            formats.count(int(assignment.rows[i]) + 1),
            *_belonging(matter, i),
            formats.fixed(float(assignment.log_density[i]), 3),
            formats.fixed(float(assignment.squared_mahalanobis[i]), 2),
        )
        for i in places.tolist()
    )
    numbers = ("Log-density", "Squared distance")
    if matter.k == 1:
        return Grid("outliers-listed", caption, ("Row of the table", *numbers), rows)
    head = ("Row of the table", "Cluster", "Probability", *numbers)
    looks = tuple(matter.looks[matter.clusters[i]] for i in places.tolist())
    return Grid("outliers-listed", caption, head, rows, frozenset({0, 1}), looks=looks, sign_in=1)


def _belonging(matter: Matter, row: int) -> tuple[str, ...]:
    """Write the cluster of a row and how probable it is; nothing where there is one cluster."""
    if matter.k == 1:
        return ()
    probability = float(matter.assignment.max_probability[row])
    return matter.names[matter.clusters[row]], formats.probability(probability, CLEAR)
