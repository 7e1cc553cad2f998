"""The report as a page: one HTML file without scripts that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from gmmstudio import resources
from gmmstudio.report import markup
from gmmstudio.report.blocks import LANGUAGE, Block, Figure, Heading, Paragraph, Report
from gmmstudio.report.drawing import Drawing
from gmmstudio.report.figures import Look, sign


def page(report: Report) -> str:
    """Return the report as an HTML document; everything in it is escaped."""
    return _template().render(report=report)


@cache
def _template() -> Template:
    folder = resources.path("report")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["together"] = _together
    environment.filters["words"] = _words
    environment.filters["svg"] = _svg
    environment.filters["sign"] = _sign
    style = (folder / "report.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)
    environment.globals["language"] = LANGUAGE
    return environment.get_template("report.html")


def _together(blocks: Sequence[Block]) -> list[list[Block]]:
    """Group what should be printed on one page: a figure, what leads to it, and its heading."""
    groups: list[list[Block]] = []
    for block in blocks:
        joins = isinstance(block, Figure) and groups and isinstance(groups[-1][-1], Paragraph)
        heads = isinstance(block, Paragraph) and groups and isinstance(groups[-1][-1], Heading)
        if joins or heads:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _words(text: markup.Text) -> Markup:
    return Markup(markup.html(text))


def _svg(figure: Drawing, alt: str) -> Markup:
    return Markup(figure.svg(name=alt))


def _sign(look: Look) -> Markup:
    """Draw a cluster's sign, which the words beside it name."""
    return Markup(sign(look).svg(hidden=True))
