from dataclasses import replace

import numpy as np
import pytest

from moodscore.demo import compose, plan_corpus
from moodscore.demo.score import PERCUSSION

MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))
HARMONIC_MINOR = frozenset((0, 2, 3, 5, 7, 8, 11))


def played_scenes(**cues):
    """Scenes of three corpora with their notes, some cues set to a value."""
    for seed in range(3):
        for recipe in plan_corpus(seed):
            scenes = tuple(replace(scene, cues=replace(scene.cues, **cues)) for scene in recipe.scenes)
            yield from zip(scenes, compose(replace(recipe, scenes=scenes)), strict=True)


def classes(notes):
    return {note.pitch % 12 for note in notes if note.instrument not in PERCUSSION}


def fits(pitch_classes, scale):
    return any(pitch_classes <= {(step + tonic) % 12 for step in scale} for tonic in range(12))


def test_every_note_lies_in_its_scene():
    for scene, notes in played_scenes():
        length = scene.end_s - scene.start_s
        assert all(0 <= note.start_s < length and note.duration_s > 0.02 for note in notes)
        assert all(0 < note.velocity <= 1 for note in notes)
        assert all(24 <= note.pitch <= 96 for note in notes if note.instrument not in PERCUSSION)


@pytest.mark.parametrize(("sign", "scale"), [(1, MAJOR), (-1, HARMONIC_MINOR)])
def test_clearly_major_and_minor_scenes_keep_to_their_scale(sign, scale):
    chosen = [notes for scene, notes in played_scenes(dissonance=0.0) if sign * scene.cues.mode > 0.5]
    assert len(chosen) > 5
    assert all(fits(classes(notes), scale) for notes in chosen)


def test_the_scenes_of_a_clip_share_their_tonic():
    for recipe in plan_corpus(0):
        lasts = [
            min(note.pitch for note in notes if note.instrument == "bass" and note.start_s >= last_bar) % 12
            for scene, notes in zip(recipe.scenes, compose(recipe), strict=True)
            for last_bar in [(scene.n_bars - 1) * 4 * scene.beat_s - 1e-9]
        ]
        assert len(set(lasts)) == 1


def test_activity_makes_the_music_dense_and_calls_the_percussion():
    rows = [
        (
            scene.cues.activity,
            len(notes) / (scene.end_s - scene.start_s),
            len(set(PERCUSSION) & {note.instrument for note in notes}),
        )
        for scene, notes in played_scenes()
    ]
    activity, density, drums = np.array(rows).T
    assert np.corrcoef(activity, density)[0, 1] > 0.8
    assert drums[activity < 0.4].max() == 0
    assert drums[activity > 0.85].min() >= 3


def test_composition_is_deterministic(recipes):
    assert compose(recipes[0]) == compose(recipes[0])


def test_no_note_outlasts_the_ring_of_its_scene():
    from moodscore.demo.synth import _RING_S, _VOICES

    for scene, notes in played_scenes():
        body = scene.end_s - scene.start_s
        for note in notes:
            if note.instrument not in PERCUSSION:
                end = note.start_s + note.duration_s + _VOICES[note.instrument].release_s
                assert end < body + _RING_S
