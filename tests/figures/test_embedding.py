import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS
from moodscore.figures import emotion_embedding


@pytest.mark.parametrize("n", [0, 1, 40])
def test_two_panels_of_the_same_segments(check_figure, n):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "y": rng.normal(size=n),
            "rated": rng.choice(QUADRANTS, n),
            "read": rng.choice(QUADRANTS, n),
        }
    )
    figure = check_figure(emotion_embedding(table))
    for axes, column in zip(figure.axes, ("rated", "read"), strict=True):
        sizes = [len(points.get_offsets()) for points in axes.collections]
        assert sizes == [(table[column] == quadrant).sum() for quadrant in QUADRANTS]
