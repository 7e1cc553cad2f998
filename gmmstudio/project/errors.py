"""What can go wrong with a project file, said in sentences."""

from __future__ import annotations

from gmmstudio.document.errors import DocumentError


class ProjectError(DocumentError):
    """A project cannot be opened or saved; nothing was changed. The message is the user's text."""


def damaged(why: str) -> ProjectError:
    """Return the error of a file that is no sound project.

    Parameters
    ----------
    why
        What is wrong with it, as a part of a sentence.
    """
    return ProjectError(
        f"This is not a sound project file of GMM Studio: {why}. Nothing was opened; if you have a "
        "copy of the file, open that."
    )
