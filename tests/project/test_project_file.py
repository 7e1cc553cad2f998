"""The project file: opening equals what was saved, and older files open for ever."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gmmstudio.document import Document, Session, assign, commands
from gmmstudio.document.document import SweepRecord
from gmmstudio.document.values import same_value
from gmmstudio.project import ProjectError, limits, migrate, read_project, schema, write_project
from gmmstudio.project.linked import GiveTable, OpenProject, checked_link, read_linked, renumbered
from gmmstudio.project.linking import Link, found_from, link_to, relative_to
from gmmstudio.project.lock import NoLock, acquire, lock_path, remove_left_behind
from gmmstudio.project.read import read_picture
from gmmstudio.project.tables import text_size
from gmmstudio.project.write import is_embedded
from gmmstudio.table import TableError, atomic, read, read_text
from gmmstudio.table.owners import Owner, host_name, this_process
from gmmstudio.table.table import Column, Table
from gmmstudio.ui.project_files import let_go, read_whole
from tests.reliability import random_work
from tests.reliability.round_trips import random_document

GOLDEN = Path(__file__).parents[1] / "data" / "projects"


def never() -> bool:
    return False


def test_golden_file_of_the_first_form_opens_as_ever() -> None:
    document = read_project(GOLDEN / "schema-1.gmms").document
    found = {
        record.id: (
            record.fit.structure,
            round(record.fit.log_likelihood, 6),
            np.bincount(assign(document.table, record).labels).tolist(),
        )
        for record in document.fits
    }
    assert found == {
        1: ("VVV", -224.959313, [20, 20, 20]),
        2: ("EEE", -227.315881, [20, 20, 20]),
        3: ("EEE", -211.600125, [19, 20, 19]),
    }
    assert document.active == 3
    assert document.preparation.columns == (0, 1)
    assert document.preparation.scale == "robust"
    assert document.preparation.excluded == {3, 5}
    assert (document.preparation.weights, document.preparation.weights_as) == (5, "relative")
    assert np.array_equal(document.spec.start, [[0.0, 0.0], [10.0, 10.0], [20.0, 21.0]])
    assert document.names == ((0, "나비"),)
    assert document.colors == ((1, "#112233"),)
    assert str(document.outlier_rule) == "chi2:0.99"
    assert document.draft.words == "Move cluster A"
    assert [cell.n_components for cell in document.sweep.cells] == [1, 1, 2, 2, 9, 9]
    assert document.table.columns[2].cells[0].as_py() == 'a, "quoted"'
    assert [column.header for column in document.table.columns][5] == "“größe”"
    assert document.fits[0].tracks[0].iterations[0].number == 0


def test_golden_file_of_the_second_form_opens_as_ever() -> None:
    """It says where its table lies, and what of the check of the data was settled."""
    document = read_project(GOLDEN / "schema-2.gmms").document
    (record,) = document.fits
    assert round(record.fit.log_likelihood, 6) == -224.959313
    assert np.bincount(assign(document.table, record).labels).tolist() == [20, 20, 20]
    assert document.settled == (("skewed", (3,)), ("ties", (0, 1)))
    assert document.embedded is True
    assert read_project(GOLDEN / "schema-1.gmms").document.settled == ()
    assert read_project(GOLDEN / "schema-1.gmms").document.embedded is None


def test_golden_file_of_the_third_form_opens_as_ever() -> None:
    """It says what the columns and their values mean by the file they come from."""
    mood, x = read_project(GOLDEN / "schema-3.gmms").document.table.columns
    assert mood.description == "How do you feel? (“나비”)"
    assert mood.value_labels == (("9", "refused"), ("1", "very bad"))
    assert (x.description, x.value_labels) == ("", ())
    for older in ("schema-1.gmms", "schema-2.gmms"):
        columns = read_project(GOLDEN / older).document.table.columns
        assert not any(column.description or column.value_labels for column in columns)


def test_every_field_is_in_the_file() -> None:
    """A field that somebody adds must be added to the parts of the file, too."""
    for kept, part, elsewhere in (
        (Table, schema.TablePart, {"blank"}),
        (Column, schema.ColumnPart, {"cells"}),
        (Document, schema.DocumentPart, set()),
    ):
        names = {field.name for field in dataclasses.fields(kept)} - elsewhere
        assert names <= set(part.__struct_fields__)


def test_a_field_that_came_later_has_its_default(tmp_path) -> None:
    path = tmp_path / "p.gmms"
    write_project(path, random_document(3))

    def without(plain: dict) -> None:
        for preparation in plain["document"]["preparations"]:
            del preparation["choices"]["missing"]
        plain["surplus"] = {"unknown": [1]}

    rewrite(path, without)
    assert read_project(path).document.preparation.missing == "skip"


def rewrite(path: Path, change) -> None:
    """Change the JSON of a project."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    plain = json.loads(parts["project.json"])
    change(plain)
    parts["project.json"] = json.dumps(plain).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_future_form_is_refused_in_words(tmp_path) -> None:
    path = tmp_path / "p.gmms"
    write_project(path, Document())
    rewrite(path, lambda plain: plain.update(schema=schema.SCHEMA + 1))
    with pytest.raises(ProjectError, match="newer GMM Studio"):
        read_project(path)


