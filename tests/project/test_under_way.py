"""A run that was under way stands beside a copy, and is read again as it was or not at all."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from random import Random

import numpy as np
import pytest

from gmmstudio.document import Document, Session, commands
from gmmstudio.document.interrupted import (
    InterruptedFit,
    InterruptedSweep,
    iteration_to_go_on_from,
    with_models,
)
from gmmstudio.document.values import same_value
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.project import ProjectError, write_project
from gmmstudio.project.read import read_under_way
from gmmstudio.table import read_text
from tests.reliability import random_work
from tests.reliability.hostile_projects import WRONG, leaves, put


@pytest.fixture
def document() -> Document:
    session = Session()
    session.apply(commands.OpenTable(random_work.table(0)))
    session.apply(commands.TickColumns((0, 1)))
    session.apply(commands.ExcludeRows(frozenset({3})))
    session.apply(random_work.fitted(session.document))
    return session.document


@pytest.fixture
def fit(document) -> InterruptedFit:
    record = document.record
    at = record.tracks[0].iterations[-1]
    return InterruptedFit(document.preparation, document.spec, None, "VVV", at, (2, 0, 1), 10)


@pytest.fixture
def sweep(document) -> InterruptedSweep:
    cells = random_work.swept(document)[:4]
    asked = document.preparation, document.spec, (1, 2, 9), ("VVV", "EII")
    return InterruptedSweep(*asked, cells)


def test_both_are_read_as_they_were_written(document, fit, sweep, tmp_path) -> None:
    path = tmp_path / "running.gmms"
    for run in (fit, sweep):
        write_project(path, Document(), under_way=run, compress=False)
        assert same_value(read_under_way(path, document.table), run)
    write_project(path, Document())
    assert read_under_way(path, document.table) is None
    restored = with_models(document, sweep)
    assert restored.sweep.cells == sweep.cells
    assert with_models(document, fit) is document


def test_run_of_another_table_is_none_of_this(fit, sweep, tmp_path) -> None:
    path = tmp_path / "running.gmms"
    small = read_text("a\n1\n2\n")
    for run in (fit, sweep):
        write_project(path, Document(), under_way=run)
        with pytest.raises(ProjectError):
            read_under_way(path, small)


@pytest.mark.parametrize("kind", ["fit", "sweep"])
def test_wrong_values_are_refused_or_make_another_run(kind, document, request, tmp_path) -> None:
    path = tmp_path / "running.gmms"
    write_project(path, Document(), under_way=request.getfixturevalue(kind))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    whole = json.loads(parts["project.json"])
    places = [place for place, _ in leaves(whole[f"{kind}_under_way"], (f"{kind}_under_way",))]
    rng, refused = Random(7), 0
    for _ in range(150):
        plain = json.loads(parts["project.json"])
        put(plain, rng.choice(places), rng.choice(WRONG))
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in {**parts, "project.json": json.dumps(plain).encode()}.items():
                archive.writestr(name, data)
        try:
            read_under_way(path, document.table)
        except ProjectError:
            refused += 1
    assert refused > 75


def track(attempt: int, n_rows: int, log_likelihood: float, smallest: float = 0.4) -> Track:
    weights = np.array([smallest, 1.0 - smallest])
    parameters = Parameters(weights, np.zeros((2, 1)), np.ones((2, 1, 1)))
    end = Iteration(3, parameters, log_likelihood, attempt, n_rows)
    first = dataclasses.replace(end, number=2)
    return Track(attempt, n_rows, (first, end), np.full(2, log_likelihood), False)


def test_it_goes_on_from_the_end_of_the_best_try() -> None:
    assert iteration_to_go_on_from([]) is None
    tries = [track(1, 100, -50.0), track(2, 100, -40.0), track(3, 100, -45.0)]
    assert iteration_to_go_on_from(tries).attempt == 2
    on_all = track(4, 5000, -9000.0)
    assert iteration_to_go_on_from([*tries, on_all]).attempt == 4  # of all rows, not of a sample
    collapsing = track(5, 100, 300.0, smallest=1e-3)
    assert iteration_to_go_on_from([*tries, collapsing]).attempt == 2
    assert iteration_to_go_on_from([collapsing]).attempt == 5
