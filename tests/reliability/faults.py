"""Faults of the disk in the middle of a save, an autosave, an export."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from gmmstudio.document import Document, DocumentError, Session, assign
from gmmstudio.document.values import same_value
from gmmstudio.project import read_project, write_project
from gmmstudio.project.recovery import FILE, Origin, RecoveryFolder
from gmmstudio.report.export import export_labelled
from gmmstudio.table import TableError, atomic
from gmmstudio.table.outgoing import Outgoing, form_for
from tests.reliability.random_work import fitted, table, work

CODES = (errno.EIO, errno.ENOSPC, errno.EACCES)
KEPT = ("is unchanged", "No incomplete file was left behind")
NEW = "was written, but"


@dataclass(frozen=True)
class Way:
    """One way of writing: what it is called, where it writes in a folder, and how.

    ``write`` takes the folder and a number: 0 writes the older content, 1 the newer.
    """

    name: str
    file: str
    write: Callable[[Path, int], None]
    read: Callable[[Path], Any]


@cache
def documents() -> tuple[Document, Document]:
    """Return an analysis, and the same after some more work."""
    session = Session()
    work(session, 30, Random(5))
    older = session.document
    session.apply(fitted_now(session))
    return older, session.document


def fitted_now(session: Session) -> Any:
    """Return a fit of something that can be fitted."""
    from gmmstudio.document import commands as c

    session.apply(c.OpenTable(table(0)))
    session.apply(c.TickColumns((0, 1)))
    return fitted(session.document)


def _save(folder: Path, which: int) -> None:
    write_project(folder / "p.gmms", documents()[which])


class _Folder(RecoveryFolder):
    """A recovery folder whose place is known beforehand."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.parent)
        self.folder = folder


def _autosave(folder: Path, which: int) -> None:
    _Folder(folder).keep(documents()[which], Origin("p"), layout={}, picture=b"\x89PNG" * 500)


def _export(folder: Path, which: int, name: str = "t.csv") -> None:
    document = documents()[1]
    assert document.table is not None
    assert document.record is not None
    names = None if which else ("one", "two", "three")
    assignment = assign(document.table, document.record)
    export_labelled(
        folder / name,
        document.table,
        document.record,
        assignment,
        document.outlier_rule,
        names,
        Outgoing(form_for(Path(name))),
    )


def _export_packed(folder: Path, which: int) -> None:
    _export(folder, which, "t.zip")


def _export_workbook(folder: Path, which: int) -> None:
    _export(folder, which, "t.xlsx")


