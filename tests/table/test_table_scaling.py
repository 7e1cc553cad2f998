"""Scale and logarithms of a sample, against SciPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.preprocessing import RobustScaler

from gmmstudio.mixture import fit
from gmmstudio.mixture.scores import score
from gmmstudio.table import Preparation, Table, TableError, prepare, read_text

ROWS = 300


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.column_stack(
        [rng.normal(50, 9, ROWS), np.exp(rng.normal(2, 1, ROWS)), rng.standard_cauchy(ROWS)]
    )


def table_of(x: np.ndarray, **more: np.ndarray) -> Table:
    frame = pd.DataFrame(x, columns=list("abc")[: x.shape[1]]).assign(**more)
    return read_text(frame.to_csv(index=False), "scaled")


def test_the_robust_scale_is_the_interquartile_range(x) -> None:
    units = prepare(table_of(x), Preparation((0, 1, 2), "robust")).units
    expected = RobustScaler(unit_variance=True).fit(x).scale_
    np.testing.assert_allclose(units, expected)
    np.testing.assert_allclose(units, stats.iqr(x, axis=0, scale="normal"))


def test_the_robust_scale_of_counted_rows_is_nearly_that_of_repeated_ones(x) -> None:
    times = np.random.default_rng(2).integers(1, 4, ROWS)
    units = prepare(table_of(x, w=times), Preparation((0, 1, 2), "robust", weights=3)).units
    repeated = prepare(table_of(np.repeat(x, times, axis=0)), Preparation((0, 1, 2), "robust"))
    np.testing.assert_allclose(units, repeated.units, rtol=0.02)  # two rules of interpolation


def test_a_column_with_half_its_rows_alike_keeps_its_standard_deviation() -> None:
    values = np.r_[np.zeros(60), np.arange(1.0, 11.0)]
    units = prepare(table_of(values[:, None]), Preparation((0,), "robust")).units
    assert units[0] == pytest.approx(values.std())


def test_a_logged_column_is_fitted_by_its_logarithm(x) -> None:
    sample = prepare(table_of(x), Preparation((0, 1), "standard", log=(1,)))
    np.testing.assert_array_equal(sample.x[:, 1], np.log(x[:, 1]))
    np.testing.assert_array_equal(sample.x[:, 0], x[:, 0])
    assert sample.column_names == ("a", "log b")
    assert sample.logged is not None and sample.logged.tolist() == [False, True]
    np.testing.assert_allclose(sample.units, sample.x.std(axis=0))


def test_the_log_likelihood_in_original_units_is_that_of_scipys_lognormal(x) -> None:
    sample = prepare(table_of(x), Preparation((1,), log=(1,)))
    found = fit(sample.x, 1, "V", tries=1)
    lognormal = stats.lognorm(
        s=np.sqrt(found.parameters.covariances[0, 0, 0]),
        scale=np.exp(found.parameters.means[0, 0]),
    )
    assert found.log_likelihood - sample.log_volume == pytest.approx(
        lognormal.logpdf(x[:, 1]).sum(), rel=1e-10
    )
    each = score(sample.x, found.parameters).log_density - sample.x[:, 0]
    np.testing.assert_allclose(each, lognormal.logpdf(x[:, 1]))


def test_the_volume_of_weighted_rows_counts_each_as_often_as_it_says(x) -> None:
    times = np.random.default_rng(2).integers(1, 4, ROWS)
    weighted = prepare(table_of(x, w=times), Preparation((0, 1), log=(1,), weights=3))
    repeated = prepare(table_of(np.repeat(x, times, axis=0)), Preparation((0, 1), log=(1,)))
    assert weighted.log_volume == pytest.approx(repeated.log_volume)
    assert prepare(table_of(x), Preparation((0, 1))).log_volume == 0.0


def test_numbers_without_a_logarithm_are_refused_with_their_rows(x) -> None:
    table = table_of(x)
    with pytest.raises(TableError, match=r"“c” cannot be fitted by its logarithm.*more"):
        prepare(table, Preparation((0, 2), log=(2,)))
    below = frozenset(np.flatnonzero(x[:, 2] <= 0).tolist())
    sample = prepare(table, Preparation((0, 2), log=(2,), excluded=below))
    np.testing.assert_allclose(sample.x[:, 1], np.log(x[x[:, 2] > 0, 2]))
    assert prepare(table, Preparation((0,), log=(2,))).logged is None  # it is not ticked


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"scale": "rank"}, "no scale “rank”"),
        ({"missing": "mean"}, "cannot be treated as “mean”"),
        ({"log": (9,)}, "no column number 10"),
    ],
)
def test_unknown_choices_are_refused(x, choice, words) -> None:
    with pytest.raises(TableError, match=words):
        prepare(table_of(x), Preparation((0, 1), **choice))
