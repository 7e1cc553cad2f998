"""CSV like its source: its very lines, and what is said where they cannot be."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from table_helpers import headers, labels_for, read_bytes, rows, write

from gmmstudio.table import Outgoing, ReadSettings, Table, TableError, read, write_labelled
from gmmstudio.table.outgoing import ending_of, foreseen, has_lines
from gmmstudio.table.plain_out import write_columns

COMMAS = ReadSettings(delimiter=",")
ONE = Outgoing(columns=("cluster_id",))


def out(table: Table, folder: Path, outgoing: Outgoing = ONE, **more: object) -> tuple[str, str]:
    """The text written, and what was said of it."""
    labels = labels_for(table, names=("A",))
    written = write_labelled(folder / "o.csv", table, labels, outgoing, **more)  # type: ignore[arg-type]
    return (folder / "o.csv").read_bytes().decode(), " ".join(written.otherwise)


def test_what_stands_around_the_rows_stays(tmp_path: Path) -> None:
    text = 'The garden in 1999\r\n\r\nx,y\r\n1,2\r\n\r\n3,"4"\n5,6'
    table = read(write(tmp_path, text), COMMAS)
    assert not foreseen("source", table, at_hand=has_lines(table))
    expected = 'The garden in 1999\r\n\r\nx,y,cluster_id\r\n1,2,1\r\n\r\n3,"4",1\n5,6,1'
    assert out(table, tmp_path) == (expected, "")
    only = np.array([False, True, True])
    assert out(table, tmp_path, only=only)[0] == (
        'The garden in 1999\r\n\r\nx,y,cluster_id\r\n3,"4",1\n5,6,1'
    )
    (excel,) = foreseen("excel", table, at_hand=True)
    assert "line above" in excel


def test_a_source_that_changed_is_said(tmp_path: Path) -> None:
    table = read(write(tmp_path, "title\nx,y\n1,2\n\n3,4\n"), COMMAS)
    (tmp_path / "t.csv").write_text("title\nx,y\n1,2\n\n3,5\n")
    text, said = out(table, tmp_path)
    assert text == "title\nx,y,cluster_id\n1,2,1\n3,4,1\n"
    assert "has changed" in said
    (tmp_path / "t.csv").unlink()
    assert out(table, tmp_path) == (text, "")
    assert "not there any more" in foreseen("source", table, at_hand=has_lines(table))[0]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"x","y"\n"1","2"\n"3",""\n', '"x","y","cluster_id"\n"1","2","1"\n"3","","1"\n'),
        ('"x","y"\n1,"b"\n3,NA\n', '"x","y","cluster_id"\n1,"b",1\n3,NA,1\n'),
        ("x, y\n1, 2\n3, 4\n", "x, y, cluster_id\n1, 2, 1\n3, 4, 1\n"),
        ("sep=;\nx;y\n1;2\n3;4\n", "sep=;\nx;y;cluster_id\n1;2;1\n3;4;1\n"),
        ("x,y,z\n1,2\n3,4,5\n6,7,8\n", "x,y,z,cluster_id\n1,2,,1\n3,4,5,1\n6,7,8,1\n"),
        ("x\n1\n2\n", "x,cluster_id\n1,1\n2,1\n"),
        ("x,y\nx,y\n1,2\n3,4\n", "x,y,cluster_id\nx,y,cluster_id\n1,2,1\n3,4,1\n"),
    ],
)
def test_layouts(source: str, expected: str, tmp_path: Path) -> None:
    table = read_bytes(tmp_path, source)
    assert out(table, tmp_path) == (expected, "")
    again = read(tmp_path / "o.csv")
    n = len(table.columns)
    assert [row[:n] for row in rows(again)] == rows(table)
    assert headers(again)[:n] == headers(table)
    assert len(again.columns) == n + 1


def test_names_with_units_stay_in_two_lines(tmp_path: Path) -> None:
    body = "".join(f"{i}.5,{i * i}.25,t{i}\n" for i in range(9))
    table = read_bytes(tmp_path, "length,mass,tag\nmm,g,-\n" + body)
    assert headers(table)[0] == "length mm"
    text, said = out(table, tmp_path)
    assert text.startswith("length,mass,tag,cluster_id\nmm,g,-,GMM Studio\n0.5,0.25,t0,1\n")
    assert not said
    again = read(tmp_path / "o.csv")
    assert rows(again)[0] == ["0.5", "0.25", "t0", "1"]
    assert headers(again)[:3] == headers(table)


def test_names_under_groups_stay_under_them(tmp_path: Path) -> None:
    body = "".join(f"P{i},{i}.5,{i * i}.25\n" for i in range(9))
    table = read_bytes(tmp_path, "Person,Before,\nName,Height,Weight\n" + body)
    text, _ = out(table, tmp_path)
    assert text.startswith("Person,Before,,GMM Studio\nName,Height,Weight,cluster_id\nP0,0.5,")
    again = read(tmp_path / "o.csv")
    assert headers(again)[:3] == headers(table)
    assert again.n_rows == 9


def test_a_table_of_one_column_is_read_again(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "said\na, b\nc d\ne\n")
    assert len(table.columns) == 1
    labels = labels_for(table, names=("A",))
    written = write_labelled(tmp_path / "o.csv", table, labels, ONE)
    again = read(tmp_path / "o.csv", written.settings)
    assert [row[0] for row in rows(again)] == ["a, b", "c d", "e"]


def test_names_of_rows_get_an_empty_name(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "x,y\nr1,1,2\nr2,3,4\n")
    text, said = out(table, tmp_path)
    assert "as they were understood" in said
    assert text == ",x,y,cluster_id\nr1,1,2,1\nr2,3,4,1\n"
    assert headers(read(tmp_path / "o.csv")) == ["", "x", "y", "cluster_id"]


def test_rows_that_break_the_rules_are_written_as_understood(tmp_path: Path) -> None:
    good = "".join(f'{i},{i * i},"a ""b"" c"\n' for i in range(5))
    table = read_bytes(tmp_path, f'x,y,z\n{good}6,7,5" pipe\n8,9,d,,\n')
    text, said = out(table, tmp_path)
    assert '0,0,"a ""b"" c",1\n' in text
    assert text.endswith('6,7,"5"" pipe",1\n8,9,d,1\n')
    assert said.startswith("2 rows break")


def test_marks_escaped_by_a_backslash_stay(tmp_path: Path) -> None:
    good = "".join(f'{i},"a \\"b\\" c"\n' for i in range(5))
    table = read_bytes(tmp_path, f"x,y\n{good}")
    assert rows(table)[0] == ["0", 'a "b" c']
    names = ('the "third"', "back\\slash, too")
    labels = labels_for(table, names=names)
    written = write_labelled(tmp_path / "o.csv", table, labels, Outgoing(columns=("cluster",)))
    assert not written.otherwise
    text = (tmp_path / "o.csv").read_text()
    assert text.startswith('x,y,cluster\n0,"a \\"b\\" c",')
    again = read(tmp_path / "o.csv", table.settings)
    assert [row[:2] for row in rows(again)] == rows(table)
    assert set(again.column("cluster").cells.to_pylist()) <= set(names)


def test_formulas_made_safe_change_only_their_rows(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, 'x,y\n1,"b"\n2,=A1\n')
    text, _ = out(table, tmp_path, Outgoing(columns=("cluster_id",), formulas="safe"))
    assert text == """x,y,cluster_id\n1,"b",1\n2,"'=A1",1\n"""


def test_packed_like_the_source(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"x\ty\n1\t2\n3\t4\n"))
    table = read(path)
    assert ending_of("source", table) == ".tsv.gz"
    assert ending_of("excel", table) == ".csv"
    labels = labels_for(table, names=("A",))
    expected = b"x\ty\tcluster_id\n1\t2\t1\n3\t4\t1\n"
    write_labelled(tmp_path / "o.tsv.gz", table, labels, ONE)
    assert gzip.decompress((tmp_path / "o.tsv.gz").read_bytes()) == expected
    write_labelled(tmp_path / "o.zip", table, labels, ONE)
    with zipfile.ZipFile(tmp_path / "o.zip") as archive:
        assert archive.namelist() == ["o.csv"]
        assert archive.testzip() is None
        assert archive.read("o.csv") == expected
    assert rows(read(tmp_path / "o.zip")) == rows(read(tmp_path / "o.tsv.gz"))
    write_columns(tmp_path / "c.csv.gz", {"x": table.columns[0].cells.combine_chunks()})
    assert gzip.decompress((tmp_path / "c.csv.gz").read_bytes()) == b"x\n1\n3\n"


@pytest.mark.parametrize("ending", [".csv.gz", ".zip"])
def test_a_packed_file_that_fails_leaves_nothing(ending: str, tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "x,y\n1,2\n3,4\n")
    labels = labels_for(table, names=("A",))

    def broken(first: int, last: int) -> np.ndarray:
        raise TableError("no")

    object.__setattr__(labels, "probabilities", broken)
    with pytest.raises(TableError, match="no"):
        write_labelled(tmp_path / f"o{ending}", table, labels)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_line_of_names_is_added_and_said(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "1,2\n3,4.5\n5,7\n")
    assert "names the columns" in foreseen("source", table, at_hand=has_lines(table))[0]
    text, _ = out(table, tmp_path)
    assert text == "column 1,column 2,cluster_id\n1,2,1\n3,4.5,1\n5,7,1\n"


def test_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("# a, b, c\nx,y\n# of one\n1,2\n# of two\n3,4\n# the end\n")
    table = read(path, ReadSettings(comment="#"))
    assert table.n_rows == 2
    text, _ = out(table, tmp_path)
    assert text == ("# a, b, c\nx,y,cluster_id\n# of one\n1,2,1\n# of two\n3,4,1\n# the end\n")


def test_letters_that_were_lost_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, "x,y\n1,\xe9\n2,b\n".encode("latin-1"))
    table = read(path, ReadSettings(encoding="cp949"))
    with pytest.raises(TableError, match="were lost when it was read"):
        write_labelled(tmp_path / "o.csv", table, labels_for(table))


def test_text_and_dates_stay_quoted_where_the_source_is_gone(tmp_path: Path) -> None:
    text = '"x","day","tag"\n' + "".join(f'{i}.5,"2020-03-0{i}","t{i}"\n' for i in range(1, 10))
    table = read_bytes(tmp_path, text)
    (tmp_path / "t.csv").unlink()
    written, _ = out(table, tmp_path, Outgoing(columns=("cluster", "cluster_id")))
    lines = text.replace('"tag"', '"tag","cluster","cluster_id"').splitlines()
    assert written.splitlines() == [lines[0], *(f'{line},"A",1' for line in lines[1:])]