def _members(path: Path) -> dict[str, bytes]:
    """Return what is in an archive, whenever it was made."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != "docProps/core.xml"]
        return {name: archive.read(name) for name in names}


def _project(path: Path) -> Document:
    return read_project(path).document


WAYS = (
    Way("save", "p.gmms", _save, _project),
    Way("autosave", FILE, _autosave, _project),
    Way("export", "t.csv", _export, Path.read_bytes),
    Way("packed export", "t.zip", _export_packed, _members),
    Way("export of a workbook", "t.xlsx", _export_workbook, _members),
)


class _Failing:
    """A file whose writes are counted; one of them fails, half done."""

    def __init__(self, file: Any, plan: Plan) -> None:
        self._file, self._plan = file, plan

    def __enter__(self) -> _Failing:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def write(self, data: Any) -> None:
        view = memoryview(data).cast("B")
        if self._plan.strikes("write"):
            self._file.write(view[: len(view) // 2])
            self._plan.fail()
        self._file.write(view)

    def flush(self) -> None:
        if self._plan.strikes("flush"):
            self._plan.fail()
        self._file.flush()

    def fileno(self) -> int:
        return int(self._file.fileno())


class Plan:
    """Counts the calls that can fail, and lets the n-th of them fail."""

    def __init__(self, at: int = -1, code: int = 0) -> None:
        self.at, self.code, self.calls = at, code, 0
        self.struck = ""

    def strikes(self, what: str) -> bool:
        self.calls += 1
        if self.calls - 1 == self.at:
            self.struck = what
            return True
        return False

    def fail(self) -> None:
        raise OSError(self.code, os.strerror(self.code))


@contextmanager
def injected(plan: Plan) -> Iterator[None]:
    """Let the calls of `gmmstudio.table.atomic` go through a plan."""
    create, fsync, replace, opened = atomic._create, os.fsync, os.replace, os.open

    def create_(path: Path) -> Any:
        if plan.strikes("create"):
            plan.fail()
        return _Failing(create(path), plan)

    def fsync_(descriptor: int) -> None:
        if plan.strikes("fsync"):
            plan.fail()
        fsync(descriptor)

    def replace_(source: Any, target: Any) -> None:
        if plan.strikes("rename"):
            plan.fail()
        replace(source, target)

    def open_(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if Path(path).is_dir() and plan.strikes("open folder"):
            plan.fail()
        return opened(path, flags, mode, **more)

    atomic._create, os.fsync, os.replace, os.open = create_, fsync_, replace_, open_
    try:
        yield
    finally:
        atomic._create, os.fsync, os.replace, os.open = create, fsync, replace, opened


def n_calls(way: Way, folder: Path) -> int:
    """Return how many calls of a write can fail."""
    plan = Plan()
    with injected(plan):
        way.write(folder, 1)
    return plan.calls


def fault(way: Way, folder: Path, at: int, code: int, *, existed: bool) -> list[str]:
    """Let one call fail; return what went wrong beyond that, in words."""
    what = f"{way.name}, call {at}, {errno.errorcode[code]}, existed {existed}"
    for path in folder.iterdir():
        path.unlink()
    before = None
    if existed:
        way.write(folder, 0)
        before = (folder / way.file).read_bytes()
    plan, told = Plan(at, code), ""
    with injected(plan):
        try:
            way.write(folder, 1)
        except (TableError, DocumentError) as error:
            told = str(error)
    troubles = []
    found = (folder / way.file).read_bytes() if (folder / way.file).exists() else None
    is_old = found == before
    if not is_old and not same_value(way.read(folder / way.file), _newer(way)):
        troubles.append(f"{what}: neither old nor new")
    if told and not any(words in told for words in (KEPT if is_old else (NEW,))):
        troubles.append(f"{what}: told “{told}”, but the file is {'old' if is_old else 'new'}")
    if not told and is_old:
        troubles.append(f"{what}: nothing was told, and nothing written ({plan.struck})")
    if left := [path.name for path in folder.iterdir() if path.name != way.file]:
        troubles.append(f"{what}: {left} left behind")
    return troubles


@cache
def _newer(way: Way) -> Any:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        way.write(Path(folder), 1)
        return way.read(Path(folder) / way.file)


def faults(folder: Path, step: int = 1) -> tuple[int, list[str]]:
    """Let every ``step``-th call of every way fail with every code; return how many, and what."""
    n, troubles = 0, []
    folder.mkdir(parents=True, exist_ok=True)
    for way in WAYS:
        for existed in (True, False):
            for at in range(0, n_calls(way, folder), step):
                for code in CODES:
                    troubles += fault(way, folder, at, code, existed=existed)
                    n += 1
    return n, troubles


# ---- a full disk ------------------------------------------------------------------------


def in_child(work: Callable[[], str], seconds: float = 60.0) -> str:
    """Return what a function says in a process of its own, which it may spoil for itself."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            words = work()
        except BaseException as error:
            words = f"failed: {error!r}"
        os.write(into, words.encode()[:4000])
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as answer:
        words = answer.read().decode()
    os.waitpid(pid, 0)
    return words


def full_disk(way: Way, folder: Path, room: int) -> list[str]:
    """Write where there is room for so many bytes only (RLIMIT_FSIZE)."""
    for path in folder.iterdir():
        path.unlink()
    way.write(folder, 0)
    before = (folder / way.file).read_bytes()

    def write() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        try:
            way.write(folder, 1)
        except (TableError, DocumentError) as error:
            return f"told: {error}"
        return "written"

    return _judged(way, folder, before, in_child(write), f"{way.name}, room for {room}")


