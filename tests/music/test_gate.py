import numpy as np
import pandas as pd
import pytest

from moodscore.music import FINDING_COLUMNS, inspect_track

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
            "join": ["start"] + ["crossfade" if k % 3 == 0 else "neighbour" for k in range(1, SECONDS)],
            "source_clip": [f"clip{k // 3}" for k in range(SECONDS)],
            "source_segment": np.arange(SECONDS),
        }
    )


@pytest.fixture
def track():
    return (0.1 * np.sin(2 * np.pi * 220 * np.arange(SECONDS * RATE) / RATE))[:, np.newaxis].repeat(2, 1)


def found(track, cues):
    table = inspect_track(track, cues, sample_rate=RATE)
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
    assert inspect_track(track, cues, sample_rate=RATE)["finding"].tolist() == [
        "the seam clicks: a step of 0.14 of full scale"
    ]
