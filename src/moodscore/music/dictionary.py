"""The music dictionary: all there is to choose from, made ready once and asked for every clip.

It knows its music twice over: as snippets of a second, and as pieces with beats, bars and sections.

It may have parts: the soundtracks of a corpus, a library of music without pictures, or both. A library has
its own range of tempo, loudness and rhythm, so what was predicted from pictures is mapped to that range
before the search in it. The candidates of all parts then compete by their own target cost.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.index import SnippetIndex
from moodscore.music.joins import JoinCosts
from moodscore.music.options import MusicOptions
from moodscore.music.snippets import FEATURE_COLUMNS, KINDS, eligible_snippets
from moodscore.pieces import Piece
from moodscore.samples import SampleSource

_FEATURES = list(FEATURE_COLUMNS)
_EMOTION = ["valence", "arousal"]
#: Ratings run from 1 to 9.
_RATING_RANGE = 8.0
#: Kinds of snippets each choice of music takes.
_KINDS_OF_MUSIC = {"soundtracks": KINDS[:1], "library": KINDS[1:], "both": KINDS}


class FeatureMapping(Protocol):
    """Maps what was predicted to the range of a part, such as `moodscore.sound.QuantileMap`."""

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Columns ``tempo``, ``loudness``, ``rhythm``, row by row."""
        ...


@dataclass(frozen=True)
class MusicPart:
    """Music of one kind.

    Attributes
    ----------
    snippets : pd.DataFrame
        From `build_snippets`, all of one ``kind``.
    sources : Mapping of str to SampleSource
        The sound of each ``clip_id``, read by slice.
    mapping : FeatureMapping, optional
        From the features predicted to those searched for in this part; none leaves them as they are.
    """

    snippets: pd.DataFrame
    sources: Mapping[str, SampleSource]
    mapping: FeatureMapping | None = None