def _judged(way: Way, folder: Path, before: bytes, said: str, what: str) -> list[str]:
    found = (folder / way.file).read_bytes()
    troubles = []
    if said == "written":
        if not same_value(way.read(folder / way.file), _newer(way)):
            troubles.append(f"{what}: not the new one")
    elif not said.startswith("told:") or "full" not in said or KEPT[0] not in said:
        troubles.append(f"{what}: {said}")
    elif found != before:
        troubles.append(f"{what}: the old file is spoilt")
    if left := [path.name for path in folder.iterdir() if path.name not in (way.file, "fill")]:
        troubles.append(f"{what}: {left} left behind")
    return troubles


def full_disks(folder: Path, n: int) -> tuple[int, list[str]]:
    """Write with n different amounts of room each; return how many there were, and what failed."""
    folder.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    for way in WAYS:
        way.write(folder, 1)
        size = (folder / way.file).stat().st_size
        for i in range(n):
            troubles += full_disk(way, folder, 1 + i * (size + 2000) // n)
        (folder / way.file).unlink()
    return n * len(WAYS), troubles


def tmpfs_disks(folder: Path, n: int) -> tuple[int, list[str]] | None:
    """The same on a small file system that is really full; None where none can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    order = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        if subprocess.run(order, capture_output=True, check=False).returncode:
            return None
    except OSError:
        return None
    troubles: list[str] = []
    try:
        for way in WAYS:
            for path in folder.iterdir():
                path.unlink()
            way.write(folder, 1)
            size = (folder / way.file).stat().st_size
            way.write(folder, 0)
            before = (folder / way.file).read_bytes()
            for i in range(n):
                free = os.statvfs(folder)
                room = free.f_bavail * free.f_frsize
                keep = i * (size + 8192) // n
                with (folder / "fill").open("wb") as file:
                    file.write(b"\0" * max(0, room - keep))

                def write(way: Way = way) -> str:
                    try:
                        way.write(folder, 1)
                    except (TableError, DocumentError) as error:
                        return f"told: {error}"
                    return "written"

                said = in_child(write)
                troubles += _judged(way, folder, before, said, f"{way.name} on a full tmpfs, {i}")
                (folder / "fill").unlink()
                (folder / way.file).write_bytes(before)
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, check=False)
    return n * len(WAYS), troubles


# ---- killed at any moment ---------------------------------------------------------------


def kill(way: Way, folder: Path, seconds: float) -> list[str]:
    """Kill a program that writes again and again; then start the next one."""
    for path in folder.iterdir():
        path.unlink()
    way.write(folder, 0)
    pid = os.fork()
    if pid == 0:
        try:
            for i in range(10_000):
                way.write(folder, 1 - i % 2)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    what = f"{way.name}, killed after {1e3 * seconds:.0f} ms"
    troubles = []
    content = way.read(folder / way.file)
    if not any(same_value(content, each) for each in _both(way)):
        troubles.append(f"{what}: neither old nor new")
    atomic.clean_up(folder)  # as the next start does
    if left := [path.name for path in folder.iterdir() if path.name != way.file]:
        troubles.append(f"{what}: {left} left behind")
    return troubles


@cache
def _both(way: Way) -> tuple[Any, Any]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        way.write(Path(folder), 0)
        return way.read(Path(folder) / way.file), _newer(way)


def kills(folder: Path, n: int, seed: int) -> tuple[int, list[str]]:
    """Kill n times each; return how many, and what went wrong."""
    rng = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    for way in WAYS:
        _both(way)
        for _ in range(n):
            troubles += kill(way, folder, rng.uniform(0.0, 0.06))
    return n * len(WAYS), troubles


if __name__ == "__main__":  # in a process of its own: it forks
    import json
    import tempfile

    full = sys.argv[1] == "full"
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        print(
            json.dumps(
                {
                    "faults": faults(root / "a", 1 if full else 12),
                    "limits": full_disks(root / "b", 30 if full else 3),
                    "tmpfs": tmpfs_disks(root / "c", 15 if full else 2),
                    "kills": kills(root / "d", 60 if full else 4, 11),
                }
            )
        )
