"""The table of snippets: one row a snippet, pointers in place of copied sound."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.beats import BEAT_COLUMNS, describe_beats
from moodscore.music.edges import EDGE_COLUMNS, describe_edges
from moodscore.samples import SampleSource
from moodscore.segments import sample_bounds

#: Where a snippet is from: the soundtrack of a clip, or a song of a library of music without pictures.
Kind = Literal["soundtrack", "library"]
KINDS: tuple[Kind, ...] = ("soundtrack", "library")

#: The features eq. 9 of Sergio & Lee (2020) compares, scaled to [0, 1].
FEATURE_COLUMNS = ("tempo", "loudness", "rhythm")
N_KEYS = 24
SNIPPET_COLUMNS = (
    "clip_id",
    "segment",
    "start_sample",
    "stop_sample",
    *FEATURE_COLUMNS,
    "tempo_bpm",
    "loudness_sone",
    "valence",
    "arousal",
    "key",
    "is_silent",
    *BEAT_COLUMNS,
    *EDGE_COLUMNS,
    "kind",
    "file",
    "licence",
)
_NUMBERS = SNIPPET_COLUMNS[2:-3]
#: A snippet shorter than this share of the median one is the rest at the end of a clip.
_WHOLE_SHARE = 0.99


def index_track(
    audio: SampleSource,
    features: pd.DataFrame,
    *,
    segment_s: float,
    kind: Kind,
    file: str,
    licence: str = "",
) -> pd.DataFrame:
    """Make the snippets of one soundtrack or song: pointers, edges, beats and where they are from.

    Parameters
    ----------
    audio : SampleSource
        The sound; heard once, and read by slice at the edges.
    features : pd.DataFrame
        One row a segment that shall be a snippet: ``clip_id, segment``, scaled ``tempo, loudness,
        rhythm``, ``tempo_bpm, loudness_sone, valence, arousal, key, is_silent``.
    segment_s : float
        Length of a segment in seconds.
    kind : {"soundtrack", "library"}
        What it is.
    file : str
        Path or name of the file it lies in.
    licence : str
        Under which it may be used; may be empty.

    Returns
    -------
    pd.DataFrame
        `SNIPPET_COLUMNS`, row by row as ``features``; for `build_snippets`.
    """
    segments = features["segment"].to_numpy()
    bounds = sample_bounds(int(segments.max()) + 1, segment_s, audio.sample_rate, audio.n_samples)[segments]
    bounds = bounds.astype(np.int64)
    described = pd.concat(
        [
            features.reset_index(drop=True),
            pd.DataFrame(bounds, columns=["start_sample", "stop_sample"]),
            describe_beats(audio, bounds, features["tempo_bpm"].to_numpy()),
            describe_edges(audio, bounds),
        ],
        axis=1,
    )
    return described.assign(kind=kind, file=file, licence=licence)[list(SNIPPET_COLUMNS)]


def build_snippets(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put the snippets of all clips into one table.

    Parameters
    ----------
    tables : iterable of pd.DataFrame
        One table a clip (or several clips), such as `index_track` makes, with `SNIPPET_COLUMNS`: the
        pointer (``clip_id``, ``segment``, ``start_sample``, ``stop_sample``), scaled ``tempo``,
        ``loudness``, ``rhythm`` in [0, 1], ``tempo_bpm`` > 0, ``loudness_sone``, ``valence`` and
        ``arousal`` of the music in 1..9, ``key`` (0..11 the major keys from C upwards by semitones,
        12..23 the minor ones), ``is_silent``, the beats from `describe_beats`, the edges from
        `describe_edges`, and ``kind`` ("soundtrack" or "library"), ``file`` and ``licence``. Other
        columns are left out.

    Returns
    -------
    pd.DataFrame
        `SNIPPET_COLUMNS`, sorted by ``clip_id`` and ``segment``, rows numbered from 0.

    Raises
    ------
    MoodscoreError
        If there is no snippet, a column is missing, a snippet is there twice or empty, or a number is
        not finite or out of its range.
    """
    tables = [table for table in tables if len(table)]
    if not tables:
        raise MoodscoreError("snippets: there are none; add clips with a soundtrack of at least one segment")
    for table in tables:
        missing = [column for column in SNIPPET_COLUMNS if column not in table]
        if missing:
            raise MoodscoreError(
                f"snippets: columns {', '.join(missing)} are missing; extract the features again"
            )
    snippets = pd.concat([table[list(SNIPPET_COLUMNS)] for table in tables], ignore_index=True)
    snippets = snippets.sort_values(["clip_id", "segment"], kind="stable", ignore_index=True)
    snippets = snippets.astype({"segment": np.int64, "key": np.int64, "is_silent": bool})
    _check_rows(snippets)
    return snippets


def _check_rows(snippets: pd.DataFrame) -> None:
    """Refuse the first snippet that cannot be used, naming it."""
    numbers = snippets[list(_NUMBERS)].to_numpy(dtype=np.float64)
    checks = {
        "is there twice; give every clip a name of its own": snippets.duplicated(["clip_id", "segment"]),
        "has a value that is not finite; extract its features again": ~np.isfinite(numbers).all(axis=1),
        "has no samples; extract its features again": snippets["stop_sample"] <= snippets["start_sample"],
        "has no positive tempo; extract its features again": snippets["tempo_bpm"] <= 0,
        f"has a key outside 0..{N_KEYS - 1}; extract its features again": ~snippets["key"].between(
            0, N_KEYS - 1
        ),
        f"is of no kind known, {' or '.join(KINDS)}; index the music again": ~snippets["kind"].isin(KINDS),
    }
    for complaint, is_bad in checks.items():
        if np.any(is_bad):
            clip_id, segment = snippets.loc[np.argmax(is_bad), ["clip_id", "segment"]]
            raise MoodscoreError(f"snippet {segment} of clip {clip_id} {complaint}")


def eligible_snippets(snippets: pd.DataFrame) -> np.ndarray:
    """Rows a soundtrack may be made of.

    Silence is left out, and so is the short rest at the end of a clip, which cannot fill a segment,
    unless there is nothing else with sound.

    Parameters
    ----------
    snippets : pd.DataFrame
        From `build_snippets`.

    Returns
    -------
    np.ndarray of int
        Row numbers, ascending, at least one.

    Raises
    ------
    MoodscoreError
        If all the snippets are silent.
    """
    is_audible = ~snippets["is_silent"].to_numpy(dtype=bool)
    if not is_audible.any():
        raise MoodscoreError(
            "snippets: all the music is silent; add clips or a library whose soundtrack can be heard"
        )
    lengths = (snippets["stop_sample"] - snippets["start_sample"]).to_numpy()
    is_whole = is_audible & (lengths >= _WHOLE_SHARE * np.median(lengths))
    return np.flatnonzero(is_whole if is_whole.any() else is_audible)


def successors(snippets: pd.DataFrame) -> np.ndarray:
    """Find the true neighbour after each snippet: the next segment of the same clip, without a gap.

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        Row number of the neighbour, -1 where there is none.
    """
    clips, _ = pd.factorize(snippets["clip_id"])
    segments = snippets["segment"].to_numpy()
    order = np.lexsort((segments, clips))
    here, after = order[:-1], order[1:]
    starts, stops = snippets["start_sample"].to_numpy(), snippets["stop_sample"].to_numpy()
    is_neighbour = (
        (clips[here] == clips[after])
        & (segments[here] + 1 == segments[after])
        & (stops[here] == starts[after])
    )
    rows = np.full(len(snippets), -1, dtype=np.int64)
    rows[here[is_neighbour]] = after[is_neighbour]
    return rows
