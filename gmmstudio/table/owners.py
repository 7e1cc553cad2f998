"""Which running program something belongs to: a temporary file, a lock, a folder of its own."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """A process.

    Attributes
    ----------
    pid
        Its number on its computer.
    host
        The name of that computer.
    started
        When it started, as its system counts; "" where that cannot be told. Numbers of processes
        are used again, and this tells the new one from the old.
    """

    pid: int
    host: str
    started: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, on this computer."""
        return self.host == host_name()

    @property
    def is_gone(self) -> bool:
        """Whether it surely runs no more; of one on another computer nobody here can know."""
        if not self.is_here:
            return False
        if not _runs(self.pid):
            return True
        now = _started(self.pid)
        return bool(self.started and now and self.started != now)


def this_process() -> Owner:
    """Return the process that asks."""
    pid = os.getpid()
    return Owner(pid, host_name(), _started(pid))


@cache
def host_name() -> str:
    """Return the name of this computer."""
    return socket.gethostname() or "this computer"


def host_mark(host: str) -> str:
    """Return eight letters that stand for a computer in the name of a file."""
    return hashlib.sha256(host.encode("utf-8", "replace")).hexdigest()[:8]


def _started(pid: int) -> str:
    """Return when a process started, in ticks since the start of the system (Linux)."""
    if not sys.platform.startswith("linux"):
        return ""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return text.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


if sys.platform == "win32":

    def _runs(pid: int) -> bool:
        """Whether there is such a process; os.kill would end it here."""
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return int(kernel.GetLastError()) == 5  # there is one, of somebody else's
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == 259  # STILL_ACTIVE

else:

    def _runs(pid: int) -> bool:
        """Whether there is such a process."""
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            return True  # of somebody else's
        return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and only waits for its parent to notice (Linux)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return text.rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
