"""Every number of the report is derived again from the document, by other means."""

from __future__ import annotations

import datetime
import re
from itertools import combinations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2, multivariate_normal
from sklearn.metrics import adjusted_rand_score

from gmmstudio import __version__
from gmmstudio.document import assign
from gmmstudio.document.commands import AddFit, ExcludeRows, SetOutlierRule
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture import OutlierRule
from gmmstudio.mixture.search import search
from gmmstudio.report.page import page
from gmmstudio.report.whole import report
from gmmstudio.table import prepare
from tests.report.page_reading import Page, agrees, numbers

DAY = datetime.date(2026, 3, 9)
SHARED = {"VVV": lambda K, d: K * d * (d + 1) / 2, "EEE": lambda K, d: d * (d + 1) / 2}


class Truth:
    """What the report should say, from the cells of the table and the parameters alone."""

    def __init__(self, document) -> None:
        self.document, record = document, document.record
        table, preparation = document.table, record.preparation
        columns = [[_number(c) for c in _cells(table, j)] for j in preparation.columns]
        everything = np.array(columns).T
        self.w_all = np.ones(len(everything))
        if preparation.weights is not None:
            self.w_all = np.array([_number(c) for c in _cells(table, preparation.weights)])
        known = np.isfinite(everything).all(axis=1) & np.isfinite(self.w_all)
        kept = np.array([i not in preparation.excluded for i in range(len(everything))])
        self.rows = np.flatnonzero(known & kept)
        self.skipped = np.flatnonzero(~known & kept)
        self.gaps = int((~np.isfinite(everything[self.skipped])).any(axis=0).sum())
        self.missing = (~np.isfinite(everything)).sum(axis=0)
        self.x, self.w = everything[self.rows], self.w_all[self.rows]
        self.weighted = preparation.weights is not None
        self.names = [table.columns[j].name for j in preparation.columns]
        p, order = record.fit.parameters, np.argsort(record.identities)
        self.pi, self.mu, self.sigma = p.weights[order], p.means[order], p.covariances[order]
        self.letters = [chr(65 + record.identities[i]) for i in order]
        self.titles = [document.component_names(record)[i] for i in order]
        self.joint = joint(self.x, self.pi, self.mu, self.sigma)
        self.density = logsumexp(self.joint, axis=1)
        self.r = np.exp(self.joint - self.density[:, None])
        self.labels, self.p = self.r.argmax(axis=1), self.r.max(axis=1)
        z = self.x - self.mu[self.labels]
        solved = np.linalg.solve(self.sigma[self.labels], z[:, :, None])[:, :, 0]
        self.distance = (z * solved).sum(axis=1)
        self.K, self.d = self.mu.shape
        self.sd = np.sqrt(np.array([np.diag(s) for s in self.sigma]))
        self.n, self.N = len(self.x), float(self.w.sum())
        rule = document.outlier_rule
        if rule.kind == "chi2":
            self.line = float(chi2.ppf(rule.value, self.d))
            self.marked = self.distance > self.line
        else:
            repeated = np.repeat(self.density, self.w.astype(int))
            self.line = float(np.percentile(repeated, rule.value))
            self.marked = self.density < self.line

    def share(self, mask) -> float:
        return 100 * float(self.w[mask].sum()) / self.N

    def certainty(self, mask) -> float:
        return 100 * float(np.average(self.p[mask], weights=self.w[mask]))

    def criteria(self, structure: str, pi, mu, sigma) -> tuple[float, ...]:
        """ℓ, parameters, BIC, AIC and ICL."""
        each = joint(self.x, pi, mu, sigma)
        density = logsumexp(each, axis=1)
        loglik = float(self.w @ density)
        free = SHARED[structure](len(pi), self.d) + len(pi) * self.d + len(pi) - 1
        bic = -2 * loglik + free * np.log(self.N)
        sure = float(self.w @ (each.max(axis=1) - density))
        return loglik, free, bic, -2 * loglik + 2 * free, bic - 2 * sure

    @property
    def own(self) -> tuple[float, ...]:
        return self.criteria(self.document.record.fit.structure, self.pi, self.mu, self.sigma)

    def of_cells(self) -> dict[tuple[int, str], tuple[float, ...]]:
        found: dict[tuple[int, str], tuple[float, ...]] = {}
        sweep, record = self.document.sweep, self.document.record
        if sweep is None or sweep.preparation != record.preparation:
            return found  # it speaks of other rows
        for cell in sweep.cells:
            p = cell.fit.parameters
            numbers_of = self.criteria(cell.structure, p.weights, p.means, p.covariances)
            found[cell.n_components, cell.structure] = numbers_of
        return found


