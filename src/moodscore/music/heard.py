"""Which snippet of a piece is heard when, and how far it is from what was asked for."""

import numpy as np
import pandas as pd

from moodscore.music.dictionary import MusicDictionary
from moodscore.music.repertoire import held, weighted
from moodscore.music.snippets import FEATURE_COLUMNS


def heard_rows(music: MusicDictionary, name: str, times_s: np.ndarray) -> np.ndarray:
    """The snippet that lies at each time of a piece, or nearest to it.

    Parameters
    ----------
    music : MusicDictionary
        Where the piece is.
    name : str
        The piece.
    times_s : np.ndarray [shape=(n,)]
        Seconds from its first sample.

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        Row numbers of ``music.snippets``.
    """
    rows = music.rows_of(name)
    samples = np.asarray(times_s) * music.sources[name].sample_rate
    starts = music.snippets["start_sample"].to_numpy()[rows]
    return rows[np.clip(np.searchsorted(starts, samples, side="right") - 1, 0, len(rows) - 1)]


def heard_cost(
    cues: pd.DataFrame, targets: pd.DataFrame, music: MusicDictionary, *, duration_s: float
) -> float:
    """Mean target cost of a cue sheet of any kind, as `moodscore.music.repertoire` has it.

    Parameters
    ----------
    cues : pd.DataFrame
        ``start_s, end_s, source_clip, source_start_s``, in order of time.
    targets : pd.DataFrame
        What was asked for: one row a segment, ``start_s, tempo, loudness, rhythm, valence, arousal``.
    music : MusicDictionary
        What was chosen from.
    duration_s : float
        Length of the video.

    Returns
    -------
    float
        Mean over the segments of the cost of what sounds in their middle; about 0 to 2.
    """
    edges = np.append(targets["start_s"].to_numpy(dtype=float), duration_s)
    middles = (edges[1:] + edges[:-1]) / 2
    row_of = np.clip(np.searchsorted(cues["start_s"].to_numpy(), middles, side="right") - 1, 0, None)
    places = cues["source_start_s"].to_numpy()[row_of] + middles - cues["start_s"].to_numpy()[row_of]
    names = cues["source_clip"].to_numpy()[row_of]
    rows = np.array(
        [heard_rows(music, name, np.array([at]))[0] for name, at in zip(names, places, strict=True)]
    )
    asked = pd.DataFrame(music.targets_of(targets, rows), columns=list(FEATURE_COLUMNS))
    wanted = weighted(asked, targets, music.options.emotion_weight)
    return float(np.abs(wanted - points_of(music, rows)).sum(axis=1).mean())


def points_of(music: MusicDictionary, rows: np.ndarray) -> np.ndarray:
    """The weighted features and mood of some snippets, held at the ends of pieces [shape=(n, 5)]."""
    points = np.empty((len(rows), len(FEATURE_COLUMNS) + 2))
    names = music.snippets["clip_id"].to_numpy()[rows]
    for name in np.unique(names):
        own = music.rows_of(name)
        table = music.snippets.iloc[own]
        values = weighted(table, table, music.options.emotion_weight)
        if name in music.pieces:
            starts_s = table["start_sample"].to_numpy() / music.sources[name].sample_rate
            values = held(values, starts_s, music.pieces[name])
        here = names == name
        points[here] = values[np.searchsorted(own, rows[here])]
    return points