def test_migration_goes_step_by_step() -> None:
    steps = {
        1: lambda plain: {"schema": 1, "name": plain["title"]},
        2: lambda plain: {**plain, "name": plain["name"].upper()},
    }
    assert migrate.migrate({"schema": 1, "title": "a"}, steps, 3) == {"schema": 3, "name": "A"}
    with pytest.raises(ProjectError, match="form number 1"):
        migrate.migrate({"schema": 1}, steps, 3)
    with pytest.raises(ProjectError, match="never was"):
        migrate.migrate({"schema": 0}, steps, 3)


def test_older_file_is_migrated_on_the_way_in(tmp_path, monkeypatch) -> None:
    path = tmp_path / "p.gmms"
    write_project(path, random_document(2))
    rewrite(path, lambda plain: plain.update(schema=0, papers=plain.pop("document")))

    def step(plain: dict) -> dict:
        return {**plain, "document": plain["papers"]}

    steps = {0: step, **migrate.STEPS}
    monkeypatch.setattr("gmmstudio.project.read.migrate", lambda p: migrate.migrate(p, steps))
    found = read_project(path).document
    assert same_value(found.spec, random_document(2).spec)


def test_numbers_that_are_not_finite(tmp_path) -> None:
    document = random_document(3)
    record = document.fits[0]
    odd = dataclasses.replace(
        record.fit, log_likelihood=float("-inf"), log_max_responsibility=float("nan"),
        log_prior=float("inf"),
    )  # fmt: skip
    document = dataclasses.replace(
        document, fits=(dataclasses.replace(record, fit=odd),), active=record.id, draft=None
    )
    write_project(tmp_path / "p.gmms", document)
    found = read_project(tmp_path / "p.gmms").document
    assert same_value(found.fits[0].fit, odd)


def test_empty_window_and_a_table_alone(tmp_path) -> None:
    write_project(tmp_path / "p.gmms", Document())
    assert same_value(read_project(tmp_path / "p.gmms").document.spec, Document().spec)
    session = Session()
    for text in ("a,b\n", "a\n\n1\n", 'x,y\n"1\n2",3\n', "a;b\n1,5;2\n"):
        try:
            session.apply(commands.OpenTable(read_text(text)))
        except TableError:
            continue
        write_project(tmp_path / "p.gmms", session.document)
        assert same_value(read_project(tmp_path / "p.gmms").document, session.document)


def test_a_column_of_one_value_is_no_bomb(tmp_path) -> None:
    """A member that packs very well is stored as it is, so that the limits let it through."""
    rows = "\n".join(["a,b", *["same,1"] * 300_000])
    session = Session()
    session.apply(commands.OpenTable(read_text(rows)))
    path = tmp_path / "p.gmms"
    write_project(path, session.document)
    assert same_value(read_project(path).document.table, session.document.table)


