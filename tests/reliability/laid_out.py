"""CSV like its source: without the new columns the file has the bytes of the source."""

from __future__ import annotations

import gzip
import io
import random
import re
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gmmstudio.table import Outgoing, ReadSettings, Table, TableError, read, write_labelled
from gmmstudio.table.labelled import all_names
from tests.reliability.made_up import cells_of, labels_for

FULL, QUICK = 1000, 60
SEED = 40_000
_BOMS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
_WORDS = ["", "NA", "a b", "x", 'say "hi"', "two, three", "p;q", "=A1", "+1 up", "-", "O'Neil"]
_LETTERS = {"cp949": ["가나다", "서울"], "cp1252": ["Grün", "naïve"], "utf-8": ["가", "é", "→"]}


@dataclass
class Source:
    """A file made line by line.

    Attributes
    ----------
    pieces
        Its text: (text, line ending, whether it is a record of the table).
    layout
        How it is laid out, in words.
    settings
        What has to be said to read it.
    encoding, bom, delimiter, packed
        As they are called.
    """

    delimiter: str
    encoding: str
    bom: bool
    packed: str
    pieces: list[tuple[str, str, bool]] = field(default_factory=list)
    layout: dict[str, object] = field(default_factory=dict)
    settings: ReadSettings = field(default_factory=ReadSettings)
    names: int = 1

    @property
    def text(self) -> str:
        return "".join(text + ending for text, ending, _ in self.pieces)

    @property
    def data(self) -> bytes:
        """The bytes, not packed."""
        mark = _BOMS[self.encoding] if self.bom else b""
        return mark + self.text.encode(self.encoding)

    def write(self, folder: Path) -> Path:
        """Write the file, packed as it is to be."""
        path = folder / f"in.csv{self.packed}"
        if self.packed == ".gz":
            path.write_bytes(gzip.compress(self.data))
        elif self.packed == ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("in.csv", self.data)
        else:
            path.write_bytes(self.data)
        return path


def made(seed: int) -> Source:
    """Return a file of some layout; no two cells of a record are parted in two ways."""
    rng = random.Random(seed)
    encoding = rng.choice(["utf-8", "utf-8", "utf-16-le", "utf-16-be", "cp949", "cp1252"])
    bom = encoding.startswith("utf-16") or (encoding == "utf-8" and rng.random() < 0.4)
    source = Source(
        delimiter=rng.choice(",;\t|"),
        encoding=encoding,
        bom=bom,
        packed=rng.choice(["", "", "", "", ".gz", ".zip"]),
    )
    style = rng.choice(["needed", "all", "text", "any"])
    endings = [rng.choice(["\n", "\r\n", "\r"])]
    if rng.random() < 0.15:
        endings = ["\n", "\r\n"]
    padded = source.delimiter in ",;" and style == "needed" and rng.random() < 0.15
    between = source.delimiter + " " * padded
    words = _WORDS + _LETTERS.get(encoding, _LETTERS["utf-8"]) * 2
    if padded:
        words = [word for word in words if word and '"' not in word]
    if style in ("all", "any"):
        words = [*words, "two\nlines", "two\r\nlines"]

    def quoted(cell: str, *, number: bool) -> str:
        must = any(mark in cell for mark in (source.delimiter, '"', "\n", "\r"))
        want = {
            "needed": must,
            "all": True,
            "text": must or (not number and cell not in ("", "NA")),
            "any": must or rng.random() < 0.5,
        }[style]
        return '"' + cell.replace('"', '""') + '"' if want else cell

    def cell(kind: str) -> str:
        if kind == "text":
            return quoted(rng.choice(words), number=False)
        number = f"{rng.gauss(0, 30):.{rng.randint(1, 9)}f}"
        return quoted(number, number=True)

    def add(text: str, *, record: bool) -> None:
        source.pieces.append((text, rng.choice(endings), record))

    kinds = ["number", *(rng.choice(["number", "text"]) for _ in range(rng.randint(1, 5)))]
    rng.shuffle(kinds)
    titles = rng.choice([0, 0, 0, 1, 3])
    comments = rng.random() < 0.2
    blank = rng.random() < 0.2
    for i in range(titles):
        add(f"Measured on day {i}" if i != 1 else "", record=False)
    nameless = not titles and len(kinds) > 2 and rng.random() < 0.1 and kinds.count("number") > 1
    if not nameless:
        add(between.join(quoted(f"{k}{j}", number=False) for j, k in enumerate(kinds)), record=True)
    for _ in range(rng.randint(3, 30)):
        if comments and rng.random() < 0.2:
            add("# a remark, of someone", record=False)
        if blank and rng.random() < 0.2:
            add("", record=False)
        add(between.join(cell(kind) for kind in kinds), record=True)
    if rng.random() < 0.3:
        text, _, record = source.pieces[-1]
        source.pieces[-1] = (text, "", record)
    # The layout is told, not guessed: what is judged here is only how it is written again.
    source.settings = ReadSettings(
        encoding=encoding,
        delimiter=source.delimiter + " " * padded,
        quote='"',
        header_rows=0 if nameless else 1,
        skip_rows=titles,
        comment="#" if comments else "",
    )
    source.names = 0 if nameless else 1
    source.layout = {
        "encoding": encoding,
        "delimiter": between,
        "endings": endings,
        "quoted": style,
        "titles": titles,
        "comments": comments,
        "packed": source.packed,
    }
    return source


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file, taken out of gzip or zip."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = archive.namelist()
            return archive.read(name)
    return data


