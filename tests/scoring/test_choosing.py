import numpy as np
import pandas as pd
import pytest

from moodscore.music import inspect_track
from moodscore.samples import ArraySource
from moodscore.scoring import choosing, inspect_by_window

RATE = 400


class Remembering(ArraySource):
    longest = 0

    def read(self, start, stop):
        type(self).longest = max(type(self).longest, stop - start)
        return super().read(start, stop)


def sheet(n):
    starts = np.arange(n) * RATE
    return pd.DataFrame(
        {
            "start_sample": starts,
            "stop_sample": starts + RATE,
            "start_s": starts / RATE,
            "end_s": starts / RATE + 1,
            "join": ["start"] + ["crossfade"] * (n - 1),
            "source_clip": "a",
            "source_segment": range(n),
        }
    )


@pytest.fixture
def faulty():
    """Quiet noise of 500 segments with a click, a gap and something stuck in several places."""
    track = np.random.default_rng(0).normal(0, 0.003, (500 * RATE, 2)).astype(np.float32)
    cues = sheet(500)
    for segment in (3, 119, 120, 290, 499):
        track[segment * RATE :] += 0.4 if segment % 2 else -0.4
    for segment in (60, 200, 311):
        track[segment * RATE : (segment + 2) * RATE] = 0
    cues.loc[100:106, "source_segment"] = 7
    cues.loc[340:346, "source_segment"] = 7
    return track, cues


def test_by_window_the_same_is_found(faulty):
    track, cues = faulty
    whole = inspect_track(track, cues, sample_rate=RATE).sort_values(["check", "at_s"], ignore_index=True)
    found = inspect_by_window(Remembering(track, RATE), cues).sort_values(
        ["check", "at_s"], ignore_index=True
    )
    assert set(whole["check"]) == {"seam", "silence", "repetition"}
    pd.testing.assert_frame_equal(found, whole.assign(at_s=whole["at_s"].round(3)))
    assert Remembering.longest <= choosing._WINDOW * RATE


@pytest.mark.parametrize("n", [1, 2, 104, 119, 120, 121, 224, 225])
def test_every_segment_is_in_a_window(n):
    rows = [np.arange(n)[window] for window in choosing._windows(n)]
    assert set(np.concatenate(rows)) == set(range(n))
    assert all(len(own) for own in rows)


def test_a_sound_track_passes():
    noise = np.random.default_rng(0).normal(0, 0.003, (300 * RATE, 2))
    assert inspect_by_window(ArraySource(noise, RATE), sheet(300)).empty
