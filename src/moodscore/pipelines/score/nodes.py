"""Nodes of the score pipeline."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moodscore import emotion, figures, media, music, scoring, segments, sequence, sound, vision
from moodscore.compute import Compute, scratch_folder
from moodscore.emotion import ReaderOptions
from moodscore.errors import MoodscoreError
from moodscore.music import MusicOptions
from moodscore.pipelines.score.parameters import ScoreOptions
from moodscore.vision import MeasureOptions
from moodscore.vocabulary import COMPOSED

_KEYS = ["clip_id", "segment"]


def look_at_video(
    options: ScoreOptions, score_cache: Path, segment_s: float, measuring: MeasureOptions
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The facts of the video and what is seen in it; what was seen before is not looked at again.

    Returns
    -------
    score_facts : dict
        ``clip_id`` and the facts of :class:`moodscore.media.ClipInfo`.
    score_measures : dict of str to np.ndarray
        Row by row what :class:`moodscore.vision.ClipMeasures` names.
    """
    if not options.video:
        raise MoodscoreError("score.video: names no video; `kedro score VIDEO` does all that is needed")
    seen = scoring.look_at(options.video, score_cache, segment_s=segment_s, options=measuring)
    return {"clip_id": Path(options.video).stem} | asdict(seen.facts), asdict(seen.measures)


def describe_video(
    score_facts: dict, score_measures: dict, cluster_centres: dict, segment_s: float
) -> pd.DataFrame:
    """When each segment is and what it looks like, by the centres of the training clips.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, start_s, end_s`` and the columns of :func:`moodscore.vision.describe` and
        :func:`moodscore.vision.kept_measures`.
    """
    bounds = segments.segment_bounds(score_facts["duration_s"], segment_s)
    model = vision.VisualModel.model_validate(cluster_centres)
    keys = pd.DataFrame({"segment": range(len(bounds)), "start_s": bounds[:, 0], "end_s": bounds[:, 1]})
    keys.insert(0, "clip_id", score_facts["clip_id"])
    described = vision.describe(
        score_measures["histograms"], score_measures["motion"], model, vision.cues_of(score_measures)
    )
    return pd.concat([keys, described, vision.kept_measures(score_measures)], axis=1)


def read_video(
    anfis_model: Any,
    score_descriptors: pd.DataFrame,
    score_facts: dict,
    reader: ReaderOptions,
    segment_s: float,
    options: ScoreOptions,
) -> pd.DataFrame:
    """The emotion of every segment: as read from the picture, or as a person said.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, start_s, end_s``, the columns of :func:`moodscore.emotion.settle_emotion` and
        ``is_given``.
    """
    read = emotion.read_emotion(anfis_model, score_descriptors, anfis_model.input_names_)
    read = emotion.settle_emotion(
        read.assign(cut_s=score_descriptors["cut_s"]), segment_s=segment_s, **reader.settling
    )
    keys = score_descriptors[[*_KEYS, "start_s", "end_s"]]
    given = scoring.parse_cues(options.emotion) if options.emotion else []
    said = scoring.override_emotion(
        pd.concat([keys, read], axis=1), given, duration_s=score_facts["duration_s"]
    )
    return emotion.settled(said, reader.neutral_radius)


def predict_score(
    score_emotion: pd.DataFrame,
    score_descriptors: pd.DataFrame,
    cluster_centres: dict,
    descriptor_quantiles: dict,
    pos_high: dict[str, np.ndarray],
    pos_low: dict[str, np.ndarray],
    neg_high: dict[str, np.ndarray],
    neg_low: dict[str, np.ndarray],
) -> pd.DataFrame:
    """What the network of each segment's quadrant asks of the music.

    Where the descriptors are of another kind of pictures than the networks were trained on,
    ``descriptor_quantiles`` maps them to theirs (:func:`moodscore.vision.map_descriptors`).

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment`` and ``tempo, loudness, rhythm`` in [0, 1].
    """
    arrays = {"pos_high": pos_high, "pos_low": pos_low, "neg_high": neg_high, "neg_low": neg_low}
    models = {quadrant: sequence.LSTMNetwork.from_arrays(own) for quadrant, own in arrays.items()}
    inputs = vision.VisualModel.model_validate(cluster_centres).inputs
    known = vision.map_descriptors(score_descriptors, descriptor_quantiles, inputs)
    return sequence.predict_routed_features(models, known, score_emotion, inputs=inputs)