def joint(x, pi, mu, sigma):
    parts = zip(pi, mu, sigma, strict=True)
    return np.column_stack(
        [np.log(w) + multivariate_normal(m, s).logpdf(x).reshape(len(x)) for w, m, s in parts]
    )


def _cells(table, index):
    return table.columns[index].cells.to_pylist()


def _number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


# -- what each block should say --------------------------------------------------------------


def expected(t: Truth, compared: int | None) -> dict[str, list[float]]:
    """Return the numbers of every paragraph, caption and cell, block by block, in order."""
    document, table = t.document, t.document.table
    record, fit = document.record, document.record.fit
    between = int((t.p < 0.8).sum())
    clear = [t.share(t.p >= 0.8), between] if between else []
    said: dict[str, list[float]] = {
        "title": [],
        "subtitle": [t.K, t.n, t.d],
        "summary-found": [t.n, t.K, *([t.N] if t.weighted else []), *clear],
        "figure-rows": [1, 2],
        "summary-clusters": [
            v for k in range(t.K) for v in (int((t.labels == k).sum()), t.share(t.labels == k))
        ],
        "data-source": [table.n_rows, len(table.columns)],
        "data-columns": [t.d],
        "data-left": [len(table.columns) - t.d],
        "data-scale": [t.N] if t.weighted else [],
        "model-what": [t.K],
        "model-how": [record.spec.tries, record.spec.seed, fit.n_iterations],
        "model-figures": list(t.own),
        "method-1": [2000, 1977, 1995],
        "method-2": [80],
        "outliers-listed": [min(10, int(t.marked.sum()))] if t.marked.sum() > 10 else [],
        "figure-outliers": [],
    }
    said["data-rows"] = [t.n] if t.n == table.n_rows else [t.n, table.n_rows]
    if len(t.skipped):
        said["data-rows"].append(len(t.skipped))
        said["data-rows"] += [t.gaps] if t.gaps > 2 else []
        said["data-skipped"] = [row + 1 for row in t.skipped]
    if excluded := record.preparation.excluded:
        said["data-rows"].append(len(excluded))
        said["data-excluded"] = [row + 1 for row in sorted(excluded)]
    if 0 in t.w:
        said["data-rows"] += [int((t.w == 0).sum()), 0]
    agree = fit.optima[0].n_starts
    everyone = len(fit.attempts)
    said["model-how"] += [everyone] if agree == everyone else [agree, everyone]
    for j in range(t.d):
        mean = np.average(t.x[:, j], weights=t.w)
        sd = np.sqrt(t.w @ (t.x[:, j] - mean) ** 2 / (t.N - 1))
        low, high = t.x[:, j].min(), t.x[:, j].max()
        said["data-columns"] += [mean, sd, low, high, t.missing[j]]
    for j in range(len(table.columns)):
        if j not in record.preparation.columns and table.columns[j].kind in ("text", "code"):
            distinct = len({c for c in _cells(table, j) if c not in ("", "NA")})
            said["data-left"] += [distinct] if j != record.preparation.weights else []
    model(t, said)
    clusters(t, said)
    said["certainty-words"] = [*clear, 80, t.certainty(np.ones(t.n, bool))]
    said["certainty-clusters"] = []
    for k in range(t.K):
        mine = t.labels == k
        sure = int((mine & (t.p >= 0.8)).sum())
        said["certainty-clusters"] += [int(mine.sum()), sure, int(mine.sum()) - sure]
        said["certainty-clusters"].append(t.certainty(mine))
    rule = document.outlier_rule
    said["outliers-words"] = [100 * rule.value if rule.kind == "chi2" else rule.value, t.line]
    said["outliers-words"] += [int(t.marked.sum()), t.n, t.share(t.marked)]
    keys = -t.distance if rule.kind == "chi2" else t.density
    for i in [i for i in np.argsort(keys, kind="stable") if t.marked[i]][:10]:
        said["outliers-listed"] += [t.rows[i] + 1, 100 * t.p[i], t.density[i], t.distance[i]]
    said["figure-outliers"] = []
    if compared is not None:
        comparison(t, said, compared)
    return said


