"""A fixed slice of the hostile files; all of them: ``python -m tests.reliability formats``."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import pytest

from gmmstudio.table import TableError, read
from tests.reliability.formats import count
from tests.reliability.hostile_files import hostile_files

EVERY = 18


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited, and measured, on Linux")
def test_hostile_files_are_refused_or_opened_in_little_time_and_memory() -> None:
    found = count(islice(hostile_files(1), 7, None, EVERY))
    assert found.n >= 14
    assert (found.broken, found.slow, found.large, found.left) == ([], [], [], [])
    assert found.refused > found.opened > 0


def test_a_line_of_millions_of_marks_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"1," * 1_000_000)
    with pytest.raises(TableError, match="columns"):
        read(path)
