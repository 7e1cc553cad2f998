"""A fixed slice of what ``python -m tests.reliability project`` counts."""

from __future__ import annotations

import pytest

from tests.reliability import hostile_projects, project
from tests.reliability.__main__ import with_section


def test_round_trips() -> None:
    labelled, troubles = project.round_trips(range(12))
    assert troubles == []
    assert labelled > 12


def test_undo_all_and_redo_all() -> None:
    assert project.undo(range(4)) == []


@pytest.mark.skipif("sys.platform == 'win32'", reason="forks")
def test_faults() -> None:
    found = project.faults(full=False)
    assert [found[kind][1] for kind in ("faults", "limits", "kills")] == [[], [], []]
    assert found["faults"][0] > 80
    assert found["tmpfs"] is None or found["tmpfs"][1] == []


def test_hostile_projects() -> None:
    found = project.hostile(7)
    assert found["troubles"] == []
    assert set(found["counts"]) == {"refused", "opened"}
    assert found["counts"]["refused"] > 40


def test_numbers_that_many_parts_share_make_no_more_of_them(tmp_path) -> None:
    for name, data in hostile_projects.shared():
        assert hostile_projects.judged(name, data, tmp_path)[:2] == ("refused", "")


def test_sections_replace_themselves() -> None:
    text = with_section("# Title\n\nwords\n", "project", ["* one"])
    text = with_section(text, "other", ["* two"])
    text = with_section(text, "project", ["* three"])
    assert text == "# Title\n\nwords\n\n## Project\n\n* three\n\n## Other\n\n* two\n"
