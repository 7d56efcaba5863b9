"""Small tables of a corpus that has been measured: what the later pipelines start from."""

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import quadrant_of
from moodscore.media import AudioFile, Waveform, write_audio

RATE = 44_100
N_SEGMENTS = 5
MOODS = {"pos_high": (7.5, 7.5), "pos_low": (7.5, 2.5), "neg_high": (2.5, 7.5), "neg_low": (2.5, 2.5)}


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """Four clips a quadrant, one of each held out: tables, and soundtracks of noise pulses."""
    folder = tmp_path_factory.mktemp("soundtracks")
    rng = np.random.default_rng(0)
    segments, pictures, sounds, files = [], [], [], {}
    for valence, arousal in MOODS.values():
        for number in range(4):
            clip = f"clip_{len(files):02}"
            keys = {"clip_id": clip, "segment": np.arange(N_SEGMENTS)}
            v, a = np.array([valence, arousal]) + rng.normal(0, 0.4, 2)
            segments.append(
                pd.DataFrame(
                    keys
                    | {
                        "start_s": np.arange(N_SEGMENTS, dtype=float),
                        "end_s": np.arange(N_SEGMENTS) + 1.0,
                        "split": "held_out" if number == 0 else "train",
                        "n_raters": 5,
                        "valence": v,
                        "arousal": a,
                        "quadrant": str(quadrant_of([v], [a])[0]),
                    }
                )
            )
            near = rng.normal(0, 0.05, (4, N_SEGMENTS))
            pictures.append(
                pd.DataFrame(
                    keys
                    | {
                        "hue": np.clip(v / 9 + near[0], 0, 1),
                        "saturation": np.clip(a / 9 + near[1], 0, 1),
                        "intensity": np.clip(v / 9 + near[2], 0, 1),
                        "motion": np.clip(a / 9 + near[3], 0, 1),
                        "cut_s": np.nan,
                        "cut_strength": 0.0,
                    }
                )
            )
            sounds.append(
                pd.DataFrame(
                    keys
                    | {
                        "tempo": 60 + 10 * a + rng.normal(0, 2, N_SEGMENTS),
                        "loudness": a + rng.normal(0, 0.2, N_SEGMENTS),
                        "rhythm": -20 + a + rng.normal(0, 0.2, N_SEGMENTS),
                        "is_silent": False,
                        "mode": v / 20 + rng.normal(0, 0.02, N_SEGMENTS),
                        "brightness": 6 + a / 9 + rng.normal(0, 0.02, N_SEGMENTS),
                        "onset_rate": a / 2 + rng.normal(0, 0.1, N_SEGMENTS),
                        "key": int(rng.integers(24)),
                    }
                )
            )
            path = folder / f"{clip}.flac"
            time = np.arange(N_SEGMENTS * RATE) / RATE
            pulses = np.exp(-8 * (time * (1 + a / 9) % 1))
            wave = 0.02 * a * pulses * rng.standard_normal(len(time))
            write_audio(path, Waveform(np.column_stack([wave, wave]).astype(np.float32), RATE))
            files[clip] = AudioFile.open(path)
    return {
        "segments": pd.concat(segments, ignore_index=True).astype({"quadrant": "string"}),
        "visual_descriptors": pd.concat(pictures, ignore_index=True),
        "audio_features": pd.concat(sounds, ignore_index=True),
        "soundtracks": {clip: (lambda file=file: file) for clip, file in files.items()},
        "cluster_centres": {
            "options": {},
            "centres": {},
            "hue_cut": 0.0,
            "mean_shares": {},
            "maxima": {},
            "motion_range": [0.0, 1.0],
        },
    }
