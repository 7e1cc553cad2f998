"""Something drawn over the points of a scatter that follows every frame."""

from __future__ import annotations

from typing import Protocol

from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.planes.planes import Plane


class Overlay(Protocol):
    """A layer, or several, of a scatter; being children of its view box they end with it."""

    def show(self, shown: Shown | None, plane: Plane | None) -> None:
        """Follow a frame; None where there is no model, or no plane to draw it in."""
