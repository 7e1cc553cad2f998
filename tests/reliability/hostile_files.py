"""Files made to harm whoever opens them: bombs, lies about sizes, damage, what no program writes.

Every file comes of a name and a seed, so that a count names what it counted.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
import xlsxwriter
from pyarrow import feather, parquet

from tests.table.workbook_bytes import (
    compound,
    ods,
    sheet_xml,
    xls,
    xlsb,
    xlsx_members,
    zipped,
)

MEGABYTE = 1 << 20
BOMB = 160 * MEGABYTE


@dataclass(frozen=True)
class Hostile:
    """A file: what it is made to do, its name, its bytes."""

    what: str
    name: str
    data: bytes


def hostile_files(seeds: int) -> Iterator[Hostile]:
    """Yield all files that are made on purpose, then ``seeds`` damaged ones of each kind."""
    for make in PURPOSE:
        yield from make()
    for seed in range(seeds):
        for name, data in honest().items():
            for how in (_truncated, _flipped, _spliced, _zeroed):
                damaged = how(data, random.Random(f"{seed} {name} {how.__name__}"))
                yield Hostile(f"{how.__name__[1:]} (seed {seed})", name, damaged)
        for name in ("a.xlsx", "a.ods", "a.xlsb"):
            draw = random.Random(f"{seed} {name} member")
            yield Hostile(f"damaged member (seed {seed})", name, _member(honest()[name], draw))


# -- honest files, to damage ------------------------------------------------------------------


@cache
def honest() -> dict[str, bytes]:
    """Return one small honest file of every format."""
    draw = np.random.default_rng(1)
    data = pd.DataFrame(
        {
            "X": draw.normal(size=60),
            "Y": draw.integers(1, 4, 60).astype(float),
            "T": [f"t{i % 7}" for i in range(60)],
        }
    )
    cells = [list(data.columns), *data.values.tolist()]
    text = data.to_csv(index=False).encode()
    files = {
        "a.ods": ods(cells),
        "a.xlsb": xlsb(cells),
        "a.xls": xls(cells),
        "a.csv.gz": gzip.compress(text, mtime=0),
        "a.zip": zipped({"a.csv": text}),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = xlsxwriter.Workbook(str(folder / "a.xlsx"))
        sheet = book.add_worksheet()
        for r, row in enumerate(cells):
            sheet.write_row(r, 0, row)
        book.close()
        data.to_parquet(folder / "a.parquet")
        data.to_feather(folder / "a.feather")
        labels = {"Y": {1.0: "one", 2.0: "two", 3.0: "three"}}
        pyreadstat.write_sav(data, str(folder / "a.sav"), variable_value_labels=labels)
        pyreadstat.write_sav(data, str(folder / "a.zsav"), compress=True)
        pyreadstat.write_dta(data, str(folder / "a.dta"), variable_value_labels=labels)
        pyreadstat.write_por(data, str(folder / "a.por"))
        pyreadstat.write_xport(data, str(folder / "a.xpt"))
        for path in sorted(folder.iterdir()):
            files[path.name] = path.read_bytes()
    return files


# -- damage -----------------------------------------------------------------------------------


def _truncated(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(1, len(data))]


def _flipped(data: bytes, draw: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(draw.choice([1, 3, 20])):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def _spliced(data: bytes, draw: random.Random) -> bytes:
    a, b = sorted(draw.randrange(len(data)) for _ in range(2))
    at = draw.randrange(len(data))
    return data[:at] + data[a:b] + data[at:]


def _zeroed(data: bytes, draw: random.Random) -> bytes:
    at, n = draw.randrange(len(data)), draw.choice([1, 8, 200])
    return data[:at] + b"\0" * min(n, len(data) - at) + data[at + n :]


def _member(data: bytes, draw: random.Random) -> bytes:
    """Damage what is inside an archive, which stays whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | str] = {n: archive.read(n) for n in archive.namelist()}
    name = draw.choice([n for n in members if members[n]])
    content = members[name]
    assert isinstance(content, bytes)
    members[name] = draw.choice([_truncated, _flipped, _spliced, _zeroed])(content, draw)
    return zipped(members)


