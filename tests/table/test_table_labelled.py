"""The labelled table: original cells as they were, new columns in full precision."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from table_helpers import headers, labels_for, read_bytes, rows, write

from gmmstudio.table import Labels, Stopped, TableError, read, read_text, sample, write_labelled
from gmmstudio.table.new_columns import new_names

NEW = ["cluster", "cluster_id", "probability_1", "probability_2", "uncertainty", "log_density"]
NEW += ["mahalanobis", "outlier", "note"]


def exported(path: Path, **layout: str) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, **layout))  # type: ignore[arg-type]


def test_pandas_reads_what_we_write(tmp_path: Path) -> None:
    """A reader not written here finds the same cells, and the numbers to the last digit."""
    import pandas as pd

    table = read(sample("penguins").path)
    labels = labels_for(table)
    write_labelled(tmp_path / "out.csv", table, labels)
    found = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)
    for column in table.columns:
        assert found[column.header].tolist() == column.cells.to_pylist()
    np.testing.assert_array_equal(found["log_density"].astype(float), labels.log_density)
    np.testing.assert_array_equal(found["outlier"] == "true", labels.outlier)


def test_columns_and_numbers(tmp_path: Path) -> None:
    table = read_text("x,y\n1,2.50\n3,NA\n5,6\n")
    labels = labels_for(table, np.array([0, 2]))
    write_labelled(tmp_path / "out.csv", table, labels)
    header, first, second, third = exported(tmp_path / "out.csv")
    assert header == ["x", "y", *NEW]
    assert second == ["3", "NA", *[""] * 8, "excluded"]
    for row, i in ((first, 0), (third, 1)):
        k = int(labels.labels[i])
        p = labels.probabilities(0, 2)[i]
        assert row[2:4] == [labels.names[k], str(k + 1)]
        assert [float(cell) for cell in row[4:6]] == p.tolist()
        assert float(row[6]) == 1 - labels.max_probability[i]
        assert float(row[7]) == labels.log_density[i]
        assert float(row[8]) == np.sqrt(labels.squared_mahalanobis[i])
        assert row[9:] == ["true" if labels.outlier[i] else "false", ""]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_layout_is_the_source_s(delimiter: str, ending: str, tmp_path: Path) -> None:
    lines = (["a", "b", "c"], ["1.5", '"q ""x"""', "2"], ["3.5", '"r\r\ns"', "4"])
    text = ending.join(delimiter.join(line) for line in lines) + ending
    table = read_bytes(tmp_path, text)
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    again = read(tmp_path / "out.csv")
    assert again.dialect == table.dialect
    assert [row[:3] for row in rows(again)] == rows(table)
    assert (tmp_path / "out.csv").read_bytes().endswith(ending.encode())


def test_the_decimal_mark_is_the_source_s(tmp_path: Path) -> None:
    table = read_text("a;b\n1,5;2\n3,5;4\n")
    labels = labels_for(table)
    write_labelled(tmp_path / "out.csv", table, labels)
    again = read(tmp_path / "out.csv")
    assert again.dialect.decimal == ","
    log_density = again.column("log_density").values
    assert log_density is not None
    assert log_density.tolist() == labels.log_density.tolist()


def test_a_decimal_comma_between_commas_is_quoted(tmp_path: Path) -> None:
    table = read_text('a,b\n"1,5",2\n"3,5",4\n')
    labels = labels_for(table)
    write_labelled(tmp_path / "out.csv", table, labels)
    assert len({len(row) for row in exported(tmp_path / "out.csv")}) == 1
    again = read(tmp_path / "out.csv").column("log_density").values
    assert again is not None
    assert again.tolist() == labels.log_density.tolist()


