"""A fixed slice of the round trips that ``python -m tests.reliability outward`` counts."""

from __future__ import annotations

from tests.reliability import laid_out
from tests.reliability.outward import counts, files


def test_every_cell_comes_back() -> None:
    counted, bad = counts(full=False)
    assert not [line for line in bad if "as told" not in line]
    forms = {form: sum(n for (f, _), n in counted.items() if f == form) for form, _ in counted}
    n_files = len(list(files()))
    assert n_files >= 12
    for form in ("source", "excel", "xlsx", "parquet"):
        assert forms[form] >= 40 + n_files - 2  # two files hold no row
        assert counted[form, "same"] >= 0.95 * forms[form]


def test_every_byte_comes_back() -> None:
    counted, bad = laid_out.counts(full=False)
    assert not bad
    for what in ("all rows", "some rows", "read again", "source gone, cells", "source gone"):
        assert counted[what, True] >= 8