def model(t: Truth, said: dict[str, list[float]]) -> None:
    cells = t.of_cells()
    said["method-3"] = [-2, 1978, 2002, 2000]
    if not cells:
        said["why-alone"] = [t.K]
        return
    said["method-3"] = [-2, 1978, 2002, 1995, 2000]
    bics = sorted((numbers_of[2], k) for (k, _), numbers_of in cells.items())
    lead, over = bics[1][0] - bics[0][0], t.own[2] - bics[0][0]
    by_icl = min(cells, key=lambda key: cells[key][4])[0]
    said["summary-found"] += [bics[0][1], over]
    said["why"] = [bics[0][1], lead, bics[1][1], by_icl]
    said["figure-models alt"] = list(said["why"])
    said["why"] += [t.K, over]
    ks = sorted({k for k, _ in cells})
    said["why-table-1"] = [v for k in ks for v in (k, cells[k, "EEE"][2], cells[k, "VVV"][2])]


def clusters(t: Truth, said: dict[str, list[float]]) -> None:
    within = np.sqrt(sum(w * np.diag(s) for w, s in zip(t.pi, t.sigma, strict=True)))
    said["cluster-means-1"] = []
    for j in range(t.d):
        said["cluster-means-1"] += [v for k in range(t.K) for v in (t.mu[k, j], t.sd[k, j])]
    for k in range(t.K):
        rest = [other for other in range(t.K) if other != k]
        others = np.average(t.mu[rest], axis=0, weights=t.pi[rest])
        apart = (t.mu[k] - others) / within
        mine = t.labels == k
        key = f"cluster-{t.letters[k]}-words"
        said[key] = [int(mine.sum()), t.share(mine)]
        named = [j for j in np.argsort(-abs(apart)) if abs(apart[j]) >= 0.8][:3]
        said[key] += [v for j in named for v in (t.mu[k, j], others[j])]
        corr = t.sigma[k] / np.outer(t.sd[k], t.sd[k])
        pair = max(combinations(range(t.d), 2), key=lambda ab: abs(corr[ab]))
        said[key] += [corr[pair]] if abs(corr[pair]) >= 0.5 else []
        said[key].append(t.certainty(mine))
        between = mine & (t.p < 0.8)
        if between.any():
            said[key].append(int(between.sum()))
            second = np.argsort(-t.r[between], axis=1)[:, 1]
            most = int(np.bincount(second).max())
            said[key] += [] if most == between.sum() else [most]
        marked = int((mine & t.marked).sum())
        said[key] += [marked] if marked else []
        said[f"figure-cluster-{t.letters[k]}"] = [98]
        said[f"figure-cluster-{t.letters[k]} alt"] = [t.d]
    said["figure-rows alt"] = [t.K]


def comparison(t: Truth, said: dict[str, list[float]], compared: int) -> None:
    values = [_cells(t.document.table, compared)[i] for i in t.rows]
    said["comparison-words"] = [adjusted_rand_score(values, t.labels), 1, 0]
    kinds = sorted(set(values), key=lambda v: (-values.count(v), values.index(v)))
    said["comparison-table-1"] = []
    for k in range(t.K):
        mine = [v for v, label in zip(values, t.labels, strict=True) if label == k]
        for kind in kinds:
            said["comparison-table-1"] += [mine.count(kind), 100 * mine.count(kind) / len(mine)]


