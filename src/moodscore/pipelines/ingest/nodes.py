"""Nodes of the ingest pipeline."""

import logging
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pandas as pd

from moodscore import emotion, media
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.emotion import CorpusOptions
from moodscore.errors import MoodscoreError
from moodscore.segments import segment_bounds

logger = logging.getLogger(__name__)

_UNRATED = "has no ratings"


def inspect_clips(
    clips: list, ratings: pd.DataFrame, compute: Compute, segment_s: float, options: CorpusOptions
) -> tuple[pd.DataFrame, dict]:
    """Look at every clip that somebody rated and decode its soundtrack.

    Returns
    -------
    clip_probe : pd.DataFrame
        One row a clip: ``clip_id, file, reason`` (empty if the clip can be used) and the facts of
        :class:`moodscore.media.ClipInfo`.
    soundtracks : dict of str to AudioFile
        The decoded sound of each usable clip, in a scratch folder.
    """
    scratch = scratch_folder(compute)
    by_id = {clip.clip_id: clip for clip in clips}
    inspect = partial(_inspect, scratch=scratch, segment_s=segment_s, options=options)
    rated = {c: clip for c, clip in by_id.items() if c in set(ratings["clip_id"])}
    found, failures = map_clips(inspect, rated, compute, label="Looking at the clips")
    failures |= {clip_id: _UNRATED for clip_id in by_id if clip_id not in rated}
    if not found:
        raise MoodscoreError(f"clips: none of the {len(clips)} can be used; {next(iter(failures.values()))}")
    facts = pd.DataFrame([{"clip_id": c, **asdict(info)} for c, (info, _) in found.items()])
    probe = pd.DataFrame(
        [{"clip_id": c, "file": clip.path.name, "reason": failures.get(c, "")} for c, clip in by_id.items()]
    ).merge(facts, on="clip_id", how="left")
    return probe, {clip_id: sound for clip_id, (_, sound) in found.items() if sound is not None}


def label_segments(
    clip_probe: pd.DataFrame, ratings: pd.DataFrame, segment_s: float, options: CorpusOptions, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every segment its mean opinion score and every clip its side of the split.

    Returns
    -------
    clip_manifest : pd.DataFrame
        ``clip_probe`` with ``status`` (``used`` or ``left_out``), ``n_segments`` and ``split``
        (``train``, ``held_out``, or missing for a clip that is left out).
    segments : pd.DataFrame
        ``clip_id, segment, start_s, end_s, split`` and the labels of
        :func:`moodscore.emotion.segment_labels`, for the clips that are used.
    """
    spans = _spans(clip_probe[clip_probe["reason"] == ""], segment_s)
    labels = emotion.segment_labels(ratings, spans)
    labels = labels[labels.groupby("clip_id")["n_raters"].transform("max") > 0]
    if labels.empty:
        raise MoodscoreError("ratings: none of them is of a clip that can be used; check the column clip_id")
    split = emotion.split_clips(labels, held_out=options.held_out, seed=seed)
    segments = spans.merge(labels, on=["clip_id", "segment"])
    segments.insert(segments.columns.get_loc("end_s") + 1, "split", segments["clip_id"].map(split))
    manifest = clip_probe.assign(
        n_segments=clip_probe["clip_id"].map(segments["clip_id"].value_counts()).fillna(0).astype("int64"),
        split=clip_probe["clip_id"].map(split),
    )
    unrated = (manifest["reason"] == "") & (manifest["n_segments"] == 0)
    manifest.loc[unrated, "reason"] = _UNRATED
    manifest["status"] = (manifest["reason"] == "").map({True: "used", False: "left_out"})
    _report(manifest, sorted(set(ratings["clip_id"]) - set(manifest["clip_id"])))
    for line in emotion.beyond_the_end(ratings, clip_probe.set_index("clip_id")["duration_s"]):
        logger.warning("%s", line)
    return manifest, segments


def _inspect(
    clip_id: str, clip: media.Clip, *, scratch: Path, segment_s: float, options: CorpusOptions
) -> tuple[media.ClipInfo, media.AudioFile | None]:
    info = media.probe_clip(clip.path)
    if len(segment_bounds(info.duration_s, segment_s)) < options.min_segments:
        raise MoodscoreError(
            f"{clip.path}: lasts {info.duration_s:.2f} s, "
            f"shorter than {options.min_segments} segments of {segment_s:g} s"
        )
    if not options.sound:
        return info, None
    stored = scratch / f"{clip_id}.flac"
    return info, media.decode_soundtrack(clip.path, stored, start_s=info.start_s, duration_s=info.duration_s)


def _spans(clips: pd.DataFrame, segment_s: float) -> pd.DataFrame:
    """Every segment of every clip: ``clip_id, segment, start_s, end_s``."""
    tables = []
    for clip in clips.itertuples():
        bounds = segment_bounds(clip.duration_s, segment_s)
        tables.append(
            pd.DataFrame(
                {
                    "clip_id": clip.clip_id,
                    "segment": range(len(bounds)),
                    "start_s": bounds[:, 0],
                    "end_s": bounds[:, 1],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _report(manifest: pd.DataFrame, unknown: list[str]) -> None:
    """Say what takes part and what does not."""
    counts = manifest["split"].value_counts()
    logger.info(
        "%d clips: %d for training, %d held out, %d left out",
        len(manifest),
        counts.get("train", 0),
        counts.get("held_out", 0),
        (manifest["status"] == "left_out").sum(),
    )
    for clip in manifest[manifest["reason"] == _UNRATED].itertuples():
        logger.warning("clip %s is left out: it has no ratings", clip.clip_id)
    if unknown:
        logger.warning(
            "no clip for the ratings of: %s; the run goes on without them, or put files of these names "
            "into the folder of clips",
            ", ".join(unknown),
        )
