"""Tables in and out: reading, preparation, labelled output.

What is named here is imported when it is asked for: the process that opens workbooks begins in this
package as well, and would take twice as long to start if it had to import all of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gmmstudio.table.beginnings import Preview, preview
    from gmmstudio.table.errors import Stopped, TableError
    from gmmstudio.table.labelled import write_labelled
    from gmmstudio.table.new_columns import Labels
    from gmmstudio.table.outgoing import Outgoing
    from gmmstudio.table.preparation import Preparation, Sample, missing_note, prepare
    from gmmstudio.table.reading import read, read_text
    from gmmstudio.table.sample_tables import SampleTable, sample, samples
    from gmmstudio.table.settings import Notice, ReadSettings
    from gmmstudio.table.table import Column, Dialect, Table
    from gmmstudio.table.weights import RowWeights

__all__ = [
    "Column",
    "Dialect",
    "Labels",
    "Notice",
    "Outgoing",
    "Preparation",
    "Preview",
    "ReadSettings",
    "RowWeights",
    "Sample",
    "SampleTable",
    "Stopped",
    "Table",
    "TableError",
    "missing_note",
    "prepare",
    "preview",
    "read",
    "read_text",
    "sample",
    "samples",
    "write_labelled",
]

_MODULES = {
    "beginnings": ("Preview", "preview"),
    "errors": ("Stopped", "TableError"),
    "labelled": ("write_labelled",),
    "new_columns": ("Labels",),
    "outgoing": ("Outgoing",),
    "preparation": ("Preparation", "Sample", "missing_note", "prepare"),
    "reading": ("read", "read_text"),
    "sample_tables": ("SampleTable", "sample", "samples"),
    "settings": ("Notice", "ReadSettings"),
    "table": ("Column", "Dialect", "Table"),
    "weights": ("RowWeights",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            found = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
