"""What can go wrong with a table, said in sentences."""

from __future__ import annotations


class TableError(ValueError):
    """A table cannot be read, prepared or written.

    The message is the whole text for the user: what happened, what was kept, what to do next.
    """


class Stopped(TableError):  # noqa: N818  (it is no error)
    """The user cancelled a long job; nothing was changed."""

    def __init__(self, what: str = "Reading") -> None:
        super().__init__(f"{what} was cancelled; nothing was changed.")
