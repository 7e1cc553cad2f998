"""Files that are packed while they are written, as their names promise: .gz and .zip."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gmmstudio.table.atomic import Writer, atomic_writer

PACKED = (".gz", ".zip")
"""How the names of packed files end."""

_LEVEL = 6  # what gzip itself does


def is_packed(path: Path) -> bool:
    """Tell whether the name promises a packed file."""
    return path.suffix.lower() in PACKED


def name_within(path: Path, ending: str = ".csv") -> str:
    """Return the name of the file that is packed.

    Examples
    --------
    >>> name_within(Path("a.tsv.gz")), name_within(Path("a.zip"))
    ('a.tsv', 'a.csv')
    """
    within = path.stem if is_packed(path) else path.name
    return within if Path(within).suffix else within + ending


@contextmanager
def packing_writer(path: Path) -> Iterator[Writer]:
    """Write a file wholly or not at all, packed if its name says so.

    Raises
    ------
    TableError
        What happened, what was kept and what to do.
    """
    ending = path.suffix.lower()
    with atomic_writer(path) as file:
        if ending == ".gz":
            stream = Stream(file)
            with gzip.GzipFile(name_within(path), "wb", _LEVEL, stream, mtime=0) as packed:
                yield _Packing(packed, file)
        elif ending == ".zip":
            stream = Stream(file)
            with (
                zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
                archive.open(name_within(path), "w", force_zip64=True) as packed,
            ):
                yield _Packing(packed, file)
        else:
            yield file


class Stream:
    """What a library writes a file into that has an end of its own.

    Once a write has failed it takes and drops all else: the library wants to write its end all the
    same.
    """

    closed = False

    def __init__(self, file: Writer) -> None:
        self._file = file
        self._failed = False

    def write(self, data: Any) -> int:
        """Append some bytes."""
        n = memoryview(data).nbytes
        if not self._failed:
            self._failed = True
            self.before_writing()
            self._file.write(data)
            self._failed = False
        return n

    def before_writing(self) -> None:
        """Have a look whether to go on."""

    def flush(self) -> None:
        """Wait: the file is flushed when it is whole."""

    def close(self) -> None:
        """Leave the file to who opened it."""


class _Packing:
    """Gives bytes to what packs them."""

    def __init__(self, packed: Any, file: Writer) -> None:
        self._packed, self._file = packed, file

    def write(self, data: bytes | memoryview) -> None:
        self._packed.write(data)

    def sync(self) -> None:
        self._file.sync()
