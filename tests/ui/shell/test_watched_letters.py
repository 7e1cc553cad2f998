"""Clusters keep the letters and colours by which the user has come to know them."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document.commands import OpenTable, SetStart, SetStopping
from gmmstudio.document.identities import by_weight
from gmmstudio.table.reading import read_text


@pytest.fixture
def turning(desk):
    """A fit whose largest cluster at the start is the smallest at the end."""
    random = np.random.default_rng(2)
    x = np.concatenate([random.normal(0, 1, 60), random.normal(4, 1, 240)])
    desk.session.apply(OpenTable(read_text("\n".join(["x", *map(str, x.round(4))]), "two")))
    labels = (np.arange(300) >= 40).astype(int)
    labels[:] = x > 5.0  # most rows begin in the cluster of the few
    desk.session.apply(SetStart(labels))
    return desk


def ended(desk, until):
    until(lambda: desk.session.document.record is not None and not desk.control.is_running)
    return desk.session.document.record


def test_letters_that_were_watched_stay(turning, until) -> None:
    turning.control.step()
    until(lambda: turning.stage.state == "paused" and turning.stage.shown is not None)
    seen = turning.stage.shown.identities
    turning.control.resume()
    record = ended(turning, until)
    assert record.identities == seen == by_weight(turning.seen[0].parameters)
    assert record.identities != by_weight(record.fit.parameters)  # so they might have changed
    turning.control.fit()  # the next fit continues them
    until(lambda: len(turning.session.document.fits) == 2 and not turning.control.is_running)
    assert turning.session.document.record.identities == seen


def test_slow_fit_is_watched(turning, until, monkeypatch) -> None:
    monkeypatch.setattr("gmmstudio.ui.live_run.WATCHED_SECONDS", -1.0)
    turning.session.apply(SetStopping(tol=0.0, max_iter=20_000))
    turning.control.fit()
    until(lambda: turning.stage.shown is not None)  # or nobody has watched
    record = ended(turning, until)
    assert all(shown.identities == record.identities for shown in turning.seen)
    assert record.identities != by_weight(record.fit.parameters)


def test_after_a_fit_that_was_over_at_once_the_heaviest_is_a(turning, until, monkeypatch) -> None:
    monkeypatch.setattr("gmmstudio.ui.live_run.WATCHED_SECONDS", 1e9)
    turning.control.fit()
    record = ended(turning, until)
    assert record.identities == by_weight(record.fit.parameters)
