from itertools import pairwise

import numpy as np
import pytest

from moodscore.demo import render_frames
from moodscore.vision import rgb_to_hsi

FPS = 15
FLASH = 0.1  # change of relative luminance
MOST_FLASHES = 3  # pairs of opposing changes within a second (WCAG 2.2, success criterion 2.3.1)


@pytest.fixture(scope="module")
def drawn(liveliest, calmest, recipes):
    changing = next(recipe for recipe in recipes if len(recipe.scenes) == 2)
    return [(recipe, list(render_frames(recipe))) for recipe in (liveliest, calmest, changing)]


def relative_luminance(frame):
    value = frame[::3, ::3] / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def flashes_a_second(luminance):
    """The most pairs of opposing changes of at least FLASH that any second holds."""
    turns, direction, extreme = [], 0, luminance[0]
    for index, value in enumerate(luminance):
        if direction * (value - extreme) > 0 or (direction == 0 and abs(value - extreme) >= FLASH):
            if direction == 0:
                direction = 1 if value > extreme else -1
                turns.append(index)
            extreme = value
        elif direction and direction * (extreme - value) >= FLASH:
            direction, extreme = -direction, value
            turns.append(index)
    return max((sum(first <= turn < first + FPS for turn in turns) / 2 for first in turns), default=0)


def test_the_counter_of_flashes_counts():
    time = np.arange(3 * FPS)
    assert flashes_a_second(0.5 + 0.2 * (time % 2)) == pytest.approx(7.5)
    assert flashes_a_second(0.5 + 0.04 * (time % 2)) == 0
    assert flashes_a_second(0.5 + 0.2 * ((time // 5) % 2)) == pytest.approx(1.5)


def test_size_type_and_number(drawn):
    for recipe, frames in drawn:
        assert len(frames) == recipe.n_frames
        assert {(frame.shape, frame.dtype.name) for frame in frames} == {((180, 320, 3), "uint8")}


def test_nothing_flashes_in_whole_or_in_part(drawn):
    for _, frames in drawn:
        luminance = np.stack([relative_luminance(frame) for frame in frames])
        assert flashes_a_second(luminance.mean(axis=(1, 2))) <= MOST_FLASHES
        for rows in np.array_split(luminance, 3, axis=1):
            for tile in np.array_split(rows, 4, axis=2):
                assert flashes_a_second(tile.mean(axis=(1, 2))) <= MOST_FLASHES


def test_colour_and_motion_are_near_the_cues(drawn):
    for recipe, frames in drawn:
        for scene in recipe.scenes:
            first, last = (round(s * FPS) for s in (scene.start_s, scene.end_s))
            intensity = np.stack([frame[::2, ::2].mean(axis=2) / 255 for frame in frames[first:last]])
            assert intensity.mean() == pytest.approx(scene.cues.intensity, abs=0.12)
            # Two frames are 0.133 s of the 0.143 s that the cue is defined over.
            moved = np.median(np.abs(intensity[2:] - intensity[:-2]).mean(axis=(1, 2))) * 15 / 14
            assert moved == pytest.approx(scene.cues.motion, rel=0.45)


def test_shots_differ_and_a_shot_does_not_jump(liveliest, drawn):
    frames = drawn[0][1]
    steps = np.array([np.abs(b.astype(int) - a).mean() for a, b in pairwise(frames)])
    cuts = [round(shot.end_s * FPS) - 1 for shot in liveliest.scenes[0].shots[:-1]]
    inside = np.delete(steps, cuts)
    assert steps[cuts].min() > 2 * np.median(inside)
    assert inside.max() < 0.12 * 255


def test_hue_is_near_the_cue(calmest, drawn):
    hsi = rgb_to_hsi(np.stack([frame[::4, ::4] for frame in drawn[1][1][::10]]))
    weight = hsi[..., 1] * hsi[..., 2]
    direction = np.angle(np.sum(weight * np.exp(2j * np.pi * hsi[..., 0])))
    away = (np.degrees(direction) - calmest.scenes[0].cues.hue + 180) % 360 - 180
    assert abs(away) < 30


def test_drawing_is_deterministic(calmest, drawn):
    again = render_frames(calmest)
    assert all(np.array_equal(next(again), frame) for frame in drawn[1][1][:40])
