"""Random work in a session: commands of every kind, with fits that a run would hand over."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

import numpy as np

from gmmstudio.document import Document, DocumentError, Session
from gmmstudio.document import commands as c
from gmmstudio.fitting.sweep import Cell, grid, sweep
from gmmstudio.fitting.trace import Trace
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.search import search
from gmmstudio.table import TableError, prepare, read_text
from gmmstudio.table.table import Table

STRUCTURES = ("EII", "VII", "EEI", "VVI", "EEE", "VVV", "EVE", "full", "tied")
REFUSALS = (DocumentError, MixtureError, TableError)


@cache
def table(seed: int) -> Table:
    """Three groups, a text column, gaps, counts, quoted and foreign cells."""
    rng = np.random.default_rng(seed)
    lines = ["length,width,kind,weight,times,“größe”"]
    for row in range(60):
        x, y, z = rng.normal((0.0, 10.0, 22.0)[row % 3], 1.0, 3).round(3)
        gap = "NA" if row in (7, 11) else f"{z}"
        kind = ('"a, ""quoted"""', "나비", "c")[row % 3]
        lines.append(f"{x},{y},{kind},{gap},{row % 4},{abs(x) + 1:.2f}")
    return read_text("\n".join(lines) + "\n", f"things {seed}")


def fitted(document: Document) -> c.AddFit:
    """Return what a short run of what the document asks hands over."""
    assert document.table is not None
    sample = prepare(document.table, document.preparation)
    spec = document.spec.replace(tries=min(document.spec.tries, 2), max_iter=6)
    trace = Trace(limit=20_000)
    steps = search(sample.x, spec, units=sample.units, weights=sample.weights, threads=1)
    while True:
        try:
            trace.append(next(steps))
        except StopIteration as end:
            fit = end.value
            break
    return c.AddFit(fit, document.preparation, spec, trace.tracks, 0.25)


def swept(document: Document) -> tuple[Cell, ...]:
    """Return the cells of a small sweep."""
    assert document.table is not None
    sample = prepare(document.table, document.preparation)
    spec = document.spec.replace(max_iter=5, tries=1)
    specs = grid(spec, (1, 2, 9), ("VVV", "EII"), sample.x.shape[1])
    frames = sweep(sample.x, specs, units=sample.units, weights=sample.weights, threads=1)
    while True:
        try:
            next(frames)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def _rows(rng: Random) -> frozenset[int]:
    return frozenset(rng.sample(range(60), rng.randint(1, 5)))


def _start(document: Document, rng: Random) -> c.Command:
    k, d = rng.randint(1, 4), max(1, len(document.preparation.columns))
    kind = rng.randrange(4)
    if kind == 0:
        return c.SetStart(rng.choice(("k-means++", "random", "hierarchical")), rng.randint(1, 3))
    random = np.random.default_rng(rng.randrange(10**6))
    if kind == 1:
        assert document.table is not None
        n = len(prepare(document.table, document.preparation).x)
        return c.SetStart(random.integers(0, k, n))
    means = random.uniform(0.0, 20.0, (k, d))
    if kind == 2:
        return c.SetStart(means)
    return c.SetStart(Parameters(np.full(k, 1.0 / k), means, np.tile(np.eye(d), (k, 1, 1))))


def _edit(document: Document, rng: Random) -> c.Command:
    record = document.record
    if record is None:
        raise DocumentError("none")
    old = record.fit.parameters
    moved = Parameters.trusted(old.weights, old.means + rng.random(), old.covariances)
    return c.EditModel("Move cluster A", moved, record.identities, rng.choice((None, "keys")))


def _draft_fit(document: Document, rng: Random) -> c.Command:
    draft, record = document.draft, document.record
    if draft is None or record is None:
        raise DocumentError("none")
    return c.SetDraftFit(draft, record.fit, draft.parameters, record.tracks, 0.1)


def _show(document: Document, rng: Random) -> c.Command:
    return c.ShowFit(rng.choice([record.id for record in document.fits] or [1]))


def _cell(document: Document, rng: Random) -> c.Command:
    if document.sweep is None:
        raise DocumentError("none")
    cell = rng.choice(document.sweep.cells)
    return c.ShowCell(cell.structure, cell.n_components)


def _colour(rng: Random) -> str | None:
    return rng.choice((None, f"#{rng.randrange(16**6):06x}"))


Maker = Callable[[Document, Random], c.Command]
MAKERS: tuple[Maker, ...] = (
    lambda d, r: c.OpenTable(table(r.randrange(3))),
    lambda d, r: c.TickColumns(tuple(r.sample((0, 1, 3, 4, 5), r.randint(1, 3)))),
    lambda d, r: c.SetScale(r.choice(("none", "standard", "robust"))),
    lambda d, r: c.SetMissing(r.choice(("skip", "median", "nearest"))),
    lambda d, r: c.SetLog(tuple(r.sample((4, 5), r.randint(0, 1)))),
    lambda d, r: c.SetWeights(r.choice((None, 4, 5)), r.choice(("auto", "counts", "relative"))),
    lambda d, r: c.ExcludeRows(_rows(r)),
    lambda d, r: c.IncludeRows(r.choice((None, _rows(r)))),
    lambda d, r: c.SetComponents(r.randint(1, 5)),
    lambda d, r: c.SetStructure(r.choice(STRUCTURES)),
    _start,
    lambda d, r: c.StartFromColumn(r.choice((2, 4))),
    lambda d, r: c.SetSeed(r.randrange(100)),
    lambda d, r: c.SetStopping(10.0 ** -r.randint(3, 9), r.randint(0, 50)),
    lambda d, r: c.SetPrior(r.random() < 0.5),
    lambda d, r: c.SetOutlierRule(
        r.choice((OutlierRule("percentile", r.random() * 9), OutlierRule("chi2", 0.99)))
    ),
    lambda d, r: c.RenameCluster(r.randrange(5), r.choice(("", "나비", "long", f"n{r.random()}"))),
    lambda d, r: c.RecolourCluster(r.randrange(5), _colour(r)),
    lambda d, r: fitted(d),
    lambda d, r: fitted(d),
    lambda d, r: fitted(d),
    lambda d, r: c.SetSweep(swept(d), d.preparation, d.spec, complete=r.random() < 0.7),
    _show,
    _cell,
    _edit,
    _draft_fit,
    lambda d, r: c.SettleFinding(
        r.choice(("ties", "outliers")), tuple(sorted(r.sample((0, 1, 3), 2))), r.random() < 0.7
    ),
    lambda d, r: c.KeepDraft(),
    lambda d, r: c.DropDraft(),
)


def work(session: Session, n: int, rng: Random) -> list[Document]:
    """Carry out n random commands that change something; return the document after each."""
    if session.document.table is None:
        session.apply(c.OpenTable(table(rng.randrange(3))))
    seen = [session.document]
    weights = [1.0 if i else 0.15 for i in range(len(MAKERS))]
    while len(seen) <= n:
        make = rng.choices(MAKERS, weights)[0]
        try:
            if session.apply(make(session.document, rng)):
                seen.append(session.document)
        except REFUSALS:
            continue
    return seen
