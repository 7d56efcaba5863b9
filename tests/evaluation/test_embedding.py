import numpy as np
import pandas as pd

from moodscore.evaluation import embed_descriptors
from moodscore.evaluation.embedding import MAX_SEGMENTS


def table_of(n, seed=0):
    """Two kinds of pictures, far from each other."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 2
    return pd.DataFrame(
        {
            "clip_id": [f"c{k}" for k in kind],
            "segment": np.arange(n),
            "hue": kind + rng.normal(0, 0.05, n),
            "motion": kind + rng.normal(0, 0.05, n),
        }
    )


def test_neighbours_stay_neighbours():
    table = table_of(60)
    places = embed_descriptors(table, ["hue", "motion"], seed=0)
    assert places[["clip_id", "segment"]].equals(table[["clip_id", "segment"]])
    points = places[["x", "y"]].to_numpy()
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    assert (table["clip_id"].to_numpy()[nearest] == table["clip_id"]).all()


def test_the_same_every_time():
    table = table_of(40)
    first, second = (embed_descriptors(table, ["hue", "motion"], seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_few_and_many():
    assert embed_descriptors(table_of(4), ["hue", "motion"], seed=0).empty
    assert len(embed_descriptors(table_of(6), ["hue", "motion"], seed=0)) == 6


def test_of_very_many_a_part_is_laid_out(monkeypatch):
    assert MAX_SEGMENTS == 1500
    monkeypatch.setattr("moodscore.evaluation.embedding.MAX_SEGMENTS", 30)
    places = embed_descriptors(table_of(100), ["hue", "motion"], seed=0)
    assert len(places) == 30
    assert places["segment"].is_monotonic_increasing
