"""Small tables of many shapes: few rows, one or two columns, words alone, years as names."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.reliability.pollutions import Source

_PLACES = ("서울", "부산", "대구", "광주", "제주")
_FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn")
_LAST = ("Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho")
_TOWNS = ("New York", "Los Angeles", "San Jose")
_GOODS = ("Soap", "Tea", "Bread, rye", "Salt")
_SAID = ("good", "cheap,", "it's", '"best"', "large", "new;", "soft", "and", "light")

Cells = Callable[[random.Random, int], Sequence[str]]


def _number(rng: random.Random, mean: float, spread: float, digits: int = 1) -> str:
    return f"{rng.gauss(mean, spread):.{digits}f}"


def _comma(rng: random.Random, mean: float, spread: float) -> str:
    return _number(rng, mean, spread).replace(".", ",")


def _said(rng: random.Random) -> str:
    return " ".join(rng.choice(_SAID) for _ in range(rng.randint(3, 9)))


def _money(rng: random.Random) -> str:
    return f"${rng.randint(1, 9)},{rng.randint(100, 999)}.{rng.randint(10, 99)}"


_TABLES: dict[str, tuple[str, str, int, Cells]] = {
    # name: names, delimiter, rows, cells of a row
    "five rows": ("a b c", ",", 5, lambda r, i: [str(r.randint(1, 9)) for _ in range(3)]),
    "a name and a score": (
        "name score",
        ",",
        20,
        lambda r, i: [r.choice(_FIRST) + str(i), _number(r, 50, 10)],
    ),
    "two numbers": ("x y", ",", 25, lambda r, i: [_number(r, 0, 1, 3), _number(r, 0, 1, 3)]),
    "one column": ("value", ",", 20, lambda r, i: [_number(r, 10, 3, 2)]),
    "words alone": (
        "first last city team",
        ",",
        18,
        lambda r, i: [
            r.choice(_FIRST),
            r.choice(_LAST),
            r.choice(("Seoul", "Busan", "Jeju")),
            r.choice(("red", "blue", "green")),
        ],
    ),
    "sentences": (
        "id title review stars",
        ",",
        15,
        lambda r, i: [str(i + 1), _said(r), f"{_said(r)}, {_said(r)}", str(r.randint(1, 5))],
    ),
    "decimal commas": (
        "Gewicht Länge Ort Preis",
        ";",
        15,
        lambda r, i: [
            _comma(r, 70, 9),
            _comma(r, 170, 9),
            r.choice(("Köln", "Ulm", "Bonn")),
            _comma(r, 9, 3),
        ],
    ),
    "Hangul": (
        "이름 키 몸무게 지역",
        ",",
        15,
        lambda r, i: [
            "".join(r.choice("김이박최정강조윤장임민서준하은지우") for _ in range(3)),
            _number(r, 168, 8),
            _number(r, 65, 9),
            r.choice(_PLACES),
        ],
    ),
    "years as names": (
        "country 2018 2019 2020 2021",
        ",",
        12,
        lambda r, i: [f"{r.choice(_LAST)}land {i}", *(_number(r, 100, 20) for _ in range(4))],
    ),
    "dates and times": (
        "date time temp hum station",
        "\t",
        20,
        lambda r, i: [
            f"2021-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
            f"{i % 24:02d}:{i * 7 % 60:02d}",
            _number(r, 12, 5),
            str(r.randint(20, 99)),
            f"ST-{i % 5:03d}",
        ],
    ),
    "many columns": (
        " ".join(f"v{j:02d}" for j in range(16)),
        ",",
        10,
        lambda r, i: [_number(r, 0, 1, 3) for _ in range(16)],
    ),
    "missing cells": (
        "a b c d e",
        ",",
        20,
        lambda r, i: [
            _number(r, 3, 1) if r.random() < 0.6 else r.choice(("", "NA")) for _ in range(5)
        ],
    ),
    "cells of two lines": (
        "id note v",
        ",",
        14,
        lambda r, i: [
            str(i),
            r.choice(("line one\nline two", "plain", "with, comma")),
            _number(r, 5, 1),
        ],
    ),
    "addresses": (
        "street zip phone mail",
        ",",
        15,
        lambda r, i: [
            f"{r.randint(1, 99)} {r.choice(_LAST)} street, flat {i}",
            str(r.randint(10_000, 99_999)),
            f"+82-10-{r.randint(1000, 9999)}-{r.randint(1000, 9999)}",
            f"u{i}@example.com",
        ],
    ),
    "money": (
        "item price qty share",
        ",",
        15,
        lambda r, i: [r.choice(_GOODS), _money(r), str(r.randint(1, 20)), f"{r.randint(1, 99)} %"],
    ),
    "names with spaces": (
        "who where age",
        ";",
        15,
        lambda r, i: [
            f"{r.choice(_FIRST)} {r.choice(_LAST)}",
            r.choice(_TOWNS),
            str(r.randint(20, 70)),
        ],
    ),
}


def small_tables(seed: int) -> list[Source]:
    """Return a table of every shape."""
    made = []
    for name, (names, delimiter, n, cells) in _TABLES.items():
        rng = random.Random(f"{name} {seed}")
        rows = [names.split(), *(list(cells(rng, i)) for i in range(n))]
        made.append(Source(name, rows, frozenset(), delimiter=delimiter))
    return made
