"""How numbers are written: one place, so that they look the same everywhere."""

from __future__ import annotations

from math import floor, isfinite, log10

MINUS = "\N{MINUS SIGN}"
#: Between groups of three digits, and before a unit: never a line break there.
THIN = "\N{NARROW NO-BREAK SPACE}"
GAP = "\N{NO-BREAK SPACE}"


def count(n: int) -> str:
    """Write a whole number, in groups of three digits from five on.

    Examples
    --------
    >>> count(1234), count(12345).replace(THIN, " ")
    ('1234', '12 345')
    """
    text = f"{abs(n):,}".replace(",", THIN) if abs(n) >= 10_000 else str(abs(n))
    return (MINUS if n < 0 else "") + text


def rows(n: int) -> str:
    """Write "1 row", "2 rows"."""
    return f"{count(n)} {'row' if n == 1 else 'rows'}"


def size(n_bytes: int) -> str:
    """Write a number of bytes: in kB up to a MB, then with a decimal up to ten.

    Examples
    --------
    >>> [size(n).replace(GAP, " ") for n in (0, 900, 123_456, 1_250_000, 12_900_000)]
    ['0 kB', '1 kB', '123 kB', '1.2 MB', '13 MB']
    """
    if n_bytes < 999_500:
        return f"{count(-(-n_bytes // 1000) if n_bytes < 1000 else round(n_bytes / 1000))}{GAP}kB"
    megabytes = n_bytes / 1e6
    return f"{fixed(megabytes, 1) if megabytes < 9.95 else count(round(megabytes))}{GAP}MB"


def quantity(value: float) -> str:
    """Write a count that may be none: whole ones as `count` does, others with a decimal.

    Examples
    --------
    >>> quantity(1234.0), quantity(12.25)
    ('1234', '12.2')
    """
    return count(int(value)) if value == int(value) else fixed(value, 1)


def observations(value: float) -> str:
    """Write "1 observation", "2 observations"."""
    return f"{quantity(value)} {'observation' if value == 1 else 'observations'}"


def clusters(n: int) -> str:
    """Write "1 cluster", "2 clusters"."""
    return f"{count(n)} {'cluster' if n == 1 else 'clusters'}"


def fixed(value: float, decimals: int = 2) -> str:
    """Write a number with this many decimals, thousands in groups; "–" where there is none."""
    if not isfinite(value):
        return "–"
    text = f"{abs(value):,.{decimals}f}"
    whole, point, fraction = text.partition(".")
    whole = whole.replace(",", THIN if abs(value) >= 10_000 else "")
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return (MINUS if negative else "") + whole + point + fraction


def log_likelihood(value: float) -> str:
    """Write a log-likelihood, BIC, AIC or ICL."""
    return fixed(value, 2)


def share(value: float) -> str:
    """Write a number between 0 and 1 with three decimals; 0 and 1 only where it is so.

    Examples
    --------
    >>> share(0.9312), share(0.99999), share(1.0)
    ('0.931', 'over 0.999', '1.000')
    """
    if 0.9995 <= value < 1:
        return "over 0.999"
    return "under 0.001" if 0 < value < 0.0005 else fixed(value, 3)


def percent(share: float, decimals: int = 0) -> str:
    """Write a share (0 … 1) in percent; "all" and "none" only where that is so.

    Examples
    --------
    >>> [percent(share).replace(GAP, " ") for share in (0.98, 0.9999, 1.0, 0.0001)]
    ['98 %', 'over 99 %', '100 %', 'under 1 %']
    """
    if not isfinite(share):
        return "–"
    step = 10.0**-decimals
    value = round(100 * share, decimals)
    if value >= 100 and share < 1:
        return f"over {100 - step:.{decimals}f}{GAP}%"
    if value <= 0 and share > 0:
        return f"under {step:.{decimals}f}{GAP}%"
    return f"{value:.{decimals}f}{GAP}%"


def probability(value: float, line: float) -> str:
    """Write the probability of a label in percent; never more than is sure, nor as if on the line.

    Parameters
    ----------
    value
        0 … 1; that it is 1 says only that a computer's numbers end there.
    line
        From which on a label is clear.

    Examples
    --------
    >>> [probability(p, 0.8).replace(GAP, " ") for p in (0.923, 0.79999, 1.0)]
    ['92.3 %', 'under 80.0 %', 'over 99.9 %']
    """
    if value < line and round(100 * value, 1) >= round(100 * line, 1):
        return f"under {100 * line:.1f}{GAP}%"
    return percent(min(value, 1.0 - 1e-12), 1)


def measure(value: float, spread: float | None = None) -> str:
    """Write a measurement with the decimals its spread (a standard deviation) calls for.

    Examples
    --------
    >>> measure(38.8123, 2.6), measure(0.015321, 0.0012), measure(3691.74, 456.3)
    ('38.8', '0.0153', '3691.7')
    >>> measure(1469239.3, 1699407.2).replace(THIN, " "), measure(-7e-21, 2e-9)
    ('1 469 239', '0')
    """
    if not isfinite(value):
        return "–"
    # The deviation of a single row is no number: the value itself says how it is written then.
    scale = abs(value if spread is None or not isfinite(spread) else spread)
    largest = max(abs(value), scale)
    if largest >= 1e7 or 0 < scale < 1e-6:
        digits = 4
        if scale > 0:
            digits = min(max(digits, 2 + floor(log10(largest)) - floor(log10(scale))), 16)
        if 0 < abs(value) < 0.01 * scale:  # its digits lie below all that the spread leaves
            return "0"
        return f"{value:.{digits}g}".replace("-", MINUS)
    least = 0 if scale >= 1000 else 1
    decimals = 1 if scale == 0 else max(least, 1 - floor(log10(scale)))
    return fixed(value, decimals)


def mean_and_deviation(mean: float, deviation: float, finest: float | None = None) -> str:
    """Write "38.8 ± 2.6".

    Parameters
    ----------
    mean, deviation
        Of the measurements.
    finest
        The deviation whose decimals both get, so that numbers beside each other have the same.
    """
    spread = deviation if finest is None else finest
    return f"{measure(mean, spread)} ± {measure(deviation, spread)}"


def duration(seconds: float) -> str:
    """Write a time: "0.02 s", "1.4 s", "38 s", "2 min 5 s", "1 h 2 min"."""
    if seconds < 1:
        return f"{seconds:.2f}{GAP}s"
    if seconds < 9.95:
        return f"{seconds:.1f}{GAP}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{GAP}s"
    if whole < 3600:
        return f"{whole // 60}{GAP}min {whole % 60}{GAP}s"
    return f"{whole // 3600}{GAP}h {whole % 3600 // 60}{GAP}min"


def plain_ascii(text: str) -> str:
    """Return the text with typewriter signs, for terminals and files that know no others."""
    return text.replace(MINUS, "-").replace(THIN, "").replace(GAP, " ").replace("–", "-")
