"""What is asked before an analysis goes: whatever no file holds, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from window_steps import fitted, opened

from gmmstudio.document.commands import (
    Command,
    EditModel,
    ExcludeRows,
    RecolourCluster,
    RenameCluster,
    SetComponents,
    SetLog,
    SetMissing,
    SetOutlierRule,
    SetPrior,
    SetScale,
    SetSeed,
    SetStart,
    SetStopping,
    SetStructure,
    SetSweep,
    SettleFinding,
    SetWeights,
    ShowFit,
    TickColumns,
)
from gmmstudio.fitting.board import Cell
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.table.new_columns import ALL_NEW
from gmmstudio.table.outgoing import Outgoing
from gmmstudio.ui.dialogs import messages
from gmmstudio.ui.export_choices import Wanted

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def asked(window, monkeypatch) -> list[dict]:
    """Every question that was put; the answer is always to stay."""
    found: list[dict] = []

    def ask(*what, **how) -> str:
        found.append(how)
        return "cancel"

    monkeypatch.setattr(messages, "ask_before_leaving", ask)
    window.asks_before_closing = True
    return found


def export(window, until, path, only=None, outgoing=None) -> None:
    window.exporting.write(path, only, outgoing)
    until(lambda: not window.exporting.is_writing)


def asks(window, asked: list) -> bool:
    """Try to leave, and tell whether that was asked about; the title says the same."""
    n = len(asked)
    left = window.project_handlers.may_leave()
    window.refresh()
    assert left == (len(asked) == n) == ("*" not in window.windowTitle())
    return not left


def changes(document) -> dict[str, Command]:
    """Return a change of every kind that a person can make, by what it is called."""
    fit, identities = document.record.fit, document.record.identities
    cell = Cell(document.record.spec, "full", 3, fit)
    moved = replace(fit.parameters, means=fit.parameters.means + 0.5)
    return {
        "search": SetSweep((cell,), document.preparation, document.spec),
        "rows": ExcludeRows(frozenset({3, 4})),
        "name": RenameCluster(0, "tall"),
        "colour": RecolourCluster(0, "#aa3300"),
        "outliers": SetOutlierRule(OutlierRule("chi2", 0.9)),
        "columns": TickColumns((0,)),
        "scale": SetScale("robust"),
        "missing": SetMissing("median"),
        "logarithm": SetLog((2,)),
        "weights": SetWeights(2),
        "finding": SettleFinding("outlier", (0,)),
        "K": SetComponents(5),
        "shape": SetStructure("tied"),
        "start": SetStart("random"),
        "seed": SetSeed(7),
        "stopping": SetStopping(1e-3, 7),
        "prior": SetPrior(True),
        "by hand": EditModel("Move cluster A", moved, identities),
    }


@pytest.fixture
def table_file(csv_file):
    """The garden, and a column of positive whole numbers beside it."""
    head, *lines = csv_file.read_text().splitlines()
    rows = [f"{line},{1 + i % 3}" for i, line in enumerate(lines)]
    csv_file.write_text("\n".join([f"{head},n", *rows]) + "\n")
    return csv_file


def test_every_change_after_an_export_is_asked_about(
    window, table_file, tmp_path, until, asked
) -> None:
    opened(window, table_file, until)
    assert not asks(window, asked)
    window.session.apply(TickColumns((0, 1)))
    fitted(window, until)
    assert asks(window, asked)
    export(window, until, tmp_path / "out.csv")
    assert not asks(window, asked)
    for called, change in changes(window.session.document).items():
        assert window.session.apply(change), called
        assert asks(window, asked), called
        assert asked[-1]["exported"], called
        window.session.undo()
        assert not asks(window, asked), called
    for _ in range(2):  # neither the fit that is shown, nor one that is not
        fitted(window, until)
        assert asks(window, asked)
    export(window, until, tmp_path / "out.csv")
    assert asks(window, asked)


def test_what_an_export_does_not_hold_is_asked_about_at_once(
    window, table_file, tmp_path, until, asked
) -> None:
    opened(window, table_file, until)
    window.session.apply(TickColumns((0, 1)))
    fitted(window, until)
    held = {"name", "outliers"}  # in the columns of labels and outliers
    for number, (called, change) in enumerate(changes(window.session.document).items()):
        window.session.apply(change)
        export(window, until, tmp_path / f"{number}.csv")
        assert asks(window, asked) == (called not in held), called
        window.session.undo()


def test_rows_excluded_before_the_fit_stand_in_its_notes(
    window, table_file, tmp_path, until, asked
) -> None:
    opened(window, table_file, until)
    window.session.apply(ExcludeRows(frozenset({3, 4})))
    assert asks(window, asked)  # picked by hand: they would be lost
    window.session.undo()
    assert not asks(window, asked)
    window.session.redo()
    fitted(window, until)
    export(window, until, tmp_path / "out.csv")
    assert not asks(window, asked)
    fitted(window, until)
    export(window, until, tmp_path / "second.csv")
    assert not asks(window, asked)  # either fit is in a file
    window.session.apply(ShowFit(window.session.document.fits[0].id))
    assert asks(window, asked)


@pytest.mark.parametrize("lacking", ["rows", "cluster", "outlier", "note"])
def test_an_export_of_a_part_keeps_the_question(
    window, table_file, tmp_path, until, asked, lacking
) -> None:
    opened(window, table_file, until)
    fitted(window, until)
    only = np.arange(120) < 50 if lacking == "rows" else None
    columns = tuple(column for column in ALL_NEW if column != lacking)
    export(window, until, tmp_path / "out.csv", only, Outgoing(columns=columns))
    assert asks(window, asked)


def test_a_file_holds_what_was_written_to_it_last(
    window, table_file, tmp_path, until, asked
) -> None:
    opened(window, table_file, until)
    fitted(window, until)
    export(window, until, tmp_path / "out.csv")
    assert not asks(window, asked)
    window.exporting.do(Wanted("clusters", tmp_path / "out.csv", "source", Outgoing()))
    until(lambda: not window.exporting.is_writing)
    assert asks(window, asked)
    assert "not exported" in window.status.file.text()


def test_an_export_that_failed_holds_nothing(window, table_file, tmp_path, until, asked) -> None:
    opened(window, table_file, until)
    fitted(window, until)
    export(window, until, tmp_path / "nowhere" / "out.csv")
    window.messages.close()
    assert asks(window, asked)


def test_a_project_is_asked_about_whatever_was_exported(
    window, table_file, tmp_path, until, asked
) -> None:
    opened(window, table_file, until)
    fitted(window, until)
    window.projects.save_as(tmp_path / "garden.gmms")
    until(lambda: not window.projects.is_busy)
    assert not asks(window, asked)
    window.session.apply(RenameCluster(0, "tall"))
    export(window, until, tmp_path / "out.csv")
    assert asks(window, asked)
    assert not asked[-1]["exported"]
