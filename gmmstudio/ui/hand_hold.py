"""The picture while a hand is on it: nothing else moves it until the hand lets go."""

from __future__ import annotations

from collections.abc import Callable

from gmmstudio.ui.live_run import LiveRun
from gmmstudio.ui.placing import Placed
from gmmstudio.ui.scene import Scene
from gmmstudio.ui.stage import Shown


class HandHold:
    """What the run control lends to a hand.

    Parameters
    ----------
    run, scene
        Of the control.
    rest
        Lets a run, or a replay, rest.
    show
        Shows what the document holds.
    poll
        Keeps the control's timer going.
    """

    def __init__(
        self,
        run: LiveRun,
        scene: Scene,
        rest: Callable[[], None],
        show: Callable[[], None],
        poll: Callable[[], None],
    ) -> None:
        self._run, self._scene = run, scene
        self._rest, self._show, self._poll = rest, show, poll

    def take(self) -> None:
        """Rest: no other frame comes before `let_go`."""
        self._rest()
        self._run.looking_back = self._run.fit_job is not None

    def place(self, placed: Placed) -> None:
        """Show a model as it is being placed."""
        self._scene.place(placed)
        self._poll()

    def let_go(self) -> None:
        """Show what there was before the hand came, at its newest iteration."""
        if self._run.fit_job is None:
            self._show()
            return
        self._scene.leave()
        self._run.look_at_newest()
        self._poll()

    @property
    def before(self) -> tuple[Shown | None, float]:
        """The newest frame placed by hand, and the log-likelihood its rows had before."""
        return self._scene.placing.before
