"""Nodes of the retrieval pipeline."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from moodscore import music, sound
from moodscore.compute import Compute, map_clips
from moodscore.media import AudioFile, ScoredVideo, Waveform
from moodscore.music import UnitSelection
from moodscore.segments import sample_bounds

_KEYS = ["clip_id", "segment"]


def index_snippets(
    soundtracks: dict,
    segments: pd.DataFrame,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segment_s: float,
    compute: Compute,
) -> pd.DataFrame:
    """The music dictionary: one row a labelled training segment, pointers in place of sound.

    Returns
    -------
    pd.DataFrame
        As :func:`moodscore.music.build_snippets` makes it.
    """
    known = segments[(segments["split"] == "train") & segments["quadrant"].notna()]
    features = known[[*_KEYS, "valence", "arousal"]].merge(audio_features, on=_KEYS)
    scaled = sound.AudioScaler.from_dict(audio_scaler).transform(features)
    features = features.rename(columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"}).drop(
        columns="rhythm"
    )
    features = pd.concat([features, scaled], axis=1)
    by_clip = {c: (soundtracks[c](), rows) for c, rows in features.groupby("clip_id") if c in soundtracks}
    tables, _ = map_clips(
        partial(_with_edges, segment_s=segment_s), by_clip, compute, label="Indexing the music"
    )
    return music.build_snippets(tables.values())


def choose_music(
    snippet_index: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    segment_s: float,
    options: UnitSelection,
) -> pd.DataFrame:
    """The cue sheet of every clip by unit selection, one below the other."""
    sources = _opened(soundtracks)
    sheets = []
    for brief in music.briefs(segments, predicted_audio_features, emotion_predictions, sources):
        sheets += music.plan(
            "moodscore", brief, snippet_index, sources, segment_s=segment_s, selection=options
        )
    return pd.concat(sheets, ignore_index=True)


def render_soundtracks(
    cue_sheet: pd.DataFrame, soundtracks: dict, clip_manifest: pd.DataFrame
) -> dict[str, Callable[[], Waveform]]:
    """The tracks of the clips that are scored, rendered one by one as they are stored."""
    sources = _opened(soundtracks)
    cues = dict(list(cue_sheet.groupby("clip_id")))
    return {
        clip_id: partial(_render, cues[clip_id], sources, sources[clip_id])
        for clip_id in scored_clips(clip_manifest)
        if clip_id in cues
    }


def score_videos(generated_soundtracks: dict, clips: list) -> dict[str, ScoredVideo]:
    """Picture and new sound of every clip that got a soundtrack."""
    return {
        clip.clip_id: ScoredVideo(clip.path, generated_soundtracks[clip.clip_id]())
        for clip in clips
        if clip.clip_id in generated_soundtracks
    }


def scored_clips(clip_manifest: pd.DataFrame) -> list[str]:
    """The clips that get a video with new music: the held-out ones, or all where none is held out."""
    used = clip_manifest[clip_manifest["status"] == "used"]
    held_out = used[used["split"] == "held_out"]
    return sorted((held_out if len(held_out) else used)["clip_id"])


def _opened(soundtracks: dict) -> dict[str, AudioFile]:
    return {clip_id: load() for clip_id, load in soundtracks.items()}


def _render(cues: pd.DataFrame, sources: dict[str, AudioFile], original: AudioFile) -> Waveform:
    track = music.play(
        "moodscore", cues, sources, n_samples=original.n_samples, sample_rate=original.sample_rate
    )
    return Waveform(track, original.sample_rate)


def _with_edges(clip_id: str, item: tuple[AudioFile, pd.DataFrame], *, segment_s: float) -> pd.DataFrame:
    """The rows of one clip with their sample pointers and the frames at their edges."""
    audio, rows = item
    bounds = sample_bounds(int(rows["segment"].max()) + 1, segment_s, audio.sample_rate, audio.n_samples)
    bounds = bounds[rows["segment"].to_numpy()]
    edges = music.describe_edges(audio, bounds).set_index(rows.index)
    pointers = pd.DataFrame(
        bounds.astype(np.int64), columns=["start_sample", "stop_sample"], index=rows.index
    )
    return pd.concat([rows, pointers, edges], axis=1)