def choose_score(
    snippet_index: pd.DataFrame,
    library_index: pd.DataFrame,
    library_cache: Path,
    soundtracks: dict,
    score_audio_features: pd.DataFrame,
    score_emotion: pd.DataFrame,
    score_descriptors: pd.DataFrame,
    score_facts: dict,
    audio_scaler: dict,
    segment_s: float,
    selection: MusicOptions,
    compute: Compute,
    seed: int,
    options: ScoreOptions,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The music, run by run, or what is composed, bar by bar.

    Returns
    -------
    score_cue_sheet : pd.DataFrame
        See :func:`moodscore.music.run_sheet`.
    score_findings : pd.DataFrame
        What is wrong with its track; empty if nothing is.
    score_notes : pd.DataFrame
        The notes, if it is composed.
    """
    dictionary = None
    if selection.system != COMPOSED:
        _check_columns(snippet_index)
        dictionary = music.assemble_music(
            snippet_index,
            _opened(soundtracks, selection),
            library_index,
            library_cache,
            segment_s=segment_s,
            options=selection,
            compute=compute,
        )
    clip_id = score_facts["clip_id"]
    cuts = score_descriptors[[*_KEYS, "cut_s", "cut_strength"]]
    spans = scoring.parse_cues(options.emotion) if options.emotion else []
    brief = music.Brief(
        clip_id=clip_id,
        targets=score_emotion.merge(score_audio_features, on=_KEYS).merge(cuts, on=_KEYS),
        truth=None,
        n_samples=round(score_facts["duration_s"] * media.SAMPLE_RATE),
        sample_rate=media.SAMPLE_RATE,
        given_s=tuple(at for span in spans for at in (span.start_s, span.end_s) if math.isfinite(at)),
        tempo_range_bpm=sound.AudioScaler.from_dict(audio_scaler).tempo_range_bpm,
    )
    chosen = music.choose_music(
        [brief],
        dictionary,
        system=selection.system,
        inspected=[clip_id],
        compute=Compute(backend="serial"),
        seed=seed,
        take=options.take,
    )
    return chosen.cue_sheet, music.kept_findings(chosen.quality_gate), chosen.notes


def play_score(
    score_cue_sheet: pd.DataFrame,
    score_notes: pd.DataFrame,
    score_facts: dict,
    soundtracks: dict,
    library_cache: Path,
    selection: MusicOptions,
    compute: Compute,
    options: ScoreOptions,
) -> tuple[dict[str, media.AudioFile], dict[str, float | None]]:
    """The finished soundtrack, in a scratch folder, and how loud it is.

    Returns
    -------
    score_soundtrack : dict of str to AudioFile
        By the name of the clip.
    score_loudness : dict
        ``lufs`` (integrated) and ``dbtp`` (true peak) as measured; None where not defined.
    """
    facts = dict(score_facts)
    clip_id = facts.pop("clip_id")
    arranged = music.Arrangement(
        clip_id,
        selection.system,
        score_cue_sheet,
        music.sources_of(score_cue_sheet, _opened(soundtracks, selection), library_cache),
        n_samples=int(score_cue_sheet["stop_sample"].iloc[-1]),
        sample_rate=media.SAMPLE_RATE,
        notes=score_notes if len(score_notes) else None,
        soundfont=selection.soundfont,
    )
    finished = scoring.finish_soundtrack(
        arranged.rendered(),
        options.video,
        media.ClipInfo(**facts),
        scratch_folder(compute),
        keep_db=options.keep_audio_db,
    )
    return {clip_id: finished.track}, asdict(finished.loudness)


def draw_score(
    score_facts: dict,
    score_emotion: pd.DataFrame,
    score_descriptors: pd.DataFrame,
    score_cue_sheet: pd.DataFrame,
    score_cache: Path,
    options: ScoreOptions,
) -> Any:
    """The emotion of the video over its pictures, and the music that plays to it."""
    facts = dict(score_facts)
    clip_id = facts.pop("clip_id")
    strip = scoring.strip_of(
        options.video,
        score_cache,
        media.ClipInfo(**facts),
        n_pictures=figures.strip_length(facts["width"], facts["height"]),
        height=figures.STRIP_HEIGHT,
    )
    cuts_s = score_descriptors["cut_s"].dropna()
    return figures.scored_figure(clip_id, strip, score_emotion, score_cue_sheet, cuts_s)


def put_to_picture(
    score_soundtrack: dict, compute: Compute, options: ScoreOptions
) -> tuple[dict[str, Path], dict[str, Any]]:
    """The video with its new sound, in a scratch folder, its picture as it was.

    Returns
    -------
    scored_video : dict of str to Path
        By its file name: an mp4 file, or an mkv file if an mp4 cannot hold the picture.
    score_container : dict
        ``reason`` (why it is no mp4 file, or no copy) and ``left_out`` (what was not taken over).
    """
    ((clip_id, track),) = score_soundtrack.items()
    # Datasets load partitions as callables; straight from the node before it is the track itself.
    track = track() if callable(track) else track
    out = scratch_folder(compute) / f"{clip_id}.mp4"
    language = None if options.keep_audio_db is None else media.spoken_language(options.video)
    scored = media.score_video(options.video, track, out, language=language)
    return {scored.path.name: scored.path}, {"reason": scored.reason, "left_out": list(scored.left_out)}


def _check_columns(snippet_index: pd.DataFrame) -> None:
    missing = sorted(set(music.SNIPPET_COLUMNS) - set(snippet_index))
    if missing:
        raise MoodscoreError(
            f"snippet_index: lacks {missing[0]}, an older version made it; "
            "run `kedro run --pipeline=retrieval`"
        )


def _opened(soundtracks: dict, selection: MusicOptions) -> dict[str, media.AudioFile]:
    """The sound of the training clips, where music may be taken from them."""
    return {} if selection.music == "library" else {clip_id: load() for clip_id, load in soundtracks.items()}
