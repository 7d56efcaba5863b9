"""The ways of making a soundtrack that are compared with each other.

Each is a name. `arrange` turns what is wanted of a clip into what a system plays to it (several takes where
chance is involved).

* ``silence``: no sound at all.
* ``random``: snippets drawn at random, hard cuts; the mean of several takes is what counts.
* ``mean``: one snippet throughout, that nearest to the mean of all music, hard cuts.
* ``previous``: nearest snippet, hard cuts, from what the system before [1]_ predicts.
* ``paper``: nearest snippet (eq. 9), hard cuts, from what the four networks predicted [1]_.
* ``collage``: unit selection, a second at a time, crossfades, from what the four networks predicted.
* ``moodscore``: runs of music from scene to scene, from what the four networks predicted.
* ``composed``: new music, written for the scenes, from what the four networks predicted.
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

from moodscore.errors import MoodscoreError
from moodscore.music.arrangement import Arrangement
from moodscore.music.composed import bar_sheet, compose_for
from moodscore.music.cues import cue_sheet
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.lattice import Prices
from moodscore.music.options import JOIN_PRICES
from moodscore.music.repertoire import materials
from moodscore.music.runs import run_sheet
from moodscore.music.scenes import Scene, find_scenes
from moodscore.music.search import search_runs
from moodscore.music.selection import nearest_snippets, select_units
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.samples import SampleSource
from moodscore.vocabulary import COMPOSED

#: Takes of the random system.
N_RANDOM_TAKES = 20
#: What is compared, from the least to the most that is known.
SYSTEMS = ("silence", "random", "mean", "previous", "paper", "collage", "moodscore", "composed", "oracle")

_KEYS = ["clip_id", "segment"]
_EMOTION = ["valence", "arousal", "quadrant", "confidence"]
#: What is known of the emotion and the picture of a segment, where it is known.
_IF_KNOWN = ["routed_quadrant", "is_neutral", "is_given"]
_CUTS = ["cut_s", "cut_strength"]


@dataclass(frozen=True)
class Brief:
    """What every system is told about a clip.

    Attributes
    ----------
    clip_id : str
        The clip that gets a soundtrack.
    targets : pd.DataFrame
        One row a segment: ``segment, start_s``, the predicted ``tempo, loudness, rhythm`` (scaled),
        ``valence, arousal, quadrant, confidence`` and what `find_scenes` can use besides.
    truth : pd.DataFrame or None
        ``tempo, loudness, rhythm`` (scaled) of the original, row by row as ``targets``; None if unknown.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.
    previous : pd.DataFrame or None
        As ``truth``, predicted by the previous system; None if it was not asked.
    given_s : tuple of float
        Where the spans begin and end whose mood a person set.
    tempo_range_bpm : tuple of float or None
        What scaled tempo 0 and 1 mean in beats a minute; None if nobody knows.
    """

    clip_id: str
    targets: pd.DataFrame
    truth: pd.DataFrame | None
    n_samples: int
    sample_rate: int
    previous: pd.DataFrame | None = None
    given_s: tuple[float, ...] = ()
    tempo_range_bpm: tuple[float, float] | None = None

    @property
    def scenes(self) -> list[Scene]:
        """The scenes of the clip."""
        return find_scenes(self.targets, duration_s=self.n_samples / self.sample_rate, given_s=self.given_s)


def briefs(
    segments: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    soundtracks: Mapping[str, SampleSource],
    true_audio_features: pd.DataFrame | None = None,
    previous_audio_features: pd.DataFrame | None = None,
    cuts: pd.DataFrame | None = None,
    tempo_range_bpm: tuple[float, float] | None = None,
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
    cuts : pd.DataFrame, optional
        ``clip_id, segment, cut_s, cut_strength``: the strongest picture cut in each segment.
    tempo_range_bpm : tuple of float, optional
        See `Brief`; of use to composed music alone.
    """
    known = [name for name in _IF_KNOWN if name in emotion_predictions]
    emotions = emotion_predictions[[*_KEYS, *_EMOTION, *known]]
    targets = segments[[*_KEYS, "start_s"]].merge(predicted_audio_features, on=_KEYS)
    targets = targets.merge(emotions, on=_KEYS)
    if cuts is not None and set(_CUTS) <= set(cuts):
        targets = targets.merge(cuts[[*_KEYS, *_CUTS]], on=_KEYS, how="left")

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
            tempo_range_bpm=tempo_range_bpm,
        )
        for clip_id, rows in targets.groupby("clip_id")
        if clip_id in soundtracks
    ]


