"""A column of the open table read in another way: undone in one step, and true of every fit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gmmstudio.document.commands import OpenTable, SetWeights, TickColumns
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.rereading import Rereading
from gmmstudio.table import TableError, read_text
from gmmstudio.table.retyping import texts_in


def text_rereading(table, index: int) -> Rereading:
    return Rereading(table, index, table.settings.with_type(index, "text"), "Read as text")


def missing_rereading(table, index: int, *words: str) -> Rereading:
    settings = table.settings.with_missing_in(index, words)
    return Rereading(table, index, settings, "Read as missing")


@pytest.fixture
def fitted(session, made):
    """Two fits: of the first two columns, and of the first alone."""
    for columns in ((0, 1), (0,)):
        session.apply(TickColumns(columns))
        session.apply(made(session.document, n_components=2))
    return session


def test_reading_one_column_anew_is_reading_the_file_anew(table) -> None:
    cells = table.column("width").cells.to_pylist()
    for rereading in (
        text_rereading(table, 1),
        missing_rereading(table, 1, cells[4], cells[9]),
        missing_rereading(table, 4, "3"),
    ):
        after = rereading().after
        rows = zip(*(column.cells.to_pylist() for column in table.columns), strict=True)
        source = "\n".join([",".join(c.header for c in table.columns), *map(",".join, rows)])
        again = read_text(source + "\n", "things", rereading.settings)
        assert after.settings == again.settings
        for one, other in zip(after.columns, again.columns, strict=True):
            described = [
                (c.kind, c.n_missing, c.n_distinct, c.tick, c.why_not) for c in (one, other)
            ]
            assert described[0] == described[1]
            np.testing.assert_array_equal(one.values, other.values)


def test_a_fit_with_the_column_is_out_of_date_and_others_are_not(fitted, table) -> None:
    word = table.column("width").cells[4].as_py()
    fitted.apply(TickColumns((0, 1)))
    before = fitted.document
    fitted.apply(missing_rereading(table, 1, word)())
    after = fitted.document
    assert np.isnan(after.table.columns[1].values[4])
    with_it, without = after.fits
    assert after.is_out_of_date(with_it)
    assert without is before.fits[1]
    assert without.table_id == after.table_id != with_it.table_id
    fitted.undo()
    assert fitted.document is before
    assert (after.table_id, after.preparation) == (before.table_id, before.preparation)


def test_a_column_of_text_is_in_no_fit_any_more(fitted, table) -> None:
    fitted.apply(SetWeights(4))
    fitted.apply(TickColumns((0, 1)))
    fitted.apply(text_rereading(table, 1)())
    document = fitted.document
    assert document.table.columns[1].values is None
    assert document.preparation.columns == (0,)
    assert [record.preparation.columns for record in document.fits] == [(0,)]
    assert document.active == document.fits[0].id
    fitted.apply(text_rereading(document.table, 4)())
    assert fitted.document.preparation.weights is None
    fitted.apply(text_rereading(fitted.document.table, 0)())
    assert (fitted.document.fits, fitted.document.active) == ((), None)
    assert fitted.document.preparation.columns == ()


def test_what_was_read_for_another_table_is_refused(session, table, other_table) -> None:
    command = text_rereading(table, 1)()
    session.apply(OpenTable(other_table))
    with pytest.raises(DocumentError, match="Another table"):
        session.apply(command)
    blank = dataclasses.replace(table, blank=True)
    with pytest.raises(TableError, match="not found"):
        text_rereading(blank, 1)()


def test_the_words_are_those_of_the_file() -> None:
    table = read_text("a,b\n-999, -999.0\n1,2\n-999,-999\n")
    assert texts_in(table, 1, np.array([0, 2])) == ("-999.0", "-999")
