"""Limits that the process which opens files sets itself, where the system knows limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

LEAST_MEMORY = 160 << 20
LEAST_SECONDS = 15
MOST_SECONDS = 1800
SECONDS_PER_CELL = 5e-6
SECONDS_PER_BYTE = 2e-7
"""Of a processor: many times what an ordinary file takes."""

resource: Any
try:
    import resource
except ImportError:  # Windows: there is the limit of time
    resource = None


def limit_time(cells: float = 0.0, size: float = 0.0) -> int:
    """End this process when it has used so much of a processor, whatever becomes of the program.

    Parameters
    ----------
    cells, size
        How many cells and bytes it is to read.

    Returns
    -------
    int
        The seconds.
    """
    seconds = min(LEAST_SECONDS + SECONDS_PER_CELL * cells + SECONDS_PER_BYTE * size, MOST_SECONDS)
    if resource is not None:
        _set(resource.RLIMIT_CPU, int(seconds))
        _set(resource.RLIMIT_CORE, 0)  # what dies of a hostile file leaves nothing behind
    return int(seconds)


def limit_memory(more: int) -> None:
    """Let this process take so many bytes more than it has now; beyond it is refused them."""
    if resource is not None and sys.platform.startswith("linux"):
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        _set(resource.RLIMIT_AS, taken * os.sysconf("SC_PAGE_SIZE") + max(more, LEAST_MEMORY))


def _set(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))
