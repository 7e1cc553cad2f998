"""The report as a page: sound HTML that asks for nothing, and in which every name is only text."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gmmstudio.document import Session, assign
from gmmstudio.document.colors import contrast
from gmmstudio.document.commands import (
    AddFit,
    OpenTable,
    RenameCluster,
    SetOutlierRule,
    SetScale,
    TickColumns,
)
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture import OutlierRule
from gmmstudio.mixture.search import search
from gmmstudio.report.blocks import Grid, Paragraph
from gmmstudio.report.drawing import FAINT, INK, MUTED
from gmmstudio.report.markup import plain
from gmmstudio.report.naming import shown
from gmmstudio.report.page import page
from gmmstudio.report.script import script
from gmmstudio.report.whole import report
from gmmstudio.table import prepare, read_text
from gmmstudio.table.errors import TableError

DAY = datetime.date(2026, 3, 9)
VOID = {"meta", "link", "br", "img", "hr", "input"}
HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" 'twice' & <b>",
    "\u202eright to left\u202c שלום",
    "이름 한글",
    "x" * 1000,
    "{{ 7 * 7 }}{% raw %}",
    "line\x07\x1bbell",
    "--><!-- ]]> </style></svg>",
)


class Checked(HTMLParser):
    """Reads a page and fails where elements are not closed in the order they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.by_id: dict[str, int] = {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert len(found) == len(attrs)
        self.tags.append((tag, found))
        if name := found.get("id"):
            assert name not in self.by_id, f"{name} twice"
            self.by_id[name] = len(self.tags)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


@pytest.fixture(scope="module")
def hostile():
    """A document in which everything that a file or a user can name is meant ill."""
    rng = np.random.default_rng(3)
    quoted = ['"' + name.replace('"', '""') + '"' for name in HOSTILE]
    lines = [",".join(quoted)]
    for row in range(80):
        values = rng.normal(6.0 * (row % 2), 1.0, 4).round(3).tolist()
        texts = [quoted[row % 2], quoted[2], "t" + str(row % 3), str(7)]
        lines.append(",".join([*map(str, values), *texts]))
    table = read_text("\n".join(lines) + "\n", HOSTILE[0])
    session = Session()
    session.apply(OpenTable(table))
    document = session.document
    rows = prepare(table, document.preparation)
    spec = document.spec.replace(n_components=2, tries=2)
    fit = run_to_end(search(rows.x, spec, units=rows.units))
    session.apply(AddFit(fit, document.preparation, spec))
    session.apply(RenameCluster(0, HOSTILE[1]))
    session.apply(RenameCluster(1, HOSTILE[0] + HOSTILE[2]))
    return session.document


@pytest.fixture
def written(session, assignment):
    species = session.document.table.index("species")
    return page(report(session.document, assignment, made=DAY, compare_with=species))


def test_the_page_is_sound_and_readable_by_those_who_cannot_see_it(written):
    found = Checked(written)
    assert dict(found.tags)["html"] == {"lang": "en"}
    figures = [a for tag, a in found.tags if tag == "svg" and a.get("aria-hidden") != "true"]
    assert len(figures) == len(re.findall("<figure", written)) >= 7
    assert all(a["role"] == "img" and len(a["aria-label"]) > 20 for a in figures)
    tables = written.count("<table")
    assert tables == written.count("<caption>") == written.count("<thead>") >= 8
    assert all(a["scope"] in ("row", "col") for tag, a in found.tags if tag == "th")
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for _, attributes in found.tags:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in found.by_id


def test_the_page_runs_nothing_and_asks_the_network_for_nothing(written):
    found = Checked(written)
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not [n for _, a in found.tags for n in a if n.startswith("on") or n == "src"]
    links = [a["href"] for tag, a in found.tags if tag == "a"]
    within = [link[1:] for link in links if link.startswith("#")]
    assert within == [a["id"] for tag, a in found.tags if tag == "section"]
    # What is cited is a click away; nothing is asked for before that.
    cited = [link for link in links if not link.startswith("#")]
    assert len(cited) >= 6 and all(link.startswith("https://doi.org/10.") for link in cited)
    outside = re.findall(r"https?://[^'\" ]+|url\(|@import", written)
    assert set(outside) <= {"http://www.w3.org/2000/svg", *cited}


def test_whatever_a_file_is_called_stays_text(hostile):
    plain = Checked(page(report(hostile, assign(hostile.table, hostile.record), made=DAY)))
    text = "".join(plain.words)
    assert {tag for tag, _ in plain.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "header", "section", "h1", "h2",
        "h3", "p", "b", "ul", "li", "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
        "figure", "figcaption", "svg", "path", "line", "rect", "circle", "text", "nav", "a",
    }  # fmt: skip
    for name in HOSTILE:
        assert shown(name) in text
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e]", text)
    assert "{{ 7 * 7 }}{% raw %}" in text


def test_a_name_from_the_right_turns_no_sentence_around():
    assert shown("abc") == "abc"
    assert shown("שלום") == "\u2068שלום\u2069"
    assert shown("\u202etxt.exe") == "txt.exe"
    assert shown("a\n b\t\x00c") == "a b \ufffdc"
    assert shown("y" * 1000) == "y" * 79 + "…" and shown("y" * 1000, None) == "y" * 1000


def test_the_print_has_a_page_and_cuts_no_figure(written):
    style = written[written.index("<style>") : written.index("</style>")]
    assert "size: A4" in style and re.search(r"figure[^{]*\{ break-inside: avoid", style)


