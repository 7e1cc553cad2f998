"""Project files made piece by piece: sound ones, and the pieces to spoil one with."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from gmmstudio.project import write_project
from tests.reliability.round_trips import random_document

Members = dict[str, bytes]
Case = tuple[str, bytes | Callable[[], bytes]]


@cache
def sound() -> bytes:
    """Return a project that opens."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.gmms"
        write_project(path, random_document(9), layout={"tab": "x"}, picture=b"\x89PNG" + b"x" * 99)
        return path.read_bytes()


@cache
def members() -> Members:
    with zipfile.ZipFile(io.BytesIO(sound())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Members | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, data in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, data)
    return out.getvalue()


def changed(name: str, data: bytes) -> bytes:
    return zipped({**members(), name: data})


def description() -> Any:
    return json.loads(members()["project.json"])


def with_json(value: Any) -> bytes:
    return changed("project.json", json.dumps(value).encode())


def npy(
    descr: str, shape: object, data: bytes, *, fortran: bool = False, version: int = 1
) -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(text) + 1)
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + b"\n" + data


def overwritten(data: bytes, at: int, value: bytes) -> bytes:
    """Return the bytes with some others in the place of those from ``at`` on."""
    return data[:at] + value + data[at + len(value) :]
