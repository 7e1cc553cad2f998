"""A fitted document of a sample table."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document import Session, assign
from gmmstudio.document.commands import (
    AddFit,
    OpenTable,
    RenameCluster,
    SetPrior,
    SetSweep,
    SetWeights,
    TickColumns,
)
from gmmstudio.fitting import grid, run_to_end, sweep
from gmmstudio.mixture.search import search
from gmmstudio.table import prepare, read, read_text, sample


@pytest.fixture(scope="session")
def penguins():
    return read(sample("penguins").path)


@pytest.fixture
def session(penguins, fitted):
    """Penguins, fitted with K = 3 full, swept over three K and two shapes, one cluster named."""
    session = Session()
    session.apply(OpenTable(penguins))
    document = session.document
    fit, cells = fitted
    session.apply(AddFit(fit, document.preparation, document.spec))
    session.apply(SetSweep(cells, document.preparation, document.spec))
    session.apply(RenameCluster(0, 'small; "thin"'))
    return session


@pytest.fixture(scope="session")
def fitted(penguins):
    session = Session()
    session.apply(OpenTable(penguins))
    document = session.document
    sample_ = prepare(penguins, document.preparation)
    spec = document.spec.replace(tries=3)
    fit = run_to_end(search(sample_.x, spec, units=sample_.units))
    specs = grid(spec, [1, 3, 4], ["EEE", "VVV"], 4)
    return fit, run_to_end(sweep(sample_.x, specs, units=sample_.units))


@pytest.fixture
def assignment(session):
    return assign(session.document.table, session.document.record)


@pytest.fixture(scope="session")
def counted():
    """Two groups of binned values; how many rows each stands for, and how much it matters."""
    rng = np.random.default_rng(2)
    lines = ["x,y,times,share,colour,height"]
    for row in range(60):
        x, y = rng.normal(8.0 * (row % 2), 1.0, 2).round(3)
        colour = ("red", "blue", "")[min(int(rng.integers(0, 9)), 2) if row % 2 else 0]
        times, height = rng.integers(0, 5), rng.normal(row % 2, 1.0)
        lines.append(f"{x},{y},{times},{times / 2},{colour},{height:.3f}")
    return read_text("\n".join(lines) + "\n", "bins")


@pytest.fixture
def weighted(counted):
    """Make a session with a fit of two clusters to the rows as weighted by a column."""

    def make(column, weights_as="auto", *, prior=False):
        session = Session()
        session.apply(OpenTable(counted))
        session.apply(TickColumns((0, 1)))
        if column is not None:
            session.apply(SetWeights(counted.index(column), weights_as))
        session.apply(SetPrior(prior))
        document = session.document
        rows = prepare(counted, document.preparation)
        spec = document.spec.replace(n_components=2, tries=2)
        fit = run_to_end(search(rows.x, spec, weights=rows.weights, units=rows.units))
        session.apply(AddFit(fit, document.preparation, spec))
        return session, assign(counted, session.document.record)

    return make
