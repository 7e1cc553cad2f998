"""A process of our own: the same interpreter, our modules, two pipes; started and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path


def start(code: str, *, quiet: bool = False, **environment: str) -> subprocess.Popen[bytes]:
    """Start Python on a line of code, with pipes to its input and from its output.

    Parameters
    ----------
    code
        Imports one of our modules and calls it. Not ``-m``: the classes of its messages would be
        another module's there.
    quiet
        Whether what it writes to its error output is dropped.
    environment
        Variables that it gets besides ours.

    Raises
    ------
    OSError
        The system does not let us have one.
    """
    here = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment, "PYTHONPATH": path},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def end(process: subprocess.Popen[bytes], reader: threading.Thread) -> None:
    """Kill a process and wait for the thread that reads it: neither takes more than a moment."""
    process.kill()
    process.wait()
    reader.join()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not sent yet has nowhere to go
                pipe.close()
