"""The process that opens files for `outside`: it reads one, says what is in it, and ends.

It ends with the pipe it is asked through, so it cannot outlive the program.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from gmmstudio.table.errors import TableError, TooLarge
from gmmstudio.table.formats import columnar, frames, statistics, workbooks
from gmmstudio.table.formats.limits import limit_memory, limit_time

Answer = Callable[[dict[str, Any], BinaryIO], None]

ANSWERS: dict[str, Answer] = {
    "sheets": workbooks.say_sheets,
    "workbook": workbooks.send_sheet,
    "statistics": statistics.send_file,
    "columnar": columnar.send_file,
}


NEEDED = {
    "sheets": ("python_calamine",),
    "workbook": ("python_calamine", "pyarrow.compute"),
    "statistics": ("pyreadstat", "pyarrow.compute"),
    "columnar": ("pyarrow.parquet", "pyarrow.feather", "pyarrow.compute"),
}
"""Imported before memory is limited: what libraries take for themselves is no fault of a file."""


def main() -> None:
    """Answer the one question of the program that started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends us, not its terminal
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever prints must not be taken for us
    question = json.loads(sys.stdin.buffer.readline() or b"null")
    if question is None:
        return
    threading.Thread(target=_leave_with_the_pipe, daemon=True).start()
    for module in NEEDED[question["task"]]:
        import_module(module)
    limit_time()
    limit_memory(question["memory"])
    try:
        ANSWERS[question["task"]](question, out)
        frames.say(out, done=True)
    except TooLarge as refusal:
        frames.say(out, too_large=[refusal.n_rows, refusal.fits])
    except TableError as refusal:
        frames.say(out, refused=str(refusal))
    except MemoryError:
        os.abort()
    except BaseException:  # also what pyo3 makes of a panic, which is no Exception
        frames.say(out, fault=traceback.format_exc()[-4000:])
    out.flush()
    os._exit(0)  # whatever the libraries still hold goes with the process


def _leave_with_the_pipe() -> None:
    sys.stdin.buffer.read()
    os._exit(0)
