"""A table read in another way: the analysis goes on with what is still there."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document import Session, commands
from gmmstudio.document.rereading import ReadAgain
from gmmstudio.table import read_text
from gmmstudio.table.settings import ReadSettings
from tests.reliability.random_work import fitted, swept

ROWS = [f"{10 * (i % 3) + i % 7 / 10};{i * i % 11};{i % 5},5;{'abc'[i % 3]}" for i in range(60)]
TEXT = "x;y;z;kind\n" + "\n".join(ROWS) + "\n"
POINT = ReadSettings(delimiter=";", decimal=".")


@pytest.fixture
def session() -> Session:
    made = Session()
    made.apply(commands.OpenTable(read_text(TEXT, "t", POINT)))
    made.apply(commands.TickColumns((0, 1)))
    made.apply(commands.SetComponents(2))
    made.apply(fitted(made.document))
    document = made.document
    made.apply(commands.SetSweep(swept(document), document.preparation, document.spec))
    made.apply(commands.RenameCluster(0, "tall"))
    made.apply(commands.SettleFinding("ties", (1,)))
    made.apply(commands.SettleFinding("ties", (0, 2)))
    made.apply(commands.ExcludeRows(frozenset({5})))
    return made


def read_as(text: str = TEXT, **settings):
    return read_text(text, "t", POINT.with_(**settings))


def test_everything_that_is_still_there_stays(session) -> None:
    before = session.document
    session.apply(ReadAgain(read_as("kind;y;x\n" + "\n".join(
        ";".join((row.split(";")[3], row.split(";")[1], row.split(";")[0])) for row in ROWS
    ))))  # fmt: skip
    after = session.document
    assert after.preparation.columns == (2, 1)
    assert after.preparation.excluded == {5}
    assert [fit.fit for fit in after.fits] == [fit.fit for fit in before.fits]
    assert after.active == before.active
    assert after.is_out_of_date(after.record)
    assert after.sweep.preparation.columns == (2, 1)
    assert (after.spec, after.names) == (before.spec, before.names)
    assert after.settled == (("ties", (1,)),)  # z is not there any more
    session.undo()
    assert session.document is before


def test_what_lacks_its_columns_goes(session) -> None:
    session.apply(commands.TickColumns((1,)))
    session.apply(fitted(session.document))
    session.apply(ReadAgain(read_as("a;y\n" + "\n".join(f"{i};{i % 4}" for i in range(50)))))
    after = session.document
    assert [fit.preparation.columns for fit in after.fits] == [(1,)]
    assert (after.active, after.sweep) == (after.fits[0].id, None)
    assert after.preparation.columns == (1,)
    assert after.preparation.excluded == frozenset()  # there are not as many rows


def test_without_any_of_them_the_sensible_columns_are_ticked(session) -> None:
    table = read_as("a;b\n" + "\n".join(f"{i};{i * i % 7}.5" for i in range(50)))
    session.apply(ReadAgain(table))
    assert session.document.fits == ()
    assert session.document.preparation.columns == table.default_columns() != ()


def test_columns_that_become_numbers_are_ticked_where_nothing_was_chosen() -> None:
    session = Session()
    session.apply(commands.OpenTable(read_as()))
    assert session.document.table.columns[2].values is None
    session.apply(commands.SetComponents(5))
    table = read_as(TEXT.replace(".", ","), decimal=",")
    session.apply(ReadAgain(table))
    assert session.document.preparation.columns == table.default_columns()
    assert 2 in session.document.preparation.columns
    assert session.document.spec.n_components == 5


def test_a_search_and_given_centres_of_other_numbers_go(session) -> None:
    session.apply(commands.SetStart(np.array([[1.0, 2.0], [3.0, 4.0]])))
    before = session.document
    session.apply(ReadAgain(read_as()))
    assert session.document.sweep is not None and session.document.spec == before.spec
    session.undo()
    other = "x;y;z;kind\n" + "\n".join(row.replace(".", "") for row in ROWS) + "\n"
    session.apply(ReadAgain(read_as(other)))
    after = session.document
    assert after.preparation.columns == before.preparation.columns
    assert len(after.fits) == len(before.fits) and after.is_out_of_date(after.record)
    assert after.sweep is None and after.spec.start == "k-means++"


def test_a_column_cannot_be_fitted_and_started_from() -> None:
    session = Session()
    session.apply(commands.OpenTable(read_as()))
    session.apply(commands.StartFromColumn(2))
    session.apply(ReadAgain(read_as(TEXT.replace(".", ","), decimal=",")))
    assert 2 in session.document.preparation.columns
    assert session.document.start_column is None
