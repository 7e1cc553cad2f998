"""Text with bold parts, the same for the window, a web page and a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Run:
    """A piece of text in one weight; `link` is where it leads to, if anywhere."""

    text: str
    bold: bool = False
    link: str = ""


Text = tuple[Run, ...]


def bold(text: str) -> Run:
    """Return a bold piece."""
    return Run(text, bold=True)


def link(text: str, to: str) -> Run:
    """Return a piece that leads somewhere."""
    return Run(text, link=to)


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
    """Return the text as HTML, everything escaped but the bold and the links."""
    return "".join(map(_html, marked))


def _html(run: Run) -> str:
    words = escape(run.text)
    if run.link:
        words = f'<a href="{escape(run.link)}">{words}</a>'
    return f"<b>{words}</b>" if run.bold else words
