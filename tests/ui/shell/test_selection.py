"""The rows selected: a set that four ways of choosing combine, whoever chooses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from gmmstudio.ui.selection import Selection, how_of

N = 12
ROWS = st.sets(st.integers(0, N - 1))
SETS = {
    "replace": lambda old, new: new,
    "add": set.union,
    "subtract": set.difference,
    "intersect": set.intersection,
}


@given(ROWS, ROWS, st.sampled_from(sorted(SETS)), st.booleans())
def test_it_combines_as_sets_do(old, new, how, as_mask):
    selection = Selection()
    selection.reset(N)
    selection.choose(np.array(sorted(old), int))
    given_rows = np.isin(np.arange(N), sorted(new)) if as_mask else np.array(sorted(new), int)
    selection.choose(given_rows, how)
    expected = SETS[how](old, new)
    assert set(selection.rows.tolist()) == expected and selection.n == len(expected)
    assert (selection.mask is None) == (not expected)


def test_it_tells_of_changes_only(qtbot):
    selection = Selection()
    selection.reset(N)
    told = []
    selection.changed.connect(lambda: told.append(selection.n))
    selection.choose(np.array([1, 2]), words="Cluster A")
    assert selection.words == "Cluster A"
    selection.choose(np.array([2, 1]))
    selection.choose(np.array([1, 2]), "subtract")
    selection.clear()
    selection.reset(3)
    assert told == [2, 0]


def test_what_it_gives_cannot_be_changed():
    selection = Selection()
    selection.reset(N)
    selection.choose(np.array([0]))
    with pytest.raises(ValueError, match="read-only"):
        selection.mask[0] = False


def test_the_keys_say_how():
    key = Qt.KeyboardModifier
    assert how_of(key.NoModifier) == "replace"
    assert how_of(key.ShiftModifier) == "add"
    assert how_of(key.ControlModifier) == "subtract"
    assert how_of(key.ShiftModifier | key.ControlModifier) == "intersect"
