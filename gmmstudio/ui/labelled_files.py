"""Which labelled tables were written, and what there is of an analysis that stands in none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gmmstudio.document.document import Document, FitRecord
from gmmstudio.table.new_columns import NewColumn

#: Without one of these a file does not say who belongs where, who is marked and who is left out.
_ESSENTIAL: frozenset[NewColumn] = frozenset({"cluster", "outlier", "note"})


@dataclass(frozen=True, eq=False)
class _Written:
    document: Document
    columns: frozenset[NewColumn]


class LabelledFiles:
    """Remembers of every file what was last written to it: whole tables with their labels."""

    def __init__(self) -> None:
        self._files: dict[Path, _Written] = {}

    def note(self, path: Path, document: Document, columns: tuple[NewColumn, ...]) -> None:
        """Remember that all rows were written to a file, as the document says."""
        self._files[path.absolute()] = _Written(document, frozenset(columns))

    def forget(self, path: Path) -> None:
        """Remember that something else was written to a file."""
        self._files.pop(path.absolute(), None)

    def hold_fit(self, record: FitRecord) -> bool:
        """Whether the labels of a fit stand in a file, under whatever names."""
        fits = (file.document.record for file in self._files.values())
        return any(known is not None and known.fit is record.fit for known in fits)

    def say_the_same(self, document: Document) -> bool:
        """Whether a file says of the rows what the document says, names and outliers included."""
        return any(_same(file.document, document) for file in self._files.values())

    def hold_all(self, document: Document) -> bool:
        """Whether nothing is lost with the document.

        A file holds the labels of one fit as it was, and nothing else: no search, no colours, no
        other fit, no change made since. Rows excluded before the fit are told in its notes.
        """
        record = document.record
        more = document.draft or document.sweep or document.colors or document.settled
        if record is None or more:
            return False
        return (
            any(
                file.document is document and file.columns >= _ESSENTIAL
                for file in self._files.values()
            )
            and all(self.hold_fit(known) for known in document.fits)
            and not document.is_out_of_date(record)
        )


def _same(a: Document, b: Document) -> bool:
    fits = a.record is not None and b.record is not None and a.record.fit is b.record.fit
    return fits and (a.outlier_rule, a.names) == (b.outlier_rule, b.names)
