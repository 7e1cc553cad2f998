"""What the model says about a document."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gmmstudio.document import Document
from gmmstudio.document.commands import AddFit, SetScale, SetSeed, SetSweep, ShowCell, TickColumns
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture import Optimum, fit, reopen
from gmmstudio.mixture.errors import Collapse
from gmmstudio.report import formats, sentences
from gmmstudio.report.markup import plain
from gmmstudio.report.phrases import Model
from gmmstudio.table import Preparation, prepare


def said(words):
    return formats.plain_ascii(plain(words))


def kinds(document, assignment=None):
    return [entry.kind for entry in sentences.advice(document, assignment)]


def with_fit(session, **changes):
    """The document with a fit that ended otherwise."""
    record = session.document.record
    fit = replace(record.fit, **changes)
    session.apply(AddFit(fit, record.preparation, record.spec))
    return session.document


def test_the_paragraph(session, assignment):
    words = sentences.paragraph(session.document, assignment)
    assert said(words).startswith("The 342 rows of penguins fall into 3 clusters. 99 % of the rows")
    assert "BIC prefers K = 4 with tied shape, by 52 points over this one" in said(words)
    assert [run.text for run in words if run.bold][:2] == ["3 clusters", "5 rows"]


def test_the_paragraph_of_the_best_model(session):
    from gmmstudio.document import assign

    session.apply(ShowCell("EEE", 4))
    document = session.document
    words = said(sentences.paragraph(document, assign(document.table, document.record)))
    assert "BIC prefers this model, K = 4 with tied shape, by 15 points over K = 3" in words


def test_an_outdated_sweep_prefers_nothing(session, assignment):
    session.apply(TickColumns((2, 3)))
    assert "BIC" not in said(sentences.paragraph(session.document, assignment))


def test_a_fit_cancelled_on_a_sample_of_the_rows_is_not_compared(session, assignment):
    document = with_fit(session, n_rows=100, ended="cancelled")
    words = said(sentences.paragraph(document, assignment))
    assert "BIC prefers K = 4 with tied shape." in words


def test_a_collapsed_fit_claims_nothing(session, assignment):
    lost = Collapse(0, np.array([0, 4]), (3,), "ties")
    document = with_fit(session, ended="collapsed", collapsed=lost)
    words = said(sentences.paragraph(document, assignment))
    assert words.startswith("No sound result: with the 342 rows of penguins, 3 clusters of this")
    assert "clearly" not in words


def test_without_a_fit_nothing_is_said(assignment):
    assert sentences.paragraph(Document(), assignment) == ()
    assert sentences.advice(Document()) == ()


def test_a_sound_fit_needs_no_warning_but_the_rows_left_out_are_said(session, assignment):
    (entry,) = sentences.advice(session.document, assignment)
    assert (entry.kind, entry.serious) == ("rows-left-out", False)
    assert said(entry.words).startswith("2 rows are skipped for a missing value in 4 columns")
    assert kinds(session.document) == []


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"ended": "max_iter", "converged": False}, "not-converged", "Allow more iterations"),
        ({"ended": "cancelled", "converged": False}, "cancelled", "Stopped early"),
        ({"monotone": False}, "fell", "log-likelihood fell"),
        (
            {"ended": "collapsed", "collapsed": Collapse(0, np.array([0, 4]), (3,), "ties")},
            "collapsed",
            "(1, 6) are tied in “body_mass_g”",
        ),
    ],
)
def test_what_went_wrong_is_said(session, assignment, changes, kind, words):
    document = with_fit(session, **changes)
    entries = sentences.advice(document, assignment)
    assert entries[0].kind == kind
    assert entries[0].serious
    assert words in plain(entries[0].words)


def test_out_of_date_comes_first(session):
    document = with_fit(session, ended="max_iter")
    session.apply(SetSeed(8))
    assert kinds(session.document) == ["out-of-date", "not-converged"]
    session.undo()
    assert session.document is document


def test_a_fit_cut_short_cannot_be_finished_once_it_is_out_of_date(session):
    document = with_fit(session, ended="cancelled", converged=False)
    assert kinds(document) == ["cancelled"]
    session.apply(SetSeed(8))
    assert kinds(session.document) == ["out-of-date"]


def test_collapsed_tries_are_counted(session):
    fit = session.document.record.fit
    lost = Collapse(0, np.array([1]), (0,), "few-rows")
    attempts = (replace(fit.attempts[0], collapsed=lost), *fit.attempts[1:])
    document = with_fit(session, attempts=attempts)
    assert kinds(document) == ["tries-collapsed"]
    assert not sentences.advice(document)[0].serious


def test_clusters_without_rows_are_named(session, assignment):
    assignment = replace(assignment, labels=np.zeros_like(assignment.labels))
    document = session.document
    names = [document.component_names(document.record)[k] for k in (1, 2)]
    entry = next(e for e in sentences.advice(document, assignment) if e.kind == "empty-clusters")
    assert all(name in plain(entry.words) for name in names)


def test_agreement_is_that_of_the_best_optimum(session):
    fit = session.document.record.fit
    assert sentences.agreeing(fit) == (fit.optima[0].n_starts, 3)
    one = fit.attempts[0]
    starts = ["k-means++", "k-means++", "k-means++", "best of the sample"]
    attempts = tuple(replace(one, number=i, start=start) for i, start in enumerate(starts))
    optima = (Optimum(-10.0, 2, 1.0, 0, 99), Optimum(-12.0, 1, 0.4, 2, 99))
    fit = replace(fit, attempts=attempts, optima=optima)
    assert sentences.agreeing(fit) == (2, 3)
    assert said(sentences.agreement(fit)) == "2 of 3 tries agree on it."
    fit = replace(fit, optima=())  # all collapsed
    assert sentences.agreeing(fit) == (0, 3)


def test_an_optimum_opened_again_is_not_called_the_best(penguins):
    sample = prepare(penguins, Preparation(penguins.default_columns(), "standard"))
    x, units = sample.x, sample.units
    best = fit(x, 4, "VVI", tries=12, seed=1, units=units)
    assert len(best.optima) > 1
    for optimum in best.optima[1:]:
        again = run_to_end(reopen(x, best, optimum.attempt, units=units))
        assert sentences.shown_optimum(again) is optimum
        assert sentences.agreeing(again) == (optimum.n_starts, 12)
        assert said(sentences.agreement(again)) == (
            f"{optimum.n_starts} of 12 tries came to this optimum; {best.optima[0].n_starts} came "
            "to a better one."
        )
    again = run_to_end(reopen(x, best, best.optima[0].attempt, units=units))
    assert sentences.shown_optimum(again) is again.optima[0]
    assert said(sentences.agreement(again)) == said(sentences.agreement(best))


def test_margin(session, fitted):
    words = said(sentences.margin(fitted[1]))
    assert words.startswith("BIC prefers K = 4 with tied shape, by 15 points over K = 3")
    assert sentences.margin(()) == ()


def test_of_one_cluster_tied_and_full_are_the_same_model(session, assignment, fitted):
    """Their BIC is equal, which says nothing about evidence."""
    tied, full, three = fitted[1][0], fitted[1][1], fitted[1][2]
    for pair in (("EII", "VII"), ("VEI", "VVI"), ("EVE", "VVV"), ("E", "V")):
        of_one = [sentences.model_of(replace(tied, structure=name)) for name in pair]
        assert of_one[0] == of_one[1] == Model(pair[1], 1)
    assert tied.fit.bic == pytest.approx(full.fit.bic)
    assert sentences.model_of(tied) == sentences.model_of(full)
    far = replace(three, fit=replace(three.fit, log_likelihood=-9999.0))
    words = said(sentences.margin([tied, full, far]))
    assert words.startswith("BIC prefers K = 1 with full shape, by")
    assert "over K = 3 with tied shape: very strong evidence" in words
    assert "one is enough" in words
    document = session.document
    session.apply(SetSweep((tied, full, far), document.preparation, document.spec))
    assert "one is enough" in said(sentences.paragraph(session.document, assignment))
    assert said(sentences.margin([tied, full])).startswith("Only K = 1 with full shape")


def test_gaps_say_why(fitted):
    cell = fitted[1][0]
    assert sentences.gap(cell, ()) == ""
    lost = Collapse(0, np.array([1]), (1,), "few-rows")
    gap = replace(cell, fit=None, collapsed=lost, n_collapsed=3, reason=lost.reason)
    words = formats.plain_ascii(sentences.gap(gap, ("a", "b")))
    assert words.startswith("K = 1 with tied shape could not be fitted. All 3 tries collapsed.")
    refused = replace(cell, fit=None, reason="K is larger than the 2 distinct rows.")
    assert "K is larger" in sentences.gap(refused, ())
    assert said(sentences.margin([gap])) == "No model could be fitted."
    assert "1 of the 2 models was left out" in said(sentences.margin([gap, fitted[1][1]]))


def test_the_scale_alone_does_not_hide_the_comparison(session, assignment):
    """BIC is in the columns' own units whatever the scale, so fits of both scales compare."""
    record = session.document.record
    session.apply(SetScale("none"))
    document = session.document
    session.apply(SetSweep(document.sweep.cells, document.preparation, document.spec))
    session.apply(AddFit(record.fit, record.preparation, record.spec))
    assert "BIC prefers" in said(sentences.paragraph(session.document, assignment))


