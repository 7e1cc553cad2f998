"""The real program killed while it works: its work comes back."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("PySide6")

from tests.reliability.killed_runs import judged, kill


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
@pytest.mark.parametrize("what", ["fit", "search"])
def test_what_was_under_way_comes_back(tmp_path, what) -> None:
    killed = kill(tmp_path / what, what, 0.7)
    assert judged(killed, what) == []
    assert killed.lost < 30.0
