"""Plainly clean files of many shapes: they must be read right, and without a doubt."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable
from pathlib import Path

from gmmstudio.table import read
from tests.reliability.pollutions import Rows

_WORDS = 'the quick fox, jumps over a lazy dog; it\'s 5 "inches" tall (so) 100% #1 & more/less'
_NAMES = "height weight age score x y z temp humidity income sex group city name date value 키 año"
_UNITS = (" (cm)", " [kg]", ", mm", " %", "_1", ".2", " #")


def _day(r: random.Random) -> str:
    return f"20{r.randint(10, 23)}-{r.randint(1, 12):02d}-{r.randint(13, 28):02d}"


def _hour(r: random.Random) -> str:
    return f"{r.randint(0, 23):02d}:{r.randint(0, 59):02d}"


_NUMBERS: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"{r.gauss(10, 5):.2f}",
    lambda r: f"{r.gauss(0, 1):.4f}",
    lambda r: str(r.randint(-50, 5000)),
    lambda r: f"{r.gauss(0, 1) * 10.0 ** r.randint(-8, 8):.4e}",
)
_OTHERS: tuple[Callable[[random.Random], str], ...] = (
    lambda r: str(r.randint(0, 1)),
    lambda r: r.choice(("Ann", "Bob", "Cid", "Dora")) + r.choice(("", "son", " van Dyk")),
    lambda r: r.choice(["red", "green", "blue", "black"]),
    _day,
    _hour,
    lambda r: f"{_day(r)}T{_hour(r)}:00",
    lambda r: f"{r.choice('ABC')}{r.randint(100, 999)}",
    lambda r: " ".join(r.choice(_WORDS.split()) for _ in range(r.randint(2, 12))),
    lambda r: f"https://example.org/p/{r.randint(1, 999)}?a={r.randint(1, 9)}",
    lambda r: f"u{r.randint(1, 999)}@example.org",
    lambda r: r.choice(["서울", "부산", "대구", "인천"]),
    lambda r: r.choice(("TRUE", "FALSE")),
    lambda r: f"#{r.randint(1, 99)}",
    lambda r: f"+82-10-{r.randint(1000, 9999)}-{r.randint(1000, 9999)}",
    lambda r: r.choice(("one\ntwo", "one", "three")),
    lambda r: r.choice(("'tis", "O'Brien", "rock 'n' roll", "5'", "Kids'")),
)


def plain_file(seed: int) -> tuple[bytes, Rows]:
    """Return a file as the csv module writes it, and its names and rows."""
    rng = random.Random(seed)
    width = rng.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 40))
    kinds = [rng.choice(_NUMBERS if rng.random() < 0.7 else _OTHERS) for _ in range(width)]
    if not set(kinds) & set(_NUMBERS):
        kinds[rng.randrange(width)] = _NUMBERS[0]
    names: list[str] = []
    for j in range(width):
        name = rng.choice(_NAMES.split()) + (rng.choice(_UNITS) if rng.random() < 0.15 else "")
        names.append(f"{name}{j}" if name in names else name)
    missing = rng.choice((0, 0, 0, 0.05, 0.2)) if width > 1 else 0
    rows: Rows = [names]
    for _ in range(rng.choice((3, 5, 8, 12, 20, 30, 60, 150, 400))):
        row = ["" if rng.random() < missing else kind(rng) for kind in kinds]
        rows.append(row if any(row) else [kind(rng) for kind in kinds])
    delimiter = rng.choice((",", ",", ",", ";", "\t", "|"))
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    text = io.StringIO()
    ending = rng.choice(("\n", "\r\n"))
    csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)
    written = text.getvalue().removesuffix(ending) if rng.random() < 0.2 else text.getvalue()
    return written.encode(rng.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"))), rows


def not_plain(seeds: Iterable[int], folder: Path) -> tuple[list[int], list[tuple[int, str]]]:
    """Return the seeds of files that were read wrong, and those in which something was doubted."""
    wrong: list[int] = []
    doubted: list[tuple[int, str]] = []
    path = folder / "plain.csv"
    for seed in seeds:
        data, rows = plain_file(seed)
        path.write_bytes(data)
        table = read(path)
        cells = zip(*(column.cells.to_pylist() for column in table.columns), strict=True)
        if [[column.header for column in table.columns], *map(list, cells)] != rows:
            wrong.append(seed)
        doubts = [str(notice) for notice in table.notices if notice.doubt]
        if doubts:
            doubted.append((seed, doubts[0]))
    return wrong, doubted
