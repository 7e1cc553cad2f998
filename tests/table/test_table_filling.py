"""Missing cells filled, against scikit-learn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import KNNImputer, SimpleImputer

from gmmstudio.table import Preparation, Table, TableError, prepare, read_text
from gmmstudio.table.filling import weighted_quantile
from gmmstudio.table.fitted import QUICK, column_names, fitted_at_hand, fitted_table

ROWS = 200


def with_gaps(share: tuple[float, ...], seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.normal([10, 200, 0.5], [1, 40, 0.1], (ROWS, 3)) @ [[1, 5, 0], [0, 1, 0], [0, 0, 1]]
    return np.where(rng.random(x.shape) < share, np.nan, x)


def table_of(x: np.ndarray, **more: np.ndarray) -> Table:
    frame = pd.DataFrame(x, columns=list("abcdefgh")[: x.shape[1]]).assign(**more)
    return read_text(frame.to_csv(index=False, na_rep="NA"), "gaps")


def test_medians_are_scikit_learns() -> None:
    x = with_gaps((0.1, 0.2, 0.0))
    sample = prepare(table_of(x), Preparation((0, 1, 2), missing="median"))
    some = ~np.isnan(x).all(axis=1)
    np.testing.assert_allclose(sample.x, SimpleImputer(strategy="median").fit_transform(x[some]))
    assert sample.filled is not None
    assert sample.filled.n_cells == np.isnan(x[some]).sum()
    assert sample.filled.n_rows == np.isnan(x[some]).any(axis=1).sum()
    marked = np.zeros(sample.x.shape, dtype=bool)
    marked[sample.filled.rows, sample.filled.columns] = True
    assert (marked == np.isnan(x[some])).all()


def test_nearest_rows_are_scikit_learns_where_the_donors_are_the_same() -> None:
    x = with_gaps((0.0, 0.15, 0.0))  # gaps in one column: every row that has it is complete
    sample = prepare(table_of(x), Preparation((0, 1, 2), missing="nearest"))
    complete = ~np.isnan(x).any(axis=1)
    middle, spread = x[complete].mean(axis=0), x[complete].std(axis=0)
    z = KNNImputer(n_neighbors=5).fit_transform((x - middle) / spread)
    np.testing.assert_allclose(sample.x, middle + spread * z, rtol=1e-10)


def test_nearest_rows_are_found_whatever_is_missing() -> None:
    x = with_gaps((0.1, 0.15, 0.1))
    sample = prepare(table_of(x), Preparation((0, 1, 2), missing="nearest"))
    known = x[sample.rows]
    assert sample.x[~np.isnan(known)].tolist() == known[~np.isnan(known)].tolist()
    complete = x[~np.isnan(x).any(axis=1)]
    scale = complete.std(axis=0)
    for row in np.flatnonzero(np.isnan(known).any(axis=1)):
        has = ~np.isnan(known[row])
        far = (((complete[:, has] - known[row, has]) / scale[has]) ** 2).sum(axis=1)
        nearest = complete[np.argsort(far)[:5]]
        np.testing.assert_allclose(sample.x[row, ~has], nearest[:, ~has].mean(axis=0))


def test_rows_without_any_value_or_without_a_weight_are_still_skipped() -> None:
    x = with_gaps((0.0, 0.1, 0.0))
    x[4] = np.nan
    weights = np.arange(ROWS, dtype=float)
    weights[9] = np.nan
    table = table_of(x, w=weights)
    asked = Preparation((0, 1, 2), missing="median", excluded=frozenset({2}), weights=3)
    sample = prepare(table, asked)
    assert sample.skipped.tolist() == [4, 9] and sample.excluded.tolist() == [2]
    assert len(sample.rows) == ROWS - 3


def test_weighted_medians_are_those_of_repeated_rows() -> None:
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 40):
        values, times = rng.integers(0, 9, n).astype(float), rng.integers(0, 4, n)
        times[0] += 1
        expected = np.median(np.repeat(values, times))
        assert weighted_quantile(values, times.astype(float), 0.5) == expected


def test_nothing_is_filled_unasked() -> None:
    table = table_of(with_gaps((0.1, 0.1, 0.0)))
    asked = Preparation((0, 1, 2))
    assert prepare(table, asked).filled is None
    assert fitted_table(table, asked) is table
    filled = fitted_table(table, dataclasses.replace(asked, missing="median"))
    assert fitted_table(table, dataclasses.replace(asked, missing="median")) is filled
    assert filled.columns[2] is table.columns[2]
    assert filled.columns[0].cells is table.columns[0].cells


def test_a_picture_does_not_wait_for_many_cells_to_be_filled(monkeypatch) -> None:
    table = table_of(with_gaps((0.1, 0.1, 0.0)))
    asked = Preparation((0, 1, 2), missing="nearest")
    monkeypatch.setitem(QUICK, "nearest", 10)
    assert fitted_at_hand(table, asked) is table
    filled = fitted_table(table, asked)
    assert fitted_at_hand(table, asked) is filled  # from now on it is known


def test_what_cannot_be_filled_is_said() -> None:
    x = np.full((6, 2), np.nan)
    x[:3, 0], x[3:, 1] = (1.5, 2.5, 4), (7, 9, 8.5)
    table = table_of(x)
    with pytest.raises(TableError, match=r"No row is complete.*median"):
        prepare(table, Preparation((0, 1), missing="nearest"))
    assert prepare(table, Preparation((0, 1), missing="median")).x.shape == (6, 2)
    with pytest.raises(TableError, match="no value in any row used"):
        asked = Preparation((0, 1), missing="median", excluded=frozenset({3, 4, 5}))
        prepare(table, asked)


def test_many_columns_and_huge_numbers() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(60, 8)) * 1e300
    x[rng.random(x.shape) < 0.1] = np.nan
    table = table_of(x)
    filled = fitted_table(table, Preparation(tuple(range(8)), missing="nearest"))
    assert all(np.isfinite(column.values).all() for column in filled.columns)


def test_logs_are_filled_as_logs() -> None:
    x = np.exp(with_gaps((0.1, 0.0, 0.1)) / 50)
    table = table_of(x)
    asked = Preparation((0, 1, 2), missing="median", log=(0, 2))
    sample = prepare(table, asked)
    logs = np.where([True, False, True], np.log(x), x)[sample.rows]
    np.testing.assert_allclose(sample.x, SimpleImputer(strategy="median").fit_transform(logs))
    assert sample.column_names == column_names(table, asked) == ("log a", "b", "log c")