def test_summary_is_one_plain_sentence(session, assignment):
    document = session.document
    words = sentences.summary(
        document.table, document.record, assignment, document.outlier_rule, "out.csv"
    )
    assert words.isascii()
    assert words == (
        "The 342 rows of penguins fall into 3 clusters (full shape): log-likelihood "
        "-5150.688, BIC 10558.11, 18 outliers; written to out.csv."
    )
    late = with_fit(session, ended="max_iter", n_iterations=5).record
    words = sentences.summary(document.table, late, assignment, document.outlier_rule)
    assert words.endswith("not converged within 5 iterations.")


def test_the_paragraph_says_how_rows_are_weighted(weighted):
    session, assignment = weighted("times")
    total = int(session.document.record.fit.n_observations)
    words = said(sentences.paragraph(session.document, assignment))
    assert words.startswith(
        "The 60 rows of bins fall into 2 clusters. Each row counts as often as “times” says: "
        f"{total} observations in all. "
    )
    n_without = assignment.sample.row_weights.n_without
    notes = [said(entry.words) for entry in sentences.advice(session.document, assignment)]
    assert any(f"{n_without} rows have weight 0" in note for note in notes)
    words = sentences.summary(
        session.document.table, session.document.record, assignment, session.document.outlier_rule
    )
    assert words.startswith(f"The 60 rows of bins ({total} observations by times) fall into")
    session, assignment = weighted("share")
    words = said(sentences.paragraph(session.document, assignment))
    assert f"Rows are weighted by “share”, scaled to add up to {60 - n_without} rows." in words


