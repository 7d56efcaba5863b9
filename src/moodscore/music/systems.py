"""The ways of making a soundtrack that are compared with each other.

Each is a name. `plan` turns what is wanted of a clip into the cue sheets of a system (several where
chance is involved), `play` a cue sheet into a track.

* ``silence``: no sound at all.
* ``random``: snippets drawn at random, hard cuts; the mean of several takes is what counts.
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
from moodscore.music.render import N_OUTPUT_CHANNELS, concatenate_track, render_track
from moodscore.music.selection import UnitSelection, nearest_snippets, select_units
from moodscore.music.snippets import FEATURE_COLUMNS, eligible_snippets
from moodscore.music.sources import SampleSource

#: Takes of the random system.
N_RANDOM_TAKES = 20
#: What is compared, from the least to the most that is known.
SYSTEMS = ("silence", "random", "paper", "moodscore", "oracle")

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
    """

    clip_id: str
    targets: pd.DataFrame
    truth: pd.DataFrame | None
    n_samples: int
    sample_rate: int


def briefs(
    segments: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    soundtracks: Mapping[str, SampleSource],
    true_audio_features: pd.DataFrame | None = None,
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
    """
    emotions = emotion_predictions[[*_KEYS, "valence", "arousal", "quadrant", "confidence"]]
    targets = segments[[*_KEYS, "start_s"]].merge(predicted_audio_features, on=_KEYS)
    targets = targets.merge(emotions, on=_KEYS)
    truth = None
    if true_audio_features is not None:
        truth = targets[_KEYS].merge(true_audio_features, on=_KEYS, how="left")
    return [
        Brief(
            clip_id=clip_id,
            targets=rows.reset_index(drop=True),
            truth=None if truth is None else truth.loc[rows.index].reset_index(drop=True),
            n_samples=soundtracks[clip_id].n_samples,
            sample_rate=soundtracks[clip_id].sample_rate,
        )
        for clip_id, rows in targets.groupby("clip_id")
        if clip_id in soundtracks
    ]


def plan(
    system: str,
    brief: Brief,
    snippets: pd.DataFrame,
    sources: Mapping[str, SampleSource],
    *,
    segment_s: float,
    selection: UnitSelection | None = None,
    seed: int | Sequence[int] = 0,
) -> list[pd.DataFrame]:
    """The cue sheets of a system for a clip.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`.
    brief : Brief
        What is wanted.
    snippets : pd.DataFrame
        The dictionary from `build_snippets`.
    sources : Mapping of str to SampleSource
        The soundtrack of each clip in the dictionary.
    segment_s : float
        Length of a segment in seconds.
    selection : UnitSelection, optional
        Weights of unit selection.
    seed : int or sequence of int
        Of the random takes; give every clip its own.

    Returns
    -------
    list of pd.DataFrame
        One cue sheet a take; none for silence, which has nothing to account for.

    Raises
    ------
    ValueError
        If there is no such system, or the oracle is asked without the truth.
    MoodscoreError
        If the music cannot be used, see `eligible_snippets` and `cue_sheet`.
    """
    targets = brief.targets
    if system == "silence":
        return []
    if system == "random":
        chosen = _random_selections(targets, snippets, seed)
    elif system == "paper":
        chosen = [nearest_snippets(targets, snippets)]
    elif system == "moodscore":
        chosen = [select_units(targets, snippets, segment_s=segment_s, parameters=selection)]
    elif system == "oracle":
        if brief.truth is None:
            raise ValueError(f"clip {brief.clip_id}: the oracle needs the true features of the original")
        targets = targets.assign(**{name: brief.truth[name].to_numpy() for name in FEATURE_COLUMNS})
        chosen = [nearest_snippets(targets, snippets)]
    else:
        raise ValueError(f"no system is called {system!r}; there are {', '.join(SYSTEMS)}")
    return [
        cue_sheet(
            targets,
            snippets,
            take,
            sources,
            clip_id=brief.clip_id,
            n_samples=brief.n_samples,
            sample_rate=brief.sample_rate,
            hard=system != "moodscore",
        )
        for take in chosen
    ]


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
    render = render_track if system == "moodscore" else concatenate_track
    return render(cues, sources, n_samples=n_samples, sample_rate=sample_rate)


def _random_selections(
    targets: pd.DataFrame, snippets: pd.DataFrame, seed: int | Sequence[int]
) -> list[pd.DataFrame]:
    """Selections in which every audible snippet is as likely as any other."""
    eligible = eligible_snippets(snippets)
    rng = np.random.default_rng(seed)
    return [
        pd.DataFrame(
            {
                "segment": targets["segment"].to_numpy(),
                "snippet": rng.choice(eligible, size=len(targets)),
                "target_cost": np.nan,
                "join_cost": 0.0,
            }
        )
        for _ in range(N_RANDOM_TAKES)
    ]
