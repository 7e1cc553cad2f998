"""Pieces of hostile projects: zips that lie, arrays of every wrong kind, odd JSON, links abroad."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from random import Random
from typing import Any

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

SYMLINK, FOLDER, DEVICE = 0o120777, 0o040755, 0o060666
ARRAYS = {"floats.npy": "'<f8'", "integers.npy": "'<i8'", "text.npy": "'|u1'"}


def attributed(name: str, data: bytes, mode: int) -> bytes:
    """Return a sound project in which one member says that it is no plain file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in members().items():
            info = zipfile.ZipInfo(each)
            if each == name:
                info.external_attr, content = mode << 16, data
            archive.writestr(info, content)
    return out.getvalue()


def kinds() -> Iterator[Case]:
    """Members that are links, folders or devices: no kind is ever made of them."""
    for mode in (SYMLINK, FOLDER, DEVICE):
        for name, data in members().items():
            yield f"{name} is of the kind {mode:o}", attributed(name, data, mode)
        yield f"floats.npy leads away, {mode:o}", attributed("floats.npy", b"/etc/passwd", mode)


def twice() -> Iterator[Case]:
    for name, data in members().items():
        extra = [*members().items(), (name, data)]
        yield f"{name} twice, the same", zipped_twice(extra)
        yield f"{name} twice, another", zipped_twice([*members().items(), (name, b"x" * 99)])


def zipped_twice(parts: list[tuple[str, bytes]]) -> bytes:
    """Make a zip whose last member has the name of another, which zipfile would warn of."""
    *before, (name, data) = parts
    hidden = "?" * len(name)
    return zipped([*before, (hidden, data)]).replace(hidden.encode(), name.encode())


def lying_zips(rng: Random) -> Iterator[Case]:
    data = sound()
    place, end = data.find(b"PK\x01\x02"), len(data) - 22
    for size in (0, 1, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1):
        yield f"a zip64 member of {size} bytes", zip64(data, place, size, size)
        yield f"a zip64 member packed in {size} bytes", zip64(data, place, 100, size)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 2**62, 1)
    yield "a zip64 end far away", data[:end] + locator + data[end:]
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 2**63, 45, 45, 0, 0, 2**40, 2**40, 2**60, 0)
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
    yield "a zip64 end with 2^40 members", data[:end] + wide + locator + data[end:]
    for what, at, value in (
        ("name's length", 26, b"\xff\xff"),
        ("extra's length", 28, b"\xff\xff"),
        ("method", 8, b"\x0c\x00"),
        ("flags: encrypted", 6, b"\x01\x00"),
        ("flags: sizes follow", 6, b"\x08\x00"),
        ("flags: UTF-8", 6, b"\x00\x08"),
        ("name", 30, b"/etc/passwd!"),
        ("mark", 0, b"PK\x01\x02"),
        ("size", 22, b"\xff\xff\xff\xff"),
    ):
        yield f"a member's own head lies about its {what}", overwritten(data, at, value)
    for what, at, value in (
        ("flags: all", 8, b"\xff\xff"),
        ("name's length", 28, b"\xff\xff"),
        ("extra's length", 30, b"\xff\xff"),
        ("comment's length", 32, b"\xff\xff"),
        ("disk", 34, b"\xff\xff"),
        ("place, before the file", 42, b"\xff\xff\xff\xff"),
        ("name, no letters", 46, b"\xff\xfe\xfd"),
        ("name, NUL", 46, b"p\0oject.json"),
    ):
        yield f"the directory lies about a {what}", overwritten(data, place + at, value)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"packed by method {method}", zipped(members(), method)
    yield "something in front", b"#!/bin/sh\nrm -rf /\n" + data
    yield "something behind", data + b"\0" * 100
    yield "two projects in a row", data + data
    overlapping = bytearray(data)
    second = data.find(b"PK\x01\x02", place + 4)
    overlapping[second + 42 : second + 46] = data[place + 42 : place + 46]
    yield "two members in one place", bytes(overlapping)
    for length in (300, 30_000, 65_535):
        yield f"a name of {length} letters", zipped([*members().items(), ("n" * length, b"")])
    for _ in range(30):
        torn = bytearray(data)
        for _ in range(rng.randrange(2, 12)):
            torn[rng.randrange(place, len(torn))] = rng.randrange(256)
        yield "a directory with bytes of chance", bytes(torn)


