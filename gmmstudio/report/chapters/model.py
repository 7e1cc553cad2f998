"""The chapter on the model: what was fitted, how, and why this number of clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gmmstudio.fitting.sweep import Cell, ranked
from gmmstudio.mixture.fit import REOPENED, Fit
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import DRAWN
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import evidence, figures, formats, phrases, sentences, telling
from gmmstudio.report.blocks import Block, Bullets, Figure, Grid, Heading, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.markup import Text, bold, joined, plain, text

_ACROSS = 7  # shapes in one table, at most
_BEST = 6  # models listed with all their figures
_REASONS = 4  # models that could not be fitted, of which the reason is given


def model(matter: Matter) -> Section:
    """Write the chapter."""
    return Section("model", "The model", tuple(_blocks(matter)))


def _blocks(matter: Matter) -> Iterator[Block]:
    fit = matter.fit
    structure = STRUCTURES[fit.structure]
    shape = phrases.structure_words(sentences.model_of(fit))
    how = " was fitted by maximum likelihood with the EM algorithm. "
    if matter.k == 1:
        began = text(bold("One Gaussian"), " was fitted by maximum likelihood. ")
    else:
        began = text("A mixture of ", bold(f"{formats.count(matter.k)} Gaussians"), how)
    named = (bold(shape.removesuffix(" shape")), f" ({structure.name}): {structure.sentence}.")
    what = [(*began, *text("Its shape is called ", *named))]
    if fit.spec.prior:
        what.append(phrases.held_by_prior(matter.k))
    yield Paragraph("model-what", joined(what))
    yield Paragraph("model-how", joined(_how(matter)))
    yield _figures(matter)
    yield Heading("why-k", "How many clusters")
    yield from _why(matter)


def _how(matter: Matter) -> list[Text]:
    fit = matter.fit
    if matter.k == 1 and fit.n_iterations == 0 and fit.collapsed is None:
        return [text(telling.ONE_STEP)]
    said = [text(_began(matter)), text(telling.ended(fit.ended, fit.n_iterations))]
    agreement = sentences.agreement(fit)
    return [*said, agreement] if agreement and fit.collapsed is None else said


def _figures(matter: Matter) -> Grid:
    fit = matter.fit
    head = ["Log-likelihood", "Free parameters", "BIC", "AIC", "ICL"]
    row = [
        formats.log_likelihood(fit.log_likelihood),
        formats.count(fit.n_parameters),
        formats.log_likelihood(fit.bic),
        formats.log_likelihood(fit.aic),
        formats.log_likelihood(fit.icl),
    ]
    caption = "How well the model fits: of BIC, AIC and ICL lower is better"
    if matter.k > 1:
        head.append("Relative entropy")
        row.append(formats.share(matter.relative_entropy))
        caption += "; relative entropy near 1 means clusters well apart"
    return Grid("model-figures", text(f"{caption}."), tuple(head), (tuple(row),), frozenset())


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
        tries = sentences.drawn_tries(fit)
        followed = fit.ended != "cancelled" and len(tries) < fit.spec.n_tries
        if any(attempt.start != spec.start for attempt in tries) or (matter.k > 1 and followed):
            return telling.found_in_search(len(tries), spec.seed)
        drawn = spec.seed if spec.start in DRAWN and matter.k > 1 else None
        sampled = min(attempt.n_rows for attempt in tries)
        return telling.began(spec.start, len(tries), drawn, sampled if sampled < fit.n_rows else 0)
    if isinstance(spec.start, Parameters):
        return telling.began("clusters placed by hand", 1, None)
    given = "labels that were given" if spec.start.ndim == 1 else "centres that were given"
    return telling.began(given, 1, None)


def _why(matter: Matter) -> Iterator[Block]:
    cells = compared(matter)
    if len(cells) < 2:
        before = matter.document.sweep
        if before is not None and not cells and (order := ranked(before.cells)):
            ks = [cell.n_components for cell in before.cells]
            best = sentences.model_of(order[0])
            yield Paragraph("why-before", telling.compared_before(min(ks), max(ks), best))
        else:
            yield Paragraph("why-alone", telling.not_compared(matter.k))
        return
    yield Paragraph("why", joined([sentences.margin(cells), *_chosen(matter, cells)]))
    shapes = evidence.lines(cells, "BIC")
    order = ranked(cells)
    if len({cell.n_components for cell in order}) > 1:
        shown = (matter.fit.structure, matter.k)
        rings = "The ring is the best of them, and the model of this report."
        if (order[0].structure, order[0].n_components) != shown:
            rings = "The dark ring is the best of them, the light one the model of this report."
            if all((cell.structure, cell.n_components) != shown for cell in order):
                rings = "The ring is the best of them."
        what = f"BIC of every model tried, a line per shape; lower is better. {rings}"
        _, high = evidence.value_range(evidence.ranked(shapes))
        if any(dot.value is not None and dot.value > high for line in shapes for dot in line.dots):
            what += " Models far above the others are left out of the picture."
        alt = f"Curves of BIC against the number of clusters. {plain(sentences.margin(cells))}"
        yield Figure("figure-models", figures.models(cells, shown), text(what), alt)
    yield from _table(shapes)
    if len(order) > 1:
        yield _best(order)
    yield from _gaps(matter, cells)


def _chosen(matter: Matter, cells: Sequence[Cell]) -> list[Text]:
    """Say that the model of the report is not the one that BIC prefers, if so."""
    best = next(iter(ranked(cells)), None)
    shown = sentences.model_of(matter.fit)
    if best is None or best.fit is None:
        return []
    if matter.fit.collapsed is not None:
        return [telling.not_comparable(shown)]
    if sentences.model_of(best) == shown:
        return []
    if best.fit.n_rows != matter.fit.n_rows:  # a fit cancelled early may rest on a sample
        return []
    return [telling.chosen(shown, matter.fit.bic - best.fit.bic)]


def compared(matter: Matter) -> tuple[Cell, ...]:
    """Return the models that were compared with this one; none where no search speaks of it."""
    sweep = sentences.sweep_about(matter.document, matter.record)
    return () if sweep is None else sweep.cells


def _best(order: Sequence[Cell]) -> Grid:
    """List the models that are best by BIC, each once: the shapes may be one where K is."""
    seen: dict[phrases.Model, Fit] = {}
    for cell in order:
        if cell.fit is not None:
            seen.setdefault(sentences.model_of(cell), cell.fit)
    some = list(seen.items())[:_BEST]
    lowest = some[0][1].bic
    rows = tuple(
        (
            phrases.capital(phrases.model_words(which)),
            formats.log_likelihood(fit.log_likelihood),
            formats.count(fit.n_parameters),
            formats.log_likelihood(fit.bic),
            formats.log_likelihood(fit.bic - lowest),
            formats.log_likelihood(fit.icl),
        )
        for which, fit in some
    )
    caption = text(
        "The best models by BIC, and how far each is above the best"
        f"{'' if len(some) == len(seen) else ', the others left out'}."
    )
    head = ("Model", "Log-likelihood", "Free parameters", "BIC", "Above the best", "ICL")
    return Grid("why-best", caption, head, rows)


def _table(shapes: Sequence[evidence.Line]) -> Iterator[Block]:
    best = evidence.best_dot(shapes)
    lowest = "" if best is None else formats.log_likelihood(best.value or 0.0)
    cells = [dot.cell for shape in shapes for dot in shape.dots]
    near = any(cell.fit is not None and cell.fit.ended == "near" for cell in cells)
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
                value = None if dot is None else dot.value
                row.append("–" if value is None else formats.log_likelihood(value))
                if row[-1] == lowest:
                    strong.add((i, j + 1))
            rows.append(tuple(row))
        more = "" if number == 0 else ", continued"
        caption = f"BIC by number of clusters K and shape{more}; lower is better, the best is bold."
        if near and number == 0:
            caption += telling.NEAR
        head = ("K", *(evidence.lettered_name(shape.structure) for shape in some))
        key = f"why-table-{number + 1}"
        yield Grid(key, text(caption), head, tuple(rows), strong=frozenset(strong))


def _gaps(matter: Matter, cells: Sequence[Cell]) -> Iterator[Block]:
    numbers = matter.assignment.rows + 1
    reasons = [
        text(sentences.gap(cell, matter.columns, numbers, remedies=False))
        for cell in cells
        if cell.fit is None
    ]
    if reasons:
        some = reasons[:_REASONS]
        what = "Models that could not be fitted"
        if len(reasons) > len(some):
            what += f", the first {formats.count(len(some))} of {formats.count(len(reasons))}"
        yield Paragraph("why-gaps", text(f"{what}:"), "small", leads=True)
        yield Bullets("why-reasons", tuple(some))
