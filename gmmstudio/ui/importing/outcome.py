"""A source read in some way: the table, what about it is to be asked, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from gmmstudio.table.ambiguity import Ambiguity, find_ambiguity
from gmmstudio.table.date_ambiguity import DateAmbiguity, find_date_ambiguity
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.doubtful_words import DoubtfulWord, find_doubtful_word
from gmmstudio.table.errors import Stopped, TableError, TooLarge
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.table import Table
from gmmstudio.table.words_met import words_met
from gmmstudio.ui.importing.source import Source


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of reading.

    Attributes
    ----------
    choices
        What was chosen.
    table
        The table; None where there is an error.
    about_numbers, about_dates, about_words
        What of them can be read in several ways; None where all is told.
    met
        The words for missing values that there are, and how many cells hold them.
    error
        Why there is no table: a sentence; "" where there is one.
    error_lines
        Numbers of the lines that it names.
    too_large
        The error, where a sample of the rows would fit in memory.
    """

    choices: ReadSettings
    table: Table | None = None
    about_numbers: Ambiguity | None = None
    about_dates: DateAmbiguity | None = None
    about_words: DoubtfulWord | None = None
    met: tuple[tuple[str, int], ...] = ()
    error: str = ""
    error_lines: tuple[int, ...] = ()
    too_large: TooLarge | None = None

    @property
    def fits(self) -> int:
        """How many rows of a table too large would fit in memory; 0 where it is none."""
        return 0 if self.too_large is None else self.too_large.fits

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was noticed, doubts first."""
        found = () if self.table is None else self.table.notices
        return tuple(sorted(found, key=lambda notice: not notice.doubt))

    @property
    def is_answered(self) -> bool:
        """Whether there is nothing that only the user can answer and has not answered."""
        asked = (self.about_numbers, self.about_dates, self.about_words)
        return all(about is None or about.answered_in(self.choices) for about in asked)

    @property
    def is_clean(self) -> bool:
        """Whether the table can be read in one way only, as far as anybody can tell."""
        if self.table is None or not self.is_answered:
            return False
        return not any(notice.doubt for notice in self.table.notices)


def outcome_of(
    source: Source,
    choices: ReadSettings,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Outcome:
    """Read a source; an error is an outcome, too.

    Raises
    ------
    Stopped
        When it is not wanted any more.
    """
    try:
        table = source.read(choices, progress, should_stop)
    except Stopped:
        raise
    except TableError as error:
        too_large = error if isinstance(error, TooLarge) else None
        return Outcome(choices, error=str(error), error_lines=error.lines, too_large=too_large)
    return Outcome(
        choices,
        table,
        find_ambiguity(table),
        find_date_ambiguity(table),
        find_doubtful_word(table),
        words_met(table),
    )


def head_outcome(source: Source, choices: ReadSettings) -> Outcome | None:
    """Read the first rows only; None where that fails: reading all of it says why."""
    try:
        table = source.read_head(choices)
    except TableError:
        return None
    return Outcome(choices, table)
