"""All that is measured of one generated track against the original of its clip."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.emotion import Judge
from moodscore.metrics import log_mel_distance, mae_tlr, mae_waveform
from moodscore.sound import AudioScaler, sound_features


@dataclass(frozen=True)
class SoundtrackMeasures:
    """What :func:`measure_soundtrack` found.

    Attributes
    ----------
    errors : dict of str to float
        ``mae_waveform``, ``mae_tlr``, ``log_mel_distance``.
    judged : pd.DataFrame
        ``segment, valence, arousal``: the emotion the judge hears in the track.
    """

    errors: dict[str, float]
    judged: pd.DataFrame


def measure_soundtrack(
    output: np.ndarray,
    original: np.ndarray,
    sample_rate: int,
    *,
    original_features: pd.DataFrame,
    segment_s: float,
    scaler: AudioScaler,
    judge: Judge,
) -> SoundtrackMeasures:
    """Measure a track as it sounds: its features are extracted anew, not taken from its cue sheet.

    Parameters
    ----------
    output, original : np.ndarray of float [shape=(n, channels)]
        The generated and the original track.
    sample_rate : int
        Samples a second of both.
    original_features : pd.DataFrame
        ``segment, tempo, loudness, rhythm`` of the original, unscaled, one row a segment.
    segment_s : float
        Length of a segment in seconds.
    scaler : AudioScaler
        Fitted on training segments.
    judge : Judge
        Trained on training clips.
    """
    n_segments = int(original_features["segment"].max()) + 1
    features = sound_features(output, sample_rate, segment_s, n_segments=n_segments)
    return SoundtrackMeasures(
        errors={
            "mae_waveform": mae_waveform(original, output),
            "mae_tlr": mae_tlr(_scaled(original_features, scaler), _scaled(features, scaler)),
            "log_mel_distance": log_mel_distance(original, output, sample_rate),
        },
        judged=pd.concat([features[["segment"]], judge.predict(features)], axis=1),
    )


def _scaled(features: pd.DataFrame, scaler: AudioScaler) -> pd.DataFrame:
    return pd.concat([features[["segment"]], scaler.transform(features)], axis=1)