def zip64(data: bytes, place: int, size: int, packed: int) -> bytes:
    """Let the first member of the directory say its sizes by the long form."""
    extra = struct.pack("<2H2Q", 1, 16, size, packed)
    head = bytearray(data[place : place + 46])
    head[20:28] = b"\xff" * 8
    head[30:32] = struct.pack("<H", len(extra))
    name_end = place + 46 + struct.unpack("<H", head[28:30])[0]
    lying = bytearray(
        data[:place] + bytes(head) + data[place + 46 : name_end] + extra + data[name_end:]
    )
    end = len(lying) - 22
    length = struct.unpack("<L", lying[end + 12 : end + 16])[0] + len(extra)
    lying[end + 12 : end + 16] = struct.pack("<L", length)
    return bytes(lying)


def array_kinds() -> Iterator[Case]:
    for name, own in ARRAYS.items():
        size = {"'<f8'": 8, "'<i8'": 8, "'|u1'": 1}[own]
        data = bytes(10 * size)
        for descr in (
            "'|O'", "'O8'", "'<U4'", "'|S8'", "'<M8[ns]'", "'<m8'", "'|b1'", "'<c16'", "'<f2'",
            "'>f8'", "'<f16'", "('<f8', (2,))", "[('a', '|O')]", "'|V8'", "'<f8,<f8'", "''", "7",
            "None", "{}", "'<f8' * 10**9",
        ):  # fmt: skip
            yield f"{name} of {descr}", changed(name, npy(descr, "(10,)", data))
        for shape in (
            f"({2**32}, {2**32})", f"({2**63},)", f"({2**64},)", f"({2**61 + 1},)", "(0,)",
            "(True,)", "(10.0,)", "('10',)", "10", "[10]", "((10,),)", "(10, 1)", "(1, 10)",
            "(10, 0)", "(-1, -10)", f"({'9' * 5000},)", "(0x0a,)", "(1_0,)", "(1e1,)", "(10j,)",
        ):  # fmt: skip
            yield f"{name} of the shape {shape[:30]}", changed(name, npy(own, shape, data))
        for fortran, shape in ((True, "(2, 5)"), (True, "(10,)"), (1, "(10,)"), (None, "(10,)")):
            odd = npy(own, shape, data, fortran=fortran)  # type: ignore[arg-type]
            yield f"{name}, Fortran {fortran}, {shape}", changed(name, odd)
        text = npy(own, "(10,)", data)
        yield f"{name}: a key twice", changed(name, text.replace(b"}", b", 'shape': (9,)}", 1))
        yield f"{name}: no latin letters", changed(name, text.replace(b"descr", b"d\xffscr", 1))
        yield f"{name}: another mark", changed(name, b"\x93NUMPZ" + text[6:])
        yield f"{name}: version 255", changed(name, text[:6] + b"\xff\xff" + text[8:])
        yield f"{name}: a header of 65 535", changed(name, text[:8] + b"\xff\xff" + text[10:])


