"""Ticks of axes that are days: dates that are round, none too many, each where it says."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from gmmstudio.report.date_axes import date_ticks

EPOCH = datetime.datetime(1970, 1, 1)
PATTERNS = ("%d %b %Y", "%b %Y", "%Y")


def read(text: str) -> float:
    """Read a tick as `datetime` does, whose calendar is not ours."""
    for pattern in PATTERNS:
        try:
            return float((datetime.datetime.strptime(text, pattern) - EPOCH).days)
        except ValueError:
            continue
    raise AssertionError(text)


@pytest.mark.parametrize("most", [4, 6, 9])
@pytest.mark.parametrize("seed", range(20))
def test_ticks_are_round_dates_within_the_range(seed: int, most: int) -> None:
    draw = np.random.default_rng(seed)
    low = float(draw.uniform(-30_000, 40_000))
    span = float(10 ** draw.uniform(np.log10(2.0 * most), 4.8))
    found = date_ticks(low, low + span, most)
    assert 1 <= len(found.places) <= most + 1
    assert found.places == tuple(sorted(found.places))
    assert all(low <= place <= low + span for place in found.places)
    assert [read(text) for text in found.texts] == list(found.places)


def test_a_day_is_divided_into_hours() -> None:
    found = date_ticks(18262.0, 18263.0, 4)
    assert found.texts == ("1 Jan", "06:00", "12:00", "18:00", "2 Jan")
    assert found.places == (18262.0, 18262.25, 18262.5, 18262.75, 18263.0)


@pytest.mark.parametrize(("low", "high"), [(np.nan, 1.0), (5.0, 5.0), (2.0, 1.0), (0.0, np.inf)])
def test_what_is_no_range_has_no_ticks(low: float, high: float) -> None:
    assert date_ticks(low, high, 5).places == ()


def test_beyond_the_calendar_there_are_numbers() -> None:
    assert date_ticks(-1e300, 1e300, 4).places
    assert date_ticks(-1e7, 0.0, 4).texts
