"""How much memory is free, and how much of it reading a file may take."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

SHARE = 0.6
"""Of what is free, the share that reading one file may take."""

PER_BYTE = 5
"""Bytes of memory that reading takes, at its peak, for every byte of text."""

_UNKNOWN = 4 << 30
_CGROUP = Path("/sys/fs/cgroup")


def free_memory() -> int:
    """Return the bytes that are free, as far as the system tells; 4 GiB where it does not."""
    if sys.platform == "win32":
        return _windows()
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvail"))
    except (OSError, ValueError, StopIteration):
        return _pages()
    return min(free, _container())


def most_text() -> int:
    """Return the bytes of text that can be read with what is free."""
    return int(SHARE * free_memory() / PER_BYTE)


def _pages() -> int:
    """Return half of what is built in: macOS counts what it could free as taken."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


def _container() -> int:
    """Return what the container we are in leaves us."""
    try:
        most = (_CGROUP / "memory.max").read_text("ascii").strip()
        taken = int((_CGROUP / "memory.current").read_text("ascii"))
        return sys.maxsize if most == "max" else max(int(most) - taken, 1)
    except (OSError, ValueError):
        return sys.maxsize


def _windows() -> int:
    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in "abcdefg"),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (only Windows has it)
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return _UNKNOWN
    return int(status.b)
