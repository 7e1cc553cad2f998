"""Where the files that are not code live: fonts, icons, sample tables."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Path of a resource, e.g. ``path("samples", "penguins.csv")``.

    An installed wheel carries them inside the package, a checkout beside it.

    Raises
    ------
    FileNotFoundError
        If this installation lacks the resource.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"This installation of GMM Studio lacks its file {'/'.join(parts)}.")
