"""Nodes of the retrieval pipeline."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moodscore import emotion, music, sound
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, ScoredVideo, Waveform, mux_soundtrack, write_audio
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
    known = emotion.labelled_training(segments)
    features = known[[*_KEYS, "valence", "arousal"]].merge(audio_features, on=_KEYS)
    scaled = sound.AudioScaler.from_dict(audio_scaler).transform(features)
    features = features.rename(columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"}).drop(
        columns="rhythm"
    )
    features = pd.concat([features, scaled], axis=1)
    by_clip = {c: (soundtracks[c](), rows) for c, rows in features.groupby("clip_id") if c in soundtracks}
    tables, failures = map_clips(
        partial(_with_edges, segment_s=segment_s), by_clip, compute, label="Indexing the music"
    )
    if failures and not tables:
        raise MoodscoreError(f"soundtracks: none can be indexed; {next(iter(failures.values()))}")
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
    known = music.briefs(segments, predicted_audio_features, emotion_predictions, sources)
    choose = partial(
        _cue_sheet, snippets=snippet_index, sources=sources, segment_s=segment_s, selection=options
    )
    # Here and not in workers: the dictionary is large, and choosing takes milliseconds.
    sheets, failures = map_clips(
        choose, {brief.clip_id: brief for brief in known}, Compute(backend="serial"), label="Choosing music"
    )
    if not sheets:
        raise MoodscoreError(f"no clip can be given music; {next(iter(failures.values()), 'none is left')}")
    return pd.concat(sheets.values(), ignore_index=True)


def render_soundtracks(
    cue_sheet: pd.DataFrame, soundtracks: dict, clip_manifest: pd.DataFrame, compute: Compute
) -> dict[str, AudioFile]:
    """The tracks of the clips that are scored, in a scratch folder."""
    sources = _opened(soundtracks)
    cues = dict(list(cue_sheet.groupby("clip_id")))
    tasks = {
        clip_id: (cues[clip_id], {name: sources[name] for name in {clip_id, *cues[clip_id]["source_clip"]}})
        for clip_id in scored_clips(clip_manifest)
        if clip_id in cues
    }
    render = partial(_render, scratch=scratch_folder(compute))
    return map_clips(render, tasks, compute, label="Rendering the soundtracks")[0]


def score_videos(generated_soundtracks: dict, clips: list, compute: Compute) -> dict[str, Path]:
    """Videos with the picture of each clip and its new sound, in a scratch folder."""
    tasks = {
        clip.clip_id: ScoredVideo(clip.path, generated_soundtracks[clip.clip_id]())
        for clip in clips
        if clip.clip_id in generated_soundtracks
    }
    mux = partial(_mux, scratch=scratch_folder(compute))
    return map_clips(mux, tasks, compute, label="Putting music to the pictures")[0]


def scored_clips(clip_manifest: pd.DataFrame) -> list[str]:
    """The clips that get a video with new music: the held-out ones, or all where none is held out."""
    used = clip_manifest[clip_manifest["status"] == "used"]
    held_out = used[used["split"] == "held_out"]
    return sorted((held_out if len(held_out) else used)["clip_id"])


def _opened(soundtracks: dict) -> dict[str, AudioFile]:
    return {clip_id: load() for clip_id, load in soundtracks.items()}


def _cue_sheet(clip_id: str, brief: music.Brief, **plan: Any) -> pd.DataFrame:
    return music.plan("moodscore", brief, **plan)[0]


def _render(clip_id: str, item: tuple[pd.DataFrame, dict[str, AudioFile]], *, scratch: Path) -> AudioFile:
    cues, sources = item
    original = sources[clip_id]
    track = music.play(
        "moodscore", cues, sources, n_samples=original.n_samples, sample_rate=original.sample_rate
    )
    path = scratch / f"{clip_id}.wav"
    write_audio(path, Waveform(track, original.sample_rate))
    return AudioFile.open(path)


def _mux(clip_id: str, scored: ScoredVideo, *, scratch: Path) -> Path:
    path = scratch / f"{clip_id}.mp4"
    mux_soundtrack(scored, path)
    return path


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
