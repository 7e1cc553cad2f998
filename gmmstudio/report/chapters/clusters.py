"""The chapters on the clusters: all at a glance, and each by itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmstudio.document.between import between
from gmmstudio.mixture.projection import columns_plane, project
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import apart, figures, figures_rows, formats, sentences, telling
from gmmstudio.report.blocks import Block, Figure, Grid, Heading, Paragraph, Role, Section
from gmmstudio.report.chapters.matter import MOST_COLUMNS, Floats, Ints, Matter
from gmmstudio.report.markup import Text, joined, text

MOST_STRIPS = 12
"""Columns in the profile of a cluster."""

_ACROSS = 4  # clusters in one table of means
_CORRELATED = 6  # columns at most of which all correlations are listed
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
        # The chapter on the data says which rows are left out, unless it is all about few of them.
        if entry.kind != "rows-left-out" or matter.table.blank:
            role: Role = "warning" if entry.serious else "note"
            words = telling.in_doubt(entry.kind, matter.fit.n_iterations) or entry.words
            yield Paragraph(f"summary-{entry.kind}", words, role)
    yield _picture(matter)
    if matter.k > 1:
        yield _glance(matter)


def _glance(matter: Matter) -> Grid:
    rows = []
    for cluster, look in enumerate(matter.looks):
        differences = matter.apart.differences[cluster]
        said = [
            f"{telling.trait(matter.columns[j], float(differences[j]))} "
            f"({_measure(matter, cluster, j)})"
            for j in apart.strongest(differences, 2)
        ]
        share = formats.percent(float(matter.shares[cluster]))
        traits = ", ".join(said) or "–"
        rows.append((look.name, formats.count(int(matter.sizes[cluster])), share, traits))
    share_of = "Share" if matter.counted == "rows" else f"Share of {matter.counted}"
    others = "the others" if matter.k > 2 else "the other"
    head = ("Cluster", "Rows", share_of, f"Against {others} (mean)")
    caption = text("The clusters at a glance.")
    words = frozenset({0, 3})
    return Grid("summary-clusters", caption, head, tuple(rows), words, looks=matter.looks)


def _measure(matter: Matter, cluster: int, column: int) -> str:
    """Write the mean of a cluster with the decimals of its spread."""
    spread = float(matter.deviations[cluster, column])
    return formats.measure(float(matter.parameters.means[cluster, column]), spread)


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
        hollow = ""
        if matter.k > 1 and not made.as_cells and (~matter.clear & ~marked).any():
            hollow = " Hollow marks sit between clusters."
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
    if not made.n_crosses:
        return ""
    some = "some of the " if made.some_outliers else ""
    return f" ✕{formats.GAP}marks {some}outliers."


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
    finest = _finest(deviations)
    listed = _columns_listed(matter)
    tables = _tables(matter.k)
    for number, some in enumerate(tables, start=1):
        rows = [("Mixing proportion", *(formats.fixed(float(p.weights[c]), 3) for c in some))]
        rows += [
            (
                matter.columns[j],
                *(
                    formats.mean_and_deviation(
                        float(p.means[c, j]), float(deviations[c, j]), float(finest[c, j])
                    )
                    for c in some
                ),
            )
            for j in listed
        ]
        what = "Mean ± standard deviation of the clusters, in the columns' units"
        if len(listed) < len(matter.columns):
            what += f"; the {formats.count(len(listed))} columns in which they differ most"
        head = ("Column", *(matter.names[c] for c in some))
        caption = text(f"{what}{_more(number)}.")
        yield Grid(f"cluster-means-{number}", caption, head, tuple(rows))
    yield from _correlations(matter, tables)


def _finest(deviations: Floats) -> Floats:
    """Return by which deviation (K, d) to round: of a column the smallest, unless it is tiny."""
    usual = deviations >= 0.1 * np.median(deviations, axis=0)
    shared = np.where(usual, deviations, np.inf).min(axis=0)
    return np.where(usual, shared, deviations)


def _columns_listed(matter: Matter) -> list[int]:
    """Return the columns of the tables: all, or those in which the clusters differ most."""
    d = len(matter.columns)
    if d <= MOST_COLUMNS:
        return list(range(d))
    most = np.nan_to_num(np.abs(matter.apart.differences)).max(axis=0)
    return sorted(np.argsort(-most, kind="stable")[:MOST_COLUMNS].tolist())


def _tables(k: int) -> list[range]:
    """Share clusters out among tables, as evenly as can be."""
    n = -(-k // _ACROSS)
    across = -(-k // n)
    return [range(first, min(first + across, k)) for first in range(0, k, across)]


def _more(number: int) -> str:
    return "" if number == 1 else " (continued)"


def _correlations(matter: Matter, tables: list[range]) -> Iterator[Block]:
    """List the correlations within the clusters, where there are any and not too many."""
    structure, d = STRUCTURES[matter.fit.structure], len(matter.columns)
    if structure.diagonal or d < 2:
        return
    if d > _CORRELATED:
        said = (
            "Correlations within the clusters are too many to be listed here: the parameters that "
            "the program exports hold all of them."
        )
        yield Paragraph("cluster-correlations-not", text(said), "small")
        return
    correlations = matter.parameters.covariances / (
        matter.deviations[:, :, None] * matter.deviations[:, None, :]
    )
    all_alike = matter.k > 1 and np.allclose(correlations, correlations[0], rtol=0, atol=1e-6)
    if all_alike:
        tables = [range(1)]
    for number, some in enumerate(tables, start=1):
        rows = tuple(
            (
                f"{matter.columns[a]} and {matter.columns[b]}",
                *(formats.fixed(float(correlations[c, a, b]), 2) for c in some),
            )
            for a in range(d)
            for b in range(a + 1, d)
        )
        heads = [matter.names[c] for c in some]
        if all_alike:
            heads = ["Every cluster"]
        caption = text(f"Correlations within the clusters{_more(number)}.")
        yield Grid(f"cluster-correlations-{number}", caption, ("Columns", *heads), rows)


def _words(matter: Matter, cluster: int, neighbours: Ints | None) -> Text:
    p, name = matter.parameters, matter.names[cluster]
    said = [telling.sizes(name, _size(matter, cluster))]
    if matter.k > 1:
        said.append(_traits(matter, cluster))
    if matter.k > 2:
        said.append(text(_nearest(matter, cluster)))
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
    if matter.k == 1:
        return f"all {formats.rows(n)}"
    of = {"rows": "all", "observations": "the observations", "weight": "the weight"}
    return f"{formats.rows(n)}, {formats.percent(share)} of {of[matter.counted]}"


def _traits(matter: Matter, cluster: int) -> Text:
    differences = matter.apart.differences[cluster]
    said = []
    for j in apart.strongest(differences):
        own, spread = float(matter.parameters.means[cluster, j]), matter.deviations[cluster, j]
        other = float(matter.apart.others[cluster, j])
        values = formats.measure(own, spread), formats.measure(other, spread)
        said.append((matter.columns[j], float(differences[j]), *values))
    others = "the other clusters" if matter.k > 2 else matter.names[1 - cluster]
    return telling.traits(said, others=others)


def _nearest(matter: Matter, cluster: int) -> str:
    """Say which cluster is most like one, and in which column they differ most."""
    other = int(matter.nearest[cluster])
    column = apart.widest(matter.parameters, cluster, other)
    spread = float(min(matter.deviations[c, column] for c in (cluster, other)))
    means = (float(matter.parameters.means[c, column]) for c in (cluster, other))
    written = [formats.measure(mean, spread) for mean in means]
    return telling.nearest(matter.names[other], matter.columns[column], *written)


def _certainty(matter: Matter, cluster: int, neighbours: Ints | None) -> str:
    mine = matter.clusters == cluster
    n_between = int(np.count_nonzero(mine & ~matter.clear))
    n_rows, share = int(matter.sizes[cluster]), matter.certainty_words(mine)
    if neighbours is None or not n_between:
        return telling.certainty(n_rows, share, n_between, "", 0)
    nearest = int(np.argmax(neighbours[cluster]))
    n = int(neighbours[cluster, nearest])
    return telling.certainty(n_rows, share, n_between, matter.names[nearest], n)


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
    others = ""
    if matter.k > 1:
        are = "signs are the means" if matter.k > 2 else "sign is the mean"
        clusters = "clusters" if matter.k > 2 else "cluster"
        others = f" The white {are} of the other {clusters}."
    caption = f"{name}, with signs and bands as in the first of these figures.{which}"
    if cluster == 0:
        caption = (
            f"{name}: mean (sign) ± standard deviation (band) in each column; the grey bar holds "
            f"the middle 98{formats.GAP}% of all rows.{others}{which}"
        )
    alt = f"Mean and standard deviation of {name} in {telling.n_of(len(shown), 'column')}."
    key = f"figure-cluster-{matter.looks[cluster].letter}"
    return Figure(key, figures.profile(shown, matter.looks, cluster), text(caption), alt)
