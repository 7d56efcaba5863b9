"""Nodes of the retrieval pipeline."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from moodscore import emotion, figures, music, sound
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, ScoredVideo, master, mux_soundtrack
from moodscore.music import MusicOptions

_KEYS = ["clip_id", "segment"]


def index_snippets(
    soundtracks: dict,
    segments: pd.DataFrame,
    clip_manifest: pd.DataFrame,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segment_s: float,
    compute: Compute,
) -> pd.DataFrame:
    """The training soundtracks as music: one row a labelled segment, pointers in place of sound.

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
    files = clip_manifest.set_index("clip_id")["file"]
    by_clip = {
        clip_id: (soundtracks[clip_id](), rows, files[clip_id])
        for clip_id, rows in features.groupby("clip_id")
        if clip_id in soundtracks
    }
    tables, failures = map_clips(
        partial(_index_clip, segment_s=segment_s), by_clip, compute, label="Indexing the music"
    )
    if failures and not tables:
        raise MoodscoreError(f"soundtracks: none can be indexed; {next(iter(failures.values()))}")
    return music.build_snippets(tables.values())


def choose_music(
    snippet_index: pd.DataFrame,
    library_index: pd.DataFrame,
    library_cache: Path,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    visual_descriptors: pd.DataFrame,
    segments: pd.DataFrame,
    clip_manifest: pd.DataFrame,
    soundtracks: dict,
    audio_scaler: dict,
    segment_s: float,
    options: MusicOptions,
    compute: Compute,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Music for every clip; that of the clips to be scored passes the quality gate or is chosen again.

    Returns
    -------
    cue_sheet, cue_sheet_csv : pd.DataFrame
        The cue sheets of all clips, one below the other.
    quality_gate : pd.DataFrame
        What the gate says of the clips to be scored, see :func:`moodscore.music.choose_music`.
    composed_notes : pd.DataFrame
        The notes, if the music is composed.
    """
    originals = _opened(soundtracks)
    dictionary = music.assemble_music(
        snippet_index,
        originals,
        library_index,
        library_cache,
        segment_s=segment_s,
        options=options,
        compute=compute,
    )
    chosen = music.choose_music(
        music.briefs(
            segments,
            predicted_audio_features,
            emotion_predictions,
            originals,
            cuts=visual_descriptors,
            tempo_range_bpm=sound.AudioScaler.from_dict(audio_scaler).tempo_range_bpm,
        ),
        dictionary,
        system=options.system,
        inspected=scored_clips(clip_manifest),
        compute=compute,
        seed=seed,
    )
    return chosen.cue_sheet, chosen.cue_sheet, chosen.quality_gate, chosen.notes


def render_soundtracks(
    cue_sheet: pd.DataFrame,
    composed_notes: pd.DataFrame,
    soundtracks: dict,
    library_cache: Path,
    clip_manifest: pd.DataFrame,
    options: MusicOptions,
    compute: Compute,
) -> dict[str, AudioFile]:
    """The mastered tracks of the clips that are scored, in a scratch folder."""
    originals = _opened(soundtracks)
    cues = dict(list(cue_sheet.groupby("clip_id")))
    notes = dict(list(composed_notes.groupby("clip_id")))
    tasks = {
        clip_id: music.Arrangement(
            clip_id,
            options.system,
            cues[clip_id],
            music.sources_of(cues[clip_id], originals, library_cache),
            originals[clip_id].n_samples,
            originals[clip_id].sample_rate,
            notes=notes.get(clip_id),
            soundfont=options.soundfont,
        )
        for clip_id in scored_clips(clip_manifest)
        if clip_id in cues
    }
    render = partial(_render, scratch=scratch_folder(compute))
    return map_clips(render, tasks, compute, label="Rendering the soundtracks")[0]


def draw_tracks(generated_soundtracks: dict, cue_sheet: pd.DataFrame) -> dict[str, Any]:
    """For each scored clip a picture of its track: what sounds when, where from, and why."""
    cues = dict(list(cue_sheet.groupby("clip_id")))
    return {
        clip_id: partial(_track, clip_id, generated_soundtracks[clip_id], cues[clip_id])
        for clip_id in generated_soundtracks
        if clip_id in cues
    }


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


def _render(clip_id: str, arranged: music.Arrangement, *, scratch: Path) -> AudioFile:
    return master(arranged.rendered(), scratch / f"{clip_id}.wav").track


def _track(clip_id: str, load_track: Any, cues: pd.DataFrame) -> Any:
    return figures.track_picture(clip_id, load_track(), cues)


def _mux(clip_id: str, scored: ScoredVideo, *, scratch: Path) -> Path:
    path = scratch / f"{clip_id}.mp4"
    mux_soundtrack(scored, path)
    return path


def _index_clip(clip_id: str, item: tuple[AudioFile, pd.DataFrame, str], *, segment_s: float) -> pd.DataFrame:
    audio, features, file = item
    return music.index_track(audio, features, segment_s=segment_s, kind="soundtrack", file=file)
