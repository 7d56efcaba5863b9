from collections import Counter

import numpy as np
import pytest

from moodscore.demo import plan_corpus
from moodscore.demo.recipe import _ANCHORS, QUADRANTS, stratified_normal

SEEDS = range(6)


def scenes_of(recipes):
    return [scene for recipe in recipes for scene in recipe.scenes]


def quadrant(scene):
    signs = (np.sign(scene.valence - 5), np.sign(scene.arousal - 5))
    return next(name for name, both in QUADRANTS.items() if both == signs)


def main_scene(recipe):
    return max(recipe.scenes, key=lambda scene: scene.end_s - scene.start_s)


def test_same_seed_same_plan_other_seed_other_plan():
    assert plan_corpus(3) == plan_corpus(3)
    assert plan_corpus(3) != plan_corpus(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_nine_clips_of_each_main_quadrant_and_every_change_of_mood_once(seed):
    recipes = plan_corpus(seed)
    assert [recipe.clip_id for recipe in recipes] == [f"demo_{n:02d}" for n in range(1, 37)]
    assert Counter(quadrant(main_scene(recipe)) for recipe in recipes) == dict.fromkeys(QUADRANTS, 9)
    changing = [recipe for recipe in recipes if len(recipe.scenes) == 2]
    by_length = [sorted(recipe.scenes, key=lambda scene: scene.start_s - scene.end_s) for recipe in changing]
    assert len({tuple(map(quadrant, scenes)) for scenes in by_length}) == len(changing) == 12
    for longer, shorter in by_length:
        assert longer.end_s - longer.start_s > 1.1 * (shorter.end_s - shorter.start_s)


@pytest.mark.parametrize("seed", SEEDS)
def test_lengths_bars_and_cuts(seed):
    for recipe in plan_corpus(seed):
        assert 12 <= recipe.n_frames / 15 <= 16
        end_s = 0.0
        for scene in recipe.scenes:
            assert scene.start_s == pytest.approx(end_s)
            end_s = scene.end_s
            assert end_s - scene.start_s == pytest.approx(scene.n_bars * 4 * scene.beat_s)
            edges = [scene.shots[0].start_s, *(shot.end_s for shot in scene.shots)]
            assert edges[0] == scene.start_s
            assert edges[-1] == pytest.approx(scene.end_s)
            beats = (np.array(edges) - scene.start_s) / scene.beat_s
            np.testing.assert_allclose(beats, np.rint(beats), atol=1e-9)
            assert np.all(np.diff(edges) > 0.64)


@pytest.mark.parametrize("seed", SEEDS)
def test_emotions_spread_from_near_neutral_to_extreme(seed):
    emotions = np.array([(scene.valence, scene.arousal) for scene in scenes_of(plan_corpus(seed))])
    distances = np.abs(emotions - 5)
    assert distances.min() >= 0.9
    assert distances.max() <= 3.7
    assert distances.mean() == pytest.approx(2.3, abs=0.1)
    assert np.mean(distances < 1.6) > 0.1


def test_anchors_are_reached_at_the_centres_of_the_quadrants():
    for anchor in _ANCHORS.values():
        for name, signs in QUADRANTS.items():
            assert anchor.at(*signs) == pytest.approx(getattr(anchor, name), abs=1e-9)


def test_between_the_anchors_tempo_goes_by_ratio_and_hue_the_short_way_round():
    tempo = _ANCHORS["tempo_bpm"]
    assert tempo.at(1, 0) == pytest.approx(np.sqrt(tempo.pos_high * tempo.pos_low))
    violet = _ANCHORS["hue"].at(-1, 0)
    assert 222 < violet < 360


@pytest.mark.parametrize(
    ("cue", "axis", "sign", "least"),
    [
        ("tempo_bpm", 1, 1, 0.75),
        ("gate", 1, -1, 0.7),
        ("level_db", 1, 1, 0.8),
        ("brightness", 1, 1, 0.6),
        ("activity", 1, 1, 0.8),
        ("motion", 1, 1, 0.8),
        ("shot_s", 1, -1, 0.75),
        ("saturation", 1, 1, 0.5),
        ("mode", 0, 1, 0.7),
        ("register", 0, 1, 0.7),
        ("intensity", 0, 1, 0.6),
    ],
)
def test_cues_follow_the_emotion_with_noise(cue, axis, sign, least):
    scenes = [scene for seed in SEEDS for scene in scenes_of(plan_corpus(seed))]
    emotion = [(scene.valence, scene.arousal)[axis] for scene in scenes]
    r = sign * np.corrcoef(emotion, [getattr(scene.cues, cue) for scene in scenes])[0, 1]
    assert least < r < 0.97


def test_motion_follows_arousal_more_closely_than_saturation_does():
    for seed in SEEDS:
        scenes = scenes_of(plan_corpus(seed))
        arousal = [scene.arousal for scene in scenes]
        motion, saturation = (
            np.corrcoef(arousal, [getattr(scene.cues, cue) for scene in scenes])[0, 1]
            for cue in ("motion", "saturation")
        )
        assert motion > saturation


def test_stratified_draws_are_normal_and_balanced():
    rng = np.random.default_rng(1)
    draws = np.array([stratified_normal(10, rng) for _ in range(400)])
    assert draws.std() == pytest.approx(1, abs=0.05)
    assert draws.mean(axis=1).std() < 0.5 / np.sqrt(10)
    # One draw in each tenth of the distribution.
    assert np.all(np.sum(draws < 0, axis=1) == 5)
