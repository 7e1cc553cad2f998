"""What every command is."""

from __future__ import annotations

from gmmstudio.document.document import Document


class Command:
    """A change.

    Attributes
    ----------
    label
        What the user did, for "Undo …".
    merge_key
        Consecutive commands of one key, not None, undo as one: the steps of a drag.
    """

    @property
    def label(self) -> str:
        """What the user did."""
        raise NotImplementedError

    @property
    def merge_key(self) -> str | None:
        """Key under which consecutive commands become one; None means never."""
        return None

    def apply(self, document: Document) -> Document:
        """Return the next document, the same one if nothing changes.

        Raises
        ------
        DocumentError
            If the command makes no sense here; its message is for the user.
        """
        raise NotImplementedError