# -- on purpose -------------------------------------------------------------------------------


def _book(sheet: str | bytes, **members: bytes | str) -> bytes:
    return zipped({**xlsx_members(sheet), **{k.replace("__", "/"): v for k, v in members.items()}})


def _cell(name: str, value: str = "<v>1</v>", more: str = "") -> str:
    row = name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{name}"{more}>{value}</c></row>'


def _far_cells() -> Iterator[Hostile]:
    for far in ("XFD1048576", "A1048576", "XFD1", "ZZZ9999999", "XFD100000", "AAA4294967295"):
        sheet = sheet_xml(_cell("A1") + _cell(far))
        yield Hostile(f"cells A1 and {far}", "a.xlsx", _book(sheet))
        yield Hostile(f"cells {far} and A1", "a.xlsx", _book(sheet_xml(_cell(far) + _cell("A1"))))
        alone = _book(sheet_xml(_cell(far), "A1:XFD1048576"))
        yield Hostile(f"only the cell {far}", "a.xlsx", alone)
    for at in ((1048575, 16383), (0, 16383), (1048575, 0), (2**32 - 2, 2**31), (70_000, 16_000)):
        many: list[list[float]] = [[1.0, 2.0], [3.0, 4.0]]
        yield Hostile(f"xlsb that begins at {at}", "a.xlsb", xlsb(many, at=at))
    near = xlsb([[1.0]])
    with zipfile.ZipFile(io.BytesIO(near)) as archive:
        members: dict[str, bytes | str] = {n: archive.read(n) for n in archive.namelist()}
    sheet_bytes = members["xl/worksheets/sheet1.bin"]
    assert isinstance(sheet_bytes, bytes)
    far_one = xlsb([[1.0]], at=(1048575, 16383))
    with zipfile.ZipFile(io.BytesIO(far_one)) as archive:
        other = archive.read("xl/worksheets/sheet1.bin")
    cut = sheet_bytes.index(bytes([145 & 127 | 128, 1, 0]))
    rows_of = other[other.index(bytes([145 & 127 | 128, 1, 0])) + 3 :]
    members["xl/worksheets/sheet1.bin"] = sheet_bytes[: -4 - 2] + rows_of
    yield Hostile("xlsb with cells in opposite corners", "a.xlsb", zipped(members))
    members["xl/worksheets/sheet1.bin"] = sheet_bytes[:cut] * 3 + other
    yield Hostile("xlsb with three beginnings", "a.xlsb", zipped(members))


def _dimensions() -> Iterator[Hostile]:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><v>{r * r}</v></c></row>'
        for r in range(1, 20)
    )
    for lie in ("A1:XFD1048576", "A1", "", "B2:A1", "A1:ZZZZZZ99999999999", "0:0", "A0:B0", "-1"):
        yield Hostile(f"dimension {lie!r}", "a.xlsx", _book(sheet_xml(rows, lie)))
    bare = "<row>" + "<c><v>1</v></c>" * 50 + "</row>"
    yield Hostile("cells without names", "a.xlsx", _book(sheet_xml(bare * 50)))
    wide = "<row>" + "<c><v>1</v></c>" * 200_000 + "</row>"
    yield Hostile("200 000 cells in a row", "a.xlsx", _book(sheet_xml(wide)))
    slope = "".join(_cell(f"{_letters(i)}{i}") for i in range(1, 16_000, 3))
    yield Hostile("a diagonal of cells", "a.xlsx", _book(sheet_xml(slope)))
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    sheet = sheet_xml(rows).replace("</worksheet>", merged + "</worksheet>")
    yield Hostile("everything merged", "a.xlsx", _book(sheet))
    many = '<mergeCell ref="A1:B2"/>' * 300_000
    sheet = sheet_xml(rows).replace("</worksheet>", f"<mergeCells>{many}</mergeCells></worksheet>")
    yield Hostile("300 000 merged ranges", "a.xlsx", _book(sheet))


def _letters(number: int) -> str:
    name = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name


