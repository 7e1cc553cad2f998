"""Sentences on the terminal."""

from __future__ import annotations

from typing import TextIO


def say(sentence: str, stream: TextIO) -> None:
    """Print one line, letters that the stream does not know as codes: names may hold any."""
    encoding = stream.encoding or "utf-8"
    line = " ".join(sentence.splitlines())
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=stream)
