"""The visual_features pipeline from measures to descriptors, on made-up histograms."""

import numpy as np
import pandas as pd
import pytest

from moodscore.pipelines.visual_features.nodes import describe_pictures, fit_clusters
from moodscore.vision import CUES, DescriptorOptions

N_SEGMENTS = 6
CLIPS = ("learnt", "also_learnt", "held_out")


@pytest.fixture
def measures():
    rng = np.random.default_rng(0)
    histograms = rng.dirichlet(np.ones(256), size=(len(CLIPS) * N_SEGMENTS, 3)).astype(np.float32)
    n = len(histograms)
    return {
        "clip_id": np.repeat(CLIPS, N_SEGMENTS),
        "segment": np.tile(np.arange(N_SEGMENTS), len(CLIPS)),
        "histograms": histograms,
        "motion": rng.uniform(0, 0.2, n),
        "cut_rate": np.zeros(n),
        "cut_s": np.full(n, np.nan),
        "cut_strength": np.zeros(n),
        "chroma": rng.uniform(0, 1, n),
        "vividness": rng.uniform(0, 1, n),
        "colourfulness": rng.uniform(0, 1, n),
    }


@pytest.fixture
def segments():
    keys = pd.MultiIndex.from_product([CLIPS, range(N_SEGMENTS)], names=["clip_id", "segment"])
    table = keys.to_frame(index=False)
    return table.assign(split=np.where(table["clip_id"] == "held_out", "held_out", "train"))


def planted(measures, clip_id):
    """The same measures, but for one clip that looks like nothing else."""
    rows = measures["clip_id"] == clip_id
    other = {name: values.copy() for name, values in measures.items()}
    other["histograms"][rows] = 0
    other["histograms"][rows, :, :3] = 1 / 3
    other["motion"][rows] = 0.9
    return other


def test_a_held_out_clip_moves_no_centre_and_no_scale(measures, segments):
    options = DescriptorOptions()
    fitted = fit_clusters(measures, segments, options)
    assert fit_clusters(planted(measures, "held_out"), segments, options) == fitted
    assert fit_clusters(planted(measures, "learnt"), segments, options) != fitted


def test_every_segment_is_described(measures, segments):
    fitted = fit_clusters(measures, segments, DescriptorOptions())
    described = describe_pictures(measures, fitted)
    pd.testing.assert_frame_equal(described[["clip_id", "segment"]], segments[["clip_id", "segment"]])
    assert described[["hue", "saturation", "intensity", "motion"]].to_numpy().min() >= 0
    assert described[["hue", "saturation", "intensity", "motion"]].to_numpy().max() <= 1
    assert described[list(CUES)].to_numpy().min() >= 0
    assert described[list(CUES)].to_numpy().max() <= 1
    for kept in ("cut_rate", "cut_s", "cut_strength", "chroma"):
        np.testing.assert_array_equal(described[kept], measures[kept])
