"""Criteria for choosing between models: for all of them lower is better.

Throughout ℓ is the log-likelihood, p the number of free parameters and n the number of rows,
or the sum of their weights.
"""

from math import inf, log


def bic(log_likelihood: float, n_parameters: int, n_observations: float) -> float:
    """Bayesian information criterion, −2ℓ + p log n (Schwarz 1978)."""
    return -2.0 * log_likelihood + n_parameters * log(n_observations)


def aic(log_likelihood: float, n_parameters: int) -> float:
    """Akaike's information criterion, −2ℓ + 2p (Akaike 1974)."""
    return -2.0 * log_likelihood + 2.0 * n_parameters


def aicc(log_likelihood: float, n_parameters: int, n_observations: float) -> float:
    """AIC corrected for few rows, AIC + 2p(p+1)/(n−p−1); infinite where n ≤ p + 1."""
    spare = n_observations - n_parameters - 1
    if spare <= 0:
        return inf
    return aic(log_likelihood, n_parameters) + 2.0 * n_parameters * (n_parameters + 1) / spare


def sabic(log_likelihood: float, n_parameters: int, n_observations: float) -> float:
    """Sample-size adjusted BIC, −2ℓ + p log((n+2)/24) (Sclove 1987)."""
    return -2.0 * log_likelihood + n_parameters * log((n_observations + 2) / 24.0)


def icl(
    log_likelihood: float, n_parameters: int, n_observations: float, log_max_responsibility: float
) -> float:
    """Integrated completed likelihood, BIC − 2 Σ_i log max_k r_ik (Biernacki et al. 2000)."""
    return bic(log_likelihood, n_parameters, n_observations) - 2.0 * log_max_responsibility
