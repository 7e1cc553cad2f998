"""“NA” among codes of two letters: Namibia, or no value? Found, not decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table

WORD = "NA"
_MOST_CODES = 0.8
_EXAMPLES = 3
_COLUMNS = 5


@dataclass(frozen=True)
class WordReading:
    """One way to read the word.

    Attributes
    ----------
    is_value
        Whether it is a value like the others, or says that there is none.
    columns
        The columns concerned, by index.
    """

    is_value: bool
    columns: tuple[int, ...]

    def chosen_in(self, choices: ReadSettings) -> bool:
        """Tell whether this is how the word is to be read."""
        chosen = dict(choices.present_in if self.is_value else choices.missing_in)
        return all(WORD in chosen.get(column, ()) for column in self.columns)

    def choose(self, choices: ReadSettings) -> ReadSettings:
        """Return the choices with this one made."""
        for column in self.columns:
            choices = (
                choices.with_present_in(column, (WORD,))
                if self.is_value
                else choices.with_missing_in(column, (WORD,))
            )
        return choices


@dataclass(frozen=True)
class DoubtfulWord:
    """Columns in which the word stands among others that look like it.

    Attributes
    ----------
    columns
        Their names, the first few.
    cells
        The word, and examples of the others.
    readings
        That it is a value, and that it is none.
    """

    columns: tuple[str, ...]
    cells: tuple[str, ...]
    readings: tuple[WordReading, ...]

    def answered_in(self, choices: ReadSettings) -> bool:
        """Tell whether it is chosen how to read it."""
        return any(reading.chosen_in(choices) for reading in self.readings)


def find_doubtful_word(table: Table) -> DoubtfulWord | None:
    """Return where in a table it cannot be told whether NA is a value."""
    found = {
        index: others
        for index, column in enumerate(table.columns)
        if column.kind == "text" and (others := words_beside(column.cells))
    }
    if not found:
        return None
    columns = tuple(found)
    names = tuple(table.columns[index].name for index in columns[:_COLUMNS])
    readings = (WordReading(True, columns), WordReading(False, columns))
    return DoubtfulWord(names, (WORD, *found[columns[0]]), readings)


def words_beside(cells: Any) -> tuple[str, ...]:
    """Return examples of the codes of two letters among which NA stands; none if it does not."""
    import pyarrow.compute as pc

    if pc.index(cells, WORD).as_py() < 0:
        return ()
    others = [text.strip() for text in pc.unique(cells).to_pylist()]
    others = [text for text in others if text and text != WORD]
    codes = [text for text in others if len(text) == 2 and text.isascii() and text.isupper()]
    alike = len(codes) >= 2 and len(codes) >= _MOST_CODES * len(others)
    return tuple(codes[:_EXAMPLES]) if alike else ()