# -- and what it does ------------------------------------------------------------------------


def check(document, compared: int | None = None) -> Page:
    found = Page(page(report(document, assign(document.table, document.record), made=DAY,
                             compare_with=compared)))  # fmt: skip
    truth = Truth(document)
    said = expected(truth, compared)
    names = sorted({*truth.titles, *truth.names}, key=len, reverse=True)
    for key, block in found.blocks.items():
        if key in ("references", "method-settings", "made"):  # see the test below
            continue
        words = " ".join([block.words, *(" ".join(row) for row in block.rows)])
        for suffix, text in (("", words), (" alt", block.label)):
            for name in names:
                text = text.replace(name, "")
            written, should = numbers(text), said.pop(key + suffix, [])
            assert len(written) == len(should), (key + suffix, written, should)
            for one, value in zip(written, should, strict=True):
                assert agrees(one, value), (key + suffix, one, value)
    assert not said, f"not in the page: {sorted(said)}"
    return found


@pytest.fixture
def document(session):
    return session.document


def test_every_number_of_a_search(document):
    check(document, document.table.index("species"))


def test_every_number_without_some_rows_and_by_distance(session):
    session.apply(ExcludeRows(frozenset({0, 7, 8, 100})))
    session.apply(SetOutlierRule(OutlierRule("chi2", 0.95)))
    asked = session.document
    rows = prepare(asked.table, asked.preparation)
    spec = asked.spec.replace(n_components=2, structure="EEE", tries=3)
    fit = run_to_end(search(rows.x, spec, units=rows.units))
    session.apply(AddFit(fit, asked.preparation, spec))
    check(session.document)


def test_every_number_of_weighted_rows(weighted):
    session, _ = weighted("times")
    check(session.document)


def test_settings_and_versions_are_those_of_the_fit(document):
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    assert found.blocks["made"].words == f"GMM Studio {__version__}, 9 March 2026"
    rows = dict(found.blocks["method-settings"].rows[1:])
    spec = document.record.spec
    assert (rows["Seed"], rows["Starts"]) == (str(spec.seed), str(spec.tries))
    assert float(rows["Tolerance"].replace("−", "-")) == spec.tol
    assert int(rows["Most iterations"]) == spec.max_iter
    assert rows["numpy"] == np.__version__


# -- the figures -----------------------------------------------------------------------------


def scale(texts, axis: int) -> tuple[float, float]:
    """Return slope and offset of an axis from the places of its numbers, which lie on a line."""
    ticks = [(t[axis], float(t[2].replace("−", "-"))) for t in texts]
    places, values = np.array(ticks).T
    slope, offset = np.polyfit(places, values, 1)
    assert np.allclose(places * slope + offset, values, atol=0.02 * abs(slope))
    return float(slope), float(offset)


def axes_of(block):
    """Return both axes of a figure: numbers in a row below, and in a column at the left."""
    single = [t for t in block.texts if re.fullmatch(r"[−]?\d+(\.\d+)?", t[2])]
    heights = [t[1] for t in single]
    below = max(set(heights), key=heights.count)
    left = min(t[0] for t in single)
    x = scale([t for t in single if t[1] == below], 0)
    y = scale([(t[0], t[1] - 4, t[2]) for t in single if t[0] == left and t[1] != below], 1)
    return x, y


