"""Reading and writing project files, with their locks and tables, beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted, with_models
from gmmstudio.project.errors import ProjectError
from gmmstudio.project.linked import checked_link, read_linked, refuse_without_rows
from gmmstudio.project.linking import Link
from gmmstudio.project.lock import Lock, NoLock, acquire
from gmmstudio.project.read import Project, ShouldStop, read_project
from gmmstudio.project.recovery import LeftBehind
from gmmstudio.project.write import Saved, is_embedded, write_project
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.table import Table
from gmmstudio.ui.project_state import ProjectFile, Stamp, stamp_of

_SHOWN = (
    "The fits are shown as they were, with as many rows as a project keeps; a new fit needs the "
    "file."
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A project that was read.

    Attributes
    ----------
    path
        Its file.
    project
        What it holds; its document has its table, if that was found.
    blank
        The table without values that stands for one that was not found.
    trouble
        What is the matter with the file of the table: a sentence, "" where all is well.
    changed
        Whether that file is there, but not what it was.
    left
        What it was restored from, after a crash.
    under_way
        What was under way then.
    """

    path: Path
    project: Project
    lock: Lock | NoLock
    stamp: Stamp | None
    blank: Table | None = None
    trouble: str = ""
    changed: bool = False
    left: LeftBehind | None = None
    under_way: Interrupted | None = None


def write_here(
    path: Path,
    document: Document,
    layout: dict[str, str],
    link: Link | None,
    known: ProjectFile | None,
    copy: bool,
    should_stop: ShouldStop,
) -> tuple[Lock | NoLock | None, Link | None, Saved]:
    """Save; return the right to save there again, None where it is at hand, link and outcome.

    Parameters
    ----------
    path, document, layout
        What to save where.
    link
        The link to the table's file, if it is known.
    known
        The project file as it was last read or written, if that is where to save.
    copy
        Whether only a copy is made, to which no right is needed afterwards.

    Raises
    ------
    ProjectError
        Another program saves there.
    """
    lock: Lock | NoLock | None = None
    if known is not None:
        if isinstance(known.lock, NoLock):
            raise ProjectError(known.lock.why)
        stamp = stamp_of(path)
        if known.stamp is not None and stamp is not None and stamp != known.stamp:
            raise ProjectError(
                f"“{path.name}” was changed by another program since it was opened here, so it was "
                "left as it is. Save under another name, and compare the two."
            )
    else:
        lock = acquire(path)
        if isinstance(lock, NoLock) and path.exists():
            raise ProjectError(lock.why)
    try:
        found = link if link is not None else _link(document, should_stop)
        saved = write_project(path, document, layout=layout, link=found, should_stop=should_stop)
    except BaseException:
        let_go(lock)
        raise
    if copy:
        let_go(lock)
        return None, found, saved
    return lock, found, saved


def _link(document: Document, should_stop: ShouldStop) -> Link | None:
    """Return the link to a table that is too large to be embedded; None for any other."""
    if is_embedded(document) or document.table is None:
        return None
    return checked_link(document.table, should_stop=should_stop)


def read_whole(path: Path, progress: Callable[[float], None], should_stop: ShouldStop) -> Opened:
    """Read a project, its table too if that lies in a file of its own and is what it was."""
    stamp = stamp_of(path)
    project = read_project(path, should_stop=should_stop)
    opened = Opened(path, project, acquire(path), stamp)
    try:
        found = _with_table(opened, progress, should_stop)
        if should_stop():
            raise Stopped("Opening")  # nobody waits for it any more, nor would let go of its lock
        return found
    except BaseException:
        let_go(opened.lock)
        raise


def read_left(
    left: LeftBehind, progress: Callable[[float], None], should_stop: ShouldStop
) -> Opened:
    """Read what a crash left behind."""
    project = read_project(left.path, should_stop=should_stop)
    path = left.origin.path
    lock = NoLock("") if path is None else acquire(path)
    stamp = left.origin.stamp
    try:
        under_way = left.run(project.document.table)
        project = replace(project, document=with_models(project.document, under_way))
        opened = Opened(path or left.path, project, lock, stamp, left=left, under_way=under_way)
        found = _with_table(opened, progress, should_stop)
        if should_stop():
            raise Stopped("Restoring")
        return found
    except BaseException:
        let_go(lock)
        raise


def _with_table(
    opened: Opened, progress: Callable[[float], None], should_stop: ShouldStop
) -> Opened:
    project, link = opened.project, opened.project.link
    table = project.document.table
    if link is None or table is None:
        return opened
    lost = replace(opened, blank=table)
    try:
        same = link.is_met_by(link.path, should_stop)
        if not same:
            refuse_without_rows(table, link.path)
            return replace(
                lost,
                changed=True,
                trouble=f"“{link.path.name}”, the file of this project's table, was changed since "
                f"the project was saved. {_SHOWN}",
            )
        found = read_linked(link.path, table, progress=progress, should_stop=should_stop)
    except (OSError, TableError) as error:
        if should_stop():
            raise
        refuse_without_rows(table, link.path)
        why = "was moved or removed" if not _is_there(link.path) else f"cannot be read ({error})"
        return replace(
            lost,
            trouble=f"“{link.path.name}”, the file of this project's table, {why}. {_SHOWN}",
        )
    document = replace(project.document, table=found)
    return replace(opened, project=replace(project, document=document))


def _is_there(path: Path) -> bool:
    """Whether there is something of this name; a name that cannot be one is that of nothing."""
    try:
        return path.exists()
    except OSError:
        return False


def let_go(lock: Lock | NoLock | None) -> None:
    """Let others save there."""
    if isinstance(lock, Lock):
        lock.release()