def test_what_is_too_large_is_not_written(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(limits, "TOTAL", 1000)
    monkeypatch.setattr("gmmstudio.project.write.TOTAL", 1000)
    (tmp_path / "p.gmms").write_bytes(b"old")
    with pytest.raises(ProjectError, match="not saved"):
        write_project(tmp_path / "p.gmms", random_document(3))
    assert (tmp_path / "p.gmms").read_bytes() == b"old"


def test_picture_is_kept(tmp_path) -> None:
    write_project(tmp_path / "p.gmms", Document(), picture=b"\x89PNG...")
    assert read_picture(tmp_path / "p.gmms") == b"\x89PNG..."
    (tmp_path / "q.gmms").write_bytes(b"no zip")
    assert read_picture(tmp_path / "q.gmms") == b""


# ---- tables that are linked ---------------------------------------------------------------


@pytest.fixture
def linked(tmp_path) -> tuple[Document, Path]:
    """An analysis of a file with a fit, and the file."""
    file = tmp_path / "data" / "t.csv"
    file.parent.mkdir()
    text = "\n".join(f"{10 * (i % 3) + i % 7 / 10},{i * i % 11},{'abc'[i % 3]}" for i in range(90))
    file.write_text(f"x,y,z\n{text}\n")
    session = Session()
    session.apply(commands.OpenTable(read(file)))
    session.apply(commands.ExcludeRows(frozenset({2, 88})))
    session.apply(random_work.fitted(session.document))
    return session.document, file


def test_linked_table_is_kept_as_far_as_it_can_be_seen(linked, tmp_path) -> None:
    document, file = linked
    path = tmp_path / "p.gmms"
    write_project(path, document, link=link_to(file))
    project = read_project(path)
    assert project.link.path == file
    assert project.link.is_met_by(file)
    blank = project.document.table
    assert blank.blank
    assert same_value(project.document.fits, document.fits)
    assert np.array_equal(
        assign(blank, project.document.record).labels,
        assign(document.table, document.record).labels,
    )
    again = read_linked(file, blank, progress=lambda share: None, should_stop=never)
    assert same_value(GiveTable(again, same=True).apply(project.document).table, document.table)
    write_project(path, project.document, link=project.link)  # saved without its table
    assert same_value(read_project(path).document, project.document)


def test_project_and_table_move_together(linked, tmp_path) -> None:
    document, file = linked
    write_project(tmp_path / "p.gmms", document, link=link_to(file))
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "p.gmms").rename(moved / "p.gmms")
    file.parent.rename(moved / "data")
    assert read_project(moved / "p.gmms").link.path == moved / "data" / "t.csv"


def test_size_of_a_table_is_that_of_its_text() -> None:
    cells = pa.chunked_array([pa.array(["a", "나비", ""]).slice(1), pa.array([], pa.string())])
    column = dataclasses.replace(read_text("x\n1\n2\n").columns[0], cells=cells)
    table = dataclasses.replace(read_text("x\n1\n2\n"), columns=(column, column))
    assert text_size(table) == 2 * len("나비".encode())
    wide = dataclasses.replace(column, cells=cells.cast(pa.large_string()))
    assert text_size(dataclasses.replace(table, columns=(wide,))) == len("나비".encode())


def test_where_a_table_is_kept_is_chosen_or_told_by_its_size(linked, tmp_path) -> None:
    document, file = linked
    assert is_embedded(document)
    assert not is_embedded(document, limit=10)
    inside = commands.KeepTable(True).apply(document)
    outside = commands.KeepTable(False).apply(document)
    assert [is_embedded(inside, limit=10), is_embedded(outside)] == [True, False]
    write_project(tmp_path / "p.gmms", outside, link=link_to(file))
    blank = read_project(tmp_path / "p.gmms").document
    assert blank.embedded is False
    assert not is_embedded(dataclasses.replace(blank, embedded=True))  # there is nothing to keep
    with pytest.raises(ValueError, match="find the file first"):
        commands.KeepTable(True).apply(blank)
    pasted = commands.OpenTable(read_text("a,b\n1,2\n3,4\n")).apply(Document())
    with pytest.raises(ValueError, match="comes from no file"):
        commands.KeepTable(False).apply(pasted)


def test_changed_file_is_told_from_the_same(linked) -> None:
    document, file = linked
    link = link_to(file)
    assert checked_link(document.table, should_stop=never) == link
    text = file.read_text()
    file.write_text(text.replace("a", "b", 1))
    assert not link.is_met_by(file)
    assert checked_link(document.table, should_stop=never) is None  # not what was read any more
    file.write_text(text)
    assert link.is_met_by(file)


