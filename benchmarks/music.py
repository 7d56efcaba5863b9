"""What finding, choosing and rendering music costs; the quick search must find what the slow one does."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import paired_ratio
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.music import (
    EDGE_COLUMNS,
    MusicDictionary,
    MusicPart,
    SnippetIndex,
    UnitSelection,
    cue_sheet,
    render_track,
    select_units,
)

TITLE = "music for a track of 240 segments, seconds (reference: brute force; 50 ms; the track's own time)"
SEGMENTS, CLIPS, RATE = 240, 20, 44_100
SNIPPETS = 1_000_000
CHOICE_S = 0.05


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    rng = np.random.default_rng(0)
    features, queries = rng.uniform(size=(SNIPPETS, 3)), rng.uniform(size=(SEGMENTS, 3))
    yield "nearest of 10^6 snippets (eq. 9)", *_search(features, queries)
    with tempfile.TemporaryDirectory() as folder:
        music, targets = _dictionary(rng, Path(folder) / "clip.flac"), _targets(rng)
        choice, _, _ = paired_ratio(lambda: select_units(targets, music), lambda: None)
        yield f"unit selection among {len(music.snippets)}, k = 20", choice, CHOICE_S, choice / CHOICE_S
        shape = {"n_samples": SEGMENTS * RATE, "sample_rate": RATE}
        cues = cue_sheet(targets, music, select_units(targets, music), clip_id="film", **shape)
        render, _, _ = paired_ratio(lambda: render_track(cues, music.sources, **shape), lambda: None, runs=3)
        yield "rendering from FLAC", render, float(SEGMENTS), render / SEGMENTS


def _search(features, queries):
    index = SnippetIndex(features)
    fast, slow = index.query(queries)[1][:, 0], _brute_force(features, queries)
    if not np.array_equal(fast, slow):
        raise SystemExit("benchmarks: the index and brute force find different snippets")
    return paired_ratio(lambda: index.query(queries), lambda: _brute_force(features, queries), runs=3)


def _brute_force(features, queries):
    """The lowest row of least mean absolute error, one query at a time."""
    return np.array([np.abs(features - query).mean(axis=1).argmin() for query in queries])


def _dictionary(rng, path):
    """Clips of 240 snippets each, random but for the order in which they are played."""
    n = CLIPS * SEGMENTS
    segment = np.tile(np.arange(SEGMENTS), CLIPS)
    names = [f"clip {number}" for number in range(CLIPS)]
    table = pd.DataFrame(rng.uniform(-60, -10, (n, len(EDGE_COLUMNS))), columns=list(EDGE_COLUMNS))
    table = table.assign(
        clip_id=np.repeat(names, SEGMENTS),
        segment=segment,
        start_sample=segment * RATE,
        stop_sample=(segment + 1) * RATE,
        tempo_bpm=rng.uniform(50, 160, n),
        loudness_sone=rng.uniform(1, 30, n),
        key=rng.integers(0, 24, n),
        is_silent=False,
        beat_s=rng.uniform(0, 0.3, n),
        beat_strength=rng.uniform(size=n),
        kind="soundtrack",
        file="clip.mp4",
        licence="",
        **_wanted(rng, n),
    )
    write_audio(path, Waveform(rng.normal(scale=0.1, size=(SEGMENTS * RATE, 2)), RATE))
    sources = dict.fromkeys(names, AudioFile.open(path))
    return MusicDictionary([MusicPart(table, sources)], segment_s=1.0, selection=UnitSelection())


def _targets(rng):
    segment = np.arange(SEGMENTS)
    return pd.DataFrame(_wanted(rng, SEGMENTS)).assign(
        segment=segment, start_s=segment * 1.0, quadrant="pos_high", confidence=1.0
    )


def _wanted(rng, n):
    features = {name: rng.uniform(size=n) for name in ("tempo", "loudness", "rhythm")}
    return features | {name: rng.uniform(1, 9, n) for name in ("valence", "arousal")}
