"""How large a project may be: looked at before anything in it is read.

Each bound is one that `write` keeps, too, so that what the program saves it can open.
"""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

from gmmstudio.project.errors import ProjectError, damaged

MEBI = 2**20

MEMBERS = {
    "project.json": 32 * MEBI,
    "floats.npy": 1536 * MEBI,
    "integers.npy": 1024 * MEBI,
    "text.npy": 512 * MEBI,
    "lengths.npy": 512 * MEBI,
    "picture.png": 4 * MEBI,
}
"""The members there are, and the most bytes of each."""

TOTAL = 2000 * MEBI
"""Most bytes of all members together: a zip of so many needs none of the rarer forms."""

RATIO = 100
"""A member may be so many times as long as its compressed form; longer ones are stored as is."""

FREE = MEBI
"""Up to so many bytes the ratio does not matter."""

COMMAS = 2_000_000
"""Most entries in the JSON, each of which becomes an object in memory."""

_END = struct.Struct("<4s4H2LH")
_LONGEST_DIRECTORY = 4096


def directory(file: BinaryIO) -> zipfile.ZipFile:
    """Open the zip of a project, its directory checked.

    Parameters
    ----------
    file
        Open for reading, at its beginning.

    Raises
    ------
    ProjectError
        It is no zip, or one with other or larger members than a project has.
    """
    _check_end(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise damaged("it is incomplete or no project at all") from error
    _check_members(archive.infolist())
    return archive


def _check_end(file: BinaryIO) -> None:
    """Check the record at the end, which says how long the directory is that zipfile reads."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END.size))
    record = file.read(_END.size)
    file.seek(0)
    if len(record) < _END.size or record[:4] != b"PK\x05\x06":
        raise damaged("it is incomplete or no project at all")
    _, disk, first_disk, here, n_members, length, start, comment = _END.unpack(record)
    if disk or first_disk or here != n_members or comment:
        raise damaged("its directory is not as this program writes it")
    if n_members > len(MEMBERS) or length > _LONGEST_DIRECTORY or start + length > size:
        raise damaged("its directory is not as this program writes it")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    for member in members:
        most = MEMBERS.get(member.filename)
        if most is None or member.orig_filename != member.filename:
            raise damaged(f"it holds “{member.filename[:60]}”, which belongs to no project")
        if names.count(member.filename) > 1:
            raise damaged(f"it holds “{member.filename}” twice")
        if member.flag_bits & 0x1 or member.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise damaged(f"“{member.filename}” is encrypted or packed in an unknown way")
        if member.file_size > most:
            raise ProjectError(
                f"“{member.filename}” of this project is {member.file_size / MEBI:.0f} MB long, "
                f"and at most {most / MEBI:.0f} MB are read. Nothing was opened."
            )
        if member.file_size > max(FREE, RATIO * member.compress_size):
            raise damaged(f"“{member.filename}” would become far larger than it may")
    if "project.json" not in names:
        raise damaged("its description is missing")
    if sum(member.file_size for member in members) > TOTAL:
        raise ProjectError(
            f"This project is longer than {TOTAL / MEBI:.0f} MB, and so long ones are not read. "
            "Nothing was opened."
        )
