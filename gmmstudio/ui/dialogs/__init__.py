"""Dialogs: find the best K, messages with details, the question before closing, help."""
