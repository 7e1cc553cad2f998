"""The chapter on the method: how it was done, with citations, settings and versions."""

from __future__ import annotations

from collections.abc import Iterator

from gmmstudio.document.assignment import CLEAR
from gmmstudio.mixture.spec import DRAWN
from gmmstudio.report import formats
from gmmstudio.report.blocks import Block, Bullets, Grid, Paragraph, Section
from gmmstudio.report.chapters.matter import Matter
from gmmstudio.report.chapters.model import compared
from gmmstudio.report.markup import Text, bold, text

REFERENCES = {
    "Biernacki, Celeux & Govaert 2000": (
        "Biernacki, C., Celeux, G., & Govaert, G. (2000). Assessing a mixture model for clustering "
        "with the integrated completed likelihood. IEEE Transactions on Pattern Analysis and "
        "Machine Intelligence, 22(7), 719–725."
    ),
    "Celeux & Govaert 1995": (
        "Celeux, G., & Govaert, G. (1995). Gaussian parsimonious clustering models. Pattern "
        "Recognition, 28(5), 781–793."
    ),
    "Dempster, Laird & Rubin 1977": (
        "Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Maximum likelihood from incomplete "
        "data via the EM algorithm. Journal of the Royal Statistical Society, Series B, 39(1), "
        "1–38."
    ),
    "Fraley & Raftery 2002": (
        "Fraley, C., & Raftery, A. E. (2002). Model-based clustering, discriminant analysis, and "
        "density estimation. Journal of the American Statistical Association, 97(458), 611–631."
    ),
    "Fraley & Raftery 2007": (
        "Fraley, C., & Raftery, A. E. (2007). Bayesian regularization for normal mixture "
        "estimation and model-based clustering. Journal of Classification, 24(2), 155–181."
    ),
    "Kass & Raftery 1995": (
        "Kass, R. E., & Raftery, A. E. (1995). Bayes factors. Journal of the American Statistical "
        "Association, 90(430), 773–795."
    ),
    "McLachlan & Peel 2000": (
        "McLachlan, G. J., & Peel, D. (2000). Finite mixture models. New York: Wiley."
    ),
    "Schwarz 1978": (
        "Schwarz, G. (1978). Estimating the dimension of a model. The Annals of Statistics, 6(2), "
        "461–464."
    ),
}
"""What is cited, as it is cited."""


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
    said = " ".join("".join(run.text for run in paragraph) for paragraph in paragraphs)
    cited = tuple(text(full) for short, full in REFERENCES.items() if short in said)
    yield Paragraph("method-references", text(bold("References")))
    yield Bullets("references", cited)


def _words(matter: Matter) -> list[Text]:
    fit = matter.fit
    said = [
        text(
            "The rows are taken as drawn from a mixture of Gaussian distributions, one for each "
            "cluster (McLachlan & Peel 2000). Weights, means and covariances were estimated by the "
            "EM algorithm (Dempster, Laird & Rubin 1977), which raises the likelihood from "
            "iteration to iteration. The covariances follow the structure "
            f"{fit.structure} of Celeux & Govaert 1995."
        ),
        text(
            "Each row gets the cluster of the largest probability, given its values and the "
            "estimates. It belongs clearly to that cluster from a probability of "
            f"{formats.percent(CLEAR)} on; below, it sits between clusters. Mean ± standard "
            "deviation of a cluster are those of its Gaussian, not those of the rows labelled."
        ),
    ]
    chosen = (
        "Models are compared by the Bayesian information criterion, BIC = −2 log L + p log n with "
        "likelihood L, p free parameters and n rows (Schwarz 1978), which mixtures are commonly "
        "chosen by (Fraley & Raftery 2002); here lower is better."
    )
    if len(compared(matter)) > 1:
        chosen += (
            " How strong the evidence of a difference is, is said as by Kass & Raftery 1995. ICL "
            "also asks that clusters lie apart (Biernacki, Celeux & Govaert 2000)."
        )
    else:
        chosen += " ICL also asks that clusters lie apart (Biernacki, Celeux & Govaert 2000)."
    said.append(text(chosen))
    if fit.spec.prior:
        said.append(
            text(
                "The covariances were held by the conjugate prior of Fraley & Raftery 2007, and "
                "EM went to the largest posterior density; log-likelihood and criteria leave the "
                "prior out."
            )
        )
    return said


def _settings(matter: Matter) -> Iterator[tuple[str, str]]:
    spec = matter.record.spec
    drawn = isinstance(spec.start, str) and spec.start in DRAWN
    if matter.record.start_column is None and isinstance(spec.start, str):
        yield "Start", spec.start
        if drawn:
            yield "Starts", formats.count(spec.n_tries)
    else:
        yield "Start", "given"
    yield "Seed", str(spec.seed)
    yield "Tolerance", f"{spec.tol:g}".replace("-", formats.MINUS)
    yield "Most iterations", formats.count(spec.max_iter)
    yield "Prior", "yes" if spec.prior else "no"