def test_extreme_numbers_come_back(tmp_path: Path) -> None:
    table = read_text("a,b\n1,2\n3,4\n5,7\n")
    values = np.array([5e-324, -1.7976931348623157e308, 0.1 + 0.2])
    labels = Labels(1, ("A",), np.arange(3), np.zeros(3, int), np.ones(3), values, np.abs(values),
                    np.zeros(3, bool), lambda a, b: np.ones((b - a, 1)))  # fmt: skip
    write_labelled(tmp_path / "out.csv", table, labels)
    found = [float(row[6]) for row in exported(tmp_path / "out.csv")[1:]]
    assert found == values.tolist()


def test_names_already_taken_get_a_suffix(tmp_path: Path) -> None:
    table = read_text("note,cluster,cluster_2,x\na,b,c,1\nd,e,f,2\n")
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    header = exported(tmp_path / "out.csv")[0]
    assert header[:4] == ["note", "cluster", "cluster_2", "x"]
    assert header[4:6] == ["cluster_3", "cluster_id"]
    assert header[-1] == "note_2"


def test_labelling_twice_keeps_both() -> None:
    once = new_names(["x"], 2)
    twice = new_names(["x", *once], 2)
    assert not set(once) & set(twice)


def test_odd_headers_are_written_as_they_were(tmp_path: Path) -> None:
    table = read_text('x,x,,"a, b"\n1,2,3,4\n2,2,1,4\n')
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    assert exported(tmp_path / "out.csv")[0][:4] == ["x", "x", "", "a, b"]


def test_a_table_without_header_gets_one(tmp_path: Path) -> None:
    table = read_text("1,2\n3,4.5\n5,7\n")
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    assert exported(tmp_path / "out.csv")[0] == ["column 1", "column 2", *NEW]


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n3,4\n")
    table = read(path)
    (tmp_path / "link.csv").symlink_to(path)
    for target in (path, tmp_path / "link.csv", tmp_path / "." / "t.csv"):
        with pytest.raises(TableError, match=r"never overwritten.*-labelled"):
            write_labelled(target, table, labels_for(table))
    assert path.read_text() == "a,b\n1,2\n3,4\n"


def test_rows_that_are_not_at_hand_are_not_written(tmp_path: Path) -> None:
    table = replace(read_text("a,b\n1,2\n3,4\n"), blank=True)
    with pytest.raises(TableError, match="not at hand"):
        write_labelled(tmp_path / "out.csv", table, labels_for(table))
    assert list(tmp_path.iterdir()) == []


def test_export_after_the_source_is_gone(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n3,4\n")
    table = read(path)
    path.unlink()
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    assert len(exported(tmp_path / "out.csv")) == 3


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    table = read(sample("penguins").path)
    with pytest.raises(Stopped):
        write_labelled(tmp_path / "out.csv", table, labels_for(table), should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_in_the_model_leaves_nothing(tmp_path: Path) -> None:
    table = read_text("a,b\n1,2\n3,4\n")
    labels = labels_for(table)

    def fail(a: int, b: int) -> np.ndarray:
        raise ZeroDivisionError

    broken = Labels(**{**labels.__dict__, "probabilities": fail})
    with pytest.raises(ZeroDivisionError):
        write_labelled(tmp_path / "out.csv", table, broken)
    assert list(tmp_path.iterdir()) == []


def test_many_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gmmstudio.table.labelled._CELLS_AT_ONCE", 64)
    table = read(sample("penguins").path)
    labels = labels_for(table, np.arange(0, table.n_rows, 3))
    shares: list[float] = []
    write_labelled(tmp_path / "out.csv", table, labels, progress=shares.append)
    again = read(tmp_path / "out.csv")
    assert [row[:8] for row in rows(again)] == rows(table)
    assert headers(again)[:8] == headers(table)
    assert shares[-1] == 1.0
    log_density = again.column("log_density").values
    assert log_density is not None
    assert np.flatnonzero(np.isfinite(log_density)).tolist() == labels.rows.tolist()
    assert log_density[labels.rows].tolist() == labels.log_density.tolist()
