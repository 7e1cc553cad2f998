"""The chapter on the method: how it was done, with citations, settings and versions."""

from __future__ import annotations

from collections.abc import Iterator

from gmmstudio.document.assignment import CLEAR
from gmmstudio.mixture.spec import DRAWN
from gmmstudio.report import apart, formats
from gmmstudio.report.blocks import Block, Bullets, Grid, Heading, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.chapters.model import compared
from gmmstudio.report.markup import Text, link, plain, text

REFERENCES = {
    "Biernacki, Celeux & Govaert 2000": (
        "Biernacki, C., Celeux, G., & Govaert, G. (2000). Assessing a mixture model for clustering "
        "with the integrated completed likelihood. IEEE Transactions on Pattern Analysis and "
        "Machine Intelligence, 22(7), 719–725.",
        "10.1109/34.865189",
    ),
    "Celeux & Govaert 1995": (
        "Celeux, G., & Govaert, G. (1995). Gaussian parsimonious clustering models. Pattern "
        "Recognition, 28(5), 781–793.",
        "10.1016/0031-3203(94)00125-6",
    ),
    "Celeux & Soromenho 1996": (
        "Celeux, G., & Soromenho, G. (1996). An entropy criterion for assessing the number of "
        "clusters in a mixture model. Journal of Classification, 13(2), 195–212.",
        "10.1007/BF01246098",
    ),
    "Dempster, Laird & Rubin 1977": (
        "Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Maximum likelihood from incomplete "
        "data via the EM algorithm. Journal of the Royal Statistical Society, Series B, 39(1), "
        "1–38.",
        "10.1111/j.2517-6161.1977.tb01600.x",
    ),
    "Fraley & Raftery 2002": (
        "Fraley, C., & Raftery, A. E. (2002). Model-based clustering, discriminant analysis, and "
        "density estimation. Journal of the American Statistical Association, 97(458), 611–631.",
        "10.1198/016214502760047131",
    ),
    "Fraley & Raftery 2007": (
        "Fraley, C., & Raftery, A. E. (2007). Bayesian regularization for normal mixture "
        "estimation and model-based clustering. Journal of Classification, 24(2), 155–181.",
        "10.1007/s00357-007-0004-5",
    ),
    "Kass & Raftery 1995": (
        "Kass, R. E., & Raftery, A. E. (1995). Bayes factors. Journal of the American Statistical "
        "Association, 90(430), 773–795.",
        "10.1080/01621459.1995.10476572",
    ),
    "McLachlan & Peel 2000": (
        "McLachlan, G. J., & Peel, D. (2000). Finite mixture models. New York: Wiley.",
        "10.1002/0471721182",
    ),
    "Schwarz 1978": (
        "Schwarz, G. (1978). Estimating the dimension of a model. The Annals of Statistics, 6(2), "
        "461–464.",
        "10.1214/aos/1176344136",
    ),
}
"""What is cited, as it is cited, and its DOI."""


def method(matter: Matter, versions: tuple[tuple[str, str], ...]) -> Section:
    """Write the chapter."""
    return Section("method", "Method", tuple(_blocks(matter, versions)))


def _blocks(matter: Matter, versions: tuple[tuple[str, str], ...]) -> Iterator[Block]:
    paragraphs = _words(matter)
    for number, paragraph in enumerate(paragraphs, start=1):
        yield Paragraph(f"method-{number}", paragraph)
    yield Grid(
        "method-settings",
        text("Settings and versions."),
        ("What", "Value"),
        (*_settings(matter), *versions),
        frozenset({0, 1}),
    )
    said = " ".join(map(plain, paragraphs))
    cited = tuple(
        text(f"{full} ", link(f"doi:{doi}", f"https://doi.org/{doi}"))
        for short, (full, doi) in REFERENCES.items()
        if short in said
    )
    yield Heading("method-references", "References")
    yield Bullets("references", cited)


