"""Limits that the process which opens files sets itself, where the system knows limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

LEAST_MEMORY = 160 << 20
MOST_PROCESSOR_SECONDS = 900

resource: Any
try:
    import resource
except ImportError:  # Windows: there is the limit of time
    resource = None


def limit_time() -> None:
    """End this process after so much time of a processor, whatever becomes of the program."""
    if resource is not None:
        _set(resource.RLIMIT_CPU, MOST_PROCESSOR_SECONDS)
        _set(resource.RLIMIT_CORE, 0)  # what dies of a hostile file leaves nothing behind


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
