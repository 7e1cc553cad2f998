"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.report import formats
from gmmstudio.report.formats import GAP, MINUS, THIN


def seen(text):
    return text.replace(GAP, " ").replace(THIN, " ").replace(MINUS, "-")


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0"), (9999, "9999"), (10_000, "10 000"), (1_234_567, "1 234 567"), (-3, "-3")],
)
def test_counts(n, text):
    assert seen(formats.count(n)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1148.4449, "-1148.44"),
        (0.004, "0.00"),
        (-0.004, "0.00"),
        (-0.006, "-0.01"),
        (1234567.891, "1 234 567.89"),
        (9999.999, "10000.00"),
        (math.nan, "–"),
        (-math.inf, "–"),
    ],
)
def test_log_likelihoods_have_two_decimals(value, text):
    assert seen(formats.log_likelihood(value)) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.98, "98 %"),
        (0.9951, "over 99 %"),
        (0.004, "under 1 %"),
        (0.006, "1 %"),
        (math.nan, "–"),
    ],
)
def test_percent(share, text):
    assert seen(formats.percent(share)) == text


def test_percent_with_decimals():
    assert seen(formats.percent(0.05263, 1)) == "5.3 %"
    assert seen(formats.percent(0.0001, 1)) == "under 0.1 %"


def test_a_measurement_without_a_deviation_is_written():
    """As of a single row."""
    assert seen(formats.measure(2.5, math.nan)) == "2.5"
    assert seen(formats.measure(math.nan, 1.0)) == "–"
    assert seen(formats.mean_and_deviation(12.345, 1.24, 0.03)) == "12.345 ± 1.240"


@given(st.floats(0, 1), st.floats(0.01, 0.99))
def test_a_probability_is_never_sure_and_never_on_the_wrong_side_of_its_line(p, line):
    written = seen(formats.probability(p, line))
    assert written != "100.0 %"
    if p < line:
        assert written != f"{100 * line:.1f} %"


@given(st.floats(0, 1))
def test_all_and_none_are_said_only_where_that_is_so(share):
    text = seen(formats.percent(share))
    assert (text == "100 %") == (share == 1)
    assert (text == "0 %") == (share == 0)


@pytest.mark.parametrize(
    ("mean", "deviation", "text"),
    [
        (38.8123, 2.637, "38.8 ± 2.6"),
        (3691.74, 456.31, "3691.7 ± 456.3"),
        (0.015321, 0.00123, "0.0153 ± 0.0012"),
        (-5.0, 0.0, "-5.0 ± 0.0"),
        (1.5e9, 2.5e8, "1.5e+09 ± 2.5e+08"),
        (1e9, 0.25, "1000000000 ± 0.25"),
        (0.0, 3e-9, "0 ± 3e-09"),
        (math.nan, 1.0, "– ± 1.0"),
    ],
)
def test_a_mean_has_the_decimals_its_deviation_calls_for(mean, deviation, text):
    assert seen(formats.mean_and_deviation(mean, deviation)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0234, "0.02 s"),
        (1.44, "1.4 s"),
        (9.97, "10 s"),
        (59.6, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3725, "1 h 2 min"),
    ],
)
def test_durations(seconds, text):
    assert seen(formats.duration(seconds)) == text


def test_words_agree_with_their_number():
    assert (formats.rows(1), formats.rows(2)) == ("1 row", "2 rows")
    assert (formats.clusters(1), formats.clusters(0)) == ("1 cluster", "0 clusters")


def test_plain_ascii_is_ascii():
    text = formats.plain_ascii(formats.fixed(-1234567.8) + formats.percent(0.5))
    assert text == "-1234567.8050 %"
    assert text.isascii()


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1e300))
def test_no_number_is_too_strange_to_be_written(value, deviation):
    assert formats.mean_and_deviation(value, deviation)
    assert formats.fixed(value)
