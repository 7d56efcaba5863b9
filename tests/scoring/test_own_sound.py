import re

import numpy as np
import pytest

from moodscore.media import sampled_sound, write_clip
from moodscore.scoring import own_music

RATE, SECONDS = 44_100, 8


def write_film(path, sound):
    pictures = [np.full((48, 64, 3), 100, np.uint8)] * (5 * SECONDS)
    write_clip(path, pictures, 5, np.asarray(sound, np.float32)[:, None], RATE)
    return path


def chords():
    """Four triads, a new one every two seconds."""
    t = np.arange(2 * RATE) / RATE
    played = []
    for root in (220.0, 293.7, 329.6, 220.0):
        notes = (root * 2 ** (step / 12) for step in (0, 4, 7, 12))
        played.append(sum(np.sin(2 * np.pi * note * k * t) / k for note in notes for k in range(1, 6)))
    return 0.05 * np.concatenate(played)


def test_a_film_that_has_music_is_known(tmp_path):
    film = write_film(tmp_path / "clip.mp4", chords())
    assert re.fullmatch(r"has music already, in \d+% of what is heard", own_music(film))


def test_of_a_film_without_music_nothing_is_said(tmp_path):
    noise = 0.1 * np.random.default_rng(0).standard_normal(SECONDS * RATE)
    assert own_music(write_film(tmp_path / "wind.mp4", noise)) == ""


def test_excerpts_are_spread_over_a_long_film(tmp_path):
    """A tone that is another every second tells where each is from."""
    t = np.arange(SECONDS * RATE) / RATE
    film = write_film(tmp_path / "long.mp4", 0.3 * np.sin(2 * np.pi * 300 * (1 + t.astype(int)) * t))
    excerpts = sampled_sound(film, n=3, length_s=0.5)
    heard = [np.abs(np.fft.rfft(e.samples[:, 0], RATE)).argmax() / 300 - 1 for e in excerpts]
    assert [e.n_samples for e in excerpts] == [RATE // 2] * 3
    assert heard == pytest.approx([0, 3.5, 7], abs=1.1)
    (whole,) = sampled_sound(film, n=8, length_s=2)
    assert whole.n_samples == pytest.approx(SECONDS * RATE, abs=2048)
