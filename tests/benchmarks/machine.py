"""What the figures were measured on, and how busy it was."""

import os
import platform
from importlib.metadata import version

import numpy as np


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def processor_name() -> str:
    """What the processor calls itself."""
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - no path of ours
            names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()


def memory_bytes() -> int:
    """How much memory there is, 0 where that cannot be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def load() -> str:
    """The load average of the last minute, of whoever causes it."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (AttributeError, OSError):
        return "?"


def description() -> str:
    """One line for the head of a table."""
    packages = ", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "scikit-learn"))
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return (
        f"{processors()} processors ({processor_name()}), {memory_bytes() / 2**30:.0f} GiB, "
        f"Python {platform.python_version()}, {packages}, {blas['name']} {blas['version']}"
    )
