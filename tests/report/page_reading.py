"""Reads a report's page as a reader does: block by block, and every number in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

NUMBER = re.compile(r"(?<![\w.])(over |under )?([−+-]?\d[\d\u202f]*(?:\.\d+)?(?:e[−+-]?\d+)?)")
VOID = {"meta", "path", "line", "rect", "circle"}


@dataclass
class Block:
    """An element with an id: its own words, or its cells, and the texts and shapes of a figure."""

    tag: str
    words: str = ""
    label: str = ""
    rows: list[list[str]] = field(default_factory=list)
    texts: list[tuple[float, float, str]] = field(default_factory=list)
    shapes: list[tuple[str, dict[str, str]]] = field(default_factory=list)


class Page(HTMLParser):
    """The blocks of a page by their ids."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: dict[str, Block] = {}
        self._open: list[tuple[str, str]] = []
        self._cell = False
        self._place = (0.0, 0.0)
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        owner = found.get("id") or (self._open[-1][1] if self._open else "")
        if "id" in found:
            self.blocks[found["id"]] = Block(tag)
        block = self.blocks.get(owner)
        if block is not None:
            if tag == "tr":
                block.rows.append([])
            elif tag in ("td", "th"):
                block.rows[-1].append("")
            elif tag == "svg" and "aria-label" in found:
                block.label = found["aria-label"]
            elif tag == "text":
                block.texts.append((float(found["x"]), float(found["y"]), ""))
            elif tag in VOID:
                block.shapes.append((tag, found))
        if tag not in VOID:
            self._open.append((tag, owner))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data):
        if not self._open or self._open[-1][0] == "style":
            return
        tag, owner = self._open[-1]
        tags = [name for name, its in self._open if its == owner]
        block = self.blocks.get(owner)
        if block is None:
            assert not data.strip() or tag == "title", data
        elif "text" in tags:
            x, y, words = block.texts[-1]
            block.texts[-1] = x, y, words + data
        elif "td" in tags or "th" in tags:
            block.rows[-1][-1] += data
        else:
            block.words += data


def numbers(words: str) -> list[str]:
    """Return every number in a text as it is written."""
    return [found.group(0) for found in NUMBER.finditer(words)]


def agrees(written: str, value: float) -> bool:
    """Whether a number as written is this one, rounded to the digits it has."""
    bound = written.partition(" ")[0] if " " in written else ""
    digits = written.removeprefix("over ").removeprefix("under ")
    digits = digits.replace("\u202f", "").replace("−", "-")
    number = float(digits)
    if bound == "over":
        return number <= value <= 100  # the other means may round up to it
    if bound == "under":
        return 0 < value <= number
    mantissa, _, exponent = digits.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(number - value) <= 0.5000001 * unit + 1e-12 * abs(value)
