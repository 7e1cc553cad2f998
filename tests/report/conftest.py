"""A fitted document of a sample table."""

from __future__ import annotations

import pytest

from gmmstudio.document import Session, assign
from gmmstudio.document.commands import AddFit, OpenTable, RenameCluster, SetSweep
from gmmstudio.fitting import grid, run_to_end, sweep
from gmmstudio.mixture.search import search
from gmmstudio.table import prepare, read, sample


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
