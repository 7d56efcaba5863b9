from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from moodscore.music import EDGE_COLUMNS, MusicDictionary, MusicPart
from moodscore.pieces import JUMPS_KEPT, MIN_JUMP_BEATS, UNKNOWN, Piece


@dataclass
class ArraySource:
    """A soundtrack in memory that remembers the longest slice it was asked for."""

    samples: np.ndarray
    sample_rate: int
    longest_read: int = 0

    @property
    def n_samples(self):
        return len(self.samples)

    @property
    def channels(self):
        return self.samples.shape[1]

    def read(self, start, stop):
        assert 0 <= start <= stop <= self.n_samples, "the renderer must not rely on reads outside the file"
        self.longest_read = max(self.longest_read, stop - start)
        return self.samples[start:stop]  # a view: nobody may write to it


@pytest.fixture
def array_source():
    def make(samples, sample_rate=8000):
        samples = np.asarray(samples, dtype=np.float32)
        return ArraySource(samples[:, np.newaxis] if samples.ndim == 1 else samples, sample_rate)

    return make


@pytest.fixture
def make_snippets():
    """A random but valid dictionary: ``clips`` clips of ``segments`` snippets of ``length`` samples."""

    def make(clips=1, segments=1, *, length=8000, seed=0, **columns):
        rng = np.random.default_rng(seed)
        n = clips * segments
        segment = np.tile(np.arange(segments), clips)
        loudness = rng.uniform(size=n)
        table = pd.DataFrame(
            {
                "clip_id": np.repeat([f"clip{i}" for i in range(clips)], segments),
                "segment": segment,
                "start_sample": segment * length,
                "stop_sample": (segment + 1) * length,
                "tempo": rng.uniform(size=n),
                "loudness": loudness,
                "rhythm": rng.uniform(size=n),
                "tempo_bpm": rng.uniform(50, 160, n),
                "loudness_sone": 1 + 30 * loudness,
                "valence": rng.uniform(1, 9, n),
                "arousal": rng.uniform(1, 9, n),
                "key": rng.integers(0, 24, n),
                "is_silent": False,
                "beat_s": 0.0,
                "beat_strength": 0.0,
                "kind": "soundtrack",
                "file": np.repeat([f"clip{i}.mp4" for i in range(clips)], segments),
                "licence": "",
            }
        )
        edges = pd.DataFrame(rng.uniform(-60, -10, (n, len(EDGE_COLUMNS))), columns=list(EDGE_COLUMNS))
        return pd.concat([table, edges], axis=1).assign(**columns)

    return make


@pytest.fixture
def make_music():
    """A dictionary of one table of snippets."""

    def make(snippets, sources=None, *, segment_s=1.0, options=None, pieces=None):
        return MusicDictionary(
            [MusicPart(snippets, sources or {})],
            segment_s=segment_s,
            options=options,
            describe=pieces and (lambda _: pieces),
        )

    return make


@pytest.fixture
def make_piece():
    """A piece with a steady beat, known without being heard; every jump that keeps the bar is there."""

    def make(seconds, *, beat_s=0.5, first_s=0.0, metre=4, ending="ends", sections=(), seed=0, **changes):
        beats_s = np.arange(first_s, seconds + 1e-9, beat_s)
        n = len(beats_s) - 1
        here, before = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        distance = np.random.default_rng(seed).uniform(0.1, 1.5, (n, n)).astype(np.float32)
        is_jump = np.abs(here - before - 1) >= MIN_JUMP_BEATS
        if metre:
            is_jump &= (here - before - 1) % metre == 0
        distance[~is_jump] = np.inf
        order = np.argsort(distance, axis=1)[:, :JUMPS_KEPT]
        distance = np.take_along_axis(distance, order, axis=1)
        known = {
            "duration_s": float(seconds),
            "beats_s": beats_s,
            "bar_position": np.arange(n) % metre if metre else np.full(n, UNKNOWN),
            "metre": metre,
            "beat_strength": 1.0,
            "has_beat": True,
            "sections": np.array(sections, dtype=np.int64),
            "begins_s": 0.0,
            "ends_s": float(seconds),
            "ending": ending,
            "jump_from": np.where(np.isfinite(distance), order, UNKNOWN).astype(np.int32),
            "jump_distance": distance,
        }
        return Piece(**known | changes)

    return make


@pytest.fixture
def make_targets():
    def make(segments, *, segment_s=1.0, seed=1, **columns):
        rng = np.random.default_rng(seed)
        start_s = np.arange(segments) * segment_s
        table = pd.DataFrame(
            {
                "segment": np.arange(segments),
                "start_s": start_s,
                "end_s": start_s + segment_s,
                "tempo": rng.uniform(size=segments),
                "loudness": rng.uniform(size=segments),
                "rhythm": rng.uniform(size=segments),
                "valence": rng.uniform(1, 9, segments),
                "arousal": rng.uniform(1, 9, segments),
                "quadrant": "pos_high",
                "confidence": rng.uniform(0, 4, segments),
            }
        )
        return table.assign(**columns)

    return make
