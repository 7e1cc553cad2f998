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


class TooLarge(TableError):  # noqa: N818  (a size, which need not be the end)
    """A table does not fit in memory; a sample of its rows would.

    Attributes
    ----------
    n_rows
        How many rows there are.
    fits
        How many rows would fit.
    """

    def __init__(self, name: str, n_rows: int, fits: int) -> None:
        self.name, self.n_rows = name, n_rows
        self.fits = _round_down(fits)
        super().__init__(
            f"“{name}” has {grouped(n_rows)} rows, more than fit in the memory that is free now. "
            "Close other programs, or read a sample of its rows, of which about "
            f"{grouped(self.fits)} fit."
        )


def grouped(n: int) -> str:
    """Write a whole number, its digits in groups of three from five on."""
    return f"{n:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if n >= 10_000 else str(n)


def _round_down(number: int) -> int:
    """Keep the first digit: an estimate has no more."""
    text = str(max(number, 1))
    return int(text[0] + "0" * (len(text) - 1))
