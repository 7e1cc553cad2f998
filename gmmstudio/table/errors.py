"""What can go wrong with a table, said in sentences."""

from __future__ import annotations


class TableError(ValueError):
    """A table cannot be read, prepared or written.

    The message is the whole text for the user: what happened, what was kept, what to do next.
    ``lines`` are the numbers of the lines of a file that it names.
    """

    def __init__(self, message: str, lines: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.lines = lines


class Stopped(TableError):  # noqa: N818  (it is no error)
    """The user cancelled a long job; nothing was changed."""

    def __init__(self, what: str = "Reading") -> None:
        super().__init__(f"{what} was cancelled; nothing was changed.")
