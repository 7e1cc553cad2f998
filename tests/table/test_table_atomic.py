"""A file is wholly old or wholly new, whatever fails."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gmmstudio.table import TableError, atomic
from gmmstudio.table.atomic import atomic_writer, write_bytes

posix = pytest.mark.skipif(os.name != "posix", reason="rights and limits of POSIX systems")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_bytes(b"old")
    return path


def test_writes_and_replaces(old: Path) -> None:
    with atomic_writer(old) as file:
        file.write(b"new ")
        file.write(memoryview(b"text"))
        assert old.read_bytes() == b"old"
    assert old.read_bytes() == b"new text"
    assert list(old.parent.iterdir()) == [old]


@posix
def test_rights(old: Path) -> None:
    old.chmod(0o640)
    write_bytes(old, b"new")
    assert old.stat().st_mode & 0o777 == 0o640
    mask = os.umask(0o027)
    try:
        write_bytes(old.parent / "n.csv", b"new")
    finally:
        os.umask(mask)
    assert (old.parent / "n.csv").stat().st_mode & 0o777 == 0o640


@posix
def test_a_link_stays_a_link(old: Path) -> None:
    link = old.parent / "link.csv"
    link.symlink_to(old)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


@pytest.mark.parametrize("exception", [KeyboardInterrupt, ValueError])
def test_an_exception_of_the_body_passes_through(exception: type[BaseException], old: Path) -> None:
    with pytest.raises(exception), atomic_writer(old) as file:
        file.write(b"half")
        raise exception
    assert old.read_bytes() == b"old"
    assert list(old.parent.iterdir()) == [old]


class _FailingFile:
    """A file that fails at its n-th write or at flush."""

    def __init__(self, file: object, at: int, code: int) -> None:
        self.file, self.at, self.code = file, at, code

    def __enter__(self) -> _FailingFile:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()  # type: ignore[attr-defined]

    def write(self, data: object) -> None:
        self.at -= 1
        if self.at < 0:
            raise OSError(self.code, os.strerror(self.code))
        self.file.write(data)  # type: ignore[attr-defined]

    def flush(self) -> None:
        self.file.flush()  # type: ignore[attr-defined]

    def fileno(self) -> int:
        return self.file.fileno()  # type: ignore[attr-defined, no-any-return]


CODES = (errno.EIO, errno.ENOSPC, errno.EACCES)
POINTS = ("open", "write 1", "write 2", "fsync", "replace", "verify")


@pytest.mark.parametrize("existed", [True, False])
@pytest.mark.parametrize("code", CODES, ids=[errno.errorcode[c] for c in CODES])
@pytest.mark.parametrize("point", POINTS)
def test_faults(
    point: str, code: int, existed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    if existed:
        path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    create = atomic._create
    if point == "open":
        monkeypatch.setattr(atomic, "_create", fail)
    elif point.startswith("write"):
        at = int(point[-1]) - 1
        monkeypatch.setattr(atomic, "_create", lambda p: _FailingFile(create(p), at, code))
    elif point == "verify":
        monkeypatch.setattr(atomic, "_verify", fail)
    else:
        monkeypatch.setattr(os, point, fail)
    with pytest.raises(TableError, match="was not saved") as caught, atomic_writer(path) as file:
        file.write(b"one")
        file.write(b"two")
    monkeypatch.undo()
    kept = "unchanged" if existed else "No incomplete file"
    assert kept in str(caught.value)
    if code == errno.ENOSPC:
        assert "full" in str(caught.value)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([b"old"] if existed else [])


def test_a_fault_after_the_move_is_told(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync
    calls = 0

    def fail_second(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail_second)
    with pytest.raises(TableError, match="was written, but its drive reported an error"):
        write_bytes(old, b"new")
    assert old.read_bytes() == b"new"


@posix
def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(TableError, match="is a device"):
        write_bytes(pipe, b"x")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_folders_and_missing_folders(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is a folder"):
        write_bytes(tmp_path, b"x")
    with pytest.raises(TableError, match="does not exist"):
        write_bytes(tmp_path / "gone" / "t.csv", b"x")
    with pytest.raises(TableError, match=r"name is too long|cannot be written"):
        write_bytes(tmp_path / ("x" * 300), b"x")
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_protected_file_stays(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anything
    with pytest.raises(TableError, match="write-protected"):
        write_bytes(old, b"new")
    assert old.read_bytes() == b"old"


@posix
def test_a_full_disk_for_real(old: Path) -> None:
    """A limit on the size of files fails like a full disk, in a process of its own."""
    code = f"""
import resource, signal
from gmmstudio.table import TableError
from gmmstudio.table.atomic import write_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    write_bytes({str(old)!r}, b"x" * 10_000_000)
except TableError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "drive is full" in done.stdout
    assert "unchanged" in done.stdout
    assert old.read_bytes() == b"old"
    assert list(old.parent.iterdir()) == [old]