def without_new(source: Source, data: bytes, n_new: int, only: set[int] | None = None) -> str:
    """Walk through what was written; say where it is not the source with cells added, or "".

    ``only`` are the rows that were wanted: then what stands between them is not.
    """
    mark = _BOMS[source.encoding] if source.bom else b""
    if not data.startswith(mark):
        return "no mark"
    text = data[len(mark) :].decode(source.encoding)
    d = re.escape(source.delimiter)
    new = re.compile(rf'(?:{d} ?(?:"(?:[^"]|"")*"|[^"\r\n{d}]*)){{{n_new}}}')
    at, records = 0, 0
    for piece, ending, is_record in source.pieces:
        if is_record and not records and not source.names:
            line = re.compile(r"[^\r\n]*(\r\n|\r|\n)").match(text, at)
            if line is None:
                return "no names"
            at = line.end()
        row = records - source.names
        records += is_record
        between = not is_record and records
        if only is not None and (between or (is_record and row >= 0 and row not in only)):
            continue
        if not text.startswith(piece, at):
            return f"{text[at : at + 40]!r} for {piece[:40]!r}"
        at += len(piece)
        if is_record:
            found = new.match(text, at)
            if found is None:
                return f"no {n_new} cells in {text[at : at + 200]!r}"
            at = found.end()
        if not text.startswith(ending, at):
            return f"{text[at : at + 20]!r} for the ending {ending!r}"
        at += len(ending)
    return "" if at == len(text) else f"{text[at : at + 40]!r} at the end"


def trip(source: Source, folder: Path, seed: int) -> dict[str, str]:
    """Read, label, write and look; return what is not well, by what was looked at."""
    path = source.write(folder)
    table = read(path, source.settings)
    labels, n = labels_for(table, seed), len(table.columns)
    n_new = len(all_names(table, 3, Outgoing())) - n
    out = folder / f"out.csv{source.packed}"
    troubles: dict[str, str] = {}
    for called, only in (("all rows", None), ("some rows", _some(table, seed))):
        write_labelled(out, table, labels, only=only)
        wanted = None if only is None else set(np.flatnonzero(only).tolist())
        trouble = without_new(source, unpacked(out), n_new, wanted)
        troubles[called] = trouble
    write_labelled(out, table, labels)
    troubles["read again"] = _read_again(out, table, n)
    path.unlink()
    write_labelled(out, table, labels)
    if not _is_regular(source):
        troubles["source gone, cells"] = _read_again(out, table, n)
    else:
        troubles["source gone"] = without_new(source, unpacked(out), n_new)
    out.unlink()
    return troubles


def _some(table: Table, seed: int) -> np.ndarray:
    only = np.random.default_rng(seed).random(table.n_rows) < 0.5
    only[0] = True
    return only


def _is_regular(source: Source) -> bool:
    """Whether the layout is the same in every line, so that it can be told in a few words."""
    layout = source.layout
    between = any(
        not record
        for _, _, record in source.pieces[int(layout["titles"]) :]  # type: ignore[call-overload]
    )
    return layout["quoted"] == "needed" and layout["endings"] != ["\n", "\r\n"] and not between


def _read_again(out: Path, table: Table, n: int) -> str:
    settings = table.settings.with_(header_rows=max(1, table.settings.header_rows or 0))
    try:
        again = read(out, settings.with_(sheet=None))
    except TableError as error:
        return f"not read: {error}"
    return "" if cells_of(again, n) == cells_of(table, n) else "other cells"


def counts(full: bool) -> tuple[Counter[tuple[str, bool]], list[str]]:
    """Do all; return how often what was well, and what was not."""
    counted: Counter[tuple[str, bool]] = Counter()
    bad: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        for seed in range(SEED, SEED + (FULL if full else QUICK)):
            source = made(seed)
            for what, trouble in trip(source, Path(name), seed).items():
                counted[what, not trouble] += 1
                if trouble:
                    bad.append(f"seed {seed}, {what}: {trouble} {source.layout}")
    return counted, bad


def run(full: bool = True) -> list[str]:
    """Return the counts as Markdown."""
    counted, bad = counts(full)
    n = FULL if full else QUICK
    lines = [
        f"{n} files made line by line (seeds {SEED} to {SEED + n - 1}: six encodings with and "
        "without a mark, four delimiters, also followed by a space, three line endings and two in "
        "one file, cells quoted where they must be, all, all text, or at random, titles, blank "
        "lines, comments, no names, no last line end, packed by gzip or zip), read, labelled and "
        "written as CSV like the source. Without the new cells the bytes must be those of the "
        "source: of all rows; of some rows, where what stands between them is left out; and, where "
        "the source is gone and its layout the same in every line, from what is remembered of it.",
        "",
        "| what | right | wrong |",
        "| --- | ---: | ---: |",
    ]
    lines += [
        f"| {what} | {counted[what, True]} | {counted[what, False]} |"
        for what in dict.fromkeys(what for what, _ in counted)
    ]
    if bad:
        lines += ["", "Wrong:", "", *(f"* {line}" for line in bad[:20])]
    return lines
