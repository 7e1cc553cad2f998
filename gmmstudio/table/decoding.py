"""From the bytes of a file to UTF-8: the encoding by rule, never by the system's locale."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.guessing import guess, is_johab, korean_letters
from gmmstudio.table.settings import Notice

Progress = Callable[[float], None]
ShouldStop = Callable[[], bool]

BLOCK = 1 << 24

# ASCII, European, Indian and Arabic letters, signs, Chinese, Japanese and Korean.
_USUAL = re.compile(
    "[\t\n\r -~\u00a0-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1e00-\u20ff\u2100-\u27ff"
    "\u3000-\u33ff\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]"
)
_LINE_END = re.compile("[\n\r]")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# First bytes of files that are something else, with what to tell the user.
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel or LibreOffice workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or another Office file"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "a Feather file"),
    (b"$FL2", "an SPSS file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)


@dataclass(frozen=True)
class Text:
    """The text of a file as UTF-8 without a mark, and how it was written.

    ``lines`` are the numbers in the file of the text's lines, where it is a sample of them.
    """

    data: bytes
    encoding: str = "utf-8"
    bom: bool = False
    notices: tuple[Notice, ...] = ()
    lines: NDArray[np.int64] | None = None


def load(path: Path, progress: Progress, should_stop: ShouldStop) -> bytes:
    """Read a whole file.

    Raises
    ------
    TableError
        A sentence for every way in which a file cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise TableError(f"“{path.name}” is not a file but a device; choose a text table.")
            return _read_blocks(file.fileno(), progress, should_stop)
    except FileNotFoundError:
        raise TableError(
            f"“{path}” does not exist (any more): it may have been moved, renamed or deleted, "
            "or its drive is not connected. Look where it is and try again."
        ) from None
    except IsADirectoryError:
        raise TableError(f"“{path}” is a folder; choose a file in it.") from None
    except PermissionError:
        if path.is_dir():
            raise TableError(f"“{path}” is a folder; choose a file in it.") from None
        raise TableError(
            f"“{path}” may not be read by you. Close it in other programs, ask its owner for "
            "permission, or copy it to a folder of your own."
        ) from None
    except MemoryError:
        raise TableError(
            f"“{path.name}” does not fit in this computer's memory; close other programs "
            "or make a smaller file."
        ) from None
    except OSError as error:
        raise TableError(
            f"“{path}” could not be read ({error.strerror or error}). "
            "Check the drive or the connection and try again."
        ) from error


def _read_blocks(descriptor: int, progress: Progress, should_stop: ShouldStop) -> bytes:
    size = os.fstat(descriptor).st_size
    blocks: list[bytes] = []
    done = 0
    while block := os.read(descriptor, BLOCK):
        if should_stop():
            raise Stopped
        blocks.append(block)
        done += len(block)
        progress(min(done / max(size, 1), 1.0))
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def decode(data: bytes, name: str, should_stop: ShouldStop, encoding: str | None = None) -> Text:
    """Find the encoding, unless it is chosen, and return the text as UTF-8.

    The order is: byte-order mark, UTF-16 by its pattern of NUL bytes, strict UTF-8, strict CP949,
    and then what the letters look like, which is always a doubt.

    Raises
    ------
    TableError
        If the file is not text, or in no encoding known.
    """
    if not data:
        raise TableError(f"“{name}” is empty (0 bytes); choose a file with a table in it.")
    _refuse_binary(data, name)
    if encoding is not None:
        return _as_chosen(data, encoding, name, should_stop)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _marked(data, mark, marked, name, should_stop)
    if guess := _utf16_by_pattern(data):
        text = _recode(data, guess, should_stop)
        if text is None and (cut := _cut_short(data, guess, should_stop)):
            return cut
        if text is not None and _is_plain_text(text):
            return Text(text, guess, False, (Notice(f"Read as UTF-16 without a mark ({guess})."),))
    _refuse_nul(data, name)
    if data.isascii():
        return _escaped(data, should_stop) or Text(data, "utf-8")
    if _is_utf8(data, should_stop):
        return Text(data, "utf-8", False, _lost_letters(data))
    return _cut_short(data, "utf-8", should_stop) or _neither(data, name, should_stop)


