import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import quadrant_of, settle_emotion, shown_moods, smooth_emotion

PLAIN = {"segment_s": 1.0, "smoothing_s": 6.0, "neutral_radius": 0.5, "min_dwell_s": 3.0}


def bounds_of(n):
    return np.column_stack([np.arange(n), np.arange(1, n + 1)]).astype(float)


def slow_smooth(scores, width):
    """Without cuts, second by second."""
    smooth = np.empty_like(scores)
    for k in range(len(scores)):
        near = [(max(1 - abs(k - j) / width, 0), scores[j]) for j in range(len(scores))]
        smooth[k] = sum(w * s for w, s in near) / sum(w for w, _ in near)
    return smooth


def read_of(scores, **columns):
    scores = np.asarray(scores, dtype=float)
    table = pd.DataFrame(scores, columns=["valence", "arousal"])
    return table.assign(quadrant=quadrant_of(*scores.T), **columns)


@pytest.mark.parametrize("width", [1.0, 5.0, 8.0])
def test_a_triangle_of_readings(width):
    scores = np.random.default_rng(0).uniform(1, 9, (40, 2))
    smooth = smooth_emotion(scores, np.full(40, np.nan), bounds_of(40), width)
    np.testing.assert_allclose(smooth, slow_smooth(scores, width))
    assert smooth_emotion(scores, np.full(40, np.nan), bounds_of(40), 0.0) is scores


def test_a_steady_mood_stays_to_the_digit_at_the_ends():
    steady = np.tile([6.5, 3.25], (12, 1))
    np.testing.assert_allclose(smooth_emotion(steady, np.full(12, np.nan), bounds_of(12), 6.0), steady)


@pytest.mark.parametrize(("cut_s", "kept"), [(10.3, True), (np.nan, False)])
def test_a_cut_that_changes_the_mood_is_kept_sharp(cut_s, kept):
    scores = np.repeat([[7.0, 3.0], [3.0, 6.0]], 10, axis=0)
    cuts = np.full(20, np.nan)
    cuts[10] = cut_s
    smooth = smooth_emotion(scores, cuts, bounds_of(20), 6.0)
    assert np.allclose(smooth, scores) is kept


def test_a_cut_within_a_mood_is_smoothed_over():
    scores = np.repeat([[6.0, 5.0], [7.0, 5.0]], 10, axis=0)
    cuts = np.full(20, np.nan)
    cuts[10] = 10.0
    np.testing.assert_allclose(smooth_emotion(scores, cuts, bounds_of(20), 6.0), slow_smooth(scores, 6.0))


def test_flicker_is_no_mood_and_the_readings_stay_in_the_table():
    scores = np.tile([[7.0, 7.0], [4.5, 7.0]], (10, 1))
    settled = settle_emotion(read_of(scores), **PLAIN)
    assert set(settled["quadrant"]) == set(settled["routed_quadrant"]) == {"pos_high"}
    np.testing.assert_array_equal(settled[["raw_valence", "raw_arousal"]], scores)
    assert settled["confidence"].to_numpy() == pytest.approx(
        np.hypot(settled["valence"] - 5, settled["arousal"] - 5)
    )


def test_neutral_is_near_the_middle_and_keeps_its_quadrant():
    settled = settle_emotion(read_of([[5.2, 5.2]] * 6 + [[8.0, 8.0]] * 6), **PLAIN | {"smoothing_s": 0.0})
    assert settled["is_neutral"].tolist() == [True] * 6 + [False] * 6
    assert set(settled["quadrant"]) == {"pos_high"}
    assert shown_moods(settled).tolist() == ["neutral"] * 6 + ["pos_high"] * 6
    assert shown_moods(settled.drop(columns="is_neutral")).tolist() == ["pos_high"] * 12


def test_without_smoothing_the_quadrant_is_the_one_that_was_read():
    """A code says nothing of degree: its quadrant must not be worked out anew."""
    read = read_of([[5.0, 5.0]] * 4).assign(quadrant="neg_high")
    settled = settle_emotion(read, **PLAIN | {"smoothing_s": 0.0, "min_dwell_s": 0.0})
    assert (settled["quadrant"] == "neg_high").all()
