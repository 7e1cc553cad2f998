"""What a document refuses."""

from __future__ import annotations


class DocumentError(ValueError):
    """A command cannot be carried out; nothing was changed. The message is the user's text."""
