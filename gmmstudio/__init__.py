"""GMM Studio: find groups in a table with Gaussian mixtures, and watch EM find them."""

__version__ = "0.1.0"
