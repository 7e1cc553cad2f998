"""Every number of the report is derived again from the document, by other means."""

from __future__ import annotations

import datetime
import platform
import re
import sys
from dataclasses import replace
from importlib import metadata
from itertools import combinations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import chi2, multivariate_normal
from sklearn.metrics import adjusted_rand_score

from gmmstudio import __version__
from gmmstudio.document import Session, assign
from gmmstudio.document.commands import (
    AddFit,
    ExcludeRows,
    OpenTable,
    SetOutlierRule,
    SetSweep,
    ShowCell,
)
from gmmstudio.document.starting import start_labels
from gmmstudio.fitting import grid, run_to_end, sweep
from gmmstudio.mixture import OutlierRule
from gmmstudio.mixture.outliers import threshold
from gmmstudio.mixture.search import search
from gmmstudio.report.chapters.method import REFERENCES
from gmmstudio.report.page import page
from gmmstudio.report.whole import report
from gmmstudio.table import Preparation, prepare, read, read_text
from gmmstudio.table.settings import ReadSettings
from tests.report.page_reading import Page, agrees, numbers

DAY = datetime.date(2026, 3, 9)
SHARED = {
    "VVV": lambda K, d: K * d * (d + 1) / 2,
    "EEE": lambda K, d: d * (d + 1) / 2,
    "VVI": lambda K, d: K * d,
    "VII": lambda K, d: K,
    "V": lambda K, d: K,
    "E": lambda K, d: 1,
}


class Truth:
    """What the report should say, from the cells of the table and the parameters alone."""

    def __init__(self, document) -> None:
        self.document, record = document, document.record
        table, preparation = document.table, record.preparation
        columns = [[_number(c) for c in _cells(table, j)] for j in preparation.columns]
        everything = np.array(columns).T
        logged = [j in preparation.log for j in preparation.columns]
        everything[:, logged] = np.log(everything[:, logged])
        self.w_all = np.ones(len(everything))
        if preparation.weights is not None:
            self.w_all = np.array([_number(c) for c in _cells(table, preparation.weights)])
        kept = np.array([i not in preparation.excluded for i in range(len(everything))])
        self.missing = (~np.isfinite(everything)).sum(axis=0)
        self.n_filled = 0
        if preparation.missing == "median":
            gaps = ~np.isfinite(everything) & kept[:, None]
            self.n_filled, self.n_filled_rows = int(gaps.sum()), int(gaps.any(axis=1).sum())
            self.n_filled_columns = int(gaps.any(axis=0).sum())
            for j, column in enumerate(everything.T):
                there = kept & np.isfinite(column)
                middle = np.median(np.repeat(column[there], self.w_all[there].astype(int)))
                column[gaps[:, j]] = middle
        known = np.isfinite(everything).all(axis=1) & np.isfinite(self.w_all)
        self.rows = np.flatnonzero(known & kept)
        self.skipped = np.flatnonzero(~known & kept)
        self.gaps = int((~np.isfinite(everything[self.skipped])).any(axis=0).sum())
        self.x, self.w = everything[self.rows], self.w_all[self.rows]
        self.weighted = preparation.weights is not None
        self.relative = self.weighted and preparation.weights_as == "relative"
        if self.relative:
            self.w = self.w / self.w.sum() * np.count_nonzero(self.w)
        names = [table.columns[j].name for j in preparation.columns]
        self.names = [f"log {n}" if is_log else n for n, is_log in zip(names, logged, strict=True)]
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
        self.sizes = np.bincount(self.labels, minlength=self.K)
        self.sd = np.sqrt(np.array([np.diag(s) for s in self.sigma]))
        self.n, self.N = len(self.x), float(self.w.sum())
        rule = document.outlier_rule
        if rule.kind == "chi2":
            self.line = float(chi2.ppf(rule.value, self.d))
            self.marked = self.distance > self.line
        else:
            self.line = weighted_percentile(self.density, self.w, rule.value)
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
            if cell.fit is None:
                continue
            p = cell.fit.parameters
            numbers_of = self.criteria(cell.structure, p.weights, p.means, p.covariances)
            found[cell.n_components, cell.structure] = numbers_of
        return found


