"""How files were read before, so that the same file is read the same way without a question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from gmmstudio.table.settings import ColumnType, DateOrder, Notice, ReadSettings
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.importing.source import head_of
from gmmstudio.ui.preferences import Preferences

MOST_FILES = 50
_MOST_SETTLED = 40
_HEAD = 4096
_TEXTS = (
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "decimal",
    "thousands",
    "comment",
    "sheet",
    "cells",
)
_ONE_OF = {"date_order": get_args(DateOrder), "mend": (True, False)}
_NUMBERS = ("skip_rows", "header_rows", "sample_rows", "sample_seed")


@dataclass(frozen=True)
class Remembered:
    """What was chosen for a file, and which doubts about it are settled.

    Attributes
    ----------
    choices
        What was chosen; None is what was left as found.
    settled
        Digests of the doubts that stood in the dialog when the file was imported.
    written
        Whether the file was written here, in the layout that the choices say.
    """

    choices: ReadSettings = field(default_factory=ReadSettings)
    settled: frozenset[str] = frozenset()
    written: bool = False

    def settles(self, notices: Iterable[str]) -> bool:
        """Tell whether no doubt among these notices is a new one."""
        return all(digest in self.settled for digest in digests(notices))


def needs_a_look(outcome: Outcome, remembered: Remembered | None) -> bool:
    """Tell whether a person has to look at a table that was read: what is in doubt is new."""
    if outcome.is_clean:
        return False
    if remembered is None or outcome.table is None or not outcome.is_answered:
        return True
    return not remembered.settles(outcome.table.notices)


def digests(notices: Iterable[str]) -> list[str]:
    """Return a short digest of every doubt among these notices."""
    return [
        hashlib.sha256(str(notice).encode("utf-8", "replace")).hexdigest()[:16]
        for notice in notices
        if isinstance(notice, Notice) and notice.doubt
    ]


def remember(preferences: Preferences, path: Path, what: Remembered) -> None:
    """Remember how a file was read, and forget the oldest of too many."""
    path = path.absolute()
    others = [entry for entry in _entries(preferences) if entry.get("path") != str(path)]
    entry = {
        "path": str(path),
        **_mark(path),
        "choices": to_words(what.choices),
        "settled": sorted(what.settled)[:_MOST_SETTLED],
        "written": what.written,
    }
    preferences.imports = json.dumps([entry, *others][:MOST_FILES], ensure_ascii=False)


def recall(preferences: Preferences, path: Path) -> Remembered | None:
    """Return how this very file was read; None where it is not known or another by now.

    It is the same file if size and time of the last change are those kept, or if it begins with the
    same bytes: a file that only grew.
    """
    path = path.absolute()
    for entry in _entries(preferences):
        if entry.get("path") != str(path):
            continue
        if not _is_same(path, entry):
            return None
        try:
            settled = frozenset(map(str, entry.get("settled", ())))
            written = entry.get("written") is True
            return Remembered(from_words(entry["choices"]), settled, written)
        except (KeyError, TypeError, ValueError):
            return None
    return None


def to_words(choices: ReadSettings) -> dict[str, Any]:
    """Return the choices that were made, as JSON has them."""
    words = {choice.name: getattr(choices, choice.name) for choice in fields(choices)}
    plain = ReadSettings()
    return {name: value for name, value in words.items() if value != getattr(plain, name)}


def from_words(words: Mapping[str, Any]) -> ReadSettings:
    """Return the choices that :func:`to_words` wrote.

    Raises
    ------
    ValueError, TypeError
        If they are something else.
    """
    known = {choice.name for choice in fields(ReadSettings)}
    values: dict[str, Any] = {}
    for name, value in words.items():
        if name not in known:
            continue
        if name in _TEXTS:
            if not isinstance(value, str):
                raise TypeError(name)
            values[name] = value
        elif name in _NUMBERS:
            if not isinstance(value, int):
                raise TypeError(name)
            values[name] = value
        elif name in _ONE_OF:
            if value not in _ONE_OF[name]:
                raise ValueError(name)
            values[name] = value
        elif name == "missing":
            values[name] = tuple(map(str, value))
        elif name in ("missing_in", "present_in"):
            values[name] = tuple((int(j), tuple(map(str, words))) for j, words in value)
        elif name == "types":
            values[name] = tuple((int(column), _type(kind)) for column, kind in value)
    return ReadSettings(**values)


def _type(kind: object) -> str:
    if kind not in get_args(ColumnType):
        raise ValueError(kind)
    return str(kind)


def _mark(path: Path) -> dict[str, Any]:
    """Return what tells a file from another of the same name."""
    head = head_of(path, _HEAD)
    try:
        facts = path.stat()
        size, time = facts.st_size, facts.st_mtime_ns
    except OSError:
        size, time = -1, -1
    return {"size": size, "time": time, "head": _hash(head), "n": len(head)}


def _is_same(path: Path, entry: Mapping[str, Any]) -> bool:
    now = _mark(path)
    if now["size"] == entry.get("size") and now["time"] == entry.get("time"):
        return True
    n = entry.get("n")
    if not isinstance(n, int) or not 0 < n <= _HEAD:
        return False
    return _hash(head_of(path, n)) == entry.get("head")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _entries(preferences: Preferences) -> list[dict[str, Any]]:
    try:
        entries = json.loads(preferences.imports or "[]")
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]