def _xml() -> Iterator[Hostile]:
    yield Hostile("deep XML in a sheet", "a.xlsx", _book("<a>" * 300_000))
    yield Hostile("deep XML in rows", "a.xlsx", _book(sheet_xml("<row>" * 200_000)))
    deep = "<si>" * 200_000
    yield Hostile("deep shared strings", "a.xlsx", _book(sheet_xml(""), xl__sharedStrings_xml=deep))
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
    )
    text = sheet_xml('<row r="1"><c r="A1" t="inlineStr"><is><t>&m;</t></is></c></row>')
    yield Hostile("a billion laughs", "a.xlsx", _book(f"{laughs}]>{text}"))
    outside = '<!DOCTYPE x [<!ENTITY m SYSTEM "file:///etc/passwd">]>'
    yield Hostile("an outside entity", "a.xlsx", _book(outside + text))
    body = f"<x>{'&m;' * 1000}</x>"
    yield Hostile("a billion laughs in ods", "a.ods", _as_ods(f"{laughs}]>{body}"))
    yield Hostile("deep ods", "a.ods", _as_ods("<table:table>" * 200_000))
    yield Hostile("attributes without end", "a.xlsx", _book("<worksheet " + 'a="1" ' * 500_000))
    yield Hostile("one tag without end", "a.xlsx", _book("<" + "a" * 3_000_000))
    yield Hostile("a comment without end", "a.xlsx", _book("<!--" + "-" * 3_000_000))
    yield Hostile("bytes that are no XML", "a.xlsx", _book(random.Random(5).randbytes(200_000)))
    yield Hostile("NULs for XML", "a.xlsx", _book(bytes(100_000)))
    yield Hostile("UTF-16 XML", "a.xlsx", _book(sheet_xml(_cell("A1")).encode("utf-16")))
    for value in ("NaN", "inf", "-1e999", "1e400", "0x10", "", "é", "1" * 5000):
        rows = _cell("A1") + _cell("B2", f"<v>{value}</v>")
        yield Hostile(f"the number {value[:10]!r}", "a.xlsx", _book(sheet_xml(rows)))
    for kind, value in (
        ("s", "999999999"),
        ("s", "-1"),
        ("b", "7"),
        ("d", "99999-99-99"),
        ("z", "1"),
    ):
        rows = _cell("A1") + _cell("A2", f"<v>{value}</v>", f' t="{kind}"')
        yield Hostile(f"a cell of type {kind} with {value}", "a.xlsx", _book(sheet_xml(rows)))
    control = "".join(f"&#{i};" for i in range(32)) + "&#x10FFFF;&#xD800;"
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{control}</t></is></c></row>'
    yield Hostile("control characters", "a.xlsx", _book(sheet_xml(rows)))


def _as_ods(content: str) -> bytes:
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mime, "content.xml": content})


def _strings() -> Iterator[Hostile]:
    cell = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    for count in ("4294967295", "18446744073709551615", "-1", "x"):
        strings = f'<sst count="{count}" uniqueCount="{count}"><si><t>a</t></si></sst>'
        yield Hostile(f"{count} shared strings", "a.xlsx", _strung(cell, strings))
    many = "<sst>" + "<si><t>a</t></si>" * 1_000_000 + "</sst>"
    yield Hostile("a million shared strings", "a.xlsx", _strung(cell, many))
    long = f"<sst><si><t>{'a' * (40 * MEGABYTE)}</t></si></sst>"
    yield Hostile("a shared string of 40 MB", "a.xlsx", _strung(cell, long))
    again = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 3000))
    some = f"<sst><si><t>{'a' * MEGABYTE}</t></si></sst>"
    yield Hostile("a string of 1 MB in 3000 cells", "a.xlsx", _strung(again, some))


def _strung(cells: str, strings: str) -> bytes:
    return zipped({**xlsx_members(sheet_xml(cells)), "xl/sharedStrings.xml": strings})


