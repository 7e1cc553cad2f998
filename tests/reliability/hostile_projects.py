"""Project files that mean harm, or are merely broken: refused or opened, quickly, in little memory.

``python -m tests.reliability.hostile_projects SLICE`` opens every SLICE-th and prints what happened
as JSON; it is a process of its own so that its memory can be told.
"""

from __future__ import annotations

import io
import json
import pickle
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from gmmstudio.document import DocumentError, assign
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.project import ProjectError
from gmmstudio.project.linked import checked_link
from gmmstudio.project.read import read_picture
from gmmstudio.table import TableError
from gmmstudio.ui.project_files import let_go, read_whole
from tests.reliability.hostile_pieces import further
from tests.reliability.made_projects import (
    Case,
    changed,
    description,
    members,
    npy,
    overwritten,
    sound,
    with_json,
    zipped,
)

SECONDS, MEGABYTES = 2.0, 300
WAIT = 30  # seconds of the clock: for a pipe that nobody writes to a program waits for ever


class _Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("/tmp/gmmstudio-was-harmed").write_text, ("harm",))


def names() -> Iterator[Case]:
    for name in (
        "../evil.npy", "../../../../etc/cron.d/evil", "/etc/passwd", "C:\\evil.exe",
        "..\\evil.dll", "floats.npy/../../x", "./floats.npy", "FLOATS.NPY", "floats.npy ",
        "project.json\x00.exe", "a" * 60_000, "run.py", "data.pkl", "__main__.py",
        "플로트.npy", "floats.npy/", "con", "\u202egpj.exe",
    ):  # fmt: skip
        yield f"a member called {name[:40]!r}", zipped([*members().items(), (name, b"harm")])
    doubled = io.BytesIO()
    for name, data in members().items():
        yield f"without {name}", zipped({n: d for n, d in members().items() if n != name})
        yield f"{name} empty", changed(name, b"")
        yield f"{name} with a byte more", changed(name, data + b"\0")
        yield f"{name} with a byte less", changed(name, data[:-1])
    doubled.write(sound())
    with zipfile.ZipFile(doubled, "a") as archive:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("project.json", members()["project.json"])
    yield "project.json twice", doubled.getvalue()


def broken(rng: Random) -> Iterator[Case]:
    data = sound()
    yield "empty", b""
    yield "no zip", b"not a zip" * 1000
    yield "zeros", bytes(100_000)
    for _ in range(40):
        n = rng.randrange(len(data))
        yield f"cut at {n}", data[:n]
    for _ in range(60):
        at = rng.randrange(len(data))
        flipped = bytearray(data)
        flipped[at] ^= 1 << rng.randrange(8)
        yield f"bit flipped at {at}", bytes(flipped)
    for _ in range(10):
        at, n = rng.randrange(len(data)), rng.randrange(1, 2000)
        yield f"{n} bytes put in at {at}", data[:at] + rng.randbytes(n) + data[at:]


def _zeros(name: str, descr: str, size: int) -> bytes:
    return changed(name, npy(descr, f"({200_000_000 // size},)", bytes(200_000_000)))


