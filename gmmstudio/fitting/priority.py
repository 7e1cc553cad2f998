"""Threads that compute give way to the one that draws."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

NICE = 10


def give_way() -> None:
    """Lower the priority of the calling thread, and of those it starts from now on.

    With as many computing threads as processors the window would wait for its turn. Only Linux
    gives threads a niceness of their own; elsewhere this does nothing.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # already lower than that, or not allowed
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
