"""Opening files of foreign formats in a process of its own, which may die of them.

The libraries that read workbooks and statistics files are written for honest files: a workbook of
1.4 kB makes one of them ask for 512 GiB and abort. The process has limits of memory and time, its
death is a sentence, and nothing it says is taken for more than text.
"""

from __future__ import annotations

import json
import logging
import queue
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gmmstudio import own_process
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError, TooLarge, grouped
from gmmstudio.table.formats import frames, memory

START = "from gmmstudio.table.formats.helper import main; main()"
ASK_AGAIN = 0.02
"""Seconds after which it is looked whether to stop."""

LEAST_SECONDS = 120.0
"""For what is over in one, if the computer is not busy with something else."""
PATIENCE = 5.0
"""Seconds by the clock for one of a processor, of which the process itself takes no more."""

AHEAD = 4
"""Messages that may lie unread: the process waits then, and its cells take no memory here."""

_FRUGAL = {
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
}
"""What is reserved ahead and for threads would count as taken, where memory is limited."""

_OUT_OF_MEMORY = (-signal.SIGABRT, -getattr(signal, "SIGKILL", 9), 3, 134)
"""Exit codes of a process that was refused memory."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Delivery:
    """What came back.

    Attributes
    ----------
    columns
        One pyarrow ChunkedArray of strings (n,) per column, never null.
    facts
        What was said about them, in JSON's types.
    """

    columns: list[Any]
    facts: dict[str, Any]


@dataclass
class _Received:
    """What came back so far."""

    chunks: list[list[Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    n_bytes: int = 0
    scarce: int | None = None  # rows of a sheet that may take more memory than there is

    def delivery(self) -> Delivery:
        import pyarrow as pa

        width = len(self.chunks[0]) if self.chunks else 0
        columns = [
            pa.chunked_array([c for part in self.chunks for c in part[j].chunks], pa.string())
            for j in range(width)
        ]
        return Delivery(columns, self.facts)


def ask(path: Path, request: dict[str, Any], progress: Progress, stop: ShouldStop) -> Delivery:
    """Have a file opened.

    Parameters
    ----------
    path
        The file.
    request
        What to do with it, in JSON's types; see `helper`.

    Raises
    ------
    TableError
        What is wrong with the file, or what became of the process.
    Stopped
        When ``stop`` said true.
    """
    most = int(memory.SHARE * memory.free_memory())
    question = {**request, "path": str(path.absolute()), "memory": most}
    try:
        child = _Child(question)
    except OSError as error:
        raise TableError(
            f"“{path.name}” was not opened: the system does not let the program start the process "
            f"that reads such files ({error.strerror or error}). Close other programs, or save "
            "the table as CSV."
        ) from error
    try:
        return _listen(child, path.name, most, progress, stop)
    finally:
        child.end()


def _listen(child: _Child, name: str, most: int, progress: Progress, stop: ShouldStop) -> Delivery:
    received = _Received()
    began, seconds = time.monotonic(), LEAST_SECONDS
    while True:
        if stop():
            raise Stopped
        if time.monotonic() - began > seconds:
            raise TableError(
                f"Reading “{name}” was given up after {seconds:.0f} seconds, far more than a file "
                "like it takes; it may be damaged. Open it in its own program and save the table "
                "as CSV."
            )
        try:
            message = child.messages.get(timeout=ASK_AGAIN)
        except queue.Empty:
            continue
        if message is None:
            code = child.exit_code()
            if received.scarce is not None and code in _OUT_OF_MEMORY:
                raise too_large(name, received.scarce)
            raise _died(name, code)
        kind, data = message
        try:
            if kind == frames.CELLS:
                received.chunks.append(frames.columns_of(data))
                if len(received.chunks[-1]) != len(received.chunks[0]):
                    raise ValueError("rows of another width")
                received.n_bytes += len(data)
                if received.n_bytes > most:
                    raise too_large(name, received.scarce)
                continue
            word = json.loads(data)
            if not isinstance(word, dict):
                raise ValueError("no message")
            if "expect" in word:
                seconds = max(LEAST_SECONDS, PATIENCE * float(word["expect"]))
            elif "share" in word:
                progress(min(max(float(word["share"]), 0.0), 1.0))
            elif "scarce" in word:
                received.scarce = int(word["scarce"])
            elif "too_large" in word:
                n_rows, fits = word["too_large"]
                raise TooLarge(name, int(n_rows), int(fits))
            elif "refused" in word:
                raise TableError(str(word["refused"]))
            elif "fault" in word:
                log.error("In the process that opens files: %s", word["fault"])
                raise _unreadable(name)
            elif "facts" in word:
                received.facts |= dict(word["facts"])
            elif "done" in word:
                return received.delivery()
        except TableError:
            raise
        except (
            ValueError,
            TypeError,
            KeyError,
            RecursionError,
        ) as error:  # Arrow's are ValueErrors
            log.exception("The process that opens files said something else")
            raise _unreadable(name) from error


def too_large(name: str, n_rows: int | None = None) -> TableError:
    """Return the refusal of a table that does not fit in memory, with its rows if they are known.

    Of workbooks no sample is read: the library that opens them holds the whole sheet.
    """
    rows = f" with its {grouped(n_rows)} rows" if n_rows else ""
    return TableError(
        f"The table in “{name}”{rows} does not fit in this computer's memory. Close other "
        "programs, or save the table as CSV: of a CSV file of any size a sample of the rows can be "
        "read."
    )


def _unreadable(name: str) -> TableError:
    return TableError(
        f"“{name}” cannot be read: it is damaged, or of a kind that is not known here. Open it in "
        "its own program and save the table as CSV."
    )


def _died(name: str, code: int | None) -> TableError:
    """Say what an end without a word means."""
    if code in (-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGALRM", 14)):
        why = "took far more time than a file like it takes"
    elif code in _OUT_OF_MEMORY:
        why = "asked for more memory than a file like it may take"
    else:
        why = "broke off in the middle"
    return TableError(
        f"“{name}” was not opened: reading it {why}, so it was ended; the program and your work "
        "are untouched. The file may be damaged, or have stray cells far from its table. Copy the "
        "table to a new file in its own program, or save it as CSV, and open that."
    )


class _Child:
    """The process, and the thread that reads what it says."""

    def __init__(self, question: dict[str, Any]) -> None:
        self._process = own_process.start(START, quiet=True, **_FRUGAL)
        self.messages: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue(AHEAD)
        self._unwanted = False
        self._reader = threading.Thread(target=self._read, name="gmmstudio-outside", daemon=True)
        self._reader.start()
        assert self._process.stdin is not None
        with suppress(OSError):  # gone already: its end says so
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()

    def exit_code(self) -> int | None:
        """Return how it ended, once it has said its last word."""
        try:
            return self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """Kill the process; what it still says is not wanted."""
        self._unwanted = True
        own_process.end(self._process, self._reader)

    def _read(self) -> None:
        assert self._process.stdout is not None
        message: tuple[bytes, bytes] | None = (b"", b"")
        while message is not None:
            try:
                message = frames.read(self._process.stdout)
            except (OSError, ValueError, MemoryError):
                message = None
            while not self._unwanted:
                with suppress(queue.Full):
                    self.messages.put(message, timeout=ASK_AGAIN)
                    break
