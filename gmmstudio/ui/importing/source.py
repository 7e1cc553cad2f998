"""Where a table comes from: a file, a sample that comes with the program, or pasted text."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gmmstudio.table.beginnings import read_head
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.formats import kinds, unpacking
from gmmstudio.table.formats.foreign import sheets
from gmmstudio.table.reading import read, read_text
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table

PASTED = "pasted table"
_HEAD = 4096
_LONG = 1_000_000  # bytes of a file
_LONGEST = 600  # letters of a line that are shown
_WITH_SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # archives and workbooks
_OTHER_FILES = (b"%PDF", b"{\\rtf")


@dataclass(frozen=True, eq=False)
class Source:
    """A file or a text.

    Attributes
    ----------
    path
        The file; None for a text.
    text
        The text; None for a file.
    is_sample
        Whether it is one of the tables that come with the program.
    """

    path: Path | None = None
    text: str | None = None
    is_sample: bool = False

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"the {PASTED}" if self.path is None else self.path.name

    def read(
        self,
        settings: ReadSettings,
        progress: Progress | None = None,
        should_stop: ShouldStop | None = None,
    ) -> Table:
        """Read the whole table.

        Raises
        ------
        TableError
            What is wrong with it, or with a choice.
        """
        if self.path is None:
            return read_text(self.text or "", PASTED, settings)
        return read(self.path, settings=settings, progress=progress, should_stop=should_stop)

    @property
    def is_long(self) -> bool:
        """Whether reading all of it takes so long that its beginning is worth reading first."""
        if self.path is None:
            return False
        try:
            return self.is_lines and self.path.stat().st_size > _LONG
        except OSError:
            return False

    def read_head(self, settings: ReadSettings) -> Table:
        """Read the first rows of a file.

        Raises
        ------
        TableError
            What is wrong with it, or with a choice.
        """
        assert self.path is not None
        return read_head(self.path, settings)[0]

    @property
    def is_lines(self) -> bool:
        """Whether it is text, packed or not."""
        if self.is_text:
            return True
        try:
            return self.path is not None and kinds.kind_of(self.path) in ("gzip", "zip")
        except TableError:
            return False

    @property
    def is_text(self) -> bool:
        """Whether it is plain text that is not empty."""
        if self.path is None:
            return bool(self.text and self.text.strip())
        head = head_of(self.path)
        if not head.strip() or head.startswith(_OTHER_FILES):
            return False
        odd = sum(byte < 32 and byte not in b"\t\n\r\f\x00\x1f" for byte in head)
        return odd == 0 and head.count(0) <= 0.6 * len(head)

    @property
    def may_have_sheets(self) -> bool:
        """Whether it is worth looking for sheets."""
        return self.path is not None and head_of(self.path, 4) in _WITH_SHEETS

    def sheets(self) -> tuple[str, ...]:
        """Return the names of the sheets, or of the files in an archive; none where it has none."""
        try:
            return sheets(self.path) if self.path is not None else ()
        except TableError:
            return ()

    def lines(
        self,
        first: int,
        n: int,
        settings: ReadSettings,
        should_stop: ShouldStop | None = None,
    ) -> list[str]:
        """Return ``n`` lines from line number ``first`` on, as they stand in the file.

        The settings say what encoding that is in, and which member of an archive.

        Raises
        ------
        Stopped
            When it is not wanted any more.
        """
        with self._stream(settings, should_stop or _never) as stream:
            for count, _ in enumerate(itertools.islice(stream, first - 1)):
                if should_stop is not None and count % 10_000 == 0 and should_stop():
                    raise Stopped
            found = [line.rstrip("\r\n") for line in itertools.islice(stream, n)]
        if first == 1 and found:
            found[0] = found[0].removeprefix("\ufeff")
        return [line if len(line) <= _LONGEST else line[:_LONGEST] + "…" for line in found]

    def _stream(self, settings: ReadSettings, should_stop: ShouldStop) -> io.TextIOBase:
        encoding = settings.encoding or "utf-8"
        if self.path is None:
            return io.StringIO(self.text or "", newline=None)
        if not self.is_text:
            kind = kinds.kind_of(self.path)
            packed = unpacking.packed(self.path, kind, settings.sheet)
            raw = io.BufferedReader(_Blocks(packed.blocks(should_stop)))
            return io.TextIOWrapper(raw, encoding, errors="replace", newline=None)
        try:
            return self.path.open(encoding=encoding, errors="replace", newline=None)
        except (OSError, LookupError) as error:
            raise TableError(f"“{self.path.name}” could not be looked at ({error}).") from error


def head_of(path: Path, n: int = _HEAD) -> bytes:
    """Return the first bytes of a file; none where it cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(n)
    except OSError:
        return b""


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks, self._rest = blocks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._blocks, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _never() -> bool:
    return False
