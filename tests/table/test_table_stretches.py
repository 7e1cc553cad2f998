"""Short columns are typed together: as each would be alone, and without a call for every one."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import fields
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.table import Column, ReadSettings, Table, read_text
from gmmstudio.table import dates as dates_module
from gmmstudio.table import numbers as numbers_module
from gmmstudio.table import stretches as stretches_module
from gmmstudio.table.ambiguity import find_ambiguity
from gmmstudio.table.date_ambiguity import find_date_ambiguity
from gmmstudio.table.date_texts import ORDERS, read_texts
from gmmstudio.table.dates import find_dates, find_dates_in
from gmmstudio.table.numbers import MISSING, is_missing, is_number
from gmmstudio.table.settings import ColumnType
from gmmstudio.table.stretches import MOST_CELLS, Stretch, stretches

_digits = st.from_regex(r"[+-]?[0-9]{1,4}", fullmatch=True)
_kinds = {
    "points": st.from_regex(r"-?[0-9]{1,3}\.[0-9]{1,4}", fullmatch=True),
    "commas": st.from_regex(r"-?[0-9]{1,3},[0-9]{1,4}", fullmatch=True),
    "whole": _digits,
    "grouped by commas": st.from_regex(r"[1-9][0-9]{0,2}(,[0-9]{3}){1,2}(\.5)?", fullmatch=True),
    "grouped by points": st.from_regex(r"[1-9][0-9]{0,2}(\.[0-9]{3}){1,2}(,5)?", fullmatch=True),
    "grouped by spaces": st.from_regex(r"[1-9][0-9]{0,2}( [0-9]{3}){1,2}", fullmatch=True),
    "powers": st.from_regex(r"[0-9]\.?[0-9]?[eE][+-]?[0-9]{1,3}", fullmatch=True),
    "infinite": st.sampled_from(["inf", "-Infinity", "1e999", "nan", "-nan", "+0.5"]),
    "missing": st.sampled_from([*MISSING, " ", "na", "#n/a"]),
    "spaced": st.from_regex(r" [0-9]\.[0-9] ?", fullmatch=True),
    "zeros": st.sampled_from(["0", "-0", "0.0", "000", "007"]),
    "years": st.integers(1900, 2100).map(str),
    "years first": st.dates().map(str),
    "years last": st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    "open dates": st.from_regex(r"0[1-9]/0[1-9]/20[0-2][0-9]", fullmatch=True),
    "short years": st.from_regex(r"[0-3][0-9]\.[01][0-9]\.[0-9]{2}", fullmatch=True),
    "Korean dates": st.from_regex(r"20[0-2][0-9]년 1?[1-9]월 [1-3]?[1-9]일", fullmatch=True),
    "named months": st.from_regex(r"[1-3]?[1-9] (Jan|feb|March) (19)?[0-9]{2}", fullmatch=True),
    "moments": st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    "halved days": st.from_regex(r"0[1-9]/1[0-9]/2020 1?[1-9]:[0-5][0-9] [AP]M", fullmatch=True),
    "zones": st.from_regex(r"2020-0[1-9]-1[0-9]T1[0-9]:30(Z|[+-]0[1-9]:?30)", fullmatch=True),
    "no such days": st.sampled_from(["2021-02-30", "31/02/2021", "2021-02-28", "28/02/2021"]),
    "compact": st.from_regex(r"20[0-2][0-9]0[1-9][0-3][0-9]", fullmatch=True),
    "times": st.times().map(lambda time: time.isoformat("minutes")),
    "IDs": st.from_regex(r"[A-Z]{2}-[0-9]{4}|0[0-9]{5}|1[0-9]{16}", fullmatch=True),
    "words": st.sampled_from(["a", "b", "oops", "5 kg", "가", "나 다", "결측"]),
    "one": st.just("7"),
}


@st.composite
def columns(draw: st.DrawFn) -> list[list[str]]:
    """Columns of one length, most of one kind of cells each, some with others among them."""
    n_rows = draw(st.integers(1, 12))
    found = []
    for _ in range(draw(st.integers(1, 7))):
        usual, other = draw(st.sampled_from(sorted(_kinds))), draw(st.sampled_from(sorted(_kinds)))
        mixed = draw(st.booleans())
        cell = st.one_of(*[_kinds[usual]] * 4, _kinds[other]) if mixed else _kinds[usual]
        found.append(draw(st.lists(cell, min_size=n_rows, max_size=n_rows)))
    return found


def written(cells: Sequence[Sequence[str]]) -> str:
    head = "\t".join(f"x{j}" for j in range(len(cells)))
    return "\n".join(
        [head, *("\t".join(f'"{c}"' for c in row) for row in zip(*cells, strict=True))]
    )


def assert_same(one: Table, other: Table) -> None:
    assert [str(notice) for notice in one.notices] == [str(notice) for notice in other.notices]
    assert one.settings == other.settings
    for a, b in zip(one.columns, other.columns, strict=True):
        for field in fields(Column):
            left, right = getattr(a, field.name), getattr(b, field.name)
            if field.name == "values":
                assert (left is None) == (right is None)
                assert left is None or np.array_equal(left, right, equal_nan=True)
            else:
                assert left == right, field.name


@given(columns(), st.dictionaries(st.integers(0, 6), st.sampled_from(["number", "text", "date"])))
def test_a_column_is_typed_beside_others_as_alone(
    cells: list[list[str]], types: dict[int, ColumnType]
) -> None:
    text = written(cells)
    settings = ReadSettings(types=tuple(sorted(types.items())))
    together = read_text(text, settings=settings)
    asked_together = find_ambiguity(together), find_date_ambiguity(together)
    with patch.object(stretches_module, "MOST_CELLS", 1):
        alone = read_text(text, settings=settings)
        asked_alone = find_ambiguity(together), find_date_ambiguity(together)
    assert_same(together, alone)
    assert asked_together == asked_alone


_a_date = st.one_of(
    *(_kinds[kind] for kind in ("years last", "open dates", "short years", "Korean dates")),
    *(_kinds[kind] for kind in ("named months", "halved days", "zones", "compact", "words")),
)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(_a_date | st.none(), min_size=n, max_size=n), min_size=1)
    ),
    st.data(),
)
def test_dates_are_found_beside_others_as_alone(
    cells: list[list[str | None]], data: st.DataObject
) -> None:
    n, n_rows = len(cells), len(cells[0])
    forced = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    text = pa.chunked_array([[cell for column in cells for cell in column]], pa.string())
    found = find_dates_in(Stretch(text, 0, n, n_rows), np.full(n, True), forced)
    for column, force, beside in zip(cells, forced, found.dates, strict=True):
        alone = find_dates(pa.chunked_array([column], pa.string()), forced=bool(force))
        assert (alone is None) == (beside is None)
        if alone is None or beside is None:
            continue
        for name in ("possible", "proven", "are_plain", "candidates"):
            assert getattr(alone, name) == getattr(beside, name)
        for order in ORDERS:
            assert np.array_equal(alone.values(order), beside.values(order), equal_nan=True)
        assert alone.open_rows(2) == beside.open_rows(2)
        assert alone.first_proof() == beside.first_proof()
        assert alone.first_short_year() == beside.first_short_year()


def test_the_form_of_a_date_tells_where_its_digits_stand() -> None:
    moment = datetime.datetime(2021, 11, 9, 16, 5, 7, 250_000)
    texts = {
        "9/11/2021 4:05:07.25 PM": moment,
        "2021년 11월 9일 오후 4:05:07,250": moment,
        "9 Nov 2021 16:05:07.25": moment,
        "9-11-21T18:05:07.25+02:00": moment,
        "November 9, 2021": moment.replace(hour=0, minute=0, second=0, microsecond=0),
        "9. 11. 4.": None,  # a day at the end, and the year first
    }
    read = read_texts(pa.array(["없음", *texts])[1:], compact=False)
    days = [
        np.nan if day is None else (day - datetime.datetime(1970, 1, 1)) / datetime.timedelta(1)
        for day in texts.values()
    ]
    np.testing.assert_allclose(read.days["dmy"], days, rtol=0, atol=1e-11)
    assert read.alike.all()


@pytest.mark.parametrize("row", [("25/12/2020", "03/04/2020"), ("2020년 4월 3일", "3.4.20", "x")])
def test_20_000_columns_of_dates_are_not_read_one_by_one(row: tuple[str, ...]) -> None:
    n_rows = 3
    lines = [[f"x{j}" for j in range(20_000)]]
    for i in range(n_rows):
        cells = [cell.replace("20", f"{20 + i}") for cell in row]
        lines.append([cells[j % len(cells)] for j in range(20_000)])
    text = "\n".join(map(";".join, lines))
    most = 2 * (20_000 * n_rows // MOST_CELLS + 2)
    with (
        patch.object(numbers_module, "parse", wraps=numbers_module.parse) as parse,
        patch.object(dates_module, "read_texts", wraps=read_texts) as read,
    ):
        table = read_text(text)
        assert parse.call_count <= most
        asked = find_date_ambiguity(table)
    assert 0 < read.call_count <= most + 50  # examples in what is said
    assert [column.kind for column in table.columns[:2]] == ["date", "date"]
    assert (asked is None) == ("25/12/2020" in row)


@given(columns(), st.sampled_from([".", ","]))
def test_what_is_a_number_and_which_is_as_python_has_it(
    cells: list[list[str]], decimal: str
) -> None:
    marks = ReadSettings(decimal=decimal, thousands="", header_rows=1, skip_rows=0, comment="")
    table = read_text(written(cells), settings=marks)
    for column, texts in zip(table.columns, cells, strict=True):
        filled = [text for text in texts if not is_missing(text)]
        assert column.is_number == (
            bool(filled) and all(is_number(text, decimal) for text in filled)
        )
        if not column.is_number:
            continue
        expected = [
            np.nan if is_missing(text) else float(text.strip().replace(decimal, "."))
            for text in texts
        ]
        finite = np.where(np.isinf(expected), np.nan, expected)
        assert np.array_equal(column.values, finite, equal_nan=True)
        assert column.n_distinct == len(set(finite[~np.isnan(finite)].tolist()))
        assert column.n_missing == np.count_nonzero(np.isnan(finite))


def test_columns_are_laid_end_to_end_in_their_order() -> None:
    cells = [pa.chunked_array([[f"{j}"], [f"{j}b", f"{j}c"]]) for j in range(7000)]
    parts = list(stretches(cells))
    assert [j for part in parts for j in part.columns] == list(range(7000))
    for part in parts:
        assert len(part.cells) == part.n_columns * 3 <= MOST_CELLS
        assert part.column(part.cells, 1).to_pylist() == cells[part.first + 1].to_pylist()
    assert len(parts) == 2


def test_long_columns_stay_as_they_are() -> None:
    cells = [pa.chunked_array([["x"] * (MOST_CELLS + 1)]) for _ in range(3)]
    assert [part.cells for part in stretches(cells)] == cells


def test_long_texts_are_not_joined_without_end() -> None:
    cells = [pa.chunked_array([["x" * 6_000_000]]) for _ in range(5)]
    assert [part.n_columns for part in stretches(cells)] == [2, 2, 1]


def test_20_000_columns_are_not_typed_one_by_one() -> None:
    n_rows = 5
    names = ";".join(f"x{j}" for j in range(20_000))
    row = ";".join(("1,5", "2", "a", "NA")[j % 4] for j in range(20_000))
    text = "\n".join([names, *[row] * (n_rows - 1), "3,5;7"])
    with patch.object(numbers_module, "parse", wraps=numbers_module.parse) as parse:
        table = read_text(text)
    assert table.dialect.decimal == ","
    assert [column.n_distinct for column in table.columns[:4]] == [2, 2, 1, 0]
    assert parse.call_count <= 2 * (20_000 * n_rows // MOST_CELLS + 2)
