"""A small table with two clear groups, a text column and gaps."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document import Session
from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.mixture import fit
from gmmstudio.table import prepare, read_text


def text(seed=0, n=60):
    rng = np.random.default_rng(seed)
    lines = ["length,width,kind,weight,times"]
    for row in range(n):
        centre = (0.0, 10.0, 22.0)[row % 3]
        x, y, z = rng.normal(centre, 1.0, 3).round(3)
        gap = "NA" if row in (7, 11) else f"{z}"
        lines.append(f"{x},{y},{'abc'[row % 3]},{gap},{row % 4}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def table():
    return read_text(text(), "things")


@pytest.fixture(scope="session")
def other_table():
    return read_text(text(1, 30), "others")


@pytest.fixture
def session(table):
    session = Session()
    session.apply(OpenTable(table))
    return session


@pytest.fixture(scope="session")
def made():
    """Make what a run would hand over for a document: a fit and what it was made from."""
    known = {}

    def make(document, **changes):
        spec = document.spec.replace(**changes)
        key = (
            id(document.table),
            document.preparation,
            spec.n_components,
            spec.structure,
            str(spec.start),
            spec.seed,
        )
        if key not in known:
            sample = prepare(document.table, document.preparation)
            known[key] = fit(
                sample.x,
                spec.n_components,
                spec.structure,
                start=spec.start,
                tries=2,
                seed=spec.seed,
                units=sample.units,
            )
        return AddFit(known[key], document.preparation, spec, seconds=0.5)

    return make
