import os
from pathlib import Path

import numpy as np
import pytest

from moodscore.composing import compose, find_soundfont
from moodscore.errors import MoodscoreError

pytestmark = pytest.mark.slow


def test_the_largest_of_the_first_folder_that_has_one_is_found(tmp_path):
    empty, full, later = (tmp_path / name for name in ("empty", "full", "later"))
    for folder in (empty, full, later):
        folder.mkdir()
    (full / "small.sf2").write_bytes(b"1")
    (full / "large.SF2").write_bytes(b"12345")
    (full / "largest.sf3").write_bytes(b"1234567890")
    (later / "other.sf2").write_bytes(b"1234567")
    assert find_soundfont([tmp_path / "none", empty, full, later]) == full / "large.SF2"
    assert find_soundfont([empty]) is None


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.sf3", b"x", "compressed"),
        ("none.sf2", None, "cannot be read"),
        ("junk.sf2", b"RIFFjunk", "cannot be played"),
    ],
)
def test_what_is_no_soundfont_is_refused_in_one_line(calm, tmp_path, name, content, says):
    pytest.importorskip("midirenderer", reason="needs the package midirenderer")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(MoodscoreError, match=says) as refusal:
        calm.track(soundfont=tmp_path / name)
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.fixture(scope="module")
def font():
    pytest.importorskip("midirenderer", reason="needs the package midirenderer")
    given = os.environ.get("MOODSCORE_SOUNDFONT")
    found = Path(given) if given else find_soundfont()
    if found is None:
        pytest.skip("needs a General MIDI soundfont in one of the usual folders")
    return found


def test_a_soundfont_plays_the_same_music(make_brief, font):
    """As long as the film, read by slice, and its onsets where the built-in orchestra has them."""
    piece = compose(make_brief([0, 60.0], [(7, 7)]), seed=2)
    track = piece.track(soundfont=font)
    sound = track.whole()
    assert sound.shape == (60 * 44100, 2)
    assert sound.dtype == np.float32
    np.testing.assert_array_equal(track.read(1_700_000, 1_900_000), sound[1_700_000:1_900_000])
    assert 0.02 < np.abs(sound).max() < 1.5
    assert np.abs(sound[-1]).max() < 1e-4

    def flux(y):
        frames = np.abs(y[: len(y) // 441 * 441].mean(axis=1)).reshape(-1, 441).mean(axis=1)
        return np.maximum(np.diff(frames), 0)

    one, other = flux(sound[: 15 * 44100]), flux(piece.track().read(0, 15 * 44100))
    lags = range(-20, 21)
    match = [np.corrcoef(one[100:-100], np.roll(other, lag)[100:-100])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= 3
    assert max(match) > 5 * np.median(np.abs(match))
