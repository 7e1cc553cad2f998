"""Thousands marks: read where they are plain, doubted where they are not; what is no date."""

from __future__ import annotations

import pytest
from table_helpers import kinds, noticed

from gmmstudio.table import ReadSettings, read_text


@pytest.mark.parametrize(
    ("cells", "marks", "values"),
    [
        (["1,234.5", "2", "-3,000"], (".", ","), [1234.5, 2.0, -3000.0]),
        (["1,234,567", "2", "3"], (".", ","), [1234567.0, 2.0, 3.0]),
        (["1.234,5", "2", "3.000"], (",", "."), [1234.5, 2.0, 3000.0]),
        (["1.234.567,25", "2,5", "3"], (",", "."), [1234567.25, 2.5, 3.0]),
    ],
)
def test_thousands_that_are_plain(
    cells: list[str], marks: tuple[str, str], values: list[float]
) -> None:
    table = read_text("name\tx\n" + "".join(f"n{i}\t{cell}\n" for i, cell in enumerate(cells)))
    assert (table.settings.decimal, table.settings.thousands) == marks
    assert table.columns[1].values.tolist() == values  # type: ignore[union-attr]
    assert noticed(table, "thousands marks")
    again = read_text("name\tx\nn\t" + cells[0] + "\nm\t7\n", settings=table.settings)
    assert again.columns[1].values.tolist() == [values[0], 7.0]  # type: ignore[union-attr]


@pytest.mark.parametrize("cells", [["1,234", "5,678"], ["1,234.5", "abc,2"], ["12,34.5", "1"]])
def test_thousands_that_are_not_plain_are_left_as_text(cells: list[str]) -> None:
    table = read_text("name\tx\n" + "".join(f"n{i}\t{cell}\n" for i, cell in enumerate(cells)))
    assert table.columns[1].values is None
    assert table.settings.thousands == ""


def test_one_grouped_number_is_a_doubt() -> None:
    table = read_text("name;x;y\nn;1,234;1.5\nm;5,678;2.5\n")
    notice = next(n for n in table.notices if "thousands" in n)
    assert (notice.doubt, notice.lines) == (True, (2,))
    chosen = read_text("name;x;y\nn;1,234;1.5\n", settings=ReadSettings(thousands=","))
    assert chosen.columns[1].values.tolist() == [1234.0]  # type: ignore[union-attr]


@pytest.mark.parametrize("cells", [["1/2", "3/4"], ["2020-1", "2021-2"], ["10:30", "11:00"]])
def test_what_is_no_date(cells: list[str]) -> None:
    table = read_text("day;x\n" + "".join(f"{cell};{i}.5\n" for i, cell in enumerate(cells)))
    assert kinds(table)[0] == "text"