def test_a_prior_is_mentioned(weighted):
    session, assignment = weighted(None, prior=True)
    words = said(sentences.paragraph(session.document, assignment))
    assert "held by a prior" in words
    document = session.document
    words = sentences.summary(document.table, document.record, assignment, document.outlier_rule)
    assert "(full shape, held by a prior)" in words
    fit = replace(document.record.fit, monotone=False)
    session.apply(AddFit(fit, document.record.preparation, document.record.spec))
    document = session.document
    (entry,) = (entry for entry in sentences.advice(document) if entry.kind == "fell")
    assert said(entry.words).startswith("The log-likelihood with its prior fell")
    words = sentences.summary(document.table, document.record, assignment, document.outlier_rule)
    assert words.endswith("the log-likelihood fell on the way: do not rely on this fit.")


@pytest.mark.parametrize(
    ("structure", "prior", "helps"),
    [("VVV", False, True), ("VVV", True, False), ("VVE", False, False)],
)
def test_the_prior_is_advised_where_there_is_one_not_used(session, structure, prior, helps):
    fit = session.document.record.fit
    lost = Collapse(0, np.array([1]), (0,), "few-rows")
    attempts = (replace(fit.attempts[0], collapsed=lost), *fit.attempts[1:])
    document = with_fit(
        session, attempts=attempts, structure=structure, spec=fit.spec.replace(prior=prior)
    )
    (entry,) = sentences.advice(document)
    assert ("The prior, fewer clusters" in said(entry.words)) == helps


def test_fits_to_rows_weighted_otherwise_do_not_compare(session, assignment):
    """Nor does one held by a prior with a sweep that was not."""
    record, sweep = session.document.record, session.document.sweep
    for preparation, spec in (
        (replace(record.preparation, weights=0), record.spec),
        (record.preparation, record.spec.replace(prior=True)),
    ):
        session.apply(AddFit(record.fit, preparation, spec))
        assert "BIC prefers" not in said(sentences.paragraph(session.document, assignment))
        assert session.document.sweep is sweep
        assert not session.document.is_out_of_date(sweep)
        session.undo()
