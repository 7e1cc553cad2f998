"""Checks of one column at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.checks.finding import Finding, number, percent, rows_words
from gmmstudio.table.checks.sampling import Numbers
from gmmstudio.table.columns import CODE_VALUES
from gmmstudio.table.date_words import day_words
from gmmstudio.table.table import Column, FloatArray
from gmmstudio.table.value_labels import maybe_missing, means_no_value

NEAR_CONSTANT = 0.95
"""From this share of one value on a column is nearly constant."""

TIES = 0.10
"""From this share of one value on, ties are heavy in a column of more than a few values …"""

PILE = 5.0
"""… if so many times as many rows have it as have the next values: else it is rounding."""

FAR_OUT = 30.0
"""So many robust standard deviations from the median is far out: no mistake by a factor of two."""

FEW_FAR = 0.01
"""A larger share of rows far out is no accident but a group of its own."""

MOST_MISSING_CODE = 0.5
_SUSPECTED = frozenset({-1.0, -9.0, -99.0, -999.0, 9.0, 99.0, 999.0, 9999.0})
_APART = 3.0  # robust standard deviations between a positive one and the values below it
_FEWEST_ABOVE = 2.0  # the median of counts and measures, of which a −1 is none
SKEWED = 0.5
SPAN = 10.0
_FEWEST_ROWS = 10


def check_column(
    numbers: Numbers, labelled: NDArray[np.int64], *, logged: bool = False
) -> list[Finding]:
    """Return what is to be said about one column of the fit.

    Parameters
    ----------
    numbers
        The column.
    labelled
        Rows (m,) of which `labelled_codes` has told.
    logged
        Whether these are its logarithms.
    """
    if numbers.n_present < 2:
        return []  # a fit refuses it in words of its own, and the missing cells are found elsewhere
    value, share = most_frequent(numbers)
    if share == 1.0:
        return [_constant(numbers, value)]
    found: list[Finding] = []
    if share >= NEAR_CONSTANT and numbers.n_present >= _FEWEST_ROWS:
        found.append(_near_constant(numbers, value, share))
        return found  # all that varies would be called far out
    if numbers.column.kind == "date":
        return [_date(numbers)]
    if (finding := _row_numbers(numbers) if not logged else None) is not None:
        return [finding]
    if (finding := _code(numbers)) is not None:
        found.append(finding)
    elif share >= TIES and numbers.n_present >= 2 * _FEWEST_ROWS and _stands_out(numbers):
        found.append(_ties(numbers, value, share))
    skewed = not logged and is_skewed(numbers.sample, numbers.smallest)
    far, centre = far_out(numbers, as_logs=skewed)
    far = np.setdiff1d(far, labelled)
    found += _far(numbers, far, centre)
    told = labelled.size or any(finding.kind == "missing-code" for finding in found)
    if not told and (finding := _suspected_code(numbers)):
        found.append(finding)
    if skewed:
        found.append(_skewed(numbers))
    return found


def labelled_codes(column: Column, index: int, kept: NDArray[np.bool_] | None) -> list[Finding]:
    """Find numbers that stand for "no value" by their labels in the file, however near they lie."""
    values = column.values
    if values is None or not column.value_labels:
        return []
    present = np.isfinite(values) if kept is None else np.isfinite(values) & kept
    found = []
    for text, label in maybe_missing(np.unique(values[present]).tolist(), column.value_labels):
        rows = np.flatnonzero(present & (values == float(text)))
        sure = means_no_value(label)
        would = "it would be" if sure else "it may be a sign for “no value”, and is"
        found.append(
            Finding(
                "missing-code",
                "serious" if sure else "look",
                (index,),
                f"“{column.name}” is {text} in {rows_words(rows.size)}, which means “{label}” by "
                f"the labels of the file: {would} taken for a measurement.",
                f"{column.name}: {text} means “{label}”",
                rows,
            )
        )
    return found


def most_frequent(numbers: Numbers) -> tuple[float, float]:
    """Return the value that most rows hold, and their share of all values there are.

    The value is sought in the sample, and counted in all rows.
    """
    values, counts = np.unique(numbers.sample, return_counts=True)
    value = float(values[np.argmax(counts)])
    if numbers.sampled == 0:
        return value, float(counts.max()) / numbers.n_present
    if counts.max() < numbers.sample.size * TIES / 2:
        return value, float(counts.max()) / numbers.sample.size  # not worth counting
    return value, numbers.rows_of(value).size / numbers.n_present


def _stands_out(numbers: Numbers) -> bool:
    """Whether the most frequent value is a pile, and not only one of a few rounded values."""
    counts = np.sort(np.unique(numbers.sample, return_counts=True)[1])[::-1]
    others = counts[2:6]  # the second may be a pile as well: 0 and 100
    return others.size == 0 or bool(counts[0] >= PILE * others.mean())


def robust_scale(sample: FloatArray) -> tuple[float, float]:
    """Return median and robust standard deviation: 1.4826 MAD, else IQR / 1.349; 0 if neither.

    Rousseeuw & Croux (1993): 1.4826 = 1 / Φ⁻¹(3/4) makes the MAD consistent for a Gaussian.
    """
    low, median, high = np.percentile(sample, [25.0, 50.0, 75.0])
    deviation = 1.4826 * float(np.median(np.abs(sample - median)))
    return float(median), deviation or float(high - low) / 1.349


def far_out(numbers: Numbers, *, as_logs: bool) -> tuple[NDArray[np.int64], float]:
    """Return the rows (m,) that lie far out, and the median; a skewed column is judged in logs."""
    with np.errstate(all="ignore"):
        sample = np.log(numbers.sample) if as_logs else numbers.sample
        values = np.log(numbers.values) if as_logs else numbers.values
        median, deviation = robust_scale(sample)
        if not (np.isfinite(deviation) and deviation > 0.0):
            return np.empty(0, dtype=np.int64), median
        rows = numbers.where(np.abs(values - median) > FAR_OUT * deviation)
    return rows, float(np.exp(median)) if as_logs else median


def is_skewed(sample: FloatArray, smallest: float) -> bool:
    """Whether a column is positive, spans orders of magnitude, and is far more even in logs.

    Skewness is (q95 + q05 − 2 q50) / (q95 − q05), which no outlier moves (Hinkley 1975). A column
    of two groups is skewed as well, but rarely spans a factor of ten.
    """
    if sample.size < 2 * _FEWEST_ROWS or smallest <= 0.0:
        return False
    q05, q50, q95 = np.percentile(sample, [5.0, 50.0, 95.0])
    if q05 <= 0.0 or q95 / q05 < SPAN:
        return False
    raw = quantile_skewness(q05, q50, q95)
    logs = quantile_skewness(*np.log([q05, q50, q95]))
    return raw >= SKEWED and abs(logs) <= raw / 2


def quantile_skewness(low: float, middle: float, high: float) -> float:
    """Return (high + low − 2 middle) / (high − low): 0 if even, towards 1 with a tail upwards."""
    return float(((high - middle) - (middle - low)) / (high - low))


def _constant(numbers: Numbers, value: float) -> Finding:
    return Finding(
        "constant",
        "serious",
        (numbers.index,),
        f"“{numbers.name}” is always {number(value)} in the rows used, so it cannot tell groups "
        "apart and keeps a fit from being made.",
        f"{numbers.name} is constant",
    )


def _near_constant(numbers: Numbers, value: float, share: float) -> Finding:
    others = numbers.n_present - round(share * numbers.n_present)
    return Finding(
        "near-constant",
        "look",
        (numbers.index,),
        f"“{numbers.name}” is {number(value)} in {percent(share)} of the rows; only "
        f"{rows_words(others)} {'differs' if others == 1 else 'differ'}. A cluster that holds "
        "none of those has no spread here and collapses.",
        f"{numbers.name} hardly varies",
        numbers.where(np.isfinite(numbers.values) & (numbers.values != value)),
    )


def _date(numbers: Numbers) -> Finding:
    low, high = float(np.nanmin(numbers.values)), float(np.nanmax(numbers.values))
    return Finding(
        "date",
        "note",
        (numbers.index,),
        f"“{numbers.name}” holds dates, from {day_words(low)} to {day_words(high)}. Groups are "
        "looked for in days since the first of January 1970; a day of the week or of the year is "
        "not seen in them.",
        f"{numbers.name} holds dates",
    )


def _row_numbers(numbers: Numbers) -> Finding | None:
    """Find numbers that only name the rows: whole, all different, and hardly one left out."""
    sample = numbers.sample
    if numbers.n_present < 2 * _FEWEST_ROWS or not np.all(sample == np.floor(sample)):
        return None
    kept = np.isfinite(numbers.values)
    if numbers.kept is not None:
        kept &= numbers.kept
    values = numbers.values[kept]
    low, high = float(values.min()), float(values.max())
    if high - low + 1 > 1.5 * values.size or not np.all(values == np.floor(values)):
        return None
    seen = np.zeros(int(high - low) + 1, dtype=bool)
    seen[(values - low).astype(np.int64)] = True
    if np.count_nonzero(seen) < values.size:
        return None
    return Finding(
        "id",
        "look",
        (numbers.index,),
        f"“{numbers.name}” holds whole numbers from {number(low)} to {number(high)}, each at most "
        "once: it seems to name the rows (an ID) rather than to measure anything, and groups in "
        "it would mean nothing.",
        f"{numbers.name} looks like an ID",
    )


def _code(numbers: Numbers) -> Finding | None:
    column = numbers.column
    if column.kind == "id":
        return Finding(
            "id",
            "look",
            (numbers.index,),
            f"“{numbers.name}” seems to name things rather than to measure them "
            f"({column.why_not or 'an ID'}): groups in it would mean nothing.",
            f"{numbers.name} looks like an ID",
        )
    distinct = np.unique(numbers.sample)
    if distinct.size > CODE_VALUES or 2 * distinct.size > numbers.n_present:
        return None
    whole = "whole numbers" if np.all(distinct == np.floor(distinct)) else "values"
    return Finding(
        "code",
        "look",
        (numbers.index,),
        f"“{numbers.name}” holds only {distinct.size} different {whole}. If they stand for "
        "categories, their distances mean nothing; and a cluster within one of them has no spread "
        "and collapses.",
        f"{numbers.name} looks like a code",
        sampled=numbers.sampled,
    )


def _ties(numbers: Numbers, value: float, share: float) -> Finding:
    return Finding(
        "ties",
        "look",
        (numbers.index,),
        f"{percent(share)} of the rows have exactly {number(value)} in “{numbers.name}”. A cluster "
        "can shrink onto such a pile of equal values; a simpler shape, the prior, or a fit without "
        "the column helps.",
        f"{numbers.name} has many equal values",
        numbers.rows_of(value),
    )


def _far(numbers: Numbers, rows: NDArray[np.int64], centre: float) -> list[Finding]:
    """Tell signs for "no value" among what lies far out from the rest."""
    values = numbers.values[rows]
    different = np.unique(values).tolist()
    # 999 beside 1200 may be a number like any other; −999 beside it is none.
    alone = all(value < 0 or _is_missing_code(value) for value in different)
    codes = [value for value in different if _is_missing_code(value) and (alone or value < 0)]
    found = []
    for value in codes:
        where = rows[values == value]
        if where.size <= MOST_MISSING_CODE * numbers.n_present:
            found.append(_missing_code(numbers, value, where, centre))
            rows, values = rows[values != value], values[values != value]
    return [*found, _outliers(numbers, rows, centre)] if rows.size else found


def _missing_code(
    numbers: Numbers, value: float, rows: NDArray[np.int64], centre: float
) -> Finding:
    return Finding(
        "missing-code",
        "serious",
        (numbers.index,),
        f"“{numbers.name}” is {number(value)} in {rows_words(rows.size)}, far from all other "
        f"values (about {number(centre)}): it looks like a sign for “no value”, and would be taken "
        "for a measurement.",
        f"{numbers.name}: {number(value)} looks like “missing”",
        rows,
    )


def _suspected_code(numbers: Numbers) -> Finding | None:
    """Find a value apart that surveys use for "no answer", without lying far out: −1, 9, 99."""
    lowest, highest = float(np.min(numbers.sample)), float(np.max(numbers.sample))
    for value, others in (
        (lowest, numbers.sample[numbers.sample > lowest]),
        (highest, numbers.sample[numbers.sample < highest]),
    ):
        if value not in _SUSPECTED or not others.size:
            continue
        median, deviation = robust_scale(others)
        if value < 0:
            apart = float(others.min()) >= 0.0 and median >= _FEWEST_ABOVE
        else:
            apart = value - float(others.max()) > max(_APART * deviation, 0.3 * value)
        rows = numbers.rows_of(value)
        if apart and 1 < rows.size <= MOST_MISSING_CODE * numbers.n_present:
            side = "no other value is negative" if value < 0 else "all others are far smaller"
            return Finding(
                "missing-code",
                "look",
                (numbers.index,),
                f"“{numbers.name}” is {number(value)} in {rows_words(rows.size)}, and {side}: it "
                "may be a sign for “no value”, and is taken for a measurement.",
                f"{numbers.name}: {number(value)} may mean “missing”",
                rows,
            )
    return None


def _outliers(numbers: Numbers, rows: NDArray[np.int64], centre: float) -> Finding:
    values = numbers.values[rows]
    worst = int(np.argmax(np.abs(values - centre)))
    few = rows.size <= max(FEW_FAR * numbers.n_present, 3)
    what = (
        "Such values pull a whole cluster to themselves; correct them if they are mistakes, or "
        "leave their rows out."
        if few
        else "So many can be a group of their own; look at them before you leave them out."
    )
    lie = "lies" if rows.size == 1 else "lie"
    first = f"row {rows[worst] + 1}: {number(values[worst])}"
    return Finding(
        "outliers",
        "look" if few else "note",
        (numbers.index,),
        f"{rows_words(rows.size)} {lie} far out in “{numbers.name}” ({first}, where the middle is "
        f"{number(centre)}). {what}",
        f"{numbers.name} has {'an extreme value' if rows.size == 1 else 'extreme values'}",
        rows,
    )


def _is_missing_code(value: float) -> bool:
    """Whether a number is of the kind that stands for "no value", such as −999."""
    if not float(value).is_integer():
        return False
    digits = str(abs(int(value)))
    return len(digits) >= 2 and set(digits) <= {"9"}


def _skewed(numbers: Numbers) -> Finding:
    q05, q95 = np.percentile(numbers.sample, [5.0, 95.0])
    looked = f" (in a sample of {numbers.sampled} rows)" if numbers.sampled else ""
    return Finding(
        "skewed",
        "look",
        (numbers.index,),
        f"“{numbers.name}” is strongly skewed: most values are small, and a few are many times "
        f"larger (90 % lie between {number(q05)} and {number(q95)}{looked}). Gaussian clusters "
        "are even on both sides, so the logarithm usually shows groups better.",
        f"{numbers.name} is strongly skewed",
        sampled=numbers.sampled,
    )
