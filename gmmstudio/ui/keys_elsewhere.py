"""Keys that belong to a view or a list rather than to a menu, for the list of all keys."""

from __future__ import annotations

KEYS_ELSEWHERE: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Scatter and other plots",
        (
            ("Move the view", "V, or the arrows"),
            ("Closer, farther", "+, −"),
            ("Everything in sight", "Home"),
        ),
    ),
    (
        "Selecting in the scatter",
        (
            ("Rectangle, lasso", "R, L"),
            ("Add to the selection", "Shift"),
            ("Take away from the selection", "Ctrl"),
            ("Keep what both have in common", "Ctrl+Shift"),
            ("Give up the shape under way", "Esc"),
        ),
    ),
    (
        "Adjusting by hand",
        (
            ("Take clusters in hand", "E"),
            ("Next, previous cluster", "Tab, Shift+Tab"),
            ("Move the cluster, a little", "Arrows, Shift+Arrows"),
            ("Split it in two", "S"),
            ("Delete it", "Del"),
            ("What else can be done with it", "Enter"),
            ("Let go", "Esc"),
        ),
    ),
    (
        "Matrix, Profile, Compare shapes",
        (
            ("From one to the next", "Arrows"),
            ("Open, select or take it", "Enter"),
            ("Columns before, after", "Page Up, Page Down"),
        ),
    ),
    (
        "Cluster cards",
        (
            ("Select the rows of the cluster", "Enter"),
            ("Change its name", "F2 in the name"),
        ),
    ),
    (
        "Iterations",
        (
            ("Play or rest", "Space"),
            ("One iteration back, forward", "Left, Right"),
            ("First, last iteration", "Home, End"),
        ),
    ),
)