def weighted_percentile(values, weights, percent: float) -> float:
    """As NumPy's of each value written so often; of shares of a row where these are whole."""
    if np.array_equal(weights, weights.astype(int)):
        return float(np.percentile(np.repeat(values, weights.astype(int)), percent))
    return threshold(OutlierRule("percentile", percent), values, 1, weights)


def joint(x, pi, mu, sigma):
    parts = zip(pi, mu, sigma, strict=True)
    return np.column_stack(
        [np.log(w) + multivariate_normal(m, s).logpdf(x).reshape(len(x)) for w, m, s in parts]
    )


def _cells(table, index):
    return table.columns[index].cells.to_pylist()


def _number(text):
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return float((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)
    try:
        return float(text)
    except ValueError:
        return np.nan


# -- what each block should say --------------------------------------------------------------


def expected(t: Truth, compared: int | None) -> dict[str, list[float]]:
    """Return the numbers of every paragraph, caption and cell, block by block, in order."""
    document, table = t.document, t.document.table
    record = document.record
    between = int((t.p < 0.8).sum())
    clear = [t.share(t.p >= 0.8), between] if between else []
    dates = [1970] if "date" in {table.columns[j].kind for j in record.preparation.columns} else []
    counted = [float(np.count_nonzero(t.w)) if t.relative else t.N] if t.weighted else []
    found = [t.n, *([t.K] if t.K > 1 else []), *counted, *(clear if t.K > 1 else [])]
    said: dict[str, list[float]] = {
        "title": [],
        "subtitle": [t.K, t.n, t.d],
        "summary-found": found,
        "figure-rows": [1, 2] if t.d > 1 else [],
        "figure-rows alt": [t.K],
        "data-source": [table.n_rows, len(table.columns)],
        "data-columns": [t.d] if t.d > 1 else [],
        "data-left": [len(table.columns) - t.d] if len(table.columns) > t.d else [],
        "data-scale": [*counted, *dates],
        "model-what": [t.K] if t.K > 1 else [],
        "model-figures": [1, *t.own, entropy(t)] if t.K > 1 else list(t.own),
        "method-1": [2000, 1977, 1995],
        "method-2": [80, 0.8, 2] if t.K > 1 else [],
        "outliers-listed": [min(10, int(t.marked.sum()))] if t.marked.sum() > 10 else [],
    }
    if table.sampled_from is not None:
        said["data-source"] += [table.n_rows, table.sampled_from, table.settings.sample_seed]
        said["summary-found"].insert(1, table.sampled_from)
    if t.K > 1:
        said["summary-clusters"] = glance(t)
    tiny = [n for n in t.sizes.tolist() if 0 < n <= 4 and n <= 0.05 * t.n]
    if tiny:
        said["summary-tiny-clusters"] = tiny if len(tiny) > 1 or tiny[0] > 1 else []
    said["data-rows"] = [t.n] if t.n == table.n_rows else [t.n, table.n_rows]
    if len(t.skipped):
        said["data-rows"].append(len(t.skipped))
        said["data-rows"] += [t.gaps] if t.gaps > 2 else []
        said["data-skipped"] = row_numbers(t.skipped + 1)
    if excluded := record.preparation.excluded:
        said["data-rows"].append(len(excluded))
        said["data-excluded"] = row_numbers(np.array(sorted(excluded)) + 1)
    if t.n_filled:
        said["data-rows"].append(t.n_filled)
        said["data-rows"] += [t.n_filled_columns] if t.n_filled_columns > 3 else []
        said["data-rows"] += [t.n_filled_rows] if t.n_filled > 1 else []
    if 0 in t.w:
        said["data-rows"] += [int((t.w == 0).sum()), 0]
    said["model-how"] = how(t)
    for j in range(t.d):
        mean = np.average(t.x[:, j], weights=t.w)
        sd = np.sqrt(t.w @ (t.x[:, j] - mean) ** 2 / (t.N - 1))
        low, high = t.x[:, j].min(), t.x[:, j].max()
        said["data-columns"] += [mean, sd, low, high, t.missing[j]]
    for j in range(len(table.columns)):
        if j not in record.preparation.columns and table.columns[j].kind in ("text", "code"):
            distinct = len({c for c in _cells(table, j) if c not in ("", "NA")})
            said["data-left"] += [] if distinct == table.n_rows else [distinct]
    if len(table.columns) == t.d:
        del said["data-left"]
    model(t, said)
    clusters(t, said)
    if t.K > 1:
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
        sure = [100 * t.p[i]] if t.K > 1 else []
        said["outliers-listed"] += [t.rows[i] + 1, *sure, t.density[i], t.distance[i]]
    if compared is not None:
        comparison(t, said, compared)
    return said


def row_numbers(numbers) -> list[float]:
    """Return what is written of rising row numbers: of three and more in a row both ends."""
    out: list[float] = []
    rows = numbers.tolist()
    while rows:
        n = next(i for i in range(1, len(rows) + 1) if i == len(rows) or rows[i] != rows[0] + i)
        out += [rows[0], rows[n - 1]] if n > 2 else rows[:n]
        rows = rows[n:]
    return out


def entropy(t: Truth) -> float:
    each = -np.sum(np.where(t.r > 0, t.r * np.log(np.maximum(t.r, 1e-300)), 0), axis=1)
    return 1 - float(t.w @ each) / (t.N * np.log(t.K))


def how(t: Truth) -> list[float]:
    record, fit = t.document.record, t.document.record.fit
    if t.K == 1:
        return []
    if record.start_column is not None:
        return [fit.n_iterations]
    agree, everyone = fit.optima[0].n_starts, len(fit.attempts)
    agreed = [everyone] if agree == everyone else [agree, everyone]
    sweep = t.document.sweep
    if sweep is not None and any(cell.fit is fit for cell in sweep.cells):
        best = [everyone] if everyone > 1 else []
        return [record.spec.seed, *best, fit.n_iterations, *(agreed if best else [])]
    return [everyone, record.spec.seed, fit.n_iterations, *agreed]


def apart(t: Truth, k: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Means of the others, differences in standard deviations, and columns by their size."""
    within = np.sqrt(sum(w * np.diag(s) for w, s in zip(t.pi, t.sigma, strict=True)))
    rest = [other for other in range(t.K) if other != k]
    others = np.average(t.mu[rest], axis=0, weights=t.pi[rest])
    differences = (t.mu[k] - others) / within
    order = np.argsort(-abs(differences), kind="stable")
    clear = [int(j) for j in order if abs(differences[j]) >= 0.8]
    slight = [int(order[0])] if abs(differences[order[0]]) >= 0.2 else []
    return others, differences, clear or slight


def glance(t: Truth) -> list[float]:
    written = []
    for k in range(t.K):
        mine = t.labels == k
        written += [int(mine.sum()), t.share(mine)]
        written += [t.mu[k, j] for j in apart(t, k)[2][:2]]
    return written


def model(t: Truth, said: dict[str, list[float]]) -> None:
    cells = t.of_cells()
    said["method-3"] = [-2, 1978, 2002, 2000] + ([1996] if t.K > 1 else [])
    if not cells and t.document.sweep is not None:  # it speaks of other rows
        ranked = sorted((c.fit.bic, c.n_components) for c in t.document.sweep.cells if c.fit)
        ks = [cell.n_components for cell in t.document.sweep.cells]
        said["why-before"] = [min(ks), max(ks), ranked[0][1]]
        return
    if not cells:
        said["why-alone"] = [t.K]
        return
    said["method-3"] = [-2, 1978, 2002, 1995, 2000] + ([1996] if t.K > 1 else [])
    said["method-4"] = []
    tried = t.document.sweep.cells
    # One cluster has no shape to share or not: tied is full there.
    once = {k: v for k, v in cells.items() if k not in ((1, "EEE"), (1, "E"))}
    order = sorted((numbers_of[2], k, s) for (k, s), numbers_of in once.items())
    lead, over = order[1][0] - order[0][0], t.own[2] - order[0][0]
    by_icl = min(cells, key=lambda key: cells[key][4])
    here = (t.K, t.document.record.fit.structure)
    said["why"] = [order[0][1], lead, order[1][1]]
    said["why"] += [by_icl[0]] if by_icl != order[0][1:] else []
    gaps = [cell for cell in tried if cell.fit is None]
    said["why"] += [len(gaps), len(tried)] if gaps else []
    said["figure-models alt"] = list(said["why"])
    if here == order[0][1:]:
        said["summary-found"] += [t.K, lead, order[1][1]]
    else:
        said["summary-found"] += [order[0][1], over]
        said["why"] += [t.K, over]
    ks = sorted({cell.n_components for cell in tried})
    shapes = [
        s for s in ("VII", "VVI", "EEE", "VVV", "E", "V") if s in {c.structure for c in tried}
    ]
    said["why-table-1"] = [
        v for k in ks for v in (k, *(cells[k, s][2] for s in shapes if (k, s) in cells))
    ]
    said["why-best"] = []
    for bic, k, shape in order[:6]:
        loglik, free, _, _, icl = cells[k, shape]
        said["why-best"] += [k, loglik, free, bic, bic - order[0][0], icl]
    if gaps:
        said["why-gaps"] = [4, len(gaps)] if len(gaps) > 4 else []
        said["why-reasons"] = [v for cell in gaps[:4] for v in gap(t, cell)]


def gap(t: Truth, cell) -> list[float]:
    rows = (t.rows[cell.collapsed.rows[:5]] + 1).tolist()
    tries = [cell.n_collapsed] if cell.n_collapsed > 1 else []
    return [cell.n_components, *tries, len(cell.collapsed.rows), *rows]


def clusters(t: Truth, said: dict[str, list[float]]) -> None:
    n_tables = -(-t.K // 4)
    across = -(-t.K // n_tables)
    corr = np.array([s / np.outer(sd, sd) for s, sd in zip(t.sigma, t.sd, strict=True)])
    full = t.d > 1 and t.document.record.fit.structure in ("VVV", "EEE")
    alike = t.document.record.fit.structure == "EEE" and t.K > 1
    for table in range(n_tables):
        some = range(table * across, min((table + 1) * across, t.K))
        key = f"cluster-means-{table + 1}"
        said[key] = [t.pi[k] for k in some]
        for j in range(t.d):
            said[key] += [v for k in some for v in (t.mu[k, j], t.sd[k, j])]
        if full and t.d <= 6 and (table == 0 or not alike):
            said[f"cluster-correlations-{table + 1}"] = [
                corr[k, a, b]
                for a, b in combinations(range(t.d), 2)
                for k in (some[:1] if alike else some)
            ]
    if full and t.d > 6:
        said["cluster-correlations-not"] = []
    for k in range(t.K):
        mine = t.labels == k
        key = f"cluster-{t.letters[k]}-words"
        said[key] = [int(mine.sum()), t.share(mine)] if t.K > 1 else [t.n]
        if t.K > 1:
            others, _, named = apart(t, k)
            said[key] += [v for j in named[:3] for v in (t.mu[k, j], others[j])]
        if t.K > 2:
            other, j = most_alike(t, k)
            said[key] += [t.mu[k, j], t.mu[other, j]]
        if full:
            pair = max(combinations(range(t.d), 2), key=lambda ab: abs(corr[k][ab]))
            said[key] += [corr[k][pair]] if abs(corr[k][pair]) >= 0.5 else []
        between = mine & (t.p < 0.8)
        if t.K > 1:
            said[key].append(t.certainty(mine))
        if t.K > 1 and between.any():
            said[key].append(int(between.sum()))
            second = np.argsort(-t.r[between], axis=1)[:, 1]
            most = int(np.bincount(second).max())
            said[key] += [] if most == between.sum() else [most]
        marked = int((mine & t.marked).sum())
        said[key] += [marked] if marked else []
        said[f"figure-cluster-{t.letters[k]}"] = [98] * (k == 0) + [t.d, 12] * (t.d > 12)
        said[f"figure-cluster-{t.letters[k]} alt"] = [min(t.d, 12)]


def most_alike(t: Truth, k: int) -> tuple[int, int]:
    """Return the cluster nearest to one, and the column in which they differ most."""
    far = {}
    for other in range(t.K):
        off, both = t.mu[k] - t.mu[other], (t.sigma[k] + t.sigma[other]) / 2
        if other != k:
            far[other] = float(off @ np.linalg.solve(both, off))
    other = min(far, key=far.__getitem__)
    variances = np.diag(t.sigma[k]) + np.diag(t.sigma[other])
    return other, int(np.argmax((t.mu[k] - t.mu[other]) ** 2 / variances))


def comparison(t: Truth, said: dict[str, list[float]], compared: int) -> None:
    column = t.document.table.columns[compared]
    values = [_cells(t.document.table, compared)[i] for i in t.rows]
    times = np.ones(t.n) if t.relative else t.w
    said["comparison-table-1"] = []
    if column.kind == "number":
        said["comparison-words"] = []
        numbers_of = np.array([float(v) for v in values])
        for k in range(t.K):
            mine = t.labels == k
            n = times[mine].sum()
            mean = np.average(numbers_of[mine], weights=times[mine])
            sd = np.sqrt(times[mine] @ (numbers_of[mine] - mean) ** 2 / (n - 1)) if n > 1 else []
            said["comparison-table-1"] += [n, mean, *np.atleast_1d(sd)]
        return
    said["comparison-words"] = [adjusted_rand_score(values, t.labels), 1, 0]
    kinds = sorted(set(values), key=lambda v: (-values.count(v), values.index(v)))
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
    said["figure-rows"] += outside(truth, found.blocks["figure-rows"])
    names = sorted({*truth.titles, *truth.names}, key=len, reverse=True)
    for key, block in found.blocks.items():
        if key in ("references", "method-settings", "made"):  # see `exact`
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
    exact(found, document)
    check_profiles(truth, found)
    for key, block in found.blocks.items():
        if block.texts:
            in_figure(truth, key, block)
    return found


def outside(t: Truth, block) -> list[int]:
    """Return how many rows lie beyond the axes that are drawn, if any; of one column none do."""
    if t.d == 1:
        return []
    words = block.words.replace(",", " ")
    places = sorted((words.find(f" {name} "), j) for j, name in enumerate(t.names))
    a, b = (j for at, j in places if at > 0)
    (sx, ox), (sy, oy) = axes_of(block)
    bottom = max(float(s["y1"]) for tag, s in block.shapes if tag == "line")
    x = np.sort(np.array([64.0, 620.0]) * sx + ox)
    y = np.sort(np.array([bottom - 360.0, bottom]) * sy + oy)
    inside = (t.x[:, a] > x[0]) & (t.x[:, a] < x[1]) & (t.x[:, b] > y[0]) & (t.x[:, b] < y[1])
    return [] if inside.all() else [int((~inside).sum())]


def exact(found: Page, document) -> None:
    """Look at what is not rounded: date, settings, versions and what is cited."""
    assert found.blocks["made"].words == f"GMM Studio {__version__}, 9 March 2026"
    spec = document.record.spec
    rows = dict(found.blocks["method-settings"].rows[1:])
    asked = {"Seed": str(spec.seed), "Most iterations": str(spec.max_iter)}
    if isinstance(spec.start, str):
        asked |= {"Start": spec.start, "Starts asked for": str(spec.n_tries)}
    else:
        asked["Start"] = "given"
    assert float(rows.pop("Tolerance").replace("−", "-")) == spec.tol
    assert rows.pop("Prior") == "no"
    versions = {name: metadata.version(name) for name in ("numpy", "scipy", "pyarrow")}
    versions |= {"GMM Studio": __version__, "Python": f"{platform.python_version()} on "}
    versions["Python"] += sys.platform
    assert rows == asked | versions
    method = " ".join(b.words for key, b in found.blocks.items() if re.fullmatch(r"method-\d", key))
    cited = [f"{full} doi:{doi}" for short, (full, doi) in REFERENCES.items() if short in method]
    assert "".join(cited) == found.blocks["references"].words.replace("\n", "")
    # Nothing that looks like a citation lacks its entry.
    years = {int(number) for number in re.findall(r"\b(?:19|20)\d\d\b", method)}
    assert years == {int(re.search(r"\((\d{4})\)", entry)[1]) for entry in cited}


def in_figure(t: Truth, key: str, block) -> None:
    """Every number in a figure is a tick, which lies on its axis, or one that is known."""
    if key.startswith("figure-cluster-"):
        return  # see the test of the profiles, which takes every number
    names = {*t.names, *t.titles, *t.letters}
    texts = [text for text in block.texts if numbers(text[2]) and text[2] not in names]
    ticks = ticks_of(block)
    for axis, on_axis in enumerate(ticks):
        scale([(x, y - 4 * axis, text) for x, y, text in on_axis], axis)
    others = [text for text in texts if text not in (*ticks[0], *ticks[1])]
    if key == "figure-certainty":
        wanted = [n for n in np.histogram(t.p, np.linspace(0, 1, 21))[0].tolist() if n]
        assert [int(text[2].replace("\u202f", "")) for text in others] == wanted
    else:
        assert all(re.search(r"×10|[+−] ", text[2]) for text in others), (key, others)


def check_profiles(t: Truth, found: Page) -> None:
    """The profiles say where rows lie, and means and standard deviations."""
    low, high = np.percentile(t.x, (1, 99), axis=0)
    shown = list(range(t.d))
    for k, name in enumerate(t.letters):
        if t.d > 12:
            largest = np.argsort(-abs(apart(t, k)[1]), kind="stable")[:12]
            shown = sorted(largest.tolist())
        texts = [text[2] for text in found.blocks[f"figure-cluster-{name}"].texts]
        written = [n for text in texts if text not in t.names for n in numbers(text)]
        should = [v for j in shown for v in (low[j], high[j], t.mu[k, j], t.sd[k, j])]
        assert len(written) == len(should)
        assert all(agrees(one, value) for one, value in zip(written, should, strict=True))


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


def blobs(k: int, d: int, n: int, seed: int, *, far: tuple[float, ...] = ()) -> list[list[str]]:
    """Return rows of cells: k groups in d columns, a text, a number and a count."""
    rng = np.random.default_rng(seed)
    middles = rng.uniform(-9, 9, (k, d)) + 30
    rows = []
    for i in range(n):
        values = far if far and i == n - 1 else middles[i % k] + rng.normal(0, 1.2, d)
        rest = [("north", "south", "west")[int(rng.integers(3))], f"{rng.normal(i % k, 1):.3f}"]
        rows.append([*(f"{v:.3f}" for v in values), *rest, str(rng.integers(1, 4))])
    return rows


def table_of(rows: list[list[str]], d: int, path=None, settings=None):
    """Read such rows, from text or, where a path is given, from a file."""
    names = [*(chr(97 + j) * 3 for j in range(d)), "side", "score", "count"]
    text = "\n".join([",".join(names), *map(",".join, rows)]) + "\n"
    if path is None:
        return read_text(text, "groups")
    path.write_text(text)
    return read(path, settings)


def document_of(table, preparation, k, structure, *, grid_of=(), rule=None, start=None):
    """Fit k clusters, and look at others first where these are given."""
    session = Session()
    session.apply(OpenTable(table))
    rows = prepare(table, preparation)
    spec = session.document.spec.replace(n_components=k, structure=structure, tries=3)
    column = None
    if start is not None:
        column = table.index(start)
        labels, _ = start_labels(table, column, rows.rows)
        spec = spec.replace(start=labels)
    search_for = {"weights": rows.weights, "units": rows.units}
    fit = run_to_end(search(rows.x, spec, **search_for))
    session.apply(AddFit(fit, preparation, spec, start_column=column))
    if grid_of:
        cells = run_to_end(sweep(rows.x, grid(spec, *grid_of, rows.x.shape[1]), **search_for))
        session.apply(SetSweep(cells, preparation, spec))
    if rule is not None:
        session.apply(SetOutlierRule(rule))
    return replace(session.document, preparation=preparation, spec=spec)


def test_every_number_of_logs_filled_cells_counted_rows_and_a_cluster_of_one():
    """A search with gaps, a tiny cluster far away, and a column of numbers to compare with."""
    rows = blobs(3, 3, 181, 5, far=(900.0, 30.0, 30.0))
    for i in (4, 40, 41):
        rows[i][i % 3] = "NA"
    table = table_of(rows, 3)
    preparation = Preparation(
        (0, 1, 2), "robust", frozenset({*range(10, 18), 30}), weights=5, missing="median", log=(2,)
    )
    grid_of = ((1, 3, 4, 5), ("EEE", "VVV"))
    document = document_of(table, preparation, 4, "EEE", grid_of=grid_of,
                           rule=OutlierRule("chi2", 0.99))  # fmt: skip
    assert any(cell.fit is None for cell in document.sweep.cells)
    found = check(document, table.index("score"))
    assert "holds a single row" in found.blocks["summary-tiny-clusters"].words


def test_every_number_after_a_search_on_other_rows(session):
    """The report says that K was looked for, and that this was before rows were left out."""
    session.apply(ExcludeRows(frozenset({1, 2, 3})))
    asked = session.document
    rows = prepare(asked.table, asked.preparation)
    spec = asked.spec.replace(tries=3)
    fit = run_to_end(search(rows.x, spec, units=rows.units))
    session.apply(AddFit(fit, asked.preparation, spec))
    found = check(session.document)
    assert "was looked for before" in found.blocks["why-before"].words


def test_every_number_of_a_model_opened_from_the_search():
    """Its starts are those that the search followed to the end, not those asked for."""
    table = table_of(blobs(3, 2, 150, 3), 2)
    document = document_of(table, Preparation((0, 1)), 2, "VVV",
                           grid_of=(range(1, 5), ("VVI", "VVV")))  # fmt: skip
    session = Session(document)
    best = min((c for c in document.sweep.cells if c.fit), key=lambda cell: cell.fit.bic)
    session.apply(ShowCell(best.structure, best.n_components))
    found = check(session.document)
    assert "The search looked briefly at many starts" in found.blocks["model-how"].words


def test_every_number_of_dates():
    """Days, which is said."""
    rng = np.random.default_rng(4)
    days = np.sort(rng.integers(19000, 19800, 90)).astype("datetime64[D]")
    rows = [f"{day},{3 * (i % 2) + rng.normal():.3f}" for i, day in enumerate(days)]
    table = read_text("\n".join(["when,much", *rows]) + "\n", "diary")
    assert table.columns[0].kind == "date"
    document = document_of(table, Preparation((0, 1)), 2, "VVI")
    assert "counted in days" in check(document).blocks["data-scale"].words


def test_every_number_of_one_cluster():
    table = table_of(blobs(1, 2, 80, 6), 2)
    grid_of = ((1, 2), ("VVI", "VVV"))
    check(document_of(table, Preparation((0, 1)), 1, "VVV", grid_of=grid_of))


def test_every_number_of_one_column_with_shares_for_weights():
    table = table_of(blobs(2, 2, 90, 7), 2)
    preparation = Preparation((1,), weights=4, weights_as="relative")
    grid_of = ((1, 2, 3), ("E", "V"))
    check(document_of(table, preparation, 2, "V", grid_of=grid_of), table.index("side"))


def test_every_number_of_given_labels_in_many_columns():
    """Five clusters fill two tables; fourteen columns are too many for a profile."""
    table = table_of(blobs(5, 14, 200, 8), 14)
    check(document_of(table, Preparation(tuple(range(14))), 3, "VVI", start="side"))
    check(document_of(table, Preparation(tuple(range(7))), 5, "EEE"))


def test_every_number_of_a_sample(tmp_path):
    settings = ReadSettings(sample_rows=150, sample_seed=4)
    table = table_of(blobs(2, 2, 600, 9), 2, tmp_path / "many.csv", settings)
    check(document_of(table, Preparation((0, 1)), 2, "VVV"))


# -- the figures -----------------------------------------------------------------------------


def scale(texts, axis: int) -> tuple[float, float]:
    """Return slope and offset of an axis from the places of its numbers, which lie on a line."""
    ticks = [(t[axis], float(t[2].replace("−", "-"))) for t in texts]
    places, values = np.array(ticks).T
    slope, offset = np.polyfit(places, values, 1)
    assert np.allclose(places * slope + offset, values, atol=0.02 * abs(slope))
    return float(slope), float(offset)


def ticks_of(block):
    """Return the ticks of a figure: numbers in a row below, and in a column at the left."""
    single = [t for t in block.texts if re.fullmatch(r"[−]?\d+(\.\d+)?", t[2])]
    below = max(t[1] for t in single)
    left = min(t[0] for t in single if t[1] != below)
    return (
        [t for t in single if t[1] == below],
        [t for t in single if t[0] == left and t[1] != below],
    )


def axes_of(block):
    """Return both axes of a figure, each a slope and an offset."""
    across, up = ticks_of(block)
    return scale(across, 0), scale([(x, y - 4, text) for x, y, text in up], 1)


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


@pytest.mark.parametrize("written", ["5150.69", "−5150.68", "5150.7", "10\u202f558", "1e−07"])
def test_a_number_that_is_wrong_in_its_last_digit_does_not_agree(written: str):
    digits = written.replace("\u202f", "").replace("−", "-")
    last = 10.0 ** -len(digits.partition(".")[2])
    last = 1e-7 if "e" in digits else last
    assert agrees(written, float(digits) + 0.4 * last)
    assert not agrees(written, float(digits) + 0.6 * last)
    assert not agrees(written, float(digits) - last)
