"""Choosing the music of one video of any length, and listening to it before anybody else does."""

import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from moodscore.ahead import read_ahead
from moodscore.music import (
    FINDING_COLUMNS,
    Brief,
    MusicDictionary,
    inspect_track,
    plan,
    rendered_track,
)
from moodscore.music.choosing import STRICTER
from moodscore.samples import SampleSource

#: Segments that are listened to at a time: two minutes and 40 MB at a second each.
_WINDOW = 120
#: Windows overlap by so many: what is wrong at the end of one lies well inside the next.
_OVERLAP = 16


def choose_cues(
    brief: Brief, music: MusicDictionary, *, seed: int, take: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cue sheet of one video; unit selection tries once more where the track would not pass.

    Parameters
    ----------
    brief : Brief
        What is wanted.
    music : MusicDictionary
        What there is to choose from, and by which system.
    seed, take : int
        See `moodscore.music.plan`.

    Returns
    -------
    cues : pd.DataFrame
        The cue sheet.
    findings : pd.DataFrame
        What is wrong with its track, see `moodscore.music.inspect_track`; empty if it passed.
    """
    system = music.selection.system
    chance = [seed, zlib.crc32(brief.clip_id.encode())]

    def attempt(strictness: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        cues = plan(system, brief, music, seed=chance, take=take, strictness=strictness)[0]
        track = rendered_track(
            system, cues, music.sources, n_samples=brief.n_samples, sample_rate=brief.sample_rate
        )
        return cues, inspect_by_window(track, cues)

    first = attempt(1.0)
    if first[1].empty or system != "moodscore":
        return first
    second = attempt(STRICTER)
    return min(first, second, key=lambda result: len(result[1]))


def inspect_by_window(track: SampleSource, cues: pd.DataFrame) -> pd.DataFrame:
    """As `moodscore.music.inspect_track`, of a track that is never held whole.

    Parameters
    ----------
    track : SampleSource
        The track.
    cues : pd.DataFrame
        The cue sheet it was made from.
    """
    parts = []
    for window, sound in read_ahead(_heard(track, cues), 1):
        own = cues.iloc[window]
        found = _inspect(sound, own, track.sample_rate)
        # What lies where windows overlap belongs to the one it lies deeper in.
        first_s = own["start_s"].iloc[min(_OVERLAP // 2, len(own) - 1)] if window.start else 0.0
        is_last = window.stop >= len(cues)
        end_s = np.inf if is_last else own["start_s"].iloc[-(_OVERLAP // 2)]
        parts.append(found[found["at_s"].between(first_s, end_s, inclusive="left")])
    return pd.concat(parts).sort_values("at_s", kind="stable", ignore_index=True)


def _windows(n_segments: int) -> Iterator[slice]:
    for first in range(0, max(n_segments - _OVERLAP, 1), _WINDOW - _OVERLAP):
        yield slice(first, first + _WINDOW)


def _heard(track: SampleSource, cues: pd.DataFrame) -> Iterator[tuple[slice, np.ndarray]]:
    """Each window and its sound."""
    for window in _windows(len(cues)):
        own = cues.iloc[window]
        yield window, track.read(int(own["start_sample"].iloc[0]), int(own["stop_sample"].iloc[-1]))


def _inspect(sound: np.ndarray, cues: pd.DataFrame, sample_rate: int) -> pd.DataFrame:
    start = int(cues["start_sample"].iloc[0])
    start_s = start / sample_rate
    own = cues.assign(
        start_sample=cues["start_sample"] - start,
        stop_sample=cues["stop_sample"] - start,
        start_s=cues["start_s"] - start_s,
    )
    if start:  # the seam there lies inside the window before
        own.loc[own.index[0], "join"] = "start"
    found = inspect_track(sound, own, sample_rate=sample_rate)
    return found.assign(at_s=(found["at_s"] + start_s).round(3))[list(FINDING_COLUMNS)]
