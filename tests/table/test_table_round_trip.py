"""Random nasty tables: written by Python's csv module, read, exported, read again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from table_helpers import headers, labels_for, read_bytes, rows

from gmmstudio.table import read, read_text, write_labelled
from gmmstudio.table.errors import TableError

PIECES = ["a", "B", "1", "2.5", ".", ",", ";", "\t", "|", " ", '"', "'", "\r\n", "\n", "\r", "가"]
PIECES += ["é", "-", "NA", "0", "=", "😀", "\u2028", "\xa0", "\x0b", ""]
CELL = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
NUMBER = st.floats(-1e6, 1e6).map(lambda number: f"{number:.3f}")


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    width = draw(st.integers(1, 6))
    kinds = draw(st.lists(st.booleans(), min_size=width, max_size=width))
    header = [f"{'n' if kind else 't'}{j}" for j, kind in enumerate(kinds)]
    row = st.tuples(*[NUMBER if kind else CELL for kind in kinds]).map(list)
    return header, draw(st.lists(row, min_size=1, max_size=12))


@settings(max_examples=150)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_cell_survives(
    tmp_path: Path,
    table: tuple[list[str], list[list[str]]],
    delimiter: str,
    ending: str,
    encoding: str,
) -> None:
    header, cells = table
    # Python's writer leaves a lone CR or LF unquoted where it does not end lines: quote all then;
    # and one column without quotes does not say what its delimiter is.
    plain = ending == "\r\n" and len(header) > 1
    quoting = csv.QUOTE_MINIMAL if plain else csv.QUOTE_ALL
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow(header)
    writer.writerows(cells)
    found = read_bytes(tmp_path, text.getvalue().encode(encoding))
    assert headers(found) == header
    assert rows(found) == cells
    write_labelled(tmp_path / "out.csv", found, labels_for(found, names=("A", 'B, "x"\n가')))
    again = read(tmp_path / "out.csv")
    assert headers(again)[: len(header)] == header
    assert [row[: len(header)] for row in rows(again)] == cells


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*PIECES, "\n", "\n", ",", ","]), max_size=80).map("".join))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = read_text(text)
    except TableError as error:
        assert str(error).endswith(".")
        return
    assert found.n_rows >= 1
    assert all(len(column.cells) == found.n_rows for column in found.columns)
    assert all(column.cells.null_count == 0 for column in found.columns)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    try:
        found = read_bytes(tmp_path, data)
    except TableError as error:
        assert str(error).endswith(".")
        return
    assert found.n_rows >= 1


@settings(max_examples=150)
@given(st.lists(st.lists(st.sampled_from(["1", "x", '"', "a b", ""]), min_size=1, max_size=5)))
def test_no_cell_is_lost_from_uneven_rows(cells: list[list[str]]) -> None:
    """Without quotation marks at work, every filled cell is found in the row of its line."""
    lines = [",".join(cell.replace('"', "q") for cell in row) for row in cells]
    text = "h1,h2,h3\n1,2,3.5\n" + "".join(f"{line}\n" for line in lines if line)
    try:
        found = read_text(text)
    except TableError:
        return
    if not found.dialect.has_header or headers(found)[:3] != ["h1", "h2", "h3"]:
        assert found.notices
        return
    expected = [line.split(",") for line in ["1,2,3.5", *lines] if line.strip()]
    assert [[c for c in row if c] for row in rows(found)] == [
        [c for c in row if c] for row in expected
    ]
