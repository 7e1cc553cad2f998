"""Undo-all is the start, redo-all the end: by value, and by identity of every field."""

from __future__ import annotations

from dataclasses import fields
from random import Random

from gmmstudio.document import Document, Session
from gmmstudio.document.values import same_value
from tests.reliability.random_work import work


def same(a: Document, b: Document) -> bool:
    """Whether two documents say the same, and by the very same objects."""
    return all(
        getattr(a, f.name) is getattr(b, f.name)
        and same_value(getattr(a, f.name), getattr(b, f.name))
        for f in fields(Document)
    )


def undo_and_redo(seed: int, n: int = 50) -> list[str]:
    """Work, undo all, redo all; return what went wrong, in words."""
    rng = Random(seed)
    session = Session()
    start = session.document
    seen = work(session, n, rng)
    end = session.document
    troubles = []
    steps = 0
    while session.undo():
        steps += 1
        known = any(same(session.document, each) for each in (start, *seen))
        if not known:
            troubles.append(f"seed {seed}: after {steps} undos it never looked so")
    if not same(session.document, start):
        troubles.append(f"seed {seed}: undo-all is not the start")
    while session.redo():
        steps -= 1
    if steps or not same(session.document, end):
        troubles.append(f"seed {seed}: redo-all is not the end")
    for _ in range(n):  # there and back at random
        (session.undo if rng.random() < 0.5 else session.redo)()
    while session.redo():
        pass
    if not same(session.document, end):
        troubles.append(f"seed {seed}: the end is lost on the way there and back")
    return troubles
