"""The report as a page: one HTML file without scripts that asks the network for nothing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from gmmstudio import resources
from gmmstudio.report import markup
from gmmstudio.report.blocks import LANGUAGE, Report
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
    environment.filters["words"] = _words
    environment.filters["svg"] = _svg
    environment.filters["sign"] = _sign
    style = (folder / "report.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)
    environment.globals["language"] = LANGUAGE
    return environment.get_template("report.html")


def _words(text: markup.Text) -> Markup:
    return Markup(markup.html(text))


def _svg(figure: Drawing, alt: str) -> Markup:
    return Markup(figure.svg(name=alt))


def _sign(look: Look) -> Markup:
    """Draw a cluster's sign, which the words beside it name."""
    return Markup(sign(look).svg(hidden=True))
