"""A fixed slice of the counts that ``python -m tests.reliability reading`` makes in full."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.reliability.pollutions import SOURCES, Source, orders, whole_files
from tests.reliability.pollutions import variants as all_variants
from tests.reliability.reading import fuzz, giants, naughty, round_trips
from tests.reliability.scoring import score


@pytest.mark.parametrize("make", SOURCES, ids=lambda make: make.__name__)
def test_damaged_files_are_right_or_flagged(make) -> None:  # type: ignore[no-untyped-def]
    counts, bad = score(islice(all_variants(make(1)), 0, None, 43))
    assert [(variant.kind, variant.name) for variant in bad] == []
    ended = Counter[str]()
    for (_, end), n in counts.items():
        ended[end] += n
    assert ended["right"] >= 0.85 * ended.total()


def test_what_happens_to_whole_files_is_right() -> None:
    source = orders(4)
    counts, bad = score(whole_files(source))
    assert bad == []
    undecidable = {
        *("a second table", "a second table, narrower", "a second table, wider", "a note below"),
        *("single quotation marks", "spaces between quoted cells"),
    }
    assert {kind for kind, end in counts if end == "flagged"} <= undecidable


def test_a_mended_row_is_listed_with_its_line(tmp_path: Path) -> None:
    from gmmstudio.table import read

    source: Source = orders(1)
    lines = source.lines()
    cells = source.cells(7)
    lines[7] = ",".join([cells[0] + cells[1], *cells[2:]])
    (tmp_path / "t.csv").write_bytes(source.file(lines))
    notice = next(n for n in read(tmp_path / "t.csv").notices if "mended" in n)
    assert (notice.lines, notice.doubt) == ((8,), True)
    assert "line 8" in notice


def test_mutated_files_never_have_a_shape_nobody_doubts(tmp_path: Path) -> None:
    counts, bad = fuzz(range(150), tmp_path)
    assert bad == [], "seeds"
    assert counts.total() == 150


def test_naughty_cells_are_read_as_they_are(tmp_path: Path) -> None:
    counts, bad = naughty(range(40), tmp_path)
    assert bad == [], "seeds"
    assert counts["right"] >= 30


def test_giants_are_read_or_refused() -> None:
    some = [v for v in giants() if v.name in ("delimiters", "an open mark")]
    assert score(some)[1] == []


@pytest.mark.parametrize("make", SOURCES, ids=lambda make: make.__name__)
def test_every_cell_survives_the_way_out_and_in(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    counts, bad = round_trips(islice(all_variants(make(3)), 5, None, 211), tmp_path)
    assert [(variant.kind, variant.name) for variant in bad] == []
    assert counts["identical"] >= 4
