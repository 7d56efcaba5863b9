"""Nodes of the audio_features pipeline."""

from functools import partial

import pandas as pd

from moodscore import sound
from moodscore.compute import Compute, map_clips
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile
from moodscore.sound import SoundOptions


def measure_sound(
    soundtracks: dict, segments: pd.DataFrame, compute: Compute, segment_s: float, options: SoundOptions
) -> pd.DataFrame:
    """Tempo, loudness, rhythm and the judge's cues of every segment, unscaled.

    Returns
    -------
    pd.DataFrame
        ``clip_id`` and the columns of :func:`moodscore.sound.sound_features`.
    """
    lengths = segments["clip_id"].value_counts()
    items = {c: (load(), int(lengths[c])) for c, load in soundtracks.items() if c in lengths.index}
    tables, failures = map_clips(
        partial(_measure, segment_s=segment_s, options=options),
        items,
        compute,
        label="Listening to the clips",
    )
    if not tables:
        raise MoodscoreError(f"soundtracks: none can be read; {next(iter(failures.values()))}")
    for clip_id, table in tables.items():
        table.insert(0, "clip_id", clip_id)
    return pd.concat(tables.values(), ignore_index=True)


def fit_audio_scaler(
    audio_features: pd.DataFrame, segments: pd.DataFrame, options: SoundOptions
) -> dict[str, object]:
    """The scale of tempo, loudness and rhythm, by the training segments, as plain numbers."""
    training = segments.loc[segments["split"] == "train", ["clip_id", "segment"]]
    heard = audio_features.merge(training, on=["clip_id", "segment"])
    return sound.AudioScaler.fit(heard, variant=options.variant).to_dict()


def _measure(
    clip_id: str, item: tuple[AudioFile, int], *, segment_s: float, options: SoundOptions
) -> pd.DataFrame:
    soundtrack, n_segments = item
    return sound.sound_features(
        soundtrack, segment_s=segment_s, n_segments=n_segments, variant=options.variant
    )