def test_marks_ellipses_and_letters_lie_where_the_numbers_say(document):
    truth = Truth(document)
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    block = found.blocks["figure-rows"]
    (sx, ox), (sy, oy) = axes_of(block)
    a, b = 1, 2  # in which the clusters lie farthest apart
    badges = [s for tag, s in block.shapes if tag == "circle" and s["r"] == "9"]
    for badge, mean in zip(badges, truth.mu, strict=True):
        place = float(badge["cx"]) * sx + ox, float(badge["cy"]) * sy + oy
        assert place == pytest.approx((mean[a], mean[b]), rel=2e-3)
    black = [s for tag, s in block.shapes if tag == "path" and s.get("stroke") == "#1c2430"]
    starts = re.findall(r"M(-?[\d.]+),(-?[\d.]+)l([\d.]+)", black[-1]["d"])
    crosses = np.array([(float(x) + float(r) / 2, float(y) + float(r) / 2) for x, y, r in starts])
    crosses = np.column_stack([crosses[:, 0] * sx + ox, crosses[:, 1] * sy + oy])
    outliers = truth.x[truth.marked][:, [a, b]]
    assert len(crosses) == len(outliers)
    for row in outliers:
        assert np.abs((crosses - row) / truth.x[:, [a, b]].std(axis=0)).max(axis=1).min() < 0.01


def test_dots_of_the_search_lie_where_the_numbers_say(document):
    cells = Truth(document).of_cells()
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    block = found.blocks["figure-models"]
    (sx, ox), (sy, oy) = axes_of(block)
    dots = [s for tag, s in block.shapes if tag == "circle" and s["r"] == "2.6"]
    drawn = sorted((float(s["cx"]) * sx + ox, float(s["cy"]) * sy + oy) for s in dots)
    wanted = sorted((k, numbers_of[2]) for (k, _), numbers_of in cells.items())
    for (k, bic), (wanted_k, wanted_bic) in zip(drawn, wanted, strict=True):
        assert k == pytest.approx(wanted_k, abs=0.01)
        assert bic == pytest.approx(wanted_bic, abs=2 * abs(sy))


def test_bars_are_as_high_as_rows_are_many(document):
    truth = Truth(document)
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    block = found.blocks["figure-outliers"]
    (sx, ox), (sy, oy) = axes_of(block)
    bars = [s for tag, s in block.shapes if tag == "rect"]
    total = sum(-float(s["height"]) * sy for s in bars)
    split = [s for s in bars if s["fill"] == "#d9822b"]
    assert total == pytest.approx(truth.n, abs=8)  # the bar that the line cuts is drawn twice
    left = [s for s in split if (float(s["x"]) + float(s["width"])) * sx + ox <= truth.line + sx]
    assert len(left) == len(split)
    assert oy == pytest.approx(-sy * float(bars[0]["y"]) - sy * float(bars[0]["height"]), abs=0.1)


def test_profiles_say_means_and_where_rows_lie(document):
    truth = Truth(document)
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    low, high = np.percentile(truth.x, (1, 99), axis=0)
    for k, name in enumerate(truth.letters):
        texts = [t[2] for t in found.blocks[f"figure-cluster-{name}"].texts]
        written = [n for text in texts if text not in truth.names for n in numbers(text)]
        should = [
            v for j in range(truth.d) for v in (low[j], high[j], truth.mu[k, j], truth.sd[k, j])
        ]
        assert len(written) == len(should)
        assert all(agrees(one, value) for one, value in zip(written, should, strict=True))


def test_certainty_counts_every_row(document):
    truth = Truth(document)
    found = Page(page(report(document, assign(document.table, document.record), made=DAY)))
    small = [t for t in found.blocks["figure-certainty"].texts if t[2].isdigit()]
    bottom = max(t[1] for t in small)
    counts = [int(t[2]) for t in small if t[1] != bottom and t[0] > 60]
    edges = np.linspace(0, 1, 21)
    wanted = [n for n in np.histogram(truth.p, edges)[0].tolist() if n]
    assert counts == wanted


@pytest.mark.parametrize("written", ["5150.69", "−5150.68", "5150.7", "10\u202f558", "1e−07"])
def test_a_number_that_is_wrong_in_its_last_digit_does_not_agree(written: str):
    digits = written.replace("\u202f", "").replace("−", "-")
    last = 10.0 ** -len(digits.partition(".")[2])
    last = 1e-7 if "e" in digits else last
    assert agrees(written, float(digits) + 0.4 * last)
    assert not agrees(written, float(digits) + 0.6 * last)
    assert not agrees(written, float(digits) - last)
