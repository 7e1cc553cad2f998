"""Older forms of the project file are brought up to the present one, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gmmstudio.project.errors import ProjectError, damaged
from gmmstudio.project.schema import SCHEMA

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _with_answers(plain: dict[str, Any]) -> dict[str, Any]:
    """Nothing that the check of the data found was settled; the size said where tables lie."""
    return {**plain, "document": {**plain["document"], "settled": [], "embedded": None}}


def _with_descriptions(plain: dict[str, Any]) -> dict[str, Any]:
    """No column had a description, and none of its values a label."""
    document = plain["document"]
    if document["table"] is None:
        return plain
    columns = [{**c, "description": "", "value_labels": []} for c in document["table"]["columns"]]
    table = {**document["table"], "columns": columns}
    return {**plain, "document": {**document, "table": table}}


STEPS: Mapping[int, Step] = {1: _with_answers, 2: _with_descriptions}
"""How to come from each form to the next: plain JSON in, plain JSON out.

A change of the form raises `SCHEMA` by one, adds its step here and keeps a file of the new form in
``tests/data/projects`` for ever. So does a field that an older program would lose or misread,
though it comes with a default; one that it may pass over needs neither.
"""


def migrate(
    plain: dict[str, Any], steps: Mapping[int, Step] = STEPS, to: int = SCHEMA
) -> dict[str, Any]:
    """Return what stands in ``project.json`` in the form of today.

    Raises
    ------
    ProjectError
        The file is of a form that nobody knows.
    """
    schema = plain["schema"]
    while schema < to:
        step = steps.get(schema)
        if step is None:
            raise damaged(f"there never was a form number {schema}")
        try:
            plain = {**step(plain), "schema": schema + 1}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise damaged(f"it is not of form number {schema}, as it says") from error
        schema += 1
    return plain


def refuse_future(schema: int) -> None:
    """Refuse a file that a newer program has written."""
    if schema > SCHEMA:
        raise ProjectError(
            f"This project was saved by a newer GMM Studio (its form is number {schema}; this "
            f"program knows those up to {SCHEMA}). Nothing was opened; install the newer program."
        )