def test_every_text_stands_out_from_its_ground(written):
    """Contrast of at least 4.5, as WCAG 2.2 asks of small text."""
    grounds = ("#ffffff", "#fff6ef", "#f4f6fd")
    for color in (*re.findall(r"[{;] *color: (#[0-9a-f]{6})", written), INK, MUTED, FAINT):
        assert min(contrast(color, ground) for ground in grounds) >= 4.5, color
    inks = re.findall(r"<text [^>]*fill='(#[0-9a-f]{6})'", written)
    assert inks and set(inks) <= {INK, MUTED, FAINT, "#ffffff"}  # white: letters on discs


def test_a_report_tells_no_reader_to_press_a_button(session, fitted):
    document = session.document
    for ended in ("max_iter", "cancelled", "near"):
        fit = replace(fitted[0], ended=ended, converged=False)
        record = replace(document.record, fit=fit)
        changed = replace(document, fits=(record,), active=record.id)
        assert "Press" not in page(report(changed, assign(changed.table, record), made=DAY))
    session.apply(SetScale("robust"))
    session.apply(SetScale("none"))
    session.apply(TickColumns((2, 3)))
    text = page(report(session.document, assign(document.table, document.record), made=DAY))
    assert "Out of date" in text and "Press" not in text


def test_nothing_is_said_twice(session):
    """Filled cells, above all."""
    rng = np.random.default_rng(1)
    rows = [f"{a:.2f},{b:.2f}" for a, b in rng.normal(0, 1, (60, 2))]
    rows[7] = "NA,1.5"
    table = read_text("\n".join(["a,b", *rows]) + "\n", "gaps")
    session.apply(OpenTable(table))
    preparation = replace(session.document.preparation, missing="median")
    sample = prepare(table, preparation)
    spec = session.document.spec.replace(n_components=2, tries=2)
    session.apply(AddFit(run_to_end(search(sample.x, spec)), preparation, spec))
    document = replace(session.document, preparation=preparation, spec=spec)
    made = report(document, assign(table, document.record), made=DAY)
    words = [plain(block.words) for section in made.sections for block in section.blocks
             if isinstance(block, Paragraph)]  # fmt: skip
    said = [sentence for text in words for sentence in re.split(r"(?<=[.:]) ", text)]
    assert sum("filled in" in sentence for sentence in said) == 1
    twice = {sentence for sentence in said if said.count(sentence) > 1}
    # The chapter on certainty begins as the summary does.
    assert all("belong" in sentence or "sit" in sentence for sentence in twice), twice


def test_rows_that_are_not_at_hand_are_not_called_missing(session, penguins):
    """A project whose table was not found keeps some of its rows."""
    record = session.document.record
    there = np.arange(penguins.n_rows) < 100
    columns = tuple(
        c if c.values is None else replace(c, values=np.where(there, c.values, np.nan))
        for c in penguins.columns
    )
    document = replace(session.document, table=replace(penguins, columns=columns, blank=True))
    text = page(report(document, assign(document.table, record), made=DAY))
    assert text.count("not at hand") == 2  # at the beginning, and where the data are told of
    assert "took part in" not in text and "missing value" not in text and "data-skipped" not in text
    for language in ("py", "R"):
        with pytest.raises(TableError, match="find it first"):
            script(document, assign(document.table, record), language, made=DAY, path=Path("x"))


def test_one_cluster_is_not_praised_where_nothing_else_could_be_fitted(session, fitted):
    """BIC says that there are no clusters only where models with clusters were compared."""
    document = session.document
    only = tuple(cell for cell in fitted[1] if cell.n_components == 1)
    gaps = tuple(replace(cell, fit=None, reason="It collapsed.") for cell in fitted[1]
                 if cell.n_components > 1)  # fmt: skip
    for cells, says in ((only, ""), (only + gaps, "No model with more clusters could be fitted")):
        changed = replace(document, sweep=replace(document.sweep, cells=cells))
        text = page(report(changed, assign(document.table, document.record), made=DAY))
        assert "there are no separate clusters" not in text
        assert says in text


def test_a_report_says_what_a_fit_should_not_be_used_for(session, fitted):
    document = session.document
    record = replace(document.record, fit=replace(fitted[0], ended="max_iter", converged=False))
    changed = replace(document, fits=(record,), active=record.id)
    text = page(report(changed, assign(changed.table, record), made=DAY))
    assert 'id="summary-not-converged" class="warning"' in text
    assert "had not converged" in text


@pytest.mark.parametrize("rule", ["percentile:0", "density:-1e6", "chi2:0.999999", "density:1e6"])
def test_every_outlier_rule_has_its_chapter(session, assignment, rule):
    session.apply(SetOutlierRule(OutlierRule.parse(rule)))
    text = page(report(session.document, assignment, made=DAY))
    assert 'id="outliers-words"' in text and not re.search(r"\b(nan|inf)\b", text)


def test_what_a_file_says_of_its_columns_stands_beside_them(session) -> None:
    table = session.document.table
    said = {"bill_length_mm": "Length of <b>the bill</b>\x07", "species": "Who it is"}
    columns = tuple(replace(c, description=said.get(c.name, "")) for c in table.columns)
    document = replace(session.document, table=replace(table, columns=columns))
    assignment = assign(document.table, document.record)
    grids = {
        block.key: block
        for section in report(document, assignment, made=DAY).sections
        for block in section.blocks
        if isinstance(block, Grid)
    }
    for key, name, words in (
        ("data-columns", "bill_length_mm", "Length of <b>the bill</b>"),
        ("data-left", "species", "Who it is"),
    ):
        grid = grids[key]
        assert grid.head[-1] == "What it is" and len(grid.head) - 1 in grid.words
        cells = {row[0]: row[-1] for row in grid.rows}
        assert cells.pop(name).startswith(words) and set(cells.values()) == {""}
    assert "Length of &lt;b&gt;the bill" in page(report(document, assignment, made=DAY))
    plain_report = report(session.document, assignment, made=DAY)
    assert "What it is" not in page(plain_report)
