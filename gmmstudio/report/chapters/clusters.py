"""The chapters on the clusters: all at a glance, and each by itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmstudio.document.between import between
from gmmstudio.mixture.projection import columns_plane, project
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import apart, figures, figures_rows, formats, phrases, sentences, telling
from gmmstudio.report.blocks import Block, Figure, Grid, Heading, Paragraph, Section
from gmmstudio.report.chapters.matter import Floats, Ints, Matter
from gmmstudio.report.markup import Text, joined, text

MOST_STRIPS = 12
"""Columns in the profile of a cluster."""

_ACROSS = 4  # clusters in one table of means
_RISING = 0.5  # correlations from here on are told
_LISTED = 200_000  # rows between clusters of which the next cluster is asked for


def summary(matter: Matter) -> Section:
    """Write what was found, in short."""
    return Section("summary", "In short", tuple(_summary(matter)))


def clusters(matter: Matter) -> Section:
    """Write the chapter on every cluster by itself."""
    return Section("clusters", "The clusters", tuple(_clusters(matter)))


def _summary(matter: Matter) -> Iterator[Block]:
    yield Paragraph("summary-found", sentences.paragraph(matter.document, matter.assignment))
    for entry in sentences.advice(matter.document, matter.assignment):
        if entry.kind != "rows-left-out":  # the chapter on the data says that
            role = "warning" if entry.serious else "note"
            yield Paragraph(f"summary-{entry.kind}", entry.words, role)  # type: ignore[arg-type]
    yield _picture(matter)
    rows = []
    for cluster, look in enumerate(matter.looks):
        differences = matter.apart.differences[cluster]
        found = apart.strongest(differences, 2) if matter.k > 1 else ()
        said = [telling.trait_in_short(matter.columns[j], float(differences[j])) for j in found]
        share = phrases.share_words(float(matter.shares[cluster]), weighted=matter.weighted)
        traits = ", ".join(said) or "–"
        rows.append((look.name, formats.count(int(matter.sizes[cluster])), share, traits))
    head = ("Cluster", "Rows", "Share", "Against the others")
    caption = text("The clusters at a glance.")
    words = frozenset({0, 3})
    yield Grid("summary-clusters", caption, head, tuple(rows), words, looks=matter.looks)


def _picture(matter: Matter) -> Figure:
    x, p = matter.sample.x, matter.parameters
    marked = matter.outliers.mask
    if x.shape[1] == 1:
        name = matter.columns[0]
        made = figures_rows.density(
            x[:, 0], marked, p, matter.looks, name, matter.assignment.weights
        )
        what = (
            f"The rows by {name} as bars, the curve of each cluster, and all clusters together "
            f"(dashed).{_marked(made)}"
        )
        alt = f"Histogram of {name} with a curve for each of {formats.clusters(matter.k)}."
    else:
        a, b = apart.telling_columns(p)
        plane = project(p, columns_plane(x.shape[1], a, b))
        rows = figures_rows.Rows(x[:, [a, b]], matter.clusters, matter.clear, marked)
        names = matter.columns[a], matter.columns[b]
        made = figures_rows.scatter(rows, plane, matter.looks, names)
        cells = " (cells are darker where there are more)" if made.as_cells else ""
        which = ""
        if x.shape[1] > 2:
            which = " These two of the columns tell the clusters apart best."
        hollow = "" if made.as_cells else " Hollow marks sit between clusters."
        what = (
            f"The rows by {names[0]} and {names[1]}{cells}, with the ellipses of 1 and 2 standard "
            f"deviations of each cluster.{hollow}{_marked(made)}{which}"
        )
        alt = (
            f"Scatter plot of {names[1]} against {names[0]} with "
            f"{formats.clusters(matter.k)}, each with its ellipses."
        )
    if made.n_outside:
        far = "lies" if made.n_outside == 1 else "lie"
        what += f" {formats.rows(made.n_outside)} {far} too far out to be shown."
    return Figure("figure-rows", made.drawing, text(what), alt)


def _marked(made: figures_rows.Scatter) -> str:
    return f" ✕ marks {'some of the ' if made.some_outliers else ''}outliers."


def _clusters(matter: Matter) -> Iterator[Block]:
    yield from _means(matter)
    neighbours = _neighbours(matter)
    strips = _strips(matter)
    for cluster, look in enumerate(matter.looks):
        key = f"cluster-{look.letter}"
        own = f"Cluster {look.letter}"
        title = look.name if look.name == own else f"{look.name} ({own})"
        yield Heading(key, title, look)
        yield Paragraph(f"{key}-words", _words(matter, cluster, neighbours))
        yield _profile(matter, cluster, strips)


def _means(matter: Matter) -> Iterator[Block]:
    p, deviations = matter.parameters, matter.deviations
    for first in range(0, matter.k, _ACROSS):
        some = range(first, min(first + _ACROSS, matter.k))
        rows = tuple(
            (
                name,
                *(
                    formats.mean_and_deviation(float(p.means[c, j]), float(deviations[c, j]))
                    for c in some
                ),
            )
            for j, name in enumerate(matter.columns)
        )
        more = "" if first == 0 else " (continued)"
        caption = text(f"Mean ± standard deviation of the clusters, in the columns' units{more}.")
        head = ("Column", *(matter.names[c] for c in some))
        yield Grid(f"cluster-means-{first // _ACROSS + 1}", caption, head, rows)


def _words(matter: Matter, cluster: int, neighbours: Ints | None) -> Text:
    p, name = matter.parameters, matter.names[cluster]
    said = [telling.sizes(name, _size(matter, cluster))]
    if matter.k > 1:
        said.append(_traits(matter, cluster))
    if not STRUCTURES[matter.fit.structure].diagonal:
        pair = apart.strongest_correlation(p.covariances[cluster])
        if pair is not None and abs(pair[2]) >= _RISING:
            a, b, correlation = pair
            both = matter.columns[a], matter.columns[b]
            said.append(text(telling.correlated(*both, correlation)))
    mine = matter.clusters == cluster
    if matter.k > 1 and mine.any():
        said.append(text(_certainty(matter, cluster, neighbours)))
    marked = int(np.count_nonzero(mine & matter.outliers.mask))
    if marked:
        said.append(text(telling.marked_in(marked)))
    return joined(said)


def _size(matter: Matter, cluster: int) -> str:
    n, share = int(matter.sizes[cluster]), float(matter.shares[cluster])
    of = "the weight" if matter.weighted else "all"
    return f"{formats.rows(n)}, {formats.percent(share)} of {of}"


def _traits(matter: Matter, cluster: int) -> Text:
    differences = matter.apart.differences[cluster]
    said = []
    for j in apart.strongest(differences):
        own, spread = float(matter.parameters.means[cluster, j]), matter.deviations[cluster, j]
        other = float(matter.apart.others[cluster, j])
        values = formats.measure(own, spread), formats.measure(other, spread)
        said.append((matter.columns[j], float(differences[j]), *values))
    return telling.traits(said)


def _certainty(matter: Matter, cluster: int, neighbours: Ints | None) -> str:
    mine = matter.clusters == cluster
    n_between = int(np.count_nonzero(mine & ~matter.clear))
    share = formats.percent(matter.mean_certainty(mine), 1)
    if neighbours is None or not n_between:
        return telling.certainty(share, n_between, "", 0)
    nearest = int(np.argmax(neighbours[cluster]))
    n = int(neighbours[cluster, nearest])
    return telling.certainty(share, n_between, matter.names[nearest], n)


def _neighbours(matter: Matter) -> Ints | None:
    """Count the rows between clusters by the likeliest and the next (K, K); None: too many."""
    found = between(matter.assignment, matter.fit.parameters, _LISTED)
    if len(found.rows) > found.n_listed or matter.k == 1:
        return None
    rank = np.empty(matter.k, dtype=np.int64)
    rank[matter.order] = np.arange(matter.k)
    pairs = rank[found.components]
    counts = np.bincount(pairs[:, 0] * matter.k + pairs[:, 1], minlength=matter.k**2)
    return counts.reshape(matter.k, matter.k)


def _strips(matter: Matter) -> list[figures.Strip]:
    x, p = matter.sample.x, matter.parameters
    low, high = np.percentile(x, (1, 99), axis=0)
    return [
        figures.Strip(
            name,
            float(low[j]),
            float(high[j]),
            tuple(p.means[:, j].tolist()),
            tuple(matter.deviations[:, j].tolist()),
        )
        for j, name in enumerate(matter.columns)
    ]


def _profile(matter: Matter, cluster: int, strips: list[figures.Strip]) -> Figure:
    name = matter.names[cluster]
    shown, which = strips, ""
    if len(strips) > MOST_STRIPS:
        sizes: Floats = np.abs(matter.apart.differences[cluster])
        order = np.argsort(-np.nan_to_num(sizes), kind="stable")[:MOST_STRIPS]
        shown = [strips[j] for j in np.sort(order)]
        which = (
            f" Of {formats.count(len(strips))} columns, the {formats.count(MOST_STRIPS)} are shown "
            "in which it differs most."
        )
    others = " White signs are the means of the other clusters." if matter.k > 1 else ""
    caption = (
        f"{name}: mean (sign) ± standard deviation (band) in each column; the grey bar holds the "
        f"middle 98{formats.GAP}% of all rows.{others}{which}"
    )
    alt = f"Mean and standard deviation of {name} in {telling.n_of(len(shown), 'column')}."
    key = f"figure-cluster-{matter.looks[cluster].letter}"
    return Figure(key, figures.profile(shown, matter.looks, cluster), text(caption), alt)
