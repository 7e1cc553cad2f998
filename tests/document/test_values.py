"""When two values say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from gmmstudio.document.values import same_value


@dataclass(frozen=True, eq=False)
class Thing:
    value: Any


@dataclass(frozen=True, eq=False)
class Other:
    value: Any


@pytest.mark.parametrize(
    "value",
    [
        1,
        "a",
        None,
        (1, "x"),
        frozenset({1}),
        np.array([1.0, np.nan]),
        np.array([1, 2]),
        np.array([]),
        Thing(np.arange(3)),
        Thing((Thing(2), np.eye(2))),
    ],
    ids=repr,
)
def test_copies_say_the_same(value):
    import copy

    assert same_value(value, copy.deepcopy(value))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 2),
        (1, 1.0),
        (1, "1"),
        ((1,), (1, 2)),
        (np.array([1.0]), np.array([2.0])),
        (np.array([1.0]), np.array([1])),
        (np.array([1]), [1]),
        (np.zeros(2), np.zeros((2, 1))),
        ("k-means++", np.array([0, 1])),
        (Thing(1), Other(1)),
        (Thing(np.arange(3)), Thing(np.arange(4))),
    ],
    ids=repr,
)
def test_differences_are_seen_either_way(a, b):
    assert not same_value(a, b)
    assert not same_value(b, a)
