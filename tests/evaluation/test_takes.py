import numpy as np
import pandas as pd
import pytest

from moodscore.evaluation import Original, Task, measure_soundtrack, measure_takes
from moodscore.music import plan, play
from moodscore.music.systems import Brief

ERRORS = ["mae_waveform", "mae_tlr", "log_mel_distance"]


@pytest.fixture(scope="module")
def brief(world):
    own = world.features[world.features["clip_id"] == "a"].reset_index(drop=True)
    scaled = world.scaler.transform(own)
    targets = pd.concat([own[["segment"]], scaled], axis=1).assign(
        start_s=own["segment"] * 1.0, valence=4.0, arousal=6.0, quadrant="neg_high", confidence=1.0
    )
    audio = world.sources["a"]
    return Brief("a", targets, scaled, n_samples=audio.n_samples, sample_rate=audio.sample_rate)


@pytest.fixture(scope="module")
def task(world, brief):
    takes = [("silence", None)]
    for system in ("random", "paper", "moodscore"):
        sheets = plan(system, brief, world.snippets, world.sources, segment_s=1.0, seed=3)
        takes += [(system, cues) for cues in sheets[:3]]
    features = world.features[world.features["clip_id"] == "a"]
    return Task(world.sources["a"], features, takes, world.sources)


@pytest.fixture(scope="module")
def measured(world, task):
    return measure_takes("a", task, **world.measuring)


def test_every_take_is_counted_within_its_system(measured):
    errors, emotions = measured
    assert errors[["system", "take"]].to_numpy().tolist() == [
        ["silence", 0],
        ["random", 0],
        ["random", 1],
        ["random", 2],
        ["paper", 0],
        ["moodscore", 0],
    ]
    assert set(errors["clip_id"]) == set(emotions["clip_id"]) == {"a"}
    assert errors.columns.tolist() == ["clip_id", "system", "take", *ERRORS]
    assert emotions.columns.tolist() == ["clip_id", "system", "take", "segment", "valence", "arousal"]
    assert emotions.groupby(["system", "take"]).size().eq(4).all()
    assert np.isfinite(errors[ERRORS].to_numpy()).all() and emotions["valence"].between(1, 9).all()


def test_a_take_is_measured_as_it_would_be_alone(world, task, brief, measured):
    errors, emotions = measured
    original = Original.prepare(
        task.original.read(), task.original.sample_rate, task.original_features, world.scaler
    )
    for row, (system, cues) in zip(errors.to_dict("records"), task.takes, strict=True):
        track = play(system, cues, world.sources, n_samples=brief.n_samples, sample_rate=brief.sample_rate)
        alone = measure_soundtrack(track, original, **world.measuring)
        assert {name: row[name] for name in ERRORS} == alone.errors
        heard = emotions[(emotions["system"] == system) & (emotions["take"] == row["take"])]
        np.testing.assert_array_equal(heard[["valence", "arousal"]], alone.judged[["valence", "arousal"]])