def bombs() -> Iterator[Case]:
    yield "JSON of 30 MB of blanks", partial(changed, "project.json", b" " * 30_000_000)
    yield "JSON of 100 MB of blanks", partial(changed, "project.json", b" " * 100_000_000)
    yield "200 MB of zeros", lambda: _zeros("floats.npy", "'<f8'", 8)
    yield "text of 200 MB", lambda: _zeros("text.npy", "'|u1'", 1)
    yield "3 000 members", lambda: zipped([(f"{i}", b"") for i in range(3_000)])
    commented = io.BytesIO(sound())
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"x" * 60_000
    yield "a long comment", commented.getvalue()
    data = sound()
    end = len(data) - 22
    for what, at, value in (
        ("entries", end + 10, b"\xff\xff"),
        ("length", end + 12, b"\xff\xff\xff\x7f"),
        ("start", end + 16, b"\xff\xff\xff\x7f"),
        ("disk", end + 4, b"\x01\x00"),
    ):
        yield f"a directory that lies about its {what}", overwritten(data, at, value)
    place = data.find(b"PK\x01\x02")
    for what, offset, value in (
        ("size", 24, b"\xff\xff\xff\x7f"),
        ("size, small", 24, b"\x01\x00\x00\x00"),
        ("packed size", 20, b"\xff\xff\xff\x7f"),
        ("checksum", 16, b"\0\0\0\0"),
        ("method", 10, b"\x0e\x00"),
        ("method, unknown", 10, b"\x63\x00"),
        ("encryption", 8, b"\x01\x00"),
        ("place", 42, b"\x10\x00\x00\x00"),
    ):
        yield f"a member that lies about its {what}", overwritten(data, place + offset, value)
    commas = b'{"format":"GMM Studio project","schema":1,"x":[' + b"0," * 12_000_000 + b"0]}"
    yield "JSON of 12 million numbers", partial(zipped, {"project.json": commas}, 0)
    lists = b'{"format":"GMM Studio project","schema":0,"x":[' + b"[]," * 9_000_000 + b"[]]}"
    yield "JSON of 9 million lists", partial(zipped, {"project.json": lists}, 0)


