"""Draws points with datashader in whichever interpreter has it: ``python datashader_worker.py N``.

Prints a JSON object: the milliseconds of each picture after the first, which compiles. Knows the
points of bench_views, four clusters in the plane, and draws the clusters' mix as it does.
"""

import json
import sys
import time

import datashader
import numpy as np
import pandas as pd
from datashader import transfer_functions

SIZE = (930, 640)
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7"]
TIMES = 5


def main(n: int) -> None:
    """Time a new view and new labels, each a whole picture to datashader."""
    random = np.random.default_rng(0)
    labels = random.integers(0, 4, n).astype(np.int32)
    centres = np.array([[0, 0], [3, 1], [1, 4], [4, 4]], np.float32)
    x = centres[labels] + random.standard_normal((n, 2), dtype=np.float32)
    kinds = pd.CategoricalDtype([0, 1, 2, 3])
    frame = pd.DataFrame({"x": x[:, 0], "y": x[:, 1]})
    frame["label"] = pd.Categorical.from_codes(labels, dtype=kinds)

    def picture(shift: float) -> None:
        canvas = datashader.Canvas(*SIZE, x_range=(-5 + shift, 9 + shift), y_range=(-5, 9))
        counted = canvas.points(frame, "x", "y", agg=datashader.count_cat("label"))
        transfer_functions.shade(counted, color_key=COLOURS, how="log")

    picture(0.0)
    taken: dict[str, list[float]] = {"pan": [], "recolour, all rows": []}
    for i in range(TIMES):
        began = time.perf_counter()
        picture(0.02 * i)
        taken["pan"].append(1000 * (time.perf_counter() - began))
    for i in range(TIMES):
        codes = (labels + i + 1) % 4
        began = time.perf_counter()
        frame["label"] = pd.Categorical.from_codes(codes, dtype=kinds)
        picture(0.0)
        taken["recolour, all rows"].append(1000 * (time.perf_counter() - began))
    print(json.dumps(taken))


if __name__ == "__main__":
    main(int(sys.argv[1]))
