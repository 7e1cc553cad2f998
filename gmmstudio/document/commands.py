"""Every change of a document, as data.

A command knows its label (for "Undo …") and how to make the next document. It changes
nothing itself and keeps nothing for undo: undo is the previous document.
"""

from gmmstudio.document.answers import AddFit, SetSweep, ShowCell, ShowFit
from gmmstudio.document.asking import (
    ExcludeRows,
    IncludeRows,
    OpenTable,
    RenameCluster,
    SetComponents,
    SetOutlierRule,
    SetScale,
    SetSeed,
    SetStart,
    SetStopping,
    SetStructure,
    TickColumns,
)
from gmmstudio.document.command import Command

__all__ = [
    "AddFit",
    "Command",
    "ExcludeRows",
    "IncludeRows",
    "OpenTable",
    "RenameCluster",
    "SetComponents",
    "SetOutlierRule",
    "SetScale",
    "SetSeed",
    "SetStart",
    "SetStopping",
    "SetStructure",
    "SetSweep",
    "ShowCell",
    "ShowFit",
    "TickColumns",
]
