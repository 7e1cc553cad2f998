"""The log-likelihood of each iteration, and where the starts ended."""