def arrange(
    system: str,
    brief: Brief,
    music: MusicDictionary | None,
    *,
    seed: int | Sequence[int] = 0,
    take: int = 0,
    strictness: float = 1.0,
) -> list[Arrangement]:
    """What a system plays to a clip.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`.
    brief : Brief
        What is wanted.
    music : MusicDictionary or None
        What there is to choose from; None if nothing, which will do for silence and composed music.
    seed : int or sequence of int
        Of the random takes, and of the other takes of a search; give every clip its own.
    take : int
        0 is the best music; every other number is other music that fits nearly as well.
    strictness : float
        Factor on the price of joins.

    Returns
    -------
    list of Arrangement
        One a take.

    Raises
    ------
    ValueError
        If there is no such system, or one that needs a table the brief lacks.
    MoodscoreError
        If the music cannot be used, see `cue_sheet` and `search_runs`.
    """
    if system not in SYSTEMS:
        raise ValueError(f"no system is called {system!r}; there are {', '.join(SYSTEMS)}")
    if brief.targets.empty:
        raise MoodscoreError("targets: there is no segment; the video is shorter than half a segment")
    shape = {"n_samples": brief.n_samples, "sample_rate": brief.sample_rate}
    if system == COMPOSED:
        return [_composed(brief, seed, take)]
    if system == "silence":
        return [Arrangement.of(brief.clip_id, system, None, {}, **shape)]
    if system == "moodscore":
        sheets = [_score(brief, music, seed, take, strictness)]
    else:
        targets = _targets(system, brief, music)
        is_hard = system != "collage"
        sheets = [
            cue_sheet(targets, music, selection, clip_id=brief.clip_id, hard=is_hard, **shape)
            for selection in _selections(system, targets, music, seed, take, strictness)
        ]
    return [Arrangement.of(brief.clip_id, system, sheet, music.sources, **shape) for sheet in sheets]


def _composed(brief: Brief, seed: int | Sequence[int], take: int) -> Arrangement:
    """New music for the scenes."""
    scenes, shape = brief.scenes, {"n_samples": brief.n_samples, "sample_rate": brief.sample_rate}
    written = compose_for(
        brief.targets, scenes, tempo_range_bpm=brief.tempo_range_bpm, seed=seed, take=take, **shape
    )
    cues = bar_sheet(written, brief.targets, scenes, brief.clip_id)
    return Arrangement(brief.clip_id, COMPOSED, cues, {}, notes=written.notes, **shape)


def _score(brief: Brief, music: MusicDictionary, seed, take: int, strictness: float) -> pd.DataFrame:
    """The cue sheet of the runs that fit the scenes."""
    options, targets, scenes = music.options, brief.targets, brief.scenes
    duration_s = brief.n_samples / brief.sample_rate
    edges_s = np.append(targets["start_s"].to_numpy(dtype=np.float64), duration_s)
    edges_s[0] = 0.0
    runs = search_runs(
        scenes,
        materials(targets, music, take=take, seed=seed),
        edges_s,
        prices=Prices(join=strictness * JOIN_PRICES[options.cuts]),
        change_at=options.change_at,
        no_repeat_s=options.no_repeat_s,
    )
    return run_sheet(
        runs,
        targets,
        music,
        scenes,
        clip_id=brief.clip_id,
        n_samples=brief.n_samples,
        sample_rate=brief.sample_rate,
    )


def _selections(
    system: str, targets: pd.DataFrame, music: MusicDictionary, seed, take: int, strictness: float
):
    if system == "random":
        return _random_selections(targets, music, seed)
    if system == "collage":
        return [select_units(targets, music, take=take, seed=seed, strictness=strictness)]
    return [nearest_snippets(targets, music)]


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
