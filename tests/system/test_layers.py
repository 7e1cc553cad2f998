"""What an import may pull in, found out in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gmmstudio import table
from gmmstudio.table.formats.outside import START

WITHOUT_QT = (
    "gmmstudio.mixture",
    "gmmstudio.table",
    "gmmstudio.fitting",
    "gmmstudio.document",
    "gmmstudio.report",
    "gmmstudio.cli",
)


def modules_after(statement: str) -> set[str]:
    """The modules that are loaded after ``statement`` ran in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", WITHOUT_QT)
def test_lower_packages_do_not_know_qt(package: str) -> None:
    loaded = modules_after(f"from {package} import *")
    assert package in loaded
    assert not {"PySide6", "pyqtgraph"} & loaded


def test_the_window_starts_without_the_heavy_libraries() -> None:
    pytest.importorskip("PySide6")
    loaded = modules_after("import gmmstudio.app")
    assert "pyqtgraph" in loaded
    assert not {"pandas", "pyarrow", "scipy.stats", "scipy.optimize", "sklearn"} & loaded


WINDOW = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from gmmstudio.app import application
from gmmstudio.ui.main_window import MainWindow
app, window = application(), MainWindow()
window.show()
app.processEvents()
window.close()
"""


def test_the_window_stands_without_what_reads_and_writes_files(tmp_path, monkeypatch) -> None:
    """What only a file of a kind, a report or a script needs is imported when one is asked for."""
    pytest.importorskip("PySide6")
    monkeypatch.setenv("GMMSTUDIO_SETTINGS_DIR", str(tmp_path))
    loaded = modules_after(WINDOW)
    assert "gmmstudio.ui.papers" in loaded
    later = (
        "jinja2", "markupsafe", "xlsxwriter", "pyarrow", "python_calamine", "pyreadstat", "scipy",
        "PIL", "PySide6.QtPdf", "PySide6.QtPrintSupport", "gmmstudio.ui.sheets",
        "gmmstudio.report.whole", "gmmstudio.report.page", "gmmstudio.report.script",
    )  # fmt: skip
    found = sorted(n for n in loaded if any(n == one or n.startswith(f"{one}.") for one in later))
    assert not found


def test_the_process_that_opens_workbooks_begins_with_little() -> None:
    """It is started for every such file, and waited for."""
    loaded = modules_after(START.split(";")[0])
    ours = {name for name in loaded if name.startswith("gmmstudio.")}
    aside = {name for name in ours if not name.startswith("gmmstudio.table.formats.")}
    assert "gmmstudio.table.formats.workbooks" in ours
    assert {name.removeprefix("gmmstudio.table").lstrip(".") for name in aside} <= {
        "", "errors", "formats", "value_labels",
    }  # fmt: skip
    heavy = {"scipy", "pandas", "threadpoolctl", "pyarrow", "xlsxwriter", "concurrent.futures"}
    assert not heavy & loaded


def test_what_is_named_of_tables_is_no_module() -> None:
    """A module of the same name would stand in its place, if it was imported first."""
    found = [getattr(table, name) for name in table.__all__]
    assert not [each for each in found if not callable(each)]
    modules = {path.stem for path in Path(str(table.__file__)).parent.glob("*.py")}
    assert not modules & set(table.__all__)


def test_the_lower_layers_tests_run_without_qt() -> None:
    """Their tests too: block the import, drop the plug-in, and run one layer's."""
    blocked = (
        "import sys, pytest\n"
        "for name in ('PySide6', 'shiboken6', 'pyqtgraph'): sys.modules[name] = None\n"
        "sys.exit(pytest.main(['-p', 'no:pytest-qt', '-q', 'tests/document']))"
    )
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
