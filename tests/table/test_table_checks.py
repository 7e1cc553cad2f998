"""What a check of the data finds, against NumPy, SciPy and pandas."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gmmstudio.table import Preparation, Stopped, Table, read, read_text
from gmmstudio.table.checks import Finding, findings
from gmmstudio.table.sample_tables import samples
from gmmstudio.table.table import Column

ROWS = 500


def made(**columns: np.ndarray) -> Table:
    """Read a table back from its text, so that what is checked is what a user would have."""
    return read_text(pd.DataFrame(columns).to_csv(index=False), "made")


def found(table: Table, *names: str, **choices) -> tuple[Finding, ...]:
    columns = tuple(table.index(n) for n in names) or tuple(
        i for i, column in enumerate(table.columns) if column.values is not None
    )
    return findings(table, Preparation(columns, **choices))


def kinds(findings_: tuple[Finding, ...]) -> list[str]:
    return [finding.kind for finding in findings_]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_clean_data_is_left_alone(rng) -> None:
    x = rng.normal([5, 50, -3], [1, 9, 0.1], (ROWS, 3)).round(3)
    assert found(made(a=x[:, 0], b=x[:, 1], c=x[:, 2])) == ()


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.path.stem)
def test_the_sample_tables_need_no_look(sample) -> None:
    table = read(sample.path)
    assert not [f for f in findings(table, Preparation(table.default_columns())) if f.needs_a_look]


def test_missing_cells_are_counted_as_pandas_counts_them(rng) -> None:
    x = pd.DataFrame(rng.normal(size=(ROWS, 3)), columns=list("abc"))
    x = x.mask(rng.random(x.shape) < [0.0, 0.1, 0.02])
    (finding,) = found(read_text(x.to_csv(index=False, na_rep="NA")))
    gaps = x.isna().sum()
    assert finding.kind == "missing" and finding.needs_a_look
    assert finding.rows.tolist() == np.flatnonzero(x.isna().any(axis=1)).tolist()
    assert f"“b” ({gaps.b}), “c” ({gaps.c})" in finding.sentence and "“a”" not in finding.sentence
    few = x.b.isna() & (np.arange(ROWS) > 40)
    left = found(read_text(x.to_csv(index=False)), excluded=frozenset(np.flatnonzero(few).tolist()))
    assert not left[0].needs_a_look  # so few that they are only counted
    assert set(left[0].rows.tolist()).isdisjoint(np.flatnonzero(few).tolist())


def test_a_constant_is_one_in_the_rows_used(rng) -> None:
    values = np.where(np.arange(ROWS) == 3, 2.5, 1.5)
    table = made(a=rng.normal(size=ROWS), b=values)
    assert kinds(found(table)) == ["near-constant"]
    assert found(table)[0].rows.tolist() == [3]
    (finding,) = found(table, excluded=frozenset({3}))
    assert (finding.kind, finding.severity, finding.columns) == ("constant", "serious", (1,))


def test_heavy_ties_are_those_of_value_counts(rng) -> None:
    values = np.where(rng.random(ROWS) < 0.3, 0.0, rng.gamma(3, 2, ROWS).round(2) + 1)
    (finding,) = found(made(a=values))
    top = pd.Series(values).value_counts()
    assert finding.kind == "ties" and finding.rows.size == top.iloc[0]
    assert f"{100 * top.iloc[0] / ROWS:.0f}\N{NO-BREAK SPACE}%" in finding.sentence
    assert found(made(a=rng.normal(10, 2, ROWS).round(0))) == ()  # rounding is no pile


def test_codes_and_row_numbers(rng) -> None:
    a = rng.normal(size=ROWS)
    (code,) = found(made(a=a, b=rng.integers(1, 5, ROWS)))
    assert code.kind == "code" and "4 different whole numbers" in code.sentence
    (shuffled,) = found(made(a=a, b=rng.permutation(ROWS) + 1001))
    assert shuffled.kind == "id" and "from 1001 to 1500" in shuffled.sentence
    assert kinds(found(made(a=a, b=np.arange(ROWS)))) == ["id"]
    assert found(made(a=a, b=rng.integers(0, 900, ROWS))) == ()  # some numbers stand twice


def test_values_far_out_are_those_of_scipys_robust_deviation(rng) -> None:
    values = rng.normal(170, 8, ROWS).round(1)
    values[[7, 90]] = 1700.0, -40_000.0
    (finding,) = found(made(a=values))
    z = np.abs(values - np.median(values)) / stats.median_abs_deviation(values, scale="normal")
    assert finding.kind == "outliers" and finding.needs_a_look
    assert finding.rows.tolist() == np.flatnonzero(z > 30).tolist() == [7, 90]
    assert "row 91: -40000" in finding.sentence
    assert found(made(a=values), excluded=frozenset({7, 90})) == ()


def test_many_far_out_may_be_a_group(rng) -> None:
    far = np.where(np.arange(ROWS) < 60, rng.normal(900, 5, ROWS), rng.normal(0, 5, ROWS))
    assert [f.severity for f in found(made(a=far))] == ["note"]


@pytest.mark.parametrize(
    ("sign", "others", "severity"),
    [
        (-1, (1, 60), "look"),
        (-9, (1, 6), "look"),
        (99, (0, 30), "look"),
        (9, (1, 4), "look"),
        (9999, (0, 60), "serious"),
        (-999, (-20, 30), "serious"),
    ],
)
def test_a_sign_for_missing_may_lie_near(rng, sign: int, others, severity: str) -> None:
    values = rng.integers(*others, ROWS)
    values[5:40] = sign
    (finding,) = [f for f in found(made(a=values)) if f.kind == "missing-code"]
    assert (finding.severity, finding.rows.tolist()) == (severity, list(range(5, 40)))
    assert f"{sign} in 35 rows" in finding.sentence


@pytest.mark.parametrize(
    "values",
    [
        np.arange(ROWS) % 4 - 1,  # −1 to 2 is a scale
        np.arange(ROWS) % 60 - 30,
        np.arange(ROWS) % 100,  # up to 99
        np.arange(ROWS) % 10,
        np.where(np.arange(ROWS) == 7, -1, np.arange(ROWS) % 50 + 1),  # once is no sign
    ],
)
def test_a_number_like_any_other_is_no_sign_for_missing(values) -> None:
    assert "missing-code" not in kinds(found(made(a=values)))


def test_several_signs_for_missing_are_told_one_by_one(rng) -> None:
    values = rng.integers(18, 80, ROWS)
    values[:20], values[20:30], values[30] = -999, -9999, 40_000
    signs = [f for f in found(made(age=values)) if f.kind == "missing-code"]
    assert [f.rows.size for f in signs] == [10, 20]
    assert [f.rows.tolist() for f in found(made(age=values)) if f.kind == "outliers"] == [[30]]


def test_rows_that_repeat_others_are_found_where_a_column_names_them(rng) -> None:
    x = rng.normal(0, 1, (ROWS, 2)).round(1)
    ids = np.arange(ROWS) + 1000
    x[[40, 90, 91]], ids[[40, 90, 91]] = x[[3, 5, 5]], ids[[3, 5, 5]]
    table = made(a=x[:, 0], b=x[:, 1], id=ids)
    (finding,) = [f for f in found(table, "a", "b") if f.kind == "copied-rows"]
    assert (finding.severity, finding.rows.tolist()) == ("look", [40, 90, 91])
    assert "“id” too (first row 41)" in finding.sentence
    left = found(table, "a", "b", excluded=frozenset({40, 90, 91}))
    assert "copied-rows" not in kinds(left)
    ids[90] = 7  # another name, so another thing
    rows = found(made(a=x[:, 0], b=x[:, 1], id=ids), "a", "b")
    assert [f.rows.tolist() for f in rows if f.kind == "copied-rows"] == [[40, 91]]
    assert "copied-rows" not in kinds(found(made(a=x[:, 0], b=x[:, 1])))


def test_dates_are_called_dates_and_no_row_numbers() -> None:
    days = np.datetime64("2020-01-01") + np.arange(ROWS)
    (finding,) = found(made(day=days.astype(str)))
    assert (finding.kind, finding.severity) == ("date", "note")
    assert "from 1 January 2020 to 14 May 2021" in finding.sentence


def test_a_sign_for_missing_is_told_from_a_measurement(rng) -> None:
    values = np.where(rng.random(ROWS) < 0.06, -999, rng.integers(18, 80, ROWS))
    (finding,) = found(made(age=values))
    assert finding.kind == "missing-code" and finding.severity == "serious"
    assert finding.rows.tolist() == np.flatnonzero(values == -999).tolist()


def test_a_skewed_column_is_advised_to_be_logged(rng) -> None:
    skewed = np.exp(rng.normal(10, 1, 2000)).round(0)
    (finding,) = found(made(a=skewed))
    assert finding.kind == "skewed" and stats.skew(skewed) > 2 > abs(stats.skew(np.log(skewed)))
    for other in (
        skewed - skewed.min(),  # not positive
        rng.normal(100, 10, 2000),
        np.r_[rng.normal(10, 1, 1700), rng.normal(25, 1, 300)],  # two groups
        rng.uniform(0.1, 9.0, 2000),
    ):
        assert "skewed" not in kinds(found(made(a=other)))


def test_copies_are_found_through_unit_offset_and_rounding(rng) -> None:
    cm = rng.normal(170, 9, ROWS).round(1)
    table = made(cm=cm, inch=(cm / 2.54).round(2), c=32 - 1.8 * cm, again=cm)
    copies = found(table)
    assert kinds(copies) == ["duplicate"] * 3
    assert [f.columns for f in copies] == [(0, 1), (0, 2), (0, 3)]
    assert np.abs(np.corrcoef(table.columns[0].values, table.columns[2].values)).min() > 1 - 1e-12
    assert "c = -1.8 × cm + 32" in copies[1].sentence and "copy" in copies[2].sentence
    nearly = cm + rng.normal(0, 0.2, ROWS)
    assert np.corrcoef(cm, nearly)[0, 1] > 0.999 and found(made(a=cm, b=nearly)) == ()
    one_row_off = np.where(np.arange(ROWS) == 5, cm + 1.0, cm)
    assert found(made(a=cm, b=one_row_off)) == ()


@pytest.mark.parametrize("places", [2, 9])
def test_collinear_columns_are_named_as_the_rank_says(rng, places: int) -> None:
    x = rng.normal(size=(ROWS, 4)) * [1, 100, 0.1, 5] + [0, 5000, 1, -3]
    x = x.round(places)
    total = (x[:, 0] - 0.5 * x[:, 1] + 4).round(places)
    table = made(a=x[:, 0], b=x[:, 1], c=x[:, 2], d=x[:, 3], e=total)
    (finding,) = found(table)
    assert finding.kind == "collinear" and finding.columns == (0, 1, 4)
    assert "(e = a − 0.5 × b + " in finding.sentence
    z = np.column_stack([c.values for c in table.columns])
    z = (z - z.mean(axis=0)) / z.std(axis=0)
    assert np.linalg.matrix_rank(z, tol=0.01 * np.sqrt(ROWS)) == 4
    assert found(table, "a", "b", "c", "d") == ()


def test_two_relations_at_once(rng) -> None:
    x = rng.normal(size=(ROWS, 4))
    sums = found(
        made(a=x[:, 0], b=x[:, 1], s=x[:, 0] + x[:, 1], c=x[:, 2], d=x[:, 3], t=x[:, 2] - x[:, 3])
    )
    assert [f.columns for f in sums] == [(0, 1, 2), (3, 4, 5)]


def test_shares_add_up(rng) -> None:
    p = rng.dirichlet([3, 4, 5], ROWS)
    for scale, words in ((1.0, "add up to 1 in"), (100.0, "add up to 100 % in")):
        share = p * scale
        free = rng.normal(size=ROWS)
        (finding,) = found(made(a=share[:, 0], f=free, b=share[:, 1], c=share[:, 2]))
        assert finding.kind == "composition" and finding.columns == (0, 2, 3)
        assert words in finding.sentence
    rounded = (100 * p).round(1)
    assert kinds(found(made(a=rounded[:, 0], b=rounded[:, 1], c=rounded[:, 2]))) == ["composition"]


def test_few_rows_and_strange_numbers_are_no_trouble() -> None:
    for text in ("a,b,c\n1,2,3\n", "a,b\n1,2\n3,4\n", "a,b,c,d\n1,2,3,4\n2,3,4,6\n9,1,7,3\n"):
        found(read_text(text))
    huge = made(a=np.array([1e300, -1e300, 2.0, 5.0] * 10), b=np.arange(40.0) ** 2 * 1e-300)
    found(huge)
    assert findings(read_text("a,b\n1,x\n2,y\n"), Preparation(())) == ()
    table = read_text("a,b\n1.5,2\n2.5,3\n")
    found(table, excluded=frozenset({0, 1}))


def test_many_columns(rng) -> None:
    x = rng.normal(size=(80, 60))
    x[:, 59] = x[:, :5].sum(axis=1)
    table = made(**{f"c{j}": x[:, j] for j in range(60)})
    (finding,) = found(table)
    assert finding.columns == (0, 1, 2, 3, 4, 59)


def big(n: int) -> Table:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 10))
    x[:, 9] = x[:, 0] + x[:, 1]
    x[:, 8] = np.exp(x[:, 8])
    x[5, 7] = 1e6
    columns = [
        Column(f"x{j}", f"x{j}", None, x[:, j].copy(), "number", 0, n, tick=True) for j in range(10)
    ]
    return Table("big", None, tuple(columns), n)


def test_a_million_rows_are_checked_in_a_second_and_a_sample_is_called_one() -> None:
    table = big(1_000_000)
    begin = time.thread_time()
    seen = found(table)
    assert time.thread_time() - begin < 1.0
    assert kinds(seen) == ["collinear", "outliers", "skewed"]
    assert seen[1].rows.tolist() == [5]  # though hardly in the sample
    assert seen[2].sampled == 50_000 and "in a sample of 50" in seen[2].sentence


def test_a_long_column_with_few_values_is_looked_at_whole() -> None:
    n, values = 200_000, {5: 1.0, 70_001: 2.0, 199_999: 4.0}
    sparse = np.full(n, np.nan)
    sparse[list(values)] = list(values.values())
    columns = (
        Column("a", "a", None, sparse, "number", n - len(values), len(values)),
        Column("b", "b", None, np.random.default_rng(0).normal(size=n), "number", 0, n),
    )
    (finding,) = found(Table("sparse", None, columns, n))
    assert finding.kind == "missing" and finding.rows.size == n - len(values)


def test_rows_left_out_keep_no_column_from_being_called_skewed(rng) -> None:
    values = np.exp(rng.normal(0, 2, 2000))
    values[7] = -999.0
    assert "skewed" not in kinds(found(made(a=values)))
    assert "skewed" in kinds(found(made(a=values), excluded=frozenset({7})))


def test_infinite_cells_are_counted_as_cells() -> None:
    text = "a,b\n" + "".join(f"{i}.5,{i % 7}.25\n" for i in range(60)) + "inf,-inf\n"
    (finding,) = (f for f in found(read_text(text)) if f.kind == "missing")
    assert (
        "1 row (" in finding.sentence and "(2 cells are infinite or too large)" in finding.sentence
    )
    left = found(read_text(text), excluded=frozenset({60}))
    assert "missing" not in kinds(left)


def test_a_check_that_nobody_waits_for_ends() -> None:
    with pytest.raises(Stopped):
        findings(big(1000), Preparation((0, 1)), lambda: True)


def test_logged_columns_are_checked_as_logarithms(rng) -> None:
    values = np.exp(rng.normal(10, 1, 2000)).round(0)
    assert found(made(a=values), log=(0,)) == ()
    values[[3, 9]] = 0, -5
    (finding,) = found(made(a=values), log=(0,))
    assert finding.kind == "no-logarithm" and finding.rows.tolist() == [3, 9]
