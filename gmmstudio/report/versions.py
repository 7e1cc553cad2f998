"""The versions of the program and of what it stands on."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from gmmstudio import __version__

_PARTS = ("PySide6-Essentials", "pyqtgraph", "numpy", "scipy", "pyarrow")


def parts(names: tuple[str, ...] = _PARTS) -> tuple[tuple[str, str], ...]:
    """Return pairs of a part and its version, the program first."""
    found = [("GMM Studio", __version__)]
    found.append(("Python", f"{platform.python_version()} on {sys.platform}"))
    for name in names:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:  # a bundle may leave the metadata out
            continue
    return tuple(found)