def shared() -> Iterator[Case]:
    """Give small files whose parts all name the same numbers, of which each would make its own."""
    n = 1_000_000
    gaussian = np.array([1.0, 0.0, 1.0])  # of one column; its place comes first of the integers
    many = np.concatenate([np.full(20, 0.05), np.zeros(400), np.tile(np.eye(20).ravel(), 20)])

    def of(*, floats: Any = gaussian, integers: Any, lengths: Any = (), **parts: Any) -> bytes:
        plain = description()
        document = plain["document"]
        left = {name: document[name] for name in ("table_id", "outlier_rule", "names", "colors")}
        plain["document"] = left | {
            "table": None, "preparations": [{"choices": {}, "excluded": [0, [0]]}],
            "specs": [{**document["specs"][0], "start": {"word": "k-means++"}}],
            "parameters": [0, [1, 3]], "fitted": [], "tracks": [], "preparation": 0, "spec": 0,
            "fits": [], "active": None, "sweep": None, "start_column": None, "draft": None,
            "settled": [], "embedded": None, **parts,
        }  # fmt: skip
        new = {"project.json": json.dumps(plain).encode()}
        for name, dtype, numbers in (
            ("floats", "<f8", floats), ("integers", "<i8", integers), ("lengths", "<u4", lengths),
        ):  # fmt: skip
            array = np.asarray(numbers, dtype)
            new[f"{name}.npy"] = npy(repr(dtype), f"({array.size},)", array.tobytes())
        return zipped(new, 0)

    places = np.concatenate([[1, 1, 0], np.zeros(n, np.int64)])
    table = description()["document"]["table"]
    column = {**table["columns"][0], "text": [0, [0]], "lengths": [0, [n]], "values": None}
    columns = [{**column, "name": f"c{i}"} for i in range(300)]
    yield (
        "300 columns of the same cells",
        lambda: of(
            integers=places[:3],
            lengths=np.zeros(n),
            table={**table, "n_rows": n, "columns": columns},
        ),
    )
    excluded = {"choices": {}, "excluded": [3, [n]]}
    yield (
        "300 times the same rows left out",
        lambda: of(
            integers=np.concatenate([places[:3], np.arange(n)]), preparations=[excluded] * 300
        ),
    )
    track = {**description()["document"]["tracks"][0], "iterations": [3, [n // 4, 4]]}
    track |= {"at_iterations": [3, [n // 4]], "log_likelihoods": [3, [n // 4]]}
    yield (
        "300 runs of the same iterations",
        lambda: of(
            floats=np.concatenate([gaussian, np.zeros(n)]), integers=places, tracks=[track] * 300
        ),
    )
    yield (
        "300 000 models of the same numbers",
        lambda: of(floats=many, integers=np.tile([20, 20, 0], n // 3), parameters=[0, [n // 3, 3]]),
    )


def arrays() -> Iterator[Case]:
    pickled = pickle.dumps(np.array([_Harm()], dtype=object))
    for name, descr, size in (
        ("floats.npy", "'<f8'", 8),
        ("integers.npy", "'<i8'", 8),
        ("text.npy", "'|u1'", 1),
        ("lengths.npy", "'<u4'", 4),
    ):
        data = bytes(10 * size)
        yield f"{name}: a pickle", changed(name, npy("'|O'", "(1,)", pickled))
        yield f"{name}: nothing but a pickle", changed(name, pickled)
        yield f"{name}: more than there is", changed(name, npy(descr, "(10000000000,)", data))
        yield f"{name}: 2^62 numbers", changed(name, npy(descr, f"({2**62},)", data))
        yield f"{name}: less than none", changed(name, npy(descr, "(-10,)", data))
        yield f"{name}: two dimensions", changed(name, npy(descr, "(2, 5)", data))
        yield f"{name}: none", changed(name, npy(descr, "()", data))
        yield f"{name}: columns first", changed(name, npy(descr, "(10,)", data, fortran=True))
        yield f"{name}: other numbers", changed(name, npy("'>f4'", "(10,)", bytes(40)))
        yield f"{name}: records", changed(name, npy("[('a', '<f8')]", "(10,)", bytes(80)))
        code = "(__import__('os').system('touch /tmp/gmmstudio-was-harmed'),)"
        yield f"{name}: code", changed(name, npy(descr, code, data))
        yield f"{name}: version 2", changed(name, npy(descr, "(10,)", data, version=2))
        yield f"{name}: a long header", changed(name, npy(descr, "(" + " " * 60_000 + "10,)", data))
        yield f"{name}: a deep header", changed(name, npy(descr, "(" * 900 + ")" * 900, data))
        yield f"{name}: too few", changed(name, npy(descr, "(10,)", data))
    for value in (np.nan, np.inf, -1.0, 1e308, 0.0):
        numbers = np.frombuffer(members()["floats.npy"][128:], "<f8")
        filled = npy("'<f8'", f"({numbers.size},)", np.full(numbers.size, value).tobytes())
        yield f"all numbers are {value}", changed("floats.npy", filled)
    whole = np.frombuffer(members()["integers.npy"][128:], "<i8")
    for value in (-1, 2**62, 1):
        filled = npy("'<i8'", f"({whole.size},)", np.full(whole.size, value).tobytes())
        yield f"all whole numbers are {value}", changed("integers.npy", filled)


def texts() -> Iterator[Case]:
    data = members()["project.json"]
    for what, new in (
        ("NaN", data.replace(b'"seconds":0.25', b'"seconds":NaN', 1)),
        ("Infinity", data.replace(b'"seconds":0.25', b'"seconds":Infinity', 1)),
        ("1e999", data.replace(b'"seconds":0.25', b'"seconds":1e999', 1)),
        ("a huge number", data.replace(b'"seconds":0.25', b'"seconds":' + b"9" * 100_000, 1)),
        ("deep lists", b"[" * 1_000_000),
        ("deep objects", b'{"a":' * 1_000_000),
        ("deep beside what is needed", b'{"format":"GMM Studio project","schema":1,"x":'
         + b"[" * 500_000 + b"]" * 500_000 + b"}"),
        ("no UTF-8", data.replace(b"Studio", b"\xff\xfe\xfa", 1)),
        ("half a surrogate", data.replace(b"things", b"\\ud800", 1)),
        ("a mark in front", b"\xef\xbb\xbf" + data),
        ("null", b"null"), ("a number", b"7"), ("a list", b"[]"), ("an object", b"{}"),
        ("no end", data[:-1]), ("two", data + data),
        ("a class path", data.replace(b'"kind":"percentile"', b'"kind":"os.system"', 1)),
    ):  # fmt: skip
        yield f"JSON: {what}", changed("project.json", new)
    for schema in (0, -1, 2, 999, 2**70, "1", None, 1.5, True):
        yield f"schema {schema!r}", with_json({**description(), "schema": schema})
    for name in ("another program", "", None, 1):
        yield f"format {name!r}", with_json({**description(), "format": name})


Place = tuple[Any, ...]


def leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Give every value in the JSON with its place."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        yield (*place, key), inner
        if isinstance(inner, (dict, list)):
            yield from leaves(inner, (*place, key))


def put(value: Any, place: Place, new: Any) -> Any:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = new


WRONG = (-1, 10**15, 0, "x", None, [], {}, [[]], True, 1e300, "../../x")


def values(rng: Random, n: int) -> Iterator[Case]:
    places = [place for place, _ in leaves(description()["document"], ("document",))]
    for _ in range(n):
        whole, place, new = description(), rng.choice(places), rng.choice(WRONG)
        put(whole, place, new)
        yield f"{'.'.join(map(str, place))} is {new!r}", with_json(whole)


def linked(rng: Random) -> Iterator[Case]:
    for rows in (10**9, 10**12, -1, 10_000_001, 10_000_000, 0):
        whole = description()
        whole["link"] = {"path": "/dev/zero", "relative": False, "size": 1, "sha256": "0"}
        whole["document"]["table"] |= {"n_rows": rows, "kept": [0, [0]]}
        for column in whole["document"]["table"]["columns"]:
            column |= {"text": None, "lengths": None, "values": [0, [0]]}
        yield f"a linked table of {rows} rows", with_json(whole)


def cases(seed: int = 1, n_values: int = 150) -> list[Case]:
    """Return all of them, by name; the large ones are made when they are needed."""
    rng = Random(seed)
    found: list[Case] = []
    for part in (
        further(rng), names(), broken(rng), bombs(), shared(), arrays(), texts(), linked(rng),
        values(rng, n_values),
    ):  # fmt: skip
        found += part
    return found


def _memory(name: str) -> float:
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{name}:")[2].split()[0]) / 1024


def opened(path: Path) -> str:
    """Open a file as the window would; return what came of it."""
    try:
        found = read_whole(path, lambda share: None, lambda: False)
    except ProjectError as error:
        sentence = str(error)
        return "refused" if sentence.endswith(".") and len(sentence) < 600 else f"said {sentence}"
    let_go(found.lock)
    document = found.project.document
    read_picture(path)
    if document.table is not None and not document.table.blank:  # as when it is to be linked
        checked_link(document.table, should_stop=lambda: False)
    for record in document.fits:
        try:
            if document.table is not None:
                assign(document.table, record)
            assert record.fit.bic is not None
        except (MixtureError, TableError, DocumentError):
            continue
    return "opened"


def judged(name: str, data: bytes | Callable[[], bytes], folder: Path) -> tuple[str, str, float]:
    """Return what came of a file, what was wrong with that, and how long it took."""
    path = folder / "hostile.gmms"
    path.write_bytes(data() if callable(data) else data)
    linux = sys.platform.startswith("linux")
    if linux:
        Path("/proc/self/clear_refs").write_text("5")
        before = _memory("VmRSS")
    began = time.process_time()
    if hasattr(signal, "alarm"):
        signal.alarm(WAIT)
    try:
        how = opened(path)
    except Exception as error:
        return "broke", f"{name}: {error!r}", 0.0
    seconds = time.process_time() - began
    trouble = ""
    if how not in ("refused", "opened"):
        trouble = f"{name}: {how}"
    if seconds > SECONDS:
        trouble = f"{name}: took {seconds:.1f} s"
    if linux and _memory("VmHWM") - before > MEGABYTES:
        trouble = f"{name}: took {_memory('VmHWM') - before:.0f} MB"
    if Path("/tmp/gmmstudio-was-harmed").exists() or len(list(folder.iterdir())) > 1:
        trouble = f"{name}: something was run, or written"
    return how, trouble, seconds


def _waited(*signal: object) -> None:
    raise TimeoutError("it waited for something")


def main(step: int) -> None:
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _waited)
    counts: dict[str, int] = {}
    troubles: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, data in cases()[::step]:
            how, trouble, seconds = judged(name, data, Path(folder))
            slowest = max(slowest, seconds)
            counts[how] = counts.get(how, 0) + 1
            if trouble:
                troubles.append(trouble)
    print(json.dumps({"counts": counts, "troubles": troubles, "slowest": round(slowest, 2)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
