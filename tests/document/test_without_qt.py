"""The layers below the window do not need Qt, nor load what start-up should not wait for."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "gmmstudio.fitting",
        "gmmstudio.document",
        "gmmstudio.document.commands",
        "gmmstudio.report.sentences",
        "gmmstudio.report.export",
        "gmmstudio.report.crosstab",
        "gmmstudio.report.result_json",
    ],
)
def test_a_fresh_interpreter_loads_it_without_qt_pandas_and_scipy_stats(module):
    code = (
        f"import sys, {module}\n"
        "heavy = ('PySide6', 'shiboken6', 'pyqtgraph', 'pandas', 'pyarrow', 'scipy.stats', "
        "'scipy.optimize', 'scipy.linalg')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"
