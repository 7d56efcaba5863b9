"""Nodes of the study pipeline."""

import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moodscore import music, sound, study
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, ScoredVideo, Waveform, mux_soundtrack, write_audio
from moodscore.music import UnitSelection
from moodscore.pipelines.study.parameters import StudyOptions


@dataclass(frozen=True)
class _Score:
    """Music that is still to be played: a cue sheet (None for silence) and the sound it takes."""

    cues: pd.DataFrame | None
    sources: dict[str, AudioFile]
    n_samples: int
    sample_rate: int


@dataclass(frozen=True)
class _Task:
    """A video and the music of each system for it, stored or still to be played."""

    source: Path
    music: dict[str, AudioFile | _Score]


def make_versions(
    generated_soundtracks: dict,
    clips: list,
    snippet_index: pd.DataFrame,
    library_index: pd.DataFrame,
    library_cache: Path,
    predicted_audio_features: pd.DataFrame,
    previous_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segment_s: float,
    selection: UnitSelection,
    options: StudyOptions,
    compute: Compute,
    seed: int,
) -> tuple[dict[str, Path], dict[str, Any]]:
    """The videos raters see, under blinded names, and the key to the names.

    Returns
    -------
    study_videos : dict of str to Path
        Files in a scratch folder by their names without an ending.
    study_key : dict
        The fields of :class:`moodscore.study.StudyKey`.
    """
    pictures = {clip.clip_id: clip.path for clip in clips}
    shown = _drawn(sorted(pictures.keys() & generated_soundtracks.keys()), options.n_videos, seed)
    stored = {clip_id: generated_soundtracks[clip_id]() for clip_id in shown}
    sources = {clip_id: load() for clip_id, load in soundtracks.items()}
    truth = sound.AudioScaler.from_dict(audio_scaler).transform_keyed(audio_features)
    heard = segments[segments["clip_id"].isin(shown)]
    briefs = music.briefs(
        heard, predicted_audio_features, emotion_predictions, sources, truth, previous_audio_features
    )
    dictionary = music.assemble_music(
        snippet_index, sources, library_index, library_cache, segment_s=segment_s, selection=selection
    )

    def music_of(system: str, brief: music.Brief) -> AudioFile | _Score:
        made = system == selection.system
        return stored[brief.clip_id] if made else _score(system, brief, dictionary, seed)

    tasks = {
        brief.clip_id: _Task(pictures[brief.clip_id], {s: music_of(s, brief) for s in options.systems})
        for brief in briefs
    }
    scratch = scratch_folder(compute)
    names, failures = map_clips(partial(_write, scratch=scratch), tasks, compute, label="Making the study")
    if not names:
        raise MoodscoreError(f"no video can be shown; {next(iter(failures.values()), 'none was scored')}")
    files = {(clip_id, system): name for clip_id, own in names.items() for system, name in own.items()}
    key = study.make_key(files, options.systems, seed)
    return {Path(name).stem: scratch / name for name in key.files}, key.model_dump(mode="json")


def write_page(study_key: dict, options: StudyOptions) -> dict[str, str]:
    """The page raters work through, by its name without an ending."""
    return {"index": study.render_page(study.StudyKey.model_validate(study_key), options.consent)}


def _drawn(clip_ids: list[str], n_videos: int, seed: int) -> list[str]:
    if len(clip_ids) <= n_videos:
        return clip_ids
    return sorted(np.random.default_rng(seed).choice(clip_ids, size=n_videos, replace=False).tolist())


def _score(system: str, brief: music.Brief, dictionary: music.MusicDictionary, seed: int) -> _Score:
    """What a system would play to a clip; of several takes the first."""
    chance = [seed, zlib.crc32(brief.clip_id.encode())]
    cues = next(iter(music.plan(system, brief, dictionary, seed=chance)), None)
    used = [] if cues is None else cues["source_clip"].unique()
    return _Score(cues, {name: dictionary.sources[name] for name in used}, brief.n_samples, brief.sample_rate)


def _write(clip_id: str, task: _Task, *, scratch: Path) -> dict[str, str]:
    """Write the versions of one video; their blinded names by system."""
    names = {}
    for system, track in task.music.items():
        stem = f"{clip_id}.{system}"
        if isinstance(track, _Score):
            track = _play(system, track, scratch / f"{stem}.wav")
        path = scratch / f"{stem}.mp4"
        mux_soundtrack(ScoredVideo(task.source, track), path)
        names[system] = study.blinded_name(clip_id, system, path)
        path.rename(scratch / names[system])
    return names


def _play(system: str, score: _Score, path: Path) -> AudioFile:
    shape = {"n_samples": score.n_samples, "sample_rate": score.sample_rate}
    write_audio(path, Waveform(music.play(system, score.cues, score.sources, **shape), score.sample_rate))
    return AudioFile.open(path)
