"""The commands about which table there is, and where a project keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.preparing import first_preparation, opened_table
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table


@dataclass(frozen=True)
class OpenTable(Command):
    """Open another table: all begins anew, its own columns ticked."""

    table: Table
    table_id: int = field(default_factory=fresh_table_id, kw_only=True, compare=False)

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Open {self.table.name}"

    def apply(self, document: Document) -> Document:
        """Start afresh with this table."""
        afresh = _without_table(document, self.table_id)
        return afresh.replace(
            table=self.table,
            preparation=first_preparation(self.table),
            spec=Spec(),
            outlier_rule=OutlierRule(),
        )


@dataclass(frozen=True)
class NewAnalysis(Command):
    """Put the table away: an empty window. The model chosen stays, and undo brings all back."""

    table_id: int = field(default_factory=fresh_table_id, kw_only=True, compare=False)

    @property
    def label(self) -> str:
        """What the user did."""
        return "New"

    def apply(self, document: Document) -> Document:
        """Return a document without table and fits."""
        if document.table is None:
            return document
        return _without_table(document, self.table_id)


def _without_table(document: Document, table_id: int) -> Document:
    """Return the document with nothing in it that was said of a table or found in it."""
    return document.replace(
        table=None,
        table_id=table_id,
        preparation=Preparation(),
        fits=(),
        active=None,
        sweep=None,
        names=(),
        colors=(),
        start_column=None,
        settled=(),
        embedded=None,
    )


@dataclass(frozen=True)
class KeepTable(Command):
    """Choose where a project keeps the table: inside its own file, or linked to the table's."""

    embedded: bool

    @property
    def label(self) -> str:
        """What the user did."""
        return "Keep the table inside" if self.embedded else "Link to the table"

    def apply(self, document: Document) -> Document:
        """Note the choice; one that was pasted has no file to link to."""
        table = opened_table(document)
        if not self.embedded and table.path is None:
            raise DocumentError(
                f"“{table.name}” comes from no file, so a project can only keep it inside."
            )
        if self.embedded and table.blank:
            raise DocumentError(
                f"The file of “{table.name}” was not found, so its rows cannot be kept inside the "
                "project: find the file first."
            )
        return document.replace(embedded=self.embedded)