def _escaped(data: bytes, should_stop: ShouldStop) -> Text | None:
    """Read ASCII in which escape sequences switch to Japanese or Korean letters."""
    if b"\x1b" not in data or b"\x1b$" not in data:  # a single byte is found ten times as fast
        return None
    for encoding in ("iso2022_jp_2", "iso2022_kr"):
        text = _recode(data, encoding, should_stop)
        if text is not None and b"\x1b" not in text:
            said = f"The text was read as {encoding.upper()}; look whether the letters are right."
            return Text(text, encoding, False, (Notice(said, doubt=True),))
    return None


def _cut_short(
    data: bytes, encoding: str, should_stop: ShouldStop, *, bom: bool = False
) -> Text | None:
    """Read text of which only the very last letter is incomplete, if there are others like it."""
    text = _recode(data, encoding, should_stop, cut=True)
    if text is None or text[:-3].isascii():
        return None
    line = text.count(b"\n") + 1
    said = (
        f"The text ends in the middle of a letter (line {line}), so the end of the file seems to "
        f"be missing. It was read as {encoding.upper()}."
    )
    return Text(text, encoding, bom, (Notice(said, lines=(line,), doubt=True),))


def _neither(data: bytes, name: str, should_stop: ShouldStop) -> Text:
    """Read text that is not UTF-8: Korean if that is plausible, else what its letters look like."""
    common, others = korean_letters(data)
    if common > others:
        text = _recode(data, "cp949", should_stop)
        if text is not None:
            said = (
                "The text is not UTF-8 and was read as Korean (CP949); look whether the letters "
                "are right."
            )
            return Text(text, "cp949", False, (Notice(said, doubt=common < 10 * (others + 1)),))
        if cut := _cut_short(data, "cp949", should_stop):
            return cut
    guessed = "johab" if is_johab(data) else guess(data)
    text = None if guessed is None else _recode(data, guessed, should_stop)
    if guessed is None or text is None:
        raise TableError(_unknown_encoding(data, name))
    line = _first_line_beyond_ascii(data)
    said = (
        f"The text is neither UTF-8 nor Korean (CP949) and was read as {guessed.upper()}, which is "
        f"a guess from its letters (first on line {line}); look whether they are right, or choose "
        "the encoding."
    )
    return Text(text, guessed, False, (Notice(said, lines=(line,), doubt=True),))


def _first_line_beyond_ascii(data: bytes) -> int:
    array = np.frombuffer(data, dtype=np.uint8)
    return data.count(b"\n", 0, int(np.argmax(array > 127))) + 1


def _as_chosen(data: bytes, encoding: str, name: str, should_stop: ShouldStop) -> Text:
    """Read the text in the encoding that was chosen; what does not fit it is marked and listed."""
    try:
        codec = codecs.lookup(encoding).name
        "".encode(codec)
    except (LookupError, UnicodeError):
        raise TableError(f"There is no encoding called “{encoding}”; choose another.") from None
    bom = False
    for mark, marked in _MARKS:
        if data.startswith(mark) and codecs.lookup(marked).name == codec:
            data, bom = data[len(mark) :], True
    if not data:
        raise TableError(f"“{name}” is empty; choose a file with a table in it.")
    text = data if codec == "utf-8" and _is_utf8(data, should_stop) else None
    text = _recode(data, codec, should_stop) if text is None else text
    notices: tuple[Notice, ...] = ()
    if text is None:
        text = data.decode(codec, "replace").encode("utf-8", "replace")
        lines = _lines_with(text, "\ufffd")
        said = (
            f"{len(lines)} line{' does' if len(lines) == 1 else 's do'} not fit the encoding "
            f"{encoding.upper()} (first line {lines[0]}); letters are lost there. "
            "Choose another encoding."
        )
        notices = (Notice(said, lines=lines, doubt=True),)
    _refuse_nul(text, name)
    return Text(text, encoding, bom, notices or _lost_letters(text))


def _lines_with(text: bytes, letter: str) -> tuple[int, ...]:
    """Return the numbers of the lines that hold this letter, up to a thousand."""
    mark = letter.encode()
    found: list[int] = []
    line = at = 0
    while (position := text.find(mark, at)) >= 0 and len(found) < 1000:
        line += text.count(b"\n", at, position)
        found.append(line + 1)
        end = text.find(b"\n", position)
        at, line = (end + 1, line + 1) if end >= 0 else (len(text), line)
    return tuple(found)


