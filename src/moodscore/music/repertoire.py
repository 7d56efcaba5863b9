"""The pieces a score may be made of, and what each of their beats would cost at each moment of a video.

Tempo, loudness, rhythm, valence and arousal are known of every second of a piece (its snippets); here
they become numbers of its beats. The *target cost* of a beat is a rate, per second of video:

    (4 |Δ tempo| + |Δ loudness| + 4 |Δ rhythm|) / 9 + emotion_weight · (|Δ valence| + |Δ arousal|) / 16

It is eq. 9 of Sergio & Lee (2020) with the mood beside it, where loudness counts a quarter of the others:
the level of what is played is set by gain afterwards. What ends a piece is heard as the end of what
came before, whatever tempo and rhythm are measured while it rings out: in its last seconds they are held.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.pieces import Piece

_FEATURES = list(FEATURE_COLUMNS)
_EMOTION = ["valence", "arousal"]
#: Of tempo, loudness and rhythm.
FEATURE_WEIGHTS = np.array([4.0, 1.0, 4.0]) / 9
#: Valence and arousal differ by at most 8, and their mean counts.
_EMOTION_SPAN = 16.0
#: What a second of silence inside a piece costs beside its target cost.
SILENCE_COST = 1.0
#: Before the end of a piece that ends or fades, its features are those of as many seconds before.
CLOSING_S = 8.0
#: In another take a piece may seem up to this much worse, in target cost, than it is, and each of its
#: parts of so many beats up to this much more.
TAKE_SPREAD = 0.3
PART_SPREAD = 0.15
PART_BEATS = 16


@dataclass(frozen=True)
class Material:
    """One piece with the numbers of its beats.

    Attributes
    ----------
    name : str
        Its ``clip_id`` in the dictionary.
    piece : Piece
        Its beats, bars, sections and jumps.
    seconds : np.ndarray [shape=(m, 5)]
        Weighted tempo, loudness, rhythm, valence, arousal of each snippet: the L1 distance to a target
        weighted alike is the target cost.
    beats : np.ndarray [shape=(n, 5)]
        The same of each beat.
    surcharge : np.ndarray [shape=(n,)]
        What each beat costs a second whatever is asked for: silence, and the handicap of a take.
    targets : np.ndarray [shape=(segments, 5)]
        What is asked for, in the range of the part the piece lies in, weighted alike.
    """

    name: str
    piece: Piece
    seconds: np.ndarray
    beats: np.ndarray
    surcharge: np.ndarray
    targets: np.ndarray

    def beat_costs(self, rows: slice) -> np.ndarray:
        """Cost of each beat, a second, in some segments of the video [shape=(segments, n)]."""
        return _distances(self.targets[rows], self.beats) + self.surcharge

    def second_costs(self, rows: slice) -> np.ndarray:
        """Target cost of each snippet in some segments of the video [shape=(segments, m)]."""
        return _distances(self.targets[rows], self.seconds)


def materials(
    targets: pd.DataFrame,
    music: MusicDictionary,
    *,
    take: int = 0,
    seed: int | Sequence[int] = 0,
) -> list[Material]:
    """The pieces of a dictionary that a video may have, with their costs for it.

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment: the predicted ``tempo``, ``loudness``, ``rhythm`` (scaled), ``valence`` and
        ``arousal``.
    music : MusicDictionary
        What there is; its ``options.song`` may name the only piece.
    take, seed : int
        In another take than 0 each piece has a handicap by chance, at most `TAKE_SPREAD`.

    Returns
    -------
    list of Material
        In the order of names.

    Raises
    ------
    MoodscoreError
        If the song asked for is not there.
    """
    weight = music.options.emotion_weight
    asked = music.targets_by_part(targets)
    wanted = [weighted(pd.DataFrame(part, columns=_FEATURES), targets, weight) for part in asked]
    found = []
    for name, rows in _pieces(music).items():
        if name not in music.pieces:
            continue
        part = int(music.part_of(rows.index.to_numpy()[:1])[0])
        piece, rate = music.pieces[name], music.sources[name].sample_rate
        seconds = held(weighted(rows, rows, weight), rows["start_sample"].to_numpy() / rate, piece)
        is_silent = rows["is_silent"].to_numpy(dtype=bool)
        silence = beat_means(rows, is_silent[:, np.newaxis].astype(float), piece, rate)
        found.append(
            Material(
                name=name,
                piece=piece,
                seconds=seconds[~is_silent],
                beats=beat_means(rows, seconds, piece, rate),
                surcharge=SILENCE_COST * silence[:, 0] + _handicaps(name, len(silence), take, seed),
                targets=wanted[part],
            )
        )
    return found


def weighted(features: pd.DataFrame, emotions: pd.DataFrame, emotion_weight: float) -> np.ndarray:
    """Points whose L1 distance is the target cost [shape=(n, 5)]."""
    moods = emotions[_EMOTION].to_numpy(np.float64) * (emotion_weight / _EMOTION_SPAN)
    return np.hstack([features[_FEATURES].to_numpy(np.float64) * FEATURE_WEIGHTS, moods])


def beat_means(rows: pd.DataFrame, values: np.ndarray, piece: Piece, sample_rate: int) -> np.ndarray:
    """Means over each beat of what is known of each snippet; between snippets the nearer one holds.

    Parameters
    ----------
    rows : pd.DataFrame
        The snippets of a piece, in order of time: ``start_sample``, ``stop_sample``.
    values : np.ndarray [shape=(len(rows), k)]
        What is known of them.
    piece : Piece
        Whose beats.
    sample_rate : int
        Samples a second.

    Returns
    -------
    np.ndarray [shape=(n_beats, k)]
    """
    starts, stops = (
        rows["start_sample"].to_numpy() / sample_rate,
        rows["stop_sample"].to_numpy() / sample_rate,
    )
    beats = np.asarray(piece.beats_s, dtype=np.float64)
    first, last = min(starts[0], beats[0]), max(stops[-1], beats[-1])
    edges = np.concatenate([[first], (stops[:-1] + starts[1:]) / 2, [last]])
    integrals = np.vstack(
        [np.zeros(values.shape[1]), np.cumsum(values * np.diff(edges)[:, np.newaxis], axis=0)]
    )
    at_beats = np.stack([np.interp(beats, edges, column) for column in integrals.T], axis=1)
    return np.diff(at_beats, axis=0) / np.diff(beats)[:, np.newaxis]


def _pieces(music: MusicDictionary) -> dict[str, pd.DataFrame]:
    """The snippets of every piece that can be heard and is asked for."""
    by_name = {
        str(name): rows for name, rows in music.snippets.groupby("clip_id") if not rows["is_silent"].all()
    }
    song = music.options.song
    if not song:
        return by_name
    files = {name: str(rows["file"].iloc[0]) for name, rows in by_name.items()}
    chosen = {name: rows for name, rows in by_name.items() if _is_named(files[name], song)}
    if not chosen:
        near = ", ".join(sorted(PurePosixPath(file).name for file in files.values())[:5])
        raise MoodscoreError(f"song {song}: is not among the music that can be used, such as {near}")
    return chosen


def _is_named(file: str, song: str) -> bool:
    """Whether a path is the one named, or ends with it."""
    wanted, path = PurePosixPath(song).parts, PurePosixPath(file).parts
    shorter = min(len(wanted), len(path))
    return path[-shorter:] == wanted[-shorter:] or PurePosixPath(file).stem == song


def held(values: np.ndarray, starts_s: np.ndarray, piece: Piece) -> np.ndarray:
    """What is known of the seconds of a piece, with that of its last ones replaced by the mean before.

    Parameters
    ----------
    values : np.ndarray [shape=(n, k)]
        Of each second.
    starts_s : np.ndarray [shape=(n,)]
        When each begins.
    piece : Piece
        Says where, and how, it ends.
    """
    closing = starts_s >= piece.ends_s - CLOSING_S
    before = ~closing & (starts_s >= piece.ends_s - 2 * CLOSING_S)
    if piece.ending == "stops" or not before.any():
        return values
    return np.where(closing[:, np.newaxis], values[before].mean(axis=0), values)


def _handicaps(name: str, n_beats: int, take: int, seed: int | Sequence[int]) -> np.ndarray:
    """What is added to the cost of each beat of a piece in a take: nothing in the first."""
    if take == 0:
        return np.zeros(n_beats)
    chance = np.random.default_rng([*np.atleast_1d(seed).tolist(), take, zlib.crc32(name.encode())])
    of_piece = chance.uniform(0, TAKE_SPREAD)
    of_parts = chance.uniform(0, PART_SPREAD, n_beats // PART_BEATS + 1)
    return of_piece + np.repeat(of_parts, PART_BEATS)[:n_beats]


def _distances(targets: np.ndarray, points: np.ndarray) -> np.ndarray:
    """L1 distances of all pairs [shape=(len(targets), len(points))]."""
    costs = np.zeros((len(targets), len(points)), dtype=np.float32)
    for wanted, own in zip(targets.T.astype(np.float32), points.T.astype(np.float32), strict=True):
        costs += np.abs(wanted[:, np.newaxis] - own)
    return costs
