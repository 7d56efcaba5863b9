import math
from dataclasses import dataclass
from io import StringIO

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


def rebuild(csv, read, n_samples, rate, *, hard=False):
    """Rebuild a track from a printed cue sheet, one sample after the other."""
    cues = pd.read_csv(StringIO(csv)).to_dict("records")
    is_score = isinstance(cues[0].get("gain_curve"), str)
    out = np.zeros((n_samples, 2))
    for i, cue in enumerate(cues):
        source = read(cue["source_clip"])
        end = len(source)
        following = cues[i + 1] if i + 1 < len(cues) else None
        fade_in = round(cue["crossfade_s"] * rate)
        goes_out = "outgoing_fade_s" if is_score else "crossfade_s"
        fade_out = round(following[goes_out] * rate) if following else 0
        first, last = cue["start_sample"] - fade_in // 2, cue["stop_sample"] + fade_out - fade_out // 2
        played = cue["source_stop_sample"] - cue["source_start_sample"]
        ran_out = played < cue["stop_sample"] - cue["start_sample"]
        if is_score:
            pairs = [pair.split(":") for pair in cue["gain_curve"].split()]
            times = [float(at) for at, _ in pairs]
            factors = [10 ** (float(gain) / 20) for _, gain in pairs]
        for n in range(max(first, 0), min(last, n_samples)):
            position = cue["source_start_sample"] + n - cue["start_sample"]
            weight = float(np.interp(n / rate, times, factors)) if is_score else 1.0
            if ran_out:
                fade = min(round(0.05 * rate), played + fade_in // 2)
                to_go = cue["source_stop_sample"] - 1 - position
                weight *= min(max(to_go, 0) / (fade - 1), 1)
                position = min(position, end - 1)
            if n < first + fade_in:
                weight *= math.sin(math.pi / 2 * (n - first + 0.5) / fade_in)
            if n >= last - fade_out:
                weight *= math.sin(math.pi / 2 * (last - n - 0.5) / fade_out)
            position = -1 - position if position < 0 else position
            position = 2 * end - 1 - position if position >= end else position
            out[n] += weight * source[position]  # a mono source broadcasts to both channels
    if hard:
        return out * (0.95 / np.abs(out).max())
    if not is_score:
        centres = [(cue["start_sample"] + cue["stop_sample"]) / 2 for cue in cues]
        gains = [10 ** (cue["gain_db"] / 20) for cue in cues]
        out *= np.interp(np.arange(n_samples), centres, gains)[:, np.newaxis]
    usual = min(2, 0.1 * n_samples / rate)
    rise = round((cues[0]["fade_in_s"] if is_score else usual) * rate)
    fall = round((cues[-1]["fade_out_s"] if is_score else usual) * rate)
    for n in range(rise):
        out[n] *= math.sin(math.pi / 2 * (n + 0.5) / rise) ** 2
    for n in range(fall):
        out[n_samples - 1 - n] *= math.sin(math.pi / 2 * (n + 0.5) / fall) ** 2
    return out * min(1, 10 ** (-1 / 20) / np.abs(out).max())


@pytest.fixture
def replay():
    return rebuild
