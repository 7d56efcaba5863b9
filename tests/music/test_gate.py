import numpy as np
import pandas as pd
import pytest

from moodscore.music import FINDING_COLUMNS, gate, inspect_track
from moodscore.samples import ArraySource

RATE = 8000
SECONDS = 30


@pytest.fixture
def cues():
    """Thirty segments of one second, every third a join."""
    starts = np.arange(SECONDS) * RATE
    return pd.DataFrame(
        {
            "start_sample": starts,
            "stop_sample": starts + RATE,
            "start_s": starts / RATE,
            "end_s": starts / RATE + 1,
            "join": ["start"] + ["crossfade" if k % 3 == 0 else "neighbour" for k in range(1, SECONDS)],
            "source_clip": [f"clip{k // 3}" for k in range(SECONDS)],
            "source_segment": np.arange(SECONDS),
        }
    )


@pytest.fixture
def track():
    return (0.1 * np.sin(2 * np.pi * 220 * np.arange(SECONDS * RATE) / RATE))[:, np.newaxis].repeat(2, 1)


def inspect(track, cues):
    return inspect_track(ArraySource(track, RATE), cues)


def found(track, cues):
    table = inspect(track, cues)
    assert tuple(table.columns) == FINDING_COLUMNS
    return list(zip(table["check"], table["at_s"], strict=True))


def test_a_sound_track_passes(track, cues):
    assert found(track, cues) == []
    noise = 0.25 * np.random.default_rng(0).uniform(-1, 1, size=track.shape) * 0.4
    assert found(noise.astype(np.float32), cues) == []


def test_wrong_length(track, cues):
    assert found(track[:-1], cues) == [("length", 0.0)]


@pytest.mark.parametrize("value", [1.01, -3.0, np.nan, np.inf])
def test_clipping(track, cues, value):
    track[12345, 1] = value
    assert found(track, cues)[0] == ("clipping", 12345 / RATE)


def test_unexpected_silence_but_not_that_of_fades(track, cues):
    track[: RATE // 2] = track[-RATE // 2 :] = 0
    assert found(track, cues) == []
    track[10 * RATE : 10 * RATE + RATE // 4] = 0  # a rest
    assert found(track, cues) == []
    track[20 * RATE : 21 * RATE] = 1e-6
    assert found(track, cues) == [("silence", 20.0)]


def test_a_seam_that_clicks_and_a_beat_that_does_not(track, cues):
    track[6 * RATE :] += 0.12  # a step at a join, far above the steps of the sine
    assert found(track, cues) == [("seam", 6.0)]
    track[6 * RATE :] -= 0.12
    track[7 * RATE + 4000 :] += 0.12  # inside a snippet it is the music's own business
    assert found(track, cues) == []


def test_rough_music_does_not_click_at_its_seams(cues):
    rough = 0.45 * np.random.default_rng(0).choice([-1, 1], size=(SECONDS * RATE, 2))
    assert found(rough, cues) == []


@pytest.mark.parametrize("pattern", [[0], [0, 1], [0, 1, 2]])
def test_stuck_repetition(track, cues, pattern):
    stuck = cues.copy()
    stuck.loc[10:18, "source_segment"] = np.resize(pattern, 9)
    stuck.loc[10:18, "source_clip"] = "loop"
    checks = found(track, stuck)
    assert len(checks) >= 1 and {check for check, _ in checks} == {"repetition"}
    assert 10 <= checks[0][1] <= 18


def test_a_refrain_is_no_fault(track, cues):
    cues["source_segment"] = np.arange(SECONDS) % 8
    cues["source_clip"] = "refrain"
    assert found(track, cues) == []


def test_findings_are_plain_words(track, cues):
    track[6 * RATE :] += 0.12
    assert inspect(track, cues)["finding"].tolist() == ["the seam clicks: a step of 0.14 of full scale"]


@pytest.fixture
def runs():
    """A score of ten minutes, described only: six joins a minute, in runs of ten seconds."""
    starts = np.arange(60) * 10.0
    return pd.DataFrame(
        {
            "start_sample": (starts * RATE).astype(int),
            "stop_sample": (starts * RATE).astype(int) + 10 * RATE,
            "start_s": starts,
            "end_s": starts + 10,
            "join": ["start"] + ["jump", "change"] * 29 + ["jump"],
            "source_clip": "song",
            "source_segment": 0,
            "scene": 0,
        }
    )


def joins_found(runs):
    return list(gate._check_joins(runs))


def test_a_score_may_be_joined_six_times_a_minute(runs):
    assert joins_found(runs) == []
    faster = runs.assign(start_s=runs["start_s"] * 0.9, end_s=runs["end_s"] * 0.9)
    assert joins_found(faster) == [("joins", 9.0, "the music is joined 7 times a minute")]


def test_a_short_film_may_have_a_few_joins(runs):
    scaled = runs.assign(start_s=runs["start_s"] / 10, end_s=runs["end_s"] / 10)
    assert joins_found(scaled[:4]) == []  # three in four seconds
    assert joins_found(scaled[:5]) == [("joins", 1.0, "the music is joined 48 times a minute")]
    assert joins_found(scaled.assign(join="neighbour")) == []


def test_a_run_that_comes_back_is_not_stuck_and_a_collage_is_not_counted(track, cues):
    """Each kind of cue sheet has the check that is made for it."""
    again = cues.assign(source_clip="song", source_segment=0)
    assert {check for check, _ in found(track, again)} == {"repetition"}
    assert found(track, again[:3].assign(stop_sample=[RATE, 2 * RATE, SECONDS * RATE], scene=0)) == []
    busy = cues.assign(join=["start"] + ["crossfade"] * (SECONDS - 1))
    assert found(track, busy) == []
    assert found(track, busy.assign(scene=0)) == [("joins", 1.0)]


@pytest.mark.parametrize("join", ["jump", "change", "crossfade", "hard"])
def test_every_kind_of_join_is_listened_to(track, cues, join):
    cues.loc[6, "join"] = join
    track[6 * RATE :] += 0.12
    assert found(track, cues) == [("seam", 6.0)]
    cues.loc[6, "join"] = "neighbour"  # the music's own business
    assert found(track, cues) == []


class Remembering(ArraySource):
    longest = 0

    def read(self, start, stop):
        type(self).longest = max(type(self).longest, stop - start)
        return super().read(start, stop)


def test_a_track_of_any_length_is_heard_in_blocks(track, cues, monkeypatch):
    """And what is found does not depend on where the blocks end."""
    track[20 * RATE : 21 * RATE] = 1e-6
    track[12345, 1] = 1.5
    track[29 * RATE :, 0] = 2.0
    track[6 * RATE : 10 * RATE] += 0.12
    whole = inspect(track, cues)
    assert set(whole["check"]) == {"clipping", "silence", "seam"}
    monkeypatch.setattr(gate, "_BLOCK", 5000)
    pd.testing.assert_frame_equal(inspect_track(Remembering(track, RATE), cues), whole)
    assert 0 < Remembering.longest <= 5000
    assert whole["finding"][0] == f"{RATE + 1} samples are beyond full scale, or no numbers"
