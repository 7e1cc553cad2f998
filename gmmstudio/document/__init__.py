"""The analysis: a frozen document, the commands that change it, the session that undoes them."""

from gmmstudio.document.assignment import Assignment, Outliers, assign, outliers
from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.document.starting import asked_spec

__all__ = [
    "Assignment",
    "Change",
    "Document",
    "DocumentError",
    "FitRecord",
    "Outliers",
    "Session",
    "SweepRecord",
    "asked_spec",
    "assign",
    "outliers",
]