def _marked(data: bytes, mark: bytes, encoding: str, name: str, should_stop: ShouldStop) -> Text:
    body = data[len(mark) :]
    if encoding == "utf-8":
        text = body if body.isascii() or _is_utf8(body, should_stop) else None
    else:
        text = _recode(body, encoding, should_stop)
    if text is None and (cut := _cut_short(body, encoding, should_stop, bom=True)):
        return cut
    if text is None:
        raise TableError(
            f"“{name}” says that it is {encoding.upper()} but contains bytes that are not; "
            "it may be damaged. Open it where it comes from and save it again as CSV UTF-8."
        )
    if not text:
        raise TableError(f"“{name}” is empty; choose a file with a table in it.")
    _refuse_nul(text, name)
    return Text(text, encoding, True, _lost_letters(text))


def _refuse_binary(data: bytes, name: str) -> None:
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise TableError(f"“{name}” is UTF-32 text, which is not read; save it as CSV UTF-8.")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise TableError(
                f"“{name}” is {what}, not a text table. "
                "Open it in the program it belongs to and save the table as CSV (UTF-8)."
            )


def _refuse_nul(data: bytes, name: str) -> None:
    position = data.find(b"\0")
    if position < 0:
        return
    line = data.count(b"\n", 0, position) + 1
    raise TableError(
        f"“{name}” is not a text table: there is a NUL byte on line {line}. It is a binary file or "
        "damaged. Open it in the program it belongs to and save the table as CSV (UTF-8).",
        (line,),
    )


def _utf16_by_pattern(data: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, or an empty string.

    Digits, delimiters and line ends have one zero byte each on the same side, and in the right
    order nearly all letters are of an alphabet in use.
    """
    head = np.frombuffer(data[: 1 << 16], dtype=np.uint8)
    if head.size < 4:
        return ""
    head = head[: head.size // 2 * 2]
    lines: dict[str, int] = {}
    for encoding, side in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if float(np.mean(side == 0)) > 0.002 and _are_high_bytes(side, head):
            text = head.tobytes().decode(encoding, "ignore")
            if len(_USUAL.findall(text)) >= 0.95 * len(text):
                lines[encoding] = len(_LINE_END.findall(text))
    best = max(lines, key=lambda encoding: lines[encoding], default="")
    return best if best and lines[best] else ""


def _are_high_bytes(side: NDArray[np.uint8], head: NDArray[np.uint8]) -> bool:
    """Tell the first halves of letters from text in which zero bytes were strewn.

    Where no byte is above 127 the letters are Latin, Greek or Cyrillic, of low numbers.
    """
    return bool(head.max() > 127 or side.max() < 32)


def _is_plain_text(text: bytes) -> bool:
    """Tell text in lines from bytes that happen to decode: no control characters, a line end."""
    array = np.frombuffer(text, dtype=np.uint8)
    control = (array < 32) & (array != 9) & (array != 10) & (array != 13)
    return (b"\n" in text or b"\r" in text) and not control.any()


def _is_utf8(data: bytes, should_stop: ShouldStop) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    view = memoryview(data)
    try:
        for start in range(0, len(data), BLOCK):
            if should_stop():
                raise Stopped
            decoder.decode(view[start : start + BLOCK], final=start + BLOCK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _recode(
    data: bytes, encoding: str, should_stop: ShouldStop, *, cut: bool = False
) -> bytes | None:
    """Return the text as UTF-8, or None if a byte does not fit the encoding.

    ``cut`` if the last letter is to be incomplete, and only that; U+FFFD stands for it.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(data)
    blocks: list[bytes] = []
    try:
        for start in range(0, len(data), BLOCK):
            if should_stop():
                raise Stopped
            final = start + BLOCK >= len(data) and not cut
            blocks.append(decoder.decode(view[start : start + BLOCK], final=final).encode("utf-8"))
    except UnicodeError:
        return None
    if cut:
        if not decoder.getstate()[0]:
            return None
        blocks.append("\ufffd".encode())
    return b"".join(blocks)


def _unknown_encoding(data: bytes, name: str) -> str:
    try:
        data.decode("utf-8")
        position = 0
    except UnicodeDecodeError as error:
        position = error.start
    line = data.count(b"\n", 0, position) + 1
    return (
        f"The letters in “{name}” are in an encoding that is not recognised (first on line "
        f"{line}); UTF-8, UTF-16 and Korean CP949 are. Open the file in a spreadsheet or text "
        "editor and save it as CSV UTF-8."
    )


def _lost_letters(data: bytes) -> tuple[Notice, ...]:
    position = data.find("\ufffd".encode())
    if position < 0:
        return ()
    line = data.count(b"\n", 0, position) + 1
    said = (
        f"Line {line} contains the character “\ufffd”: letters were lost before the file came here."
    )
    return (Notice(said, lines=(line,)),)
