"""Routing against one call for each run."""

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.sequence import build_lstm, build_simple_rnn, predict_audio_features, unbroken_runs
from moodscore.sequence.routing import AUDIO_FEATURES

INPUTS = ["hue", "saturation", "intensity", "motion"]
QUADRANTS = ["pos_high", "pos_low", "neg_high", "neg_low"]


@pytest.fixture(scope="module")
def networks():
    return {quadrant: build_lstm(len(INPUTS)) for quadrant in QUADRANTS}


def scenes(n_clips, n_segments, seed=0):
    """Clips whose moods last from one segment to twenty."""
    rng = np.random.default_rng(seed)
    clips = []
    for clip in range(n_clips):
        lasting = rng.integers(1, 21, n_segments)
        moods = np.repeat(rng.choice(QUADRANTS, n_segments), lasting)[:n_segments]
        clips.append(pd.DataFrame({"clip_id": f"clip{clip}", "segment": range(n_segments), "routed": moods}))
    table = pd.concat(clips, ignore_index=True)
    table[INPUTS] = rng.random((len(table), len(INPUTS)))
    return table


def test_every_run_is_read_by_the_network_of_its_quadrant(networks):
    table = scenes(5, 60).sample(frac=1, random_state=0)
    table.index = table.index + 1000
    expected = np.empty((len(table), 3))
    for run in unbroken_runs(table, column="routed"):
        x = table.iloc[run][INPUTS].to_numpy(np.float32)[None]
        expected[run] = networks[table["routed"].iloc[run[0]]].predict_on_batch(x)[0]
    predicted = predict_audio_features(networks, table, inputs=INPUTS, column="routed")
    assert list(predicted.columns) == ["clip_id", "segment", *AUDIO_FEATURES]
    assert predicted["clip_id"].tolist() == table["clip_id"].tolist()
    assert predicted["segment"].tolist() == table["segment"].tolist()
    np.testing.assert_allclose(predicted[AUDIO_FEATURES], expected.clip(0, 1), atol=1e-6)
    assert (expected < 0).any()


def test_other_clips_change_not_one_bit(networks):
    table = scenes(7, 50)
    together = predict_audio_features(networks, table, inputs=INPUTS, column="routed")
    for clip, alone in table.groupby("clip_id"):
        pd.testing.assert_frame_equal(
            predict_audio_features(networks, alone, inputs=INPUTS, column="routed"),
            together[together["clip_id"] == clip].reset_index(drop=True),
            check_exact=True,
        )


def test_two_hours_in_one_mood_are_read_as_one_run(networks):
    table = scenes(1, 7200).assign(routed="neg_low")
    predicted = predict_audio_features(networks, table, inputs=INPUTS, column="routed")
    alone = networks["neg_low"].predict_on_batch(table[INPUTS].to_numpy(np.float32)[None])[0]
    np.testing.assert_allclose(predicted[AUDIO_FEATURES], alone.clip(0, 1), atol=1e-5)


def test_two_halves_with_one_input_route_the_previous_system():
    table = pd.DataFrame({"clip_id": "film", "segment": range(6), "side": ["positive", "negative"] * 3})
    table["valence"] = np.linspace(0, 1, 6)
    halves = {"positive": build_simple_rnn(1), "negative": build_simple_rnn(1)}
    predicted = predict_audio_features(halves, table, inputs=["valence"], column="side")
    features = predicted[AUDIO_FEATURES].to_numpy()
    assert features.shape == (6, 3)
    assert ((features >= 0) & (features <= 1)).all()


def test_no_segments_give_an_empty_table(networks):
    predicted = predict_audio_features(networks, scenes(1, 5).iloc[:0], inputs=INPUTS, column="routed")
    assert list(predicted.columns) == ["clip_id", "segment", *AUDIO_FEATURES]
    assert predicted.empty


@pytest.mark.parametrize("quadrant", ["neutral", None])
def test_a_quadrant_without_a_network_is_refused_by_name(networks, quadrant):
    table = scenes(1, 5).astype({"routed": object})
    table.loc[3, "routed"] = quadrant
    with pytest.raises(MoodscoreError, match="segment 3 of clip 'clip0'"):
        predict_audio_features(networks, table, inputs=INPUTS, column="routed")
