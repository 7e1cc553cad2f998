"""Sentences from numbers: English, true, with the right number of things."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.mixture.errors import Collapse
from gmmstudio.report import cautions, formats, phrases
from gmmstudio.report.markup import Run, bold, html, joined, plain, text
from gmmstudio.report.phrases import Model

TIED4, FULL3 = Model("EEE", 4), Model("VVV", 3)


def said(words):
    return formats.plain_ascii(plain(words))


def test_markup():
    words = text("a ", bold("b<c"), "", " & d")
    assert words == (Run("a "), Run("b<c", bold=True), Run(" & d"))
    assert plain(words) == "a b<c & d"
    assert html(words) == "a <b>b&lt;c</b> &amp; d"
    assert plain(joined([words, text("e.")])) == "a b<c & d e."


@pytest.mark.parametrize(
    ("n", "k", "sentence"),
    [
        (342, 3, "The 342 rows of penguins fall into 3 clusters."),
        (342, 1, "The 342 rows of penguins are described as one cluster."),
        (1, 1, "The one row of penguins is one cluster."),
    ],
)
def test_clusters_found(n, k, sentence):
    assert said(phrases.clusters_found("penguins", n, k)) == sentence


@pytest.mark.parametrize(
    ("n", "between", "sentence"),
    [
        (342, 7, "98 % of the rows belong clearly to one of them; 7 rows sit between clusters."),
        (342, 0, "Every row belongs clearly to one of them."),
        (
            342,
            1,
            "Over 99 % of the rows belong clearly to one of them; 1 row sits between clusters.",
        ),
        (9, 9, "No row belongs clearly to one of them: all sit between clusters."),
    ],
)
def test_clearness(n, between, sentence):
    assert said(phrases.clearness(n, between)) == sentence


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (0, "hardly any evidence"),
        (1.99, "hardly any evidence"),
        (2, "positive evidence"),
        (6, "strong evidence"),
        (10, "very strong evidence"),
        (1e9, "very strong evidence"),
    ],
)
def test_evidence_by_kass_and_raftery(difference, words):
    assert phrases.evidence(difference) == words


def test_preference_for_another_model():
    words = phrases.preference(FULL3, TIED4, FULL3, 12.3, 12.3)
    assert said(words) == (
        "BIC prefers K = 4 with tied shape, by 12 points over this one (very strong evidence)."
    )


def test_preference_for_the_model_shown():
    words = phrases.preference(TIED4, TIED4, FULL3, 1.04, 0.0)
    assert said(words) == (
        "BIC prefers this model, K = 4 with tied shape, by 1.0 points over K = 3 with full "
        "shape (hardly any evidence)."
    )


def test_preference_where_the_fit_beats_the_sweep():
    words = said(phrases.preference(FULL3, TIED4, FULL3, 5.0, -3.0))
    assert words.startswith("BIC prefers this fit to every model tried, by 3.0 points over K = 4")


def test_preference_where_little_can_be_compared():
    assert said(phrases.preference(FULL3, TIED4, None, 0.0, None)) == (
        "BIC could only be had for K = 4 with tied shape."
    )
    assert said(phrases.preference(FULL3, TIED4, FULL3, 5.0, None)) == (
        "BIC prefers K = 4 with tied shape."
    )


def test_margin():
    assert said(phrases.margin(TIED4, FULL3, 1.23)) == (
        "BIC hardly tells K = 4 with tied shape from K = 3 with full shape: 1.2 points apart."
    )
    assert said(phrases.margin(TIED4, FULL3, 4.0)).endswith(
        "by 4.0 points over K = 3 with full shape: positive evidence."
    )
    assert "Only" in said(phrases.margin(TIED4, None, 0.0))


def test_one_column_has_variances():
    assert phrases.structure_words(Model("E", 2)) == "equal variances"
    assert phrases.structure_words(Model("V", 2)) == "varying variances"
    assert phrases.structure_words(Model("QQQ", 2)) == "QQQ shape"


def test_bic_and_icl():
    assert phrases.disagreement(TIED4, TIED4) == ()
    assert "overlap" in said(phrases.disagreement(TIED4, FULL3))
    assert "worth a look" in said(phrases.disagreement(FULL3, TIED4))
    assert "no separate clusters" in said(phrases.only_one_cluster(Model("VVV", 1)))
    assert phrases.only_one_cluster(TIED4) == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (cautions.left_out(0, 0), ""),
        (
            cautions.left_out(2, 0, ("sex", "mass")),
            "2 rows are skipped for a missing value in sex and mass.",
        ),
        (
            cautions.left_out(2, 0, ("age", "sex", "mass")),
            "2 rows are skipped for a missing value in 3 columns.",
        ),
        (
            cautions.left_out(1, 3),
            "1 row is skipped for a missing value; 3 rows are excluded by hand.",
        ),
        (cautions.left_out(0, 1), "1 row is excluded by hand."),
        (cautions.some_collapsed(0, 10), ""),
        (
            cautions.some_collapsed(1, 10),
            "1 of 10 tries collapsed and was not used. Fewer clusters or a simpler shape would be "
            "safer.",
        ),
        (phrases.agreement(3, 3), "All 3 tries agree on it."),
        (phrases.agreement(7, 10), "7 of 10 tries agree on it."),
        (phrases.agreement(1, 10), "Only 1 of 10 tries came to it; more tries may find better."),
        (phrases.agreement(1, 1), ""),
        (phrases.gaps(0, 36), ""),
        (cautions.empty_clusters(()), ""),
        (cautions.tiny_clusters(()), ""),
        (
            cautions.tiny_clusters([("D", 1)]),
            "D holds a single row: rather an outlier than a group. See whether its values are "
            "right, or exclude it.",
        ),
        (
            cautions.tiny_clusters([("D", 3)]),
            "D holds only 3 rows: rather outliers than a group. See whether their values are "
            "right, or exclude them.",
        ),
        (
            cautions.tiny_clusters([("C", 1), ("D", 3)]),
            "C (1 row) and D (3 rows) hold very few rows: rather outliers than groups. See whether "
            "their values are right, or exclude them.",
        ),
    ],
)
def test_counted_sentences(words, sentence):
    assert said(words) == sentence


def test_a_collapse_names_the_columns_and_remedies():
    collapsed = Collapse(1, np.array([3, 4, 9]), (1,), "ties")
    rows = np.arange(100) * 10 + 1
    words = said(cautions.collapse(collapsed, "Cluster B", ("length", "waiting"), rows))
    assert words.startswith("Cluster B collapsed: its 3 rows (31, 41, 91) are tied in")
    assert "waiting" in words
    assert "fewer clusters" in words


def test_warnings_say_what_to_do():
    assert "Press Fit" in said(cautions.out_of_date())
    assert "1000 iterations" in said(cautions.not_converged(1000))
    assert "after 1 iteration." in said(cautions.cancelled(1))
    assert "another seed" in said(cautions.fell())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            phrases.weighted("freq", "counts", 12345.0, 50),
            "Each row counts as often as “freq” says: 12345 observations in all.",
        ),
        (
            phrases.weighted("freq", "counts", 12.25, 50),
            "Each row counts as often as “freq” says: 12.2 observations in all.",
        ),
        (
            phrases.weighted("w", "relative", 50.0, 50),
            "Rows are weighted by “w”, scaled to add up to 50 rows.",
        ),
        (cautions.without_weight(0), ""),
        (
            cautions.without_weight(1),
            "1 row has weight 0: it is labelled but does not count.",
        ),
        (
            cautions.without_weight(3),
            "3 rows have weight 0: they are labelled but do not count.",
        ),
        (
            phrases.clearness(50, 2, 0.98, "observations"),
            "98 % of the observations belong clearly to one of them; 2 rows sit between clusters.",
        ),
        (
            phrases.clearness(50, 1, 0.4, "weight"),
            "40 % of the weight belongs clearly to one of them; 1 row sits between clusters.",
        ),
        (
            phrases.not_the_best(2, 10, 7),
            "2 of 10 tries came to this optimum; 7 came to a better one.",
        ),
        (
            cautions.some_collapsed(2, 10, prior_helps=True),
            "2 of 10 tries collapsed and were not used. The prior, fewer clusters or a simpler "
            "shape would be safer.",
        ),
    ],
)
def test_weights_priors_and_optima_are_said(words, sentence):
    assert said(words) == sentence


def test_a_prior_is_said_of_one_cluster_and_of_several():
    assert said(phrases.held_by_prior(1)).startswith("Its shape is held by a prior")
    assert said(phrases.held_by_prior(3)).startswith("Their shapes are held by a prior")
    assert said(cautions.fell(prior=True)).startswith("The log-likelihood with its prior fell")


def test_listed():
    assert [phrases.listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
