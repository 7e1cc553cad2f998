"""Dates are days where the file or somebody tells their order, and text where nobody does."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from table_helpers import kinds, labels_for, noticed, rows

from gmmstudio.table import (
    Outgoing,
    Preparation,
    ReadSettings,
    Table,
    prepare,
    read_text,
    write_labelled,
)
from gmmstudio.table.date_ambiguity import find_date_ambiguity
from gmmstudio.table.date_words import day_words
from gmmstudio.table.dates import readings

EPOCH = datetime.date(1970, 1, 1).toordinal()


def of_dates(*cells: str, **chosen: Any) -> Table:
    text = "day;x\n" + "".join(f"{cell};{i}.5\n" for i, cell in enumerate(cells))
    return read_text(text, settings=ReadSettings(**chosen))


def days(table: Table) -> list[float | None] | None:
    values = table.columns[0].values
    return None if values is None else [None if v != v else v for v in values.tolist()]


def day(year: int, month: int, number: int) -> float:
    return float(datetime.date(year, month, number).toordinal() - EPOCH)


MARCH, CHRISTMAS = day(2020, 3, 4), day(2020, 12, 25)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2020-03-04", "2020-12-25"], [MARCH, CHRISTMAS]),
        (["2020/3/4", "2020/12/25"], [MARCH, CHRISTMAS]),
        (["2020. 3. 4.", "2020.12.25"], [MARCH, CHRISTMAS]),
        (["2020년 3월 4일", "2020년12월25일"], [MARCH, CHRISTMAS]),
        (["04/03/2020", "25/12/2020"], [MARCH, CHRISTMAS]),
        (["3/4/2020", "12/25/2020"], [MARCH, CHRISTMAS]),
        (["4. 3. 2020", "25. 12. 2020"], [MARCH, CHRISTMAS]),
        (["20. 3. 4.", "20. 12. 25."], [MARCH, CHRISTMAS]),
        (["04-03-20", "31-12-99"], [MARCH, day(1999, 12, 31)]),
        (["4 Mar 2020", "25-Dec-20"], [MARCH, CHRISTMAS]),
        (["March 4, 2020", "Dec 25 2020"], [MARCH, CHRISTMAS]),
        (["03/03/2020", "04/04/2020"], [day(2020, 3, 3), day(2020, 4, 4)]),  # either way
        (["2020-03-04T12:00", "2020-12-25 06:00:00"], [MARCH + 0.5, CHRISTMAS + 0.25]),
        (["3/4/2020 12:00 PM", "12/25/2020 6:00 am"], [MARCH + 0.5, CHRISTMAS + 0.25]),
        (["2020. 3. 4. 오후 6:00", "2020. 12. 25. 오전 12:00"], [MARCH + 0.75, CHRISTMAS]),
        (["2020-03-04T09:00+09:00", "2020-12-25T00:00Z"], [MARCH, CHRISTMAS]),
        (["2020-03-04", "", "NA", "2020-12-25"], [MARCH, None, None, CHRISTMAS]),
    ],
)
def test_dates_that_are_plain_are_days(cells: list[str], expected: list[float | None]) -> None:
    table = of_dates(*cells)
    column = table.columns[0]
    assert kinds(table) == ["date", "number"]
    assert days(table) == expected
    assert (column.tick, column.is_number) == (False, False)
    assert column.n_missing == expected.count(None)
    assert column.cells.to_pylist() == cells
    assert not any(notice.doubt for notice in table.notices)
    assert find_date_ambiguity(table) is None


def test_what_tells_the_order_is_said_with_its_line() -> None:
    table = read_text("born;seen;x\n03/04/2020;05/06/2020;1.5\n25/12/2020;01/02/2020;2.5\n")
    assert table.settings.date_order == "dmy"
    notice = next(n for n in table.notices if "tells" in n)
    assert (notice.lines, notice.doubt) == ((3,), False)
    assert "“25/12/2020”" in notice
    assert "“seen”" in notice
    assert table.columns[1].values is not None
    assert table.columns[1].values.tolist() == [day(2020, 6, 5), day(2020, 2, 1)]
    assert noticed(of_dates("04-03-20", "31-12-99"), "two digits", "1969 to 2068")


@pytest.mark.parametrize(
    ("cells", "ways"),
    [
        (["03/04/2020", "05/06/2020"], ["dmy", "mdy", None]),
        (["", "03.04.2020", "05.06.2020"], ["dmy", "mdy", None]),
        (["03/04/20", "05/06/20"], ["dmy", "mdy", "ymd", None]),
        (["20/03/04", "21/04/25"], ["dmy", "ymd", None]),
        (["13/04/2020", "04/13/2020"], ["dmy", "mdy", None]),  # the file contradicts itself
    ],
)
def test_what_nobody_can_tell_is_asked_and_text_until_then(cells, ways) -> None:
    table = of_dates(*cells)
    assert kinds(table) == ["date", "number"]
    assert days(table) is None
    assert table.settings.date_order is None
    line = cells.index(next(filter(None, cells))) + 2
    assert [n.lines for n in table.notices if n.doubt] in ([(line,)], [(line + 1,)])
    found = find_date_ambiguity(table)
    assert found is not None
    assert [reading.order for reading in found.readings] == ways
    assert not found.answered_in(ReadSettings())
    for reading in found.readings:
        choices = reading.choose(ReadSettings())
        again = of_dates(*cells, date_order=choices.date_order, types=choices.types)
        assert found.answered_in(choices)
        assert [one for one in found.readings if one.chosen_in(choices)] == [reading]
        assert find_date_ambiguity(again) == found  # the question stays while answers are tried
        assert found.readings[0].choose(choices) == found.readings[0].choose(ReadSettings())
        read = days(again)
        if reading.order is None:
            assert read is None
            assert again.columns[0].kind == "text"
        else:
            assert read is not None
            assert read[cells.index(found.cells[0])] == reading.days[0]
        assert rows(again) == rows(table)


def test_columns_that_tell_different_orders_are_read_each_in_its_own() -> None:
    text = "a;b;c\n25/12/2020;12/25/2020;03/04/2020\n01/02/2020;01/02/2020;05/06/2020\n"
    table = read_text(text)
    assert [None if c.values is None else c.values[1] for c in table.columns] == [
        *(day(2020, 2, 1), day(2020, 1, 2), None)
    ]
    asked = find_date_ambiguity(table)
    assert asked is not None
    assert asked.columns == ("c",)
    again = read_text(text, settings=ReadSettings(date_order="mdy"))
    assert again.columns[0].values is not None
    assert again.columns[0].values[1] == day(2020, 2, 1)


@pytest.mark.parametrize("cells", [["45/67/8901", "45/68/8902"], ["20-45-78", "30-55-99"]])
def test_what_only_looks_like_dates_is_text(cells: list[str]) -> None:
    assert kinds(of_dates(*cells * 10)) == ["text", "number"]


def test_a_few_cells_that_are_no_day_are_missing_and_doubted() -> None:
    table = of_dates(*["2020-03-04", "2020-12-25"] * 15, "2020-02-30")
    assert table.columns[0].n_missing == 1
    notice = next(n for n in table.notices if n.doubt)
    assert (notice.lines, "“2020-02-30”" in notice) == ((32,), True)


def test_a_few_words_among_dates_are_doubted_and_missing_once_dates_are_chosen() -> None:
    cells = [*["2020-03-04", "2020-12-25"] * 15, "unknown"]
    table = of_dates(*cells)
    assert kinds(table)[0] == "text"
    assert [n.lines for n in table.notices if n.doubt] == [(32,)]
    chosen = of_dates(*cells, types=((0, "date"),))
    assert days(chosen) == [MARCH, CHRISTMAS] * 15 + [None]
    assert of_dates("20200304", "20201225", types=((0, "date"),)).columns[0].values is not None
    assert days(of_dates("x", "y", types=((0, "date"),))) is None


def test_every_day_is_counted_as_the_calendar_has_it() -> None:
    """Against `datetime`, whose calendar is not ours: random days in three ways of writing."""
    draw = random.Random(7)
    some = [datetime.date.fromordinal(draw.randrange(1, 3_652_059)) for _ in range(300)]
    expected = [float(one.toordinal() - EPOCH) for one in some]
    for pattern in ("{0.year:04}-{0.month:02}-{0.day:02}", "{0.day}.{0.month}.{0.year:04}"):
        assert days(of_dates(*[pattern.format(one) for one in some], date_order="dmy")) == expected
    assert [day_words(value) for value in expected[:20]] == [
        f"{one.day} {one:%B} {one.year}" for one in some[:20]
    ]


def test_readings_of_a_cell() -> None:
    assert readings("03/04/2020") == ("3 April 2020", "March 4, 2020")
    assert readings("25/12/2020") == ("25 December 2020",)
    assert readings("egg") == ()


def test_reading_again_gives_the_same_days() -> None:
    for cells in (["03/04/2020", "25/12/2020"], ["03/04/20", "05/06/20"], ["2020-03-04"] * 3):
        first = of_dates(*cells)
        again = read_text("day;x\n" + "".join(f"{c};1\n" for c in cells), settings=first.settings)
        assert again.settings == first.settings
        assert (kinds(again)[0], days(again)) == (kinds(first)[0], days(first))


def test_dates_stay_as_they_stand_in_every_export(tmp_path: Path) -> None:
    table = of_dates("25/12/2020", "03/04/2020", "")
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    write_labelled(tmp_path / "out.parquet", table, labels_for(table), Outgoing("parquet"))
    assert "25/12/2020;" in (tmp_path / "out.csv").read_text()
    found = pq.read_table(tmp_path / "out.parquet")["day"].to_pylist()
    assert found == ["25/12/2020", "03/04/2020", None]


def test_dates_fit_as_days_when_they_are_chosen() -> None:
    table = of_dates("2020-03-04", "2020-12-25", "", "2021-03-04")
    sample = prepare(table, Preparation(columns=(0,)))
    np.testing.assert_array_equal(sample.x[:, 0], [MARCH, CHRISTMAS, day(2021, 3, 4)])
    assert table.default_columns() == (1,)


def test_days_in_words() -> None:
    assert day_words(MARCH, short=True) == "4 Mar 2020"
    assert day_words(MARCH + 0.5, "mdy") == "March 4, 2020, 12:00"
    for beyond in (1e300, -1e9, 3e6):
        assert "e+" in day_words(beyond) or day_words(beyond).lstrip("-").isdigit()
    assert day_words(float("nan")) == "nan"
    assert day_words(MARCH - 1e-7) == "4 March 2020"
