"""The commands that put a table in the document or take it away."""

from __future__ import annotations

from dataclasses import fields

from gmmstudio.document import Document
from gmmstudio.document.commands import (
    NewAnalysis,
    OpenTable,
    RecolourCluster,
    RenameCluster,
    SetComponents,
    StartFromColumn,
)
from gmmstudio.document.values import same_value

ALL = {field.name for field in fields(Document)}


def other_than(document: Document, other: Document) -> set[str]:
    return {name for name in ALL if not same_value(getattr(document, name), getattr(other, name))}


def test_nothing_of_an_analysis_is_left_but_the_model(session, made, table) -> None:
    session.apply(made(session.document))
    session.apply(RenameCluster(0, "tall"))
    session.apply(RecolourCluster(0, "#102030"))
    kind = next(i for i, column in enumerate(table.columns) if column.values is None)
    session.apply(StartFromColumn(kind))
    assert session.document.colors and session.document.start_column == kind
    session.apply(NewAnalysis())
    assert other_than(session.document, Document()) <= {"table_id", "spec"}
    session.undo()
    session.apply(SetComponents(5))
    session.apply(OpenTable(table))
    kept = other_than(session.document, Document())
    assert kept == {"table", "table_id", "preparation"}