class MusicDictionary:
    """Snippets, search trees, join costs and sources, built once for any number of clips.

    Parameters
    ----------
    parts : iterable of MusicPart
        What music there is. Which of it is used, ``options.music`` says.
    segment_s : float
        Length of a snippet, and of a segment, in seconds.
    options : MusicOptions, optional
        Which music is used, and what counts in choosing it.
    describe : callable, optional
        Takes sources by name and returns what is known of them as pieces, such as `analyse_pieces` with
        its cache; asked at most once. Without it each is analysed here.

    Attributes
    ----------
    snippets : pd.DataFrame
        Of all parts that are used, one below the other. A selection's row numbers are of this table.
    sources : dict of str to SampleSource
        The sound of each ``clip_id`` in it.
    eligible : np.ndarray of int
        Rows a soundtrack may be made of, see `eligible_snippets`.
    segment_s, options
        As given.

    Raises
    ------
    MoodscoreError
        If a kind of music that is asked for is not there, all the music is silent, or a clip and a song
        have the same name.
    """

    def __init__(
        self,
        parts: Iterable[MusicPart],
        *,
        segment_s: float,
        options: MusicOptions | None = None,
        describe: Callable[[Mapping[str, SampleSource]], Mapping[str, Piece]] | None = None,
    ):
        self.options = options or MusicOptions()
        self.segment_s = segment_s
        self._describe = describe or _analysed
        self._parts = _asked_for(parts, self.options.music)
        self.snippets = pd.concat([part.snippets for part in self._parts], ignore_index=True)
        self.sources = {name: source for part in self._parts for name, source in part.sources.items()}
        self._part_of_row = np.repeat(np.arange(len(self._parts)), [len(p.snippets) for p in self._parts])
        self.eligible = eligible_snippets(self.snippets)

    @cached_property
    def is_eligible(self) -> np.ndarray:
        """Whether a soundtrack may be made of each row [shape=(rows,)]."""
        flags = np.zeros(len(self.snippets), dtype=bool)
        flags[self.eligible] = True
        return flags

    @cached_property
    def pieces(self) -> Mapping[str, Piece]:
        """What is known of each piece, by its ``clip_id``; without those that cannot be analysed."""
        return self._describe({name: self.sources[name] for name in self.snippets["clip_id"].unique()})

    @cached_property
    def joins(self) -> JoinCosts:
        """Join costs among all rows."""
        weights = self.options.collage
        return JoinCosts(
            self.snippets,
            edge_weight=weights.join_weight,
            key_weight=weights.key_weight,
            tempo_weight=weights.tempo_weight,
        )

    @cached_property
    def loudness_curves(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Scaled loudness and the sone it stands for, ascending, by the number of the part."""
        audible = self.snippets[~self.snippets["is_silent"]]
        curves = audible.groupby([self._part_of_row[audible.index], "loudness"])["loudness_sone"].median()
        return {
            part: (curve.index.get_level_values("loudness").to_numpy(), curve.to_numpy())
            for part, curve in curves.groupby(level=0)
        }

    def rows_of(self, name: str) -> np.ndarray:
        """The rows of a piece, in order of time."""
        return self._rows_by_name[name]

    @cached_property
    def _rows_by_name(self) -> dict[str, np.ndarray]:
        return self.snippets.groupby("clip_id").indices

    def part_of(self, rows: np.ndarray) -> np.ndarray:
        """Number of the part each row lies in."""
        return self._part_of_row[rows]

    def targets_of(self, targets: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
        """The features searched for in the part that the row chosen for each segment lies in.

        Parameters
        ----------
        targets : pd.DataFrame
            One row a segment: the predicted ``tempo``, ``loudness``, ``rhythm``, scaled.
        rows : np.ndarray of int
            The row chosen for each.

        Returns
        -------
        np.ndarray [shape=(n, 3)]
        """
        return self.targets_by_part(targets)[self.part_of(rows), np.arange(len(rows))]

    def nearest(self, targets: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """The row with the least mean absolute error over the features, for each target.

        Returns
        -------
        distances, rows : np.ndarray [shape=(n,)]
            Of equal distances the lowest row.
        """
        distances, rows = self._search(self._feature_indices, self.targets_by_part(targets), k=1)
        return distances[:, 0], rows[:, 0]

    def candidates(self, targets: pd.DataFrame, k: int) -> tuple["TargetCosts", np.ndarray, np.ndarray]:
        """The rows of least target cost, for each target.

        Returns
        -------
        target_costs : TargetCosts
            To know the cost of any other row by.
        costs, rows : np.ndarray [shape=(n, min(k, eligible rows))]
            Ascending in cost.
        """
        emotions = _emotion_points(targets, self.options.emotion_weight)
        queries = np.stack(
            [np.hstack([mapped / len(_FEATURES), emotions]) for mapped in self.targets_by_part(targets)]
        )
        means, rows = self._search(self._cost_indices, queries, k)
        costs = means * queries.shape[-1]  # an index returns means over the columns
        return TargetCosts(self._cost_points, queries, self._part_of_row), costs, rows

    @cached_property
    def _cost_points(self) -> np.ndarray:
        """Points whose L1 distance is the target cost [shape=(n, 5)]."""
        features = self.snippets[_FEATURES].to_numpy(dtype=np.float64) / len(_FEATURES)
        return np.hstack([features, _emotion_points(self.snippets, self.options.emotion_weight)])

    @cached_property
    def _feature_indices(self) -> list["_PartIndex"]:
        return self._indices(self.snippets[_FEATURES].to_numpy(dtype=np.float64))

    @cached_property
    def _cost_indices(self) -> list["_PartIndex"]:
        return self._indices(self._cost_points)

    def _indices(self, points: np.ndarray) -> list["_PartIndex"]:
        part_of = self._part_of_row[self.eligible]
        groups = [(part, self.eligible[part_of == part]) for part in np.unique(part_of)]
        return [_PartIndex(part, rows, SnippetIndex(points[rows])) for part, rows in groups]

    def targets_by_part(self, targets: pd.DataFrame) -> np.ndarray:
        """The features searched for in each part, in its range [shape=(parts, n, 3)]."""
        features = targets[_FEATURES]
        tables = [part.mapping.transform(features) if part.mapping else features for part in self._parts]
        return np.stack([table[_FEATURES].to_numpy(dtype=np.float64) for table in tables])

    def _search(self, indices, queries, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest rows over all parts, by distance and then by row."""
        found = [index.snippets.query(queries[index.part], k) for index in indices]
        distances = np.hstack([distances for distances, _ in found])
        rows = np.hstack([index.rows[rows] for index, (_, rows) in zip(indices, found, strict=True)])
        if len(indices) > 1:
            order = np.lexsort((rows, distances), axis=-1)[:, :k]
            distances, rows = (np.take_along_axis(table, order, axis=-1) for table in (distances, rows))
        return distances, rows


@dataclass(frozen=True)
class TargetCosts:
    """The target cost of any row for any segment.

    Attributes
    ----------
    points : np.ndarray [shape=(rows, 5)]
        The snippets.
    queries : np.ndarray [shape=(parts, segments, 5)]
        What is wanted, in the range of each part.
    part_of_row : np.ndarray of int [shape=(rows,)]
        The part of each row.
    """

    points: np.ndarray
    queries: np.ndarray
    part_of_row: np.ndarray

    def of(self, segment: int, rows: np.ndarray) -> np.ndarray:
        """Costs of playing each of the rows in a segment."""
        return np.abs(self.points[rows] - self.queries[self.part_of_row[rows], segment]).sum(axis=1)


@dataclass(frozen=True)
class _PartIndex:
    """The eligible rows of one part, and the tree over them."""

    part: int
    rows: np.ndarray
    snippets: SnippetIndex


def _analysed(sources: Mapping[str, SampleSource]) -> dict[str, Piece]:
    from moodscore.pieces import analyse_piece  # with all it listens with

    return {name: analyse_piece(source) for name, source in sources.items()}


def _emotion_points(table: pd.DataFrame, weight: float) -> np.ndarray:
    return table[_EMOTION].to_numpy(dtype=np.float64) * (weight / _RATING_RANGE / len(_EMOTION))


def _asked_for(parts: Iterable[MusicPart], music: str) -> list[MusicPart]:
    """The parts of the kinds that are asked for, in the order of `KINDS`."""
    given = [part for part in parts if len(part.snippets)]
    chosen = []
    for kind in _KINDS_OF_MUSIC[music]:
        of_kind = [part for part in given if part.snippets["kind"].iloc[0] == kind]
        if not of_kind and not (music == "both" and given):
            raise MoodscoreError(
                f"retrieval.music: is {music}, but there is no {kind} to take music from; index one first"
            )
        chosen += of_kind
    names = pd.Index([name for part in chosen for name in part.snippets["clip_id"].unique()])
    if names.has_duplicates:
        twice = names[names.duplicated()].min()
        raise MoodscoreError(f"library: {twice} is the name of a clip or song twice; rename one of them")
    return chosen