def test_another_table_takes_its_place_by_names(linked) -> None:
    document, _ = linked
    document = document.replace(settled=(("ties", (0,)), ("ties", (0, 1))))
    turned = read_text("z,w,x\n" + "\n".join(f"a,{i % 5},{i}" for i in range(50)))
    swept_from = SweepRecord((), document.preparation, document.spec)
    labels = np.arange(50) % 2
    document = document.replace(sweep=swept_from, spec=document.spec.replace(start=labels))
    after = GiveTable(turned, same=False).apply(document)
    assert (after.sweep, after.spec.start) == (None, "k-means++")
    assert [document.preparation.columns, after.preparation.columns] == [(0,), (2,)]
    assert after.preparation.excluded == {2}
    assert after.is_out_of_date(after.record)
    assert after.settled == (("ties", (2,)),)  # that of a column which is gone is not kept
    lacking = read_text("z,y\na,1\nb,2\n")
    with pytest.raises(ValueError, match="no column “x”"):
        GiveTable(lacking, same=False).apply(document)


def test_tables_get_numbers_of_this_program(linked) -> None:
    document, _ = linked
    document = dataclasses.replace(document, spec=document.record.spec)
    other = dataclasses.replace(document.record, id=9, table_id=document.table_id + 50)
    document = dataclasses.replace(document, fits=(document.record, other))
    found = renumbered(document, 1234)
    assert found.table_id == found.fits[0].table_id == 1234
    assert found.fits[1].table_id not in (1234, other.table_id)
    session = Session()
    session.apply(OpenProject(document, "p"))
    assert not session.document.is_out_of_date(session.document.fits[0])
    assert session.document.is_out_of_date(session.document.fits[1])


def test_paths_from_folder_to_folder() -> None:
    assert relative_to(Path("/a/b/t.csv"), Path("/a/p")) == ("../b/t.csv", True)
    assert found_from("../b/t.csv", True, Path("/a/p")) == Path("/a/b/t.csv")
    for path in ("//server/share/t.csv", "\\\\server\\share\\t.csv"):  # nobody calls there
        assert found_from(path, False, Path("/a/p")) == Path("/a/p/t.csv")
        assert found_from(path, True, Path("/a/p")) == Path("/a/p/t.csv")
    assert not Link(Path("/a"), 0, "").is_met_by(Path("/dev"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_nothing_waits_for_a_pipe(linked, tmp_path) -> None:
    """A pipe that nobody writes to would keep whoever opens it waiting for ever."""
    document, file = linked
    path, pipe = tmp_path / "p.gmms", tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ProjectError, match="is no file"):
        read_project(pipe)
    assert read_picture(pipe) == b""
    with pytest.raises(TableError, match="is no file"):
        link_to(pipe)
    write_project(path, document, link=dataclasses.replace(link_to(file), path=pipe))
    opened = read_whole(path, lambda share: None, never)
    assert opened.changed
    let_go(opened.lock)
    os.mkfifo(lock_path(path))
    assert isinstance(acquire(path), NoLock)
    remove_left_behind(path)


@pytest.mark.parametrize(("path", "size"), [("/proc/kmsg", 0), ("/proc/kcore", 2**47)])
def test_files_of_the_system_without_an_end_are_no_tables(path, size, monkeypatch) -> None:
    if not Path(path).exists():
        pytest.skip("there are no such files here")
    found = os.stat_result((stat.S_IFREG | 0o400, 0, 0, 1, 0, 0, size, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda self: found)  # as this system may say, or another
    assert not Link(Path(path), size, "").is_met_by(Path(path), never)


# ---- whose a temporary file is ------------------------------------------------------------


def test_temporary_files_of_the_dead_go_and_others_stay(tmp_path) -> None:
    mine = tmp_path / atomic._temporary_name()
    dead = Owner(2**22 + 5, host_name(), "1")
    assert dead.is_gone
    assert not this_process().is_gone
    assert not Owner(dead.pid, "another", "1").is_gone
    parts = mine.name.split("-")
    left = mine.with_name("-".join([parts[0], parts[1], str(dead.pid), "1", parts[4]]))
    foreign = mine.with_name("-".join([parts[0], "0" * 8, str(dead.pid), "1", parts[4]]))
    user = tmp_path / ".gmmstudio-notes.part"
    for path in (mine, left, foreign, user):
        path.write_bytes(b"x")
    assert atomic.clean_up(tmp_path) == 1
    assert sorted(tmp_path.iterdir()) == sorted((mine, foreign, user))
    assert atomic.clean_up(tmp_path / "no such folder") == 0


def test_number_used_again_is_another_process() -> None:
    me = this_process()
    if not me.started:
        pytest.skip("the start of a process cannot be told here")
    assert Owner(me.pid, me.host, str(int(me.started) - 1)).is_gone
