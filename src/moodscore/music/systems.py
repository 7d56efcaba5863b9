"""The ways of making a soundtrack that are compared with each other.

Each is a name. `plan` turns what is wanted of a clip into the cue sheets of a system (several where
chance is involved), `play` a cue sheet into a track.

* ``silence``: no sound at all.
* ``random``: snippets drawn at random, hard cuts; the mean of several takes is what counts.
* ``mean``: one snippet throughout, that nearest to the mean of all music, hard cuts.
* ``previous``: nearest snippet, hard cuts, from what the system before [1]_ predicts.
* ``paper``: nearest snippet (eq. 9), hard cuts, from what the four networks predicted [1]_.
* ``moodscore``: unit selection, crossfades, from what the four networks predicted.
* ``oracle``: nearest snippet, hard cuts, from the true features of the original.

References
----------
.. [1] G. C. Sergio, M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering 2020, 8478527.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.music.cues import cue_sheet
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.render import N_OUTPUT_CHANNELS, RenderedTrack
from moodscore.music.selection import nearest_snippets, select_units
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.samples import SampleSource

#: Takes of the random system.
N_RANDOM_TAKES = 20
#: What is compared, from the least to the most that is known.
SYSTEMS = ("silence", "random", "mean", "previous", "paper", "moodscore", "oracle")

_KEYS = ["clip_id", "segment"]


@dataclass(frozen=True)
class Brief:
    """What every system is told about a clip.

    Attributes
    ----------
    clip_id : str
        The clip that gets a soundtrack.
    targets : pd.DataFrame
        One row a segment: ``segment, start_s``, the predicted ``tempo, loudness, rhythm`` (scaled)
        and ``valence, arousal, quadrant, confidence``.
    truth : pd.DataFrame or None
        ``tempo, loudness, rhythm`` (scaled) of the original, row by row as ``targets``; None if unknown.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.
    previous : pd.DataFrame or None
        As ``truth``, predicted by the previous system; None if it was not asked.
    """

    clip_id: str
    targets: pd.DataFrame
    truth: pd.DataFrame | None
    n_samples: int
    sample_rate: int
    previous: pd.DataFrame | None = None


def briefs(
    segments: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    soundtracks: Mapping[str, SampleSource],
    true_audio_features: pd.DataFrame | None = None,
    previous_audio_features: pd.DataFrame | None = None,
) -> list[Brief]:
    """A brief for every clip that all tables know, in the order of names.

    Parameters
    ----------
    segments : pd.DataFrame
        ``clip_id, segment, start_s``.
    predicted_audio_features : pd.DataFrame
        ``clip_id, segment, tempo, loudness, rhythm``, scaled.
    emotion_predictions : pd.DataFrame
        ``clip_id, segment, valence, arousal, quadrant, confidence``.
    soundtracks : Mapping of str to AudioFile
        The original sound of each clip; says how long its track is.
    true_audio_features : pd.DataFrame, optional
        As ``predicted_audio_features``, of the originals; needed by the oracle alone.
    previous_audio_features : pd.DataFrame, optional
        As ``predicted_audio_features``, by the previous system; needed by that alone.
    """
    emotions = emotion_predictions[[*_KEYS, "valence", "arousal", "quadrant", "confidence"]]
    targets = segments[[*_KEYS, "start_s"]].merge(predicted_audio_features, on=_KEYS)
    targets = targets.merge(emotions, on=_KEYS)

    def of_clip(features: pd.DataFrame | None, rows: pd.DataFrame) -> pd.DataFrame | None:
        return None if features is None else rows[_KEYS].merge(features, on=_KEYS, how="left")

    return [
        Brief(
            clip_id=clip_id,
            targets=rows.reset_index(drop=True),
            truth=of_clip(true_audio_features, rows),
            n_samples=soundtracks[clip_id].n_samples,
            sample_rate=soundtracks[clip_id].sample_rate,
            previous=of_clip(previous_audio_features, rows),
        )
        for clip_id, rows in targets.groupby("clip_id")
        if clip_id in soundtracks
    ]


def plan(
    system: str,
    brief: Brief,
    music: MusicDictionary,
    *,
    seed: int | Sequence[int] = 0,
    take: int = 0,
    strictness: float = 1.0,
) -> list[pd.DataFrame]:
    """The cue sheets of a system for a clip.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`.
    brief : Brief
        What is wanted.
    music : MusicDictionary
        What there is to choose from.
    seed : int or sequence of int
        Of the random takes, and of the other takes of unit selection; give every clip its own.
    take, strictness
        Of unit selection, see `select_units`.

    Returns
    -------
    list of pd.DataFrame
        One cue sheet a take; none for silence, which has nothing to account for.

    Raises
    ------
    ValueError
        If there is no such system, or one that needs a table the brief lacks.
    MoodscoreError
        If the music cannot be used, see `cue_sheet`.
    """
    if system not in SYSTEMS:
        raise ValueError(f"no system is called {system!r}; there are {', '.join(SYSTEMS)}")
    if system == "silence":
        return []
    targets = _targets(system, brief, music)
    if system == "random":
        chosen = _random_selections(targets, music, seed)
    elif system == "moodscore":
        chosen = [select_units(targets, music, take=take, seed=seed, strictness=strictness)]
    else:
        chosen = [nearest_snippets(targets, music)]
    return [
        cue_sheet(
            targets,
            music,
            selection,
            clip_id=brief.clip_id,
            n_samples=brief.n_samples,
            sample_rate=brief.sample_rate,
            hard=system != "moodscore",
        )
        for selection in chosen
    ]


def _targets(system: str, brief: Brief, music: MusicDictionary) -> pd.DataFrame:
    """What a system looks for: the brief's targets, with the features it has instead of the networks'."""
    if system == "mean":
        means = music.snippets[list(FEATURE_COLUMNS)].iloc[music.eligible].mean()
        return brief.targets.assign(**means.to_dict())
    instead = {"oracle": ("truth", brief.truth), "previous": ("previous", brief.previous)}
    if system not in instead:
        return brief.targets
    name, features = instead[system]
    if features is None:
        raise ValueError(f"clip {brief.clip_id}: the system {system} needs the brief's table {name!r}")
    return brief.targets.assign(**{name: features[name].to_numpy() for name in FEATURE_COLUMNS})


def play(
    system: str,
    cues: pd.DataFrame | None,
    sources: Mapping[str, SampleSource],
    *,
    n_samples: int,
    sample_rate: int,
) -> np.ndarray:
    """The track a system makes of one of its cue sheets (None for silence).

    Returns
    -------
    np.ndarray of float32 [shape=(n_samples, 2)]
    """
    if cues is None:
        return np.zeros((n_samples, N_OUTPUT_CHANNELS), dtype=np.float32)
    return rendered_track(system, cues, sources, n_samples=n_samples, sample_rate=sample_rate).whole()


def rendered_track(
    system: str,
    cues: pd.DataFrame,
    sources: Mapping[str, SampleSource],
    *,
    n_samples: int,
    sample_rate: int,
    levelled: bool = True,
) -> RenderedTrack:
    """The track of `play`, rendered as it is read: for what is too long to be held whole.

    Parameters
    ----------
    system, cues, sources, n_samples, sample_rate
        As for `play`.
    levelled : bool
        See `RenderedTrack`.

    Returns
    -------
    RenderedTrack
        A `SampleSource` of two channels.
    """
    plain = system != "moodscore"
    return RenderedTrack(
        cues, sources, n_samples=n_samples, sample_rate=sample_rate, plain=plain, levelled=levelled
    )


def _random_selections(
    targets: pd.DataFrame, music: MusicDictionary, seed: int | Sequence[int]
) -> list[pd.DataFrame]:
    """Selections in which every audible snippet is as likely as any other."""
    rng = np.random.default_rng(seed)
    return [
        pd.DataFrame(
            {
                "segment": targets["segment"].to_numpy(),
                "snippet": rng.choice(music.eligible, size=len(targets)),
                "target_cost": np.nan,
                "join_cost": 0.0,
            }
        )
        for _ in range(N_RANDOM_TAKES)
    ]