def _words(matter: Matter) -> list[Text]:
    fit = matter.fit
    said = [text(_model(matter)), text(_labels(matter)), text(_criteria(matter))]
    if len(compared(matter)) > 1:
        said.append(
            text(
                "The search looks at every model briefly: a few starts, compared on a sample where "
                "there are many rows. Models with the same number of clusters then exchange what "
                "they found, and those that may be the best are followed up to their maximum."
            )
        )
    if fit.spec.prior:
        said.append(
            text(
                "The covariances were held by the conjugate prior of Fraley & Raftery 2007, and "
                "EM went to the largest posterior density; log-likelihood and criteria leave the "
                "prior out."
            )
        )
    return said


def _model(matter: Matter) -> str:
    if matter.k == 1:
        return (
            "The rows are taken as drawn from one Gaussian distribution, which is a mixture of a "
            "single one (McLachlan & Peel 2000). Where its maximum lies follows at once from mean "
            "and covariance of the rows; with more clusters the EM algorithm (Dempster, Laird & "
            "Rubin 1977) climbs to it. The covariance follows the structure "
            f"{matter.fit.structure} of Celeux & Govaert 1995."
        )
    estimated = "were estimated by the EM algorithm (Dempster, Laird & Rubin 1977), which raises "
    said = (
        "The rows are taken as drawn from a mixture of Gaussian distributions, one for each "
        f"cluster (McLachlan & Peel 2000). Mixing proportions, means and covariances {estimated}"
        "the likelihood from iteration to iteration, until the gain still to come (Aitken's "
        "estimate) was below the tolerance times the log-likelihood twice in a row. "
    )
    return f"{said}The covariances follow the structure {matter.fit.structure} of " + (
        "Celeux & Govaert 1995."
    )


def _labels(matter: Matter) -> str:
    if matter.k == 1:
        return "Mean ± standard deviation are those of the Gaussian."
    return (
        "Each row gets the cluster of the largest probability, given its values and the "
        "estimates; were two equal, the first of them. It belongs clearly to that cluster from a "
        f"probability of {formats.percent(CLEAR)} on; below, it sits between clusters. Mean ± "
        "standard deviation of a cluster are those of its Gaussian, and its mixing proportion is "
        "the average of the rows' probabilities: both count a row between clusters by halves, "
        "unlike the numbers of rows. A column is called higher or lower in a cluster from a "
        f"difference of {apart.CLEARLY:g} standard deviations within clusters on, and much higher "
        f"or lower from {apart.MUCH:g} on."
    )


def _criteria(matter: Matter) -> str:
    n = "sum of weights n" if matter.counted == "weight" else f"n {matter.counted}"
    said = (
        "Models are compared by the Bayesian information criterion, BIC = −2 log L + p log n with "
        f"likelihood L, p free parameters and {n} (Schwarz 1978), which mixtures are commonly "
        "chosen by (Fraley & Raftery 2002); here lower is better, while mclust writes the same "
        "with the opposite sign."
    )
    if len(compared(matter)) > 1:
        said += " How strong the evidence of a difference is, is said as by Kass & Raftery 1995."
    said += " ICL also asks that clusters lie apart (Biernacki, Celeux & Govaert 2000)."
    if matter.k > 1:
        said += (
            " Relative entropy is one minus the rows' mean entropy over its largest possible value "
            "(Celeux & Soromenho 1996)."
        )
    return said


def _settings(matter: Matter) -> Iterator[tuple[str, str]]:
    spec = matter.record.spec
    drawn = isinstance(spec.start, str) and spec.start in DRAWN
    if matter.record.start_column is None and isinstance(spec.start, str):
        yield "Start", spec.start
        if drawn:
            yield "Starts asked for", formats.count(spec.n_tries)
    else:
        yield "Start", "given"
    yield "Seed", str(spec.seed)
    yield "Tolerance", f"{spec.tol:g}".replace("-", formats.MINUS)
    yield "Most iterations", formats.count(spec.max_iter)
    yield "Prior", "yes" if spec.prior else "no"
