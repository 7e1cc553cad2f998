"""Round numbers along axes, and how numbers are written."""

from __future__ import annotations

import math

from hypothesis import assume, example, given
from hypothesis import strategies as st

from gmmstudio.report.axes import nice_step, padded, plain, ticks

finite = st.floats(-1e12, 1e12)


@given(low=finite, span=st.floats(1e-6, 1e12), most=st.integers(2, 12))
@example(low=-0.03125, span=1e-06, most=2)
def test_ticks_are_round_few_and_inside(low, span, most):
    high = low + span
    assume(high - low > 1e-9 * max(abs(low), 1))
    found = ticks(low, high, most)
    assert 1 <= len(found.places) <= most + 1
    assert len(found.places) == len(found.texts) == len(set(found.texts))
    room = 1e-6 * (high - low)
    assert all(low - room <= place <= high + room for place in found.places)
    assert all(len(text) <= 9 for text in found.texts)


@given(span=st.floats(1e-200, 1e200), most=st.integers(1, 20))
def test_steps_are_round(span, most):
    step = nice_step(span, most)
    assert step * most >= span * (1 - 1e-9)
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert any(math.isclose(mantissa, round_one, rel_tol=1e-6) for round_one in (1, 2, 2.5, 5, 10))


def test_ticks_as_people_write_them():
    assert ticks(168.3, 234.1, 8).texts == ("170", "180", "190", "200", "210", "220", "230")
    assert ticks(-0.3, 0.3, 4).texts == ("−0.2", "0.0", "0.2")
    assert ticks(0.0, 1.0, 4).texts == ("0.00", "0.25", "0.50", "0.75", "1.00")


def test_long_numbers_share_an_offset_or_a_factor():
    offset = ticks(1e8 - 1, 1e8 + 1, 4)
    assert offset.note.startswith("+ ")
    assert max(map(len, offset.texts)) <= 4
    large = ticks(0, 4.2e9, 4)
    assert large.note == "×10⁹"
    assert large.texts == ("0", "2", "4")
    assert ticks(0, 3e-7, 3).note == "×10⁻⁷"


def test_impossible_ranges_have_no_ticks():
    for low, high in ((0, 0), (2, 1), (math.nan, 1), (-math.inf, 0), (-1.7e308, 1.7e308)):
        assert ticks(low, high, 5).places == ()


def test_numbers_in_plain_writing():
    assert plain(3691.6123) == "3691.61"
    assert plain(-0.5) == "−0.5"
    assert plain(1234567.0) == "1\u2009234\u2009567"
    assert plain(0.0) == "0"
    assert plain(1.5e-9) == "1.5 × 10⁻⁹"
    assert plain(math.nan) == "–"


@given(low=st.floats(-1e300, 1e300), span=st.floats(0, 1e300))
def test_a_range_always_gets_room(low, span):
    a, b = padded(low, low + span)
    assert a <= low <= low + span <= b
    assert b > a
    assert math.isfinite(a) and math.isfinite(b)
