"""Which encoding a text is in that is neither UTF-8 nor UTF-16: Korean by rule, else by letters."""

from __future__ import annotations

import re

_LOOKED_AT = 1 << 16
_SINGLE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257")
_SEVERAL = ("cp932", "gb18030", "big5", "euc_jp", "cp949")
_WITH_LETTERS = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_PAIR = re.compile(rb"[\x80-\xff]{2}")
# Letters of the languages that are written in either of two encodings, which share most bytes.
_CENTRAL = frozenset("ąćčďęěĺľłńňőřśšťůűźżž" + "ąćčďęěľłńňőřśšťůűźżž".upper())
_WESTERN = frozenset("àâãåæçèêëìîïñòõøùûýÿœ¿¡" + "àâãåæçèêëìîïñòõøùûýœ".upper() + "£¥©°±²³µ·¹º»½¼¾")


def lines_with_letters(data: bytes) -> bytes:
    """Return lines that hold bytes beyond ASCII, wherever they are, as far as they need looking at.

    Letters may come late: after a million plain lines, one line may tell the encoding.
    """
    found: list[bytes] = []
    size = 0
    for match in _WITH_LETTERS.finditer(data):
        found.append(match[0][: _LOOKED_AT // 4])
        size += len(found[-1])
        if size > _LOOKED_AT:
            break
    return b"\n".join(found) + b"\n"


def korean_letters(data: bytes) -> tuple[int, int]:
    """Return how many letters are common Korean ones, read as CP949, and how many others.

    Common are the 2350 syllables of KS X 1001, of which both bytes are above 0xA0; in text of other
    languages that happens to decode, rare syllables and Chinese characters turn up.
    """
    part = lines_with_letters(data)
    common = others = 0
    for letter in part.decode("cp949", "ignore"):
        if letter < "\x80":
            continue
        code = letter.encode("cp949")
        if 0xB0 <= code[0] <= 0xC8 and code[-1] >= 0xA1:
            common += 1
        elif code[0] not in (0xA1, 0xA3):  # signs, and letters of full width
            others += 1
    return common, others


def is_johab(data: bytes) -> bool:
    """Tell whether this is Korean as it was written before CP949, by its common syllables."""
    part = lines_with_letters(data)
    try:
        letters = [letter for letter in part.decode("johab") if letter > "\x7f"]
        common = sum("가" <= letter <= "힣" and _is_common(letter) for letter in letters)
    except UnicodeDecodeError:
        return False
    return len(letters) >= 2 and common >= 0.9 * len(letters)


def _is_common(syllable: str) -> bool:
    return len(syllable.encode("euc_kr", "ignore")) == 2


def guess(data: bytes) -> str | None:
    """Return the most likely encoding, or None where nothing fits.

    Any answer is a doubt: encodings of one byte per letter cannot be told apart for certain.
    """
    from charset_normalizer import from_bytes

    part = lines_with_letters(data)
    several = _PAIR.search(part) is not None
    candidates = [
        name for name in (*_SINGLE, *(_SEVERAL if several else ())) if _decodes(part, name)
    ]
    if not candidates:
        return None
    best = from_bytes(part, cp_isolation=candidates, threshold=0.5).best()
    name = best.encoding if best is not None else candidates[0]
    western = name in ("cp1250", "cp1252", "cp1254", "cp1257")
    if (western or (name in _SINGLE and _mostly_ascii(part))) and "cp1252" in candidates:
        return _western_or_central(part, name)
    return name


def _mostly_ascii(part: bytes) -> bool:
    """Tell Latin letters with an accent now and then from other alphabets."""
    high = sum(byte > 127 for byte in part)
    return high < 0.4 * sum(part[i : i + 1].isalpha() for i in range(len(part)))


def _western_or_central(part: bytes, guessed: str) -> str:
    if not _decodes(part, "cp1250"):
        return "cp1252"
    central, western = part.decode("cp1250"), part.decode("cp1252")
    differing = [(c, w) for c, w in zip(central, western, strict=True) if c != w]
    for_central = sum(c in _CENTRAL for c, _ in differing)
    for_western = sum(w in _WESTERN for _, w in differing)
    if guessed in ("cp1254", "cp1257") and not for_western:
        return guessed
    return "cp1250" if for_central > for_western else "cp1252"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not any("\x80" <= letter < "\xa0" for letter in text)
