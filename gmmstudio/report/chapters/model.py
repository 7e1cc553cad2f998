"""The chapter on the model: what was fitted, how, and why this number of clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gmmstudio.fitting.sweep import Cell, ranked
from gmmstudio.mixture.fit import REOPENED
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import DRAWN
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import evidence, figures, formats, phrases, sentences, telling
from gmmstudio.report.blocks import Block, Bullets, Figure, Grid, Heading, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.markup import Text, bold, joined, plain, text

_ACROSS = 7  # shapes in one table, at most
_REASONS = 4  # models that could not be fitted, of which the reason is given


def model(matter: Matter) -> Section:
    """Write the chapter."""
    return Section("model", "The model", tuple(_blocks(matter)))


def _blocks(matter: Matter) -> Iterator[Block]:
    fit = matter.fit
    structure = STRUCTURES[fit.structure]
    shape = phrases.structure_words(sentences.model_of(fit))
    gaussians = f"{formats.count(matter.k)} {'Gaussian' if matter.k == 1 else 'Gaussians'}"
    what = [
        text(
            "A mixture of ",
            bold(gaussians),
            " was fitted by maximum likelihood with the EM algorithm. Its shape is called ",
            bold(shape.removesuffix(" shape")),
            f" ({structure.name}): {structure.sentence}.",
        )
    ]
    if fit.spec.prior:
        what.append(phrases.held_by_prior(matter.k))
    yield Paragraph("model-what", joined(what))
    how = [text(_began(matter)), text(telling.ended(fit.ended, fit.n_iterations))]
    agreement = sentences.agreement(fit)
    yield Paragraph("model-how", joined([*how, agreement] if agreement else how))
    yield Grid(
        "model-figures",
        text("How well the model fits; of BIC, AIC and ICL lower is better."),
        ("Log-likelihood", "Free parameters", "BIC", "AIC", "ICL"),
        (
            (
                formats.log_likelihood(fit.log_likelihood),
                formats.count(fit.n_parameters),
                formats.log_likelihood(fit.bic),
                formats.log_likelihood(fit.aic),
                formats.log_likelihood(fit.icl),
            ),
        ),
        frozenset(),
    )
    yield Heading("why-k", "How many clusters")
    yield from _why(matter)


def _began(matter: Matter) -> str:
    record, fit = matter.record, matter.fit
    spec = record.spec
    if record.start_column is not None:
        name = matter.table.columns[record.start_column].name
        return telling.began(f"the labels of the column {name}", 1, None)
    last = next((a for a in fit.attempts if a.number == fit.attempt), None)
    if last is not None and last.start == REOPENED:
        return telling.began("where another start had ended", 1, None)
    if isinstance(spec.start, str):
        drawn = spec.seed if spec.start in DRAWN and matter.k > 1 else None
        return telling.began(spec.start, spec.n_tries, drawn)
    if isinstance(spec.start, Parameters):
        return telling.began("clusters placed by hand", 1, None)
    given = "labels that were given" if spec.start.ndim == 1 else "centres that were given"
    return telling.began(given, 1, None)


def _why(matter: Matter) -> Iterator[Block]:
    cells = compared(matter)
    if len(cells) < 2:
        yield Paragraph("why-alone", telling.not_compared(matter.k))
        return
    yield Paragraph("why", joined([sentences.margin(cells), *_chosen(matter, cells)]))
    shapes = evidence.lines(cells, "BIC")
    if ranked(cells):
        shown = (matter.fit.structure, matter.k)
        what = (
            "BIC of every model tried, a line per shape; lower is better. The dark ring is the "
            "best of them, the light one the model of this report."
        )
        _, high = evidence.value_range(evidence.ranked(shapes))
        if any(dot.value is not None and dot.value > high for line in shapes for dot in line.dots):
            what += " Models far above the others are left out of the picture."
        alt = f"Curves of BIC against the number of clusters. {plain(sentences.margin(cells))}"
        yield Figure("figure-models", figures.models(cells, shown), text(what), alt)
    yield from _table(shapes)
    yield from _gaps(matter, cells)


def _chosen(matter: Matter, cells: Sequence[Cell]) -> list[Text]:
    """Say that the model of the report is not the one that BIC prefers, if so."""
    best = next(iter(ranked(cells)), None)
    shown = sentences.model_of(matter.fit)
    if best is None or best.fit is None or sentences.model_of(best) == shown:
        return []
    if best.fit.n_rows != matter.fit.n_rows:  # a fit cancelled early may rest on a sample
        return []
    return [telling.chosen(shown, matter.fit.bic - best.fit.bic)]


def compared(matter: Matter) -> tuple[Cell, ...]:
    """Return the models that were compared with this one; none where no search speaks of it."""
    sweep = sentences.sweep_about(matter.document, matter.record)
    return () if sweep is None else sweep.cells


def _table(shapes: Sequence[evidence.Line]) -> Iterator[Block]:
    best = evidence.best_dot(shapes)
    ks = sorted({dot.n_components for shape in shapes for dot in shape.dots})
    n_tables = -(-len(shapes) // _ACROSS)
    across = -(-len(shapes) // max(n_tables, 1))
    for number in range(n_tables):
        some = shapes[number * across : (number + 1) * across]
        values = [{dot.n_components: dot for dot in shape.dots} for shape in some]
        rows, strong = [], set()
        for i, k in enumerate(ks):
            row = [formats.count(k)]
            for j, dots in enumerate(values):
                dot = dots.get(k)
                if dot is not None and dot is best:
                    strong.add((i, j + 1))
                value = None if dot is None else dot.value
                row.append("–" if value is None else formats.log_likelihood(value))
            rows.append(tuple(row))
        more = "" if number == 0 else ", continued"
        caption = f"BIC by number of clusters and shape{more}; lower is better, the best is bold."
        head = ("K", *(evidence.short_name(shape.structure) for shape in some))
        key = f"why-table-{number + 1}"
        yield Grid(key, text(caption), head, tuple(rows), strong=frozenset(strong))


def _gaps(matter: Matter, cells: Sequence[Cell]) -> Iterator[Block]:
    numbers = matter.assignment.rows + 1
    reasons = [text(sentences.gap(c, matter.columns, numbers)) for c in cells if c.fit is None]
    if reasons:
        some = reasons[:_REASONS]
        what = "Why models could not be fitted:"
        if len(reasons) > len(some):
            what = f"Why models could not be fitted, the first {formats.count(len(some))}:"
        yield Paragraph("why-gaps", text(what), "small")
        yield Bullets("why-reasons", tuple(some))