@cache
def _zeros() -> tuple[bytes, int]:
    """Return a deflate stream of many zeros, and its checksum."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, crc, out = b"0" * MEGABYTE, 0, []
    for _ in range(BOMB // MEGABYTE):
        out.append(packer.compress(block))
        crc = zlib.crc32(block, crc)
    return b"".join([*out, packer.flush()]), crc


def bomb_archive(honest_members: dict[str, bytes | str], bomb: str, says: int = BOMB) -> bytes:
    """Return an archive with a member that unpacks to 160 MB, of ``says`` bytes by its word."""
    packed, crc = _zeros()
    out = io.BytesIO(zipped({k: v for k, v in honest_members.items() if k != bomb}))
    with zipfile.ZipFile(out, "a") as archive:
        offset = archive.start_dir
        entries = list(archive.infolist())
    data = out.getvalue()
    directory = data[offset : data.rindex(b"PK\x05\x06")]
    name = bomb.encode()
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), says, len(name), 0)
    local = b"PK\x03\x04" + common + name + packed
    central = b"PK\x01\x02" + b"\x14\0" + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + name
    n, size = len(entries) + 1, len(directory) + len(central)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, n, n, size, offset + len(local), 0)
    return data[:offset] + local + directory + central + end


def _bombs() -> Iterator[Hostile]:
    packed, crc = _zeros()
    trailer = struct.pack("<II", crc, BOMB & 0xFFFFFFFF)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    yield Hostile("gzip bomb", "a.csv.gz", head + packed + trailer)
    yield Hostile("ten gzip bombs", "a.csv.gz", (head + packed + trailer) * 10)
    yield Hostile("gzip bomb after a table", "a.csv.gz", honest()["a.csv.gz"] + head + packed)
    yield Hostile("gzip bomb called xlsx", "a.xlsx", head + packed + trailer)
    books = xlsx_members(sheet_xml(_cell("A1")))
    tables: dict[str, bytes | str] = {"readme.txt": "hello"}
    mime: dict[str, bytes | str] = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}
    for says in (BOMB, 100, 0):
        told = f"that says {says} bytes"
        yield Hostile(f"zip bomb {told}", "a.zip", bomb_archive(tables, "a.csv", says))
        yield Hostile(f"ods bomb {told}", "a.ods", bomb_archive(mime, "content.xml", says))
        for part in ("sharedStrings", "styles", "worksheets/sheet1", "workbook"):
            data = bomb_archive(books, f"xl/{part}.xml", says)
            yield Hostile(f"bomb in {part} {told}", "a.xlsx", data)
    inner = zipped({f"{i}.zip": zipped({"a.csv": "0" * MEGABYTE}) for i in range(50)})
    yield Hostile("zips in a zip", "a.zip", inner)
    rows = '<table:table-row table:number-rows-repeated="1048576">'
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" '
    repeated = f'{rows}{cell}office:value="1"/></table:table-row>'
    yield Hostile("ods that repeats a cell 17e9 times", "a.ods", ods([], repeated))
    for n in (10_000_000, 2**31, 2**63):
        row = f'<table:table-row table:number-rows-repeated="{n}">'
        one = f'{row}{cell.replace("16384", "100")}office:value="1"/></table:table-row>'
        yield Hostile(f"ods that repeats a row {n} times", "a.ods", ods([], one))


def _archives() -> Iterator[Hostile]:
    text = "x,y\n1,2\n3,5\n"
    for evil in (
        "../../evil.csv",
        "/tmp/evil.csv",
        "C:\\evil.csv",
        "..\\evil.csv",
        "a\0b.csv",
        "con.csv",
    ):
        yield Hostile(f"member called {evil!r}", "a.zip", zipped({evil: text}))
        book = {**xlsx_members(sheet_xml(_cell("A1"))), evil: "x"}
        yield Hostile(f"workbook with a member {evil!r}", "a.xlsx", zipped(book))
    relations = "xl/_rels/workbook.xml.rels"
    for target in (
        "/dev/zero",
        "file:///dev/zero",
        "../../../../etc/passwd",
        "workbook.xml",
        "",
        "http://a/",
    ):
        book = xlsx_members(sheet_xml(_cell("A1")))
        book[relations] = str(book[relations]).replace("worksheets/sheet1.xml", target)
        yield Hostile(f"a sheet at {target!r}", "a.xlsx", zipped(book))
    many: dict[str, bytes | str] = {f"{i}.csv": "" for i in range(20_000)}
    yield Hostile("20 000 members", "a.zip", zipped(many))
    book = xlsx_members(sheet_xml(_cell("A1")))
    names = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId1"/>' for i in range(20_000))
    book["xl/workbook.xml"] = str(book["xl/workbook.xml"]).replace("<sheets>", "<sheets>" + names)
    yield Hostile("20 000 sheets", "a.xlsx", zipped(book))
    whole = zipped(xlsx_members(sheet_xml(_cell("A1"))))
    for flag in (1, 0x41):
        yield Hostile(f"encrypted (flag {flag})", "a.xlsx", _flagged(whole, flag))
        yield Hostile(
            f"encrypted zip (flag {flag})", "a.zip", _flagged(zipped({"a.csv": text}), flag)
        )
    for method in (9, 12, 14, 93, 99):
        yield Hostile(
            f"packing method {method}", "a.zip", _packed_by(zipped({"a.csv": text}), method)
        )
        yield Hostile(f"workbook, method {method}", "a.xlsx", _packed_by(whole, method))
    yield Hostile("an empty archive", "a.xlsx", zipped({}))
    yield Hostile("only the end of an archive", "a.xlsx", whole[whole.rindex(b"PK\x05\x06") :])
    yield Hostile("a workbook of nothing", "a.xlsx", zipped({"xl/workbook.xml": ""}))
    yield Hostile("no sheets", "a.xlsx", zipped({"xl/workbook.xml": "<workbook/>"}))
    locked = compound({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(5000)})
    yield Hostile("a locked workbook", "a.xlsx", locked)
    yield Hostile("a compound file of nothing", "a.xls", compound({"Workbook": bytes(8000)}))
    noise = random.Random(7).randbytes(9000)
    yield Hostile("a compound file of noise", "a.xls", compound({"Workbook": noise}))
    loop = bytearray(xls([["a"], [1.0]]))
    struct.pack_into("<I", loop, 512 + 4 * 2, 2)  # a sector that follows itself
    yield Hostile("a compound file that runs in circles", "a.xls", bytes(loop))
    first = bytearray(xls([["a"], [1.0]]))
    struct.pack_into("<I", first, 44, 0x7FFFFFFF)
    yield Hostile("a compound file of 2³¹ tables", "a.xls", bytes(first))


def _flagged(data: bytes, flag: int) -> bytes:
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := out.find(mark, start)) >= 0:
            out[start + at] |= flag
            start += 4
    return bytes(out)


def _packed_by(data: bytes, method: int) -> bytes:
    out = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = 0
        while (start := out.find(mark, start)) >= 0:
            struct.pack_into("<H", out, start + at, method)
            start += 4
    return bytes(out)


def _columnar() -> Iterator[Hostile]:
    n = 40_000_000
    nothing = pa.table({"x": pa.nulls(n, pa.float64()), "b": pa.nulls(n, pa.bool_())})
    yield Hostile("parquet of 80 000 000 empty cells", "a.parquet", _parquet(nothing))
    long = pa.table(
        {"x": pa.DictionaryArray.from_arrays(np.zeros(3_000_000, np.int8), ["a" * 500])}
    )
    yield Hostile("parquet of a long text 3 000 000 times", "a.parquet", _parquet(long))
    wide = pa.table({f"c{i}": [1.0] for i in range(60_000)})
    yield Hostile("parquet of 60 000 columns", "a.parquet", _parquet(wide))
    nested = pa.table({"x": [[[[1.0] * 10] * 10] * 10] * 10, "y": [b"\0\xff"] * 10})
    yield Hostile("parquet of lists and bytes", "a.parquet", _parquet(nested))
    zeros = pa.table({"x": np.zeros(20_000_000)})
    yield Hostile("feather of 160 MB of zeros", "a.feather", _feather(zeros))
    for magic in (b"PAR1", b"ARROW1\0\0", b"FEA1", b"$FL2", b"$FL3", b"<stata_dta>", b"\x1f\x8b"):
        for length in (0, 100, 50_000):
            noise = random.Random(length).randbytes(length)
            yield Hostile(f"{magic!r} and {length} bytes of noise", "a.csv", magic + noise + magic)
    footer = b"PAR1" + bytes(100) + struct.pack("<I", 0x7FFFFFFF) + b"PAR1"
    yield Hostile("parquet with a footer of 2 GB", "a.parquet", footer)
    footer = b"ARROW1\0\0" + bytes(100) + struct.pack("<I", 0x7FFFFFFF) + b"ARROW1"
    yield Hostile("feather with a footer of 2 GB", "a.feather", footer)


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _feather(table: pa.Table) -> bytes:
    out = io.BytesIO()
    feather.write_feather(table, out, compression="zstd")
    return out.getvalue()


def _statistics() -> Iterator[Hostile]:
    sav, dta = honest()["a.sav"], honest()["a.dta"]
    for cases in (-2, 0, 2**31 - 1, 10**9):
        lie = sav[:80] + struct.pack("<i", cases) + sav[84:]
        yield Hostile(f"sav of {cases} cases", "a.sav", lie)
    for size in (-1, 0, 2**31 - 1, 10**8):
        yield Hostile(
            f"sav of {size} values a case", "a.sav", sav[:68] + struct.pack("<i", size) + sav[72:]
        )
    k, n = dta.index(b"<K>") + 3, dta.index(b"<N>") + 3
    for columns in (0, 60_000, 0xFFFFFFFF):
        lie = (
            dta[:k]
            + struct.pack("<I", columns)[: dta.index(b"</K>") - k]
            + dta[dta.index(b"</K>") :]
        )
        yield Hostile(f"dta of {columns} columns", "a.dta", lie)
    for rows in (0, 2**31, 2**62):
        lie = (
            dta[:n] + struct.pack("<Q", rows)[: dta.index(b"</N>") - n] + dta[dta.index(b"</N>") :]
        )
        yield Hostile(f"dta of {rows} rows", "a.dta", lie)
    yield Hostile("por of digits", "a.por", honest()["a.por"][:500] + b"9" * 100_000)
    sas = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
    for length in (0, 300, 70_000):
        noise = random.Random(length).randbytes(length)
        yield Hostile(f"SAS and {length} bytes of noise", "a.sas7bdat", sas + noise)
        yield Hostile(f"SAS and {length} zeros", "a.sas7bdat", sas + bytes(length))


def _texts() -> Iterator[Hostile]:
    nul = b"x,y\n1,2\0\n3,5\n"
    yield Hostile("NULs in a packed text", "a.csv.gz", gzip.compress(nul))
    yield Hostile("NULs in a zip", "a.zip", zipped({"a.csv": nul}))
    yield Hostile("a packed workbook", "a.csv.gz", gzip.compress(honest()["a.xlsx"]))
    yield Hostile("a packed picture", "a.zip", zipped({"a.csv": b"\x89PNG\r\n\x1a\n" + bytes(500)}))
    line = b"1," * 5_000_000
    yield Hostile("a packed line of 10 MB", "a.csv.gz", gzip.compress(line))
    yield Hostile("nothing, packed", "a.csv.gz", gzip.compress(b""))
    yield Hostile("nothing in a zip", "a.zip", zipped({"a.csv": b""}))
    yield Hostile(
        "an open quotation mark", "a.zip", zipped({"a.csv": b'x,y\n"1,2\n' + b"3,4\n" * 50_000})
    )
    yield Hostile("a web page called xls", "a.xls", b"<html><body><table><tr><td>1</table>")


PURPOSE: tuple[Callable[[], Iterator[Hostile]], ...] = (
    _far_cells,
    _dimensions,
    _xml,
    _strings,
    _bombs,
    _archives,
    _columnar,
    _statistics,
    _texts,
)