def odd_json() -> Iterator[Case]:
    data = members()["project.json"]
    for what, new in (
        ("a key twice", data[:-1] + b',"document":null}'),
        ("the form twice", data.replace(b'"schema":', b'"schema":1,"schema":', 1)),
        ("the form twice, the future last", data[:-1] + b',"schema":99}'),
        ("1e999 as a seed", data.replace(b'"seed":0', b'"seed":1e999', 1)),
        ("1e999 as a likelihood", with_number(data, b"1e999")),
        ("-1e999 as a likelihood", with_number(data, b"-1e999")),
        ("1e-999 as a likelihood", with_number(data, b"1e-999")),
        ("a number of 4 MB", with_number(data, b"1" * 4_000_000)),
        ("a number with zeros in front", with_number(data, b"007")),
        ("a point alone", with_number(data, b".5")),
        ("hexadecimal", with_number(data, b"0x10")),
        ("a text as a likelihood", with_number(data, b'"-inf "')),
        ("half letters", data.replace(b"things", b"\\ud800\\ud800", 1)),
        ("the other half", data.replace(b"things", b"\\udc00", 1)),
        ("NUL in a name", data.replace(b"things", b"\\u0000", 1)),
        ("a bare NUL", data.replace(b"things", b"\0", 1)),
        ("a bare tab", data.replace(b"things", b"\t", 1)),
        ("a name of 8 MB", data.replace(b"things", b"x" * 8_000_000, 1)),
        ("UTF-16", data.decode().encode("utf-16")),
        ("UTF-32", data.decode().encode("utf-32")),
        ("overlong UTF-8", data.replace(b"things", b"\xc0\xaf", 1)),
        ("half letters as UTF-8", data.replace(b"things", b"\xed\xa0\x80", 1)),
        ("a comment", b"/* */" + data),
        ("a comma too many", data[:-1] + b",}"),
        ("a deep layout", data.replace(b'"layout":{', b'"layout":{"x":' + b"[" * 200_000, 1)),
    ):  # fmt: skip
        yield f"JSON: {what}", changed("project.json", new)
    for at, shape in (
        (0, [2**32, 2**32]), (0, [2**63]), (2**63, [1]), (-(2**70), [1]), (0, [-1, -1]),
        (0, [0, 2**62]), (2**62, [2**62]), (0, []), (0, [1] * 200),
    ):  # fmt: skip
        whole = description()
        whole["document"]["parameters"] = [at, shape]
        yield f"parameters at {at} of {str(shape)[:30]}", with_json(whole)
        whole = description()
        whole["document"]["preparations"][0]["excluded"] = [at, shape]
        yield f"excluded rows at {at} of {str(shape)[:30]}", with_json(whole)
    for name, value in (("names", [[0, "\ud800"]]), ("names", [[2**70, "x"]]), ("settled", 7),
                        ("settled", [["x" * 10**6, [0]]]), ("settled", [["x", [10**9]]]),
                        ("settled", [["x", [-1]]]), ("embedded", "yes")):  # fmt: skip
        whole = description()
        whole["document"][name] = value
        yield f"{name} are {str(value)[:30]}", with_json(whole)


def with_number(data: bytes, number: bytes) -> bytes:
    """Put another number in the place of the first log-likelihood."""
    head, mark, rest = data.partition(b'"log_likelihood":')
    tail = rest[min(rest.index(b","), rest.index(b"}")) :]
    return head + mark + number + tail


ABROAD = (
    "/etc/passwd", "/etc/shadow", "/dev/zero", "/dev/tty", "/proc/self/mem", "/proc/kmsg",
    "/proc/self/fd/0", "//server/share/t.csv", "\\\\server\\share\\t.csv", "\\\\.\\pipe\\x",
    "\\\\?\\C:\\x", "CON", "NUL", "a\0b", "\ud800", "", ".", "..", "~", "x" * 100_000,
    "a/" * 30_000,
    "file:///etc/passwd", "http://example.org/t.csv",
)  # fmt: skip


def links() -> Iterator[Case]:
    """Tables that lie where no table is: nothing is called, waited for or read to the end."""
    for path in ABROAD:
        for relative in (True, False):
            for up in ("", "../" * 30) if relative else ("",):
                for size in (0, 2**50):
                    whole: Any = description()
                    where = up + path.lstrip("/") if up else path
                    whole["link"] = {
                        "path": where, "relative": relative, "size": size, "sha256": "0" * 64
                    }  # fmt: skip
                    whole["document"]["table"] |= {"kept": [0, [0]]}
                    for column in whole["document"]["table"]["columns"]:
                        column |= {"text": None, "lengths": None, "values": None}
                    what = f"a table at {where[:30]!r}, relative {relative}, of {size} bytes"
                    yield what, with_json(whole)
        whole = description()
        whole["document"]["table"]["path"] = path
        yield f"a table that was at {path[:30]!r}", with_json(whole)


def further(rng: Random) -> list[Case]:
    """Return all of them."""
    parts = kinds(), twice(), lying_zips(rng), array_kinds(), odd_json(), links()
    return [case for part in parts for case in part]
