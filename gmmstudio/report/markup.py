"""Text with bold parts, the same for the window, a web page and a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Run:
    """A piece of text in one weight."""

    text: str
    bold: bool = False


Text = tuple[Run, ...]


def bold(text: str) -> Run:
    """Return a bold piece."""
    return Run(text, bold=True)


def text(*pieces: str | Run) -> Text:
    """Put pieces together; empty ones vanish."""
    runs = (Run(piece) if isinstance(piece, str) else piece for piece in pieces)
    return tuple(run for run in runs if run.text)


def joined(texts: list[Text]) -> Text:
    """Put sentences together with spaces between them."""
    runs: list[Run] = []
    for sentence in texts:
        if runs and sentence:
            runs.append(Run(" "))
        runs.extend(sentence)
    return tuple(runs)


def plain(marked: Text) -> str:
    """Return the words alone."""
    return "".join(run.text for run in marked)


def html(marked: Text) -> str:
    """Return the text as HTML, everything escaped but the bold."""
    return "".join(f"<b>{escape(run.text)}</b>" if run.bold else escape(run.text) for run in marked)
