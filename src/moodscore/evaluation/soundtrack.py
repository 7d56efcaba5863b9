"""All that is measured of one generated track against the original of its clip."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.emotion import Judge
from moodscore.media import mastered
from moodscore.metrics import LogMelReference, mae_tlr, mae_waveform
from moodscore.music.render import CONCATENATION_PEAK
from moodscore.sound import AudioScaler, sound_features


@dataclass(frozen=True)
class Original:
    """The original of a clip, with what every comparison with it needs computed once.

    Attributes
    ----------
    samples : np.ndarray of float [shape=(n, channels)]
        The track.
    sample_rate : int
        Samples a second.
    scaled_features : pd.DataFrame
        ``segment`` and the scaled ``tempo, loudness, rhythm``, one row a segment.
    log_mel : LogMelReference
        Its levels.
    """

    samples: np.ndarray
    sample_rate: int
    scaled_features: pd.DataFrame
    log_mel: LogMelReference

    @classmethod
    def prepare(
        cls, samples: np.ndarray, sample_rate: int, features: pd.DataFrame, scaler: AudioScaler
    ) -> "Original":
        """Take a track and its features, ``segment, tempo, loudness, rhythm``, not yet scaled."""
        return cls(
            samples, sample_rate, scaler.transform_keyed(features), LogMelReference(samples, sample_rate)
        )

    @property
    def n_segments(self) -> int:
        """Segments of the clip."""
        return int(self.scaled_features["segment"].max()) + 1


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
    rendered: np.ndarray, original: Original, *, segment_s: float, scaler: AudioScaler, judge: Judge
) -> tuple[np.ndarray, SoundtrackMeasures]:
    """Measure a track as it is delivered: mastered, and its features extracted anew.

    Parameters
    ----------
    rendered : np.ndarray of float [shape=(n, channels)]
        The generated track, at the original's sample rate and any level.
    original : Original
        What it is compared with.
    segment_s : float
        Length of a segment in seconds.
    scaler : AudioScaler
        Fitted on training segments; its variant says how tempo is read.
    judge : Judge
        Trained on training clips.

    Returns
    -------
    output : np.ndarray of float [shape=(n, channels)]
        The track as it was measured.
    measures : SoundtrackMeasures
        The error of the waveform alone is of the track at a peak of .95, as in the paper.
    """
    output = mastered(rendered, original.sample_rate)
    features = sound_features(
        output,
        original.sample_rate,
        segment_s,
        n_segments=original.n_segments,
        variant=scaler.variant,
    )
    return output, SoundtrackMeasures(
        errors={
            "mae_waveform": mae_waveform(original.samples, _at_published_peak(rendered)),
            "mae_tlr": mae_tlr(original.scaled_features, scaler.transform_keyed(features)),
            "log_mel_distance": original.log_mel.distance(output),
        },
        judged=pd.concat([features[["segment"]], judge.predict(features)], axis=1),
    )


def _at_published_peak(samples: np.ndarray) -> np.ndarray:
    peak = float(np.abs(samples).max(initial=0))
    return samples * np.float32(CONCATENATION_PEAK / peak) if peak else samples
