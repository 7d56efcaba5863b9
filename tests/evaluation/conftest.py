"""A small world: three clips with sound of their own, a dictionary of it, a scaler and a judge."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import Judge
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.music import MusicDictionary, MusicPart, build_snippets, index_track
from moodscore.sound import AudioScaler, sound_features

RATE = 22_050
SEGMENT_S = 1.0
N_SEGMENTS = 4


@dataclass
class World:
    sources: dict[str, AudioFile]
    features: pd.DataFrame  # unscaled, by clip_id and segment
    music: MusicDictionary
    scaler: AudioScaler
    judge: Judge

    @property
    def measuring(self):
        return {"segment_s": SEGMENT_S, "scaler": self.scaler, "judge": self.judge}


def make_sound(hertz, level):
    """Notes of half a second in two channels, and a little noise."""
    t = np.arange(N_SEGMENTS * RATE) / RATE
    noise = np.random.default_rng(hertz).normal(scale=0.01, size=(len(t), 2))
    note = np.sin(2 * np.pi * hertz * t) * np.exp(-6 * (t % 0.5))
    return (level * (note[:, np.newaxis] + noise)).astype(np.float32)


def as_snippets(clip_id, audio, features, scaler):
    table = features.rename(columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"}).drop(
        columns="rhythm"
    )
    table = pd.concat([table.assign(valence=5.0, arousal=5.0), scaler.transform(features)], axis=1)
    return index_track(audio, table, segment_s=SEGMENT_S, kind="soundtrack", file=f"{clip_id}.wav")


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("soundtracks")
    sources, tables = {}, {}
    for clip_id, hertz, level in (("a", 220, 0.1), ("b", 440, 0.5), ("c", 880, 0.9)):
        samples = make_sound(hertz, level)
        write_audio(folder / f"{clip_id}.wav", Waveform(samples, RATE))
        sources[clip_id] = AudioFile.open(folder / f"{clip_id}.wav")
        tables[clip_id] = sound_features(samples, RATE, SEGMENT_S).assign(clip_id=clip_id)
    features = pd.concat(tables.values(), ignore_index=True)
    scaler = AudioScaler.fit(features)
    snippets = build_snippets(
        [as_snippets(clip_id, sources[clip_id], tables[clip_id], scaler) for clip_id in sources]
    )
    labels = pd.DataFrame(
        np.random.default_rng(0).uniform(1, 9, (len(features), 2)), columns=["valence", "arousal"]
    )
    music = MusicDictionary([MusicPart(snippets, sources)], segment_s=SEGMENT_S)
    return World(sources, features, music, scaler, Judge().fit(features, labels))
