"""Tables in and out: reading, preparation, labelled output."""

from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.labelled import write_labelled
from gmmstudio.table.new_columns import Labels
from gmmstudio.table.outgoing import Outgoing
from gmmstudio.table.preparation import Preparation, Sample, missing_note, prepare
from gmmstudio.table.preview import Preview, preview
from gmmstudio.table.reading import read, read_text
from gmmstudio.table.samples import SampleTable, sample, samples
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
