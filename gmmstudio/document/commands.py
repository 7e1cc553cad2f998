"""Every change of a document, as data.

A command knows its label (for "Undo …") and how to make the next document. It changes
nothing itself and keeps nothing for undo: undo is the previous document.
"""

from gmmstudio.document.answers import (
    AddFit,
    Finish,
    GoOn,
    OpenOptimum,
    SetSweep,
    ShowCell,
    ShowFit,
    TakeShape,
)
from gmmstudio.document.asking import (
    RecolourCluster,
    RenameCluster,
    SetComponents,
    SetOutlierRule,
    SetPrior,
    SetSeed,
    SetStart,
    SetStopping,
    SetStructure,
    StartFromColumn,
)
from gmmstudio.document.command import Command
from gmmstudio.document.drafting import DropDraft, EditModel, KeepDraft, SetDraftFit
from gmmstudio.document.opening import KeepTable, NewAnalysis, OpenTable
from gmmstudio.document.preparing import (
    ExcludeRows,
    IncludeRows,
    SetLog,
    SetMissing,
    SetScale,
    SettleFinding,
    SetWeights,
    TickColumns,
)

__all__ = [
    "AddFit",
    "Command",
    "DropDraft",
    "EditModel",
    "ExcludeRows",
    "Finish",
    "GoOn",
    "IncludeRows",
    "KeepDraft",
    "KeepTable",
    "NewAnalysis",
    "OpenOptimum",
    "OpenTable",
    "RecolourCluster",
    "RenameCluster",
    "SetComponents",
    "SetDraftFit",
    "SetLog",
    "SetMissing",
    "SetOutlierRule",
    "SetPrior",
    "SetScale",
    "SetSeed",
    "SetStart",
    "SetStopping",
    "SetStructure",
    "SetSweep",
    "SetWeights",
    "SettleFinding",
    "ShowCell",
    "ShowFit",
    "StartFromColumn",
    "TakeShape",
    "TickColumns",
]
