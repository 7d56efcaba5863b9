"""Which snippet sounds in which segment: the nearest one, or the best path through many.

`nearest_snippets` is the method of Sergio & Lee (2020): each segment takes the nearest snippet,
whatever stands before and after. `select_units` is unit selection as in concatenative speech
synthesis (Hunt & Black 1996 [1]_): the path of least total cost through a lattice of candidates,

    Σ_t target_cost(t, s_t) + Σ_t join_cost(s_{t-1}, s_t),

found by dynamic programming (Viterbi), where no snippet comes back within a given time.

A *selection* is a table with one row a target: ``segment``, ``snippet`` (row number in the dictionary),
``target_cost`` and ``join_cost`` (of the join with the segment before).

.. [1] A. J. Hunt and A. W. Black, "Unit selection in a concatenative speech synthesis system using a
   large speech database", ICASSP 1996, 373-376.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from moodscore.errors import MoodscoreError
from moodscore.music.index import SnippetIndex
from moodscore.music.joins import JoinCosts
from moodscore.music.snippets import FEATURE_COLUMNS, eligible_snippets

_FEATURES = list(FEATURE_COLUMNS)
_EMOTION = ["valence", "arousal"]
#: Ratings run from 1 to 9.
_RATING_RANGE = 8.0


class UnitSelection(BaseModel):
    """What counts in unit selection, and how much.

    Every distance weighted here is 0 for no difference and about 1 for the largest met in practice. More
    weight on the joins lets a piece of music run on for longer, at the price of following the picture less.

    Attributes
    ----------
    n_candidates : int
        Candidates a segment, before the true neighbours of the candidates of the segment before join
        them. At least 1.
    emotion_weight : float
        Of the distance in valence and arousal, against eq. 9 in tempo, loudness and rhythm (which has
        weight 1).
    join_weight : float
        Of the difference of the edge frames.
    key_weight : float
        Of the distance on the circle of fifths.
    tempo_weight : float
        Of the change of tempo.
    no_repeat_s : float
        A snippet does not come back sooner than this, in seconds; 0 lets it repeat freely.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_candidates: int = Field(default=20, ge=1)
    emotion_weight: FiniteFloat = Field(default=1.0, ge=0)
    join_weight: FiniteFloat = Field(default=0.6, ge=0)
    key_weight: FiniteFloat = Field(default=0.2, ge=0)
    tempo_weight: FiniteFloat = Field(default=0.2, ge=0)
    no_repeat_s: FiniteFloat = Field(default=8.0, ge=0)


def nearest_snippets(targets: pd.DataFrame, snippets: pd.DataFrame) -> pd.DataFrame:
    """Take for each segment the snippet with the least mean absolute error (Sergio & Lee 2020, eq. 9).

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment: ``segment`` and the predicted ``tempo``, ``loudness``, ``rhythm``, scaled as
        the dictionary is.
    snippets : pd.DataFrame
        The dictionary from `build_snippets`.

    Returns
    -------
    pd.DataFrame
        A selection: ``segment``, ``snippet``, ``target_cost`` (eq. 9), ``join_cost`` (0: not considered).

    Raises
    ------
    MoodscoreError
        If all the snippets are silent, there is no target or a target is not finite.
    """
    _check_targets(targets)
    eligible = eligible_snippets(snippets)
    index = SnippetIndex(snippets[_FEATURES].to_numpy()[eligible])
    distances, rows = index.query(targets[_FEATURES].to_numpy(), k=1)
    return _selection(targets, eligible[rows[:, 0]], distances[:, 0], np.zeros(len(targets)))


def select_units(
    targets: pd.DataFrame,
    snippets: pd.DataFrame,
    *,
    segment_s: float,
    parameters: UnitSelection | None = None,
) -> pd.DataFrame:
    """Find the sequence of snippets that fits the targets and flows.

    The target cost of a snippet is its mean absolute error in scaled tempo, loudness and rhythm (eq. 9
    of Sergio & Lee 2020), plus ``emotion_weight`` times the mean absolute error in valence and arousal,
    both brought to 0..1. Both terms are L1 norms, so one k-d tree over the five weighted coordinates
    returns the candidates of least *target cost* exactly: the emotion decides who is a candidate, not
    only who wins. See `JoinCosts` for the join cost.

    Each segment's candidates are those, and as many of the true neighbours of the candidates of the segment
    before, so that a piece of music can go on unbroken. Dynamic programming keeps the best path to
    each candidate, never one in which a snippet comes back within ``no_repeat_s``: without that
    rule (or one that looks back a single segment) the path found is the optimum; with it, each
    path avoids its own past. A dictionary with fewer snippets than the time holds keeps
    them apart by half their number.

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment, in order of time: ``segment``, the predicted ``tempo``, ``loudness``,
        ``rhythm`` (scaled as the dictionary is), ``valence`` and ``arousal`` (1..9).
    snippets : pd.DataFrame
        The dictionary from `build_snippets`.
    segment_s : float
        Length of a segment in seconds.
    parameters : UnitSelection, optional
        Weights and limits.

    Returns
    -------
    pd.DataFrame
        A selection: ``segment``, ``snippet``, ``target_cost``, ``join_cost``.

    Raises
    ------
    MoodscoreError
        If all the snippets are silent, there is no target or a target is not finite.
    """
    parameters = parameters or UnitSelection()
    _check_targets(targets)
    eligible = eligible_snippets(snippets)
    candidates = snippets.iloc[eligible]
    window = _no_repeat_window(parameters.no_repeat_s, segment_s, len(eligible))
    joins = JoinCosts(
        candidates,
        edge_weight=parameters.join_weight,
        key_weight=parameters.key_weight,
        tempo_weight=parameters.tempo_weight,
    )
    lattice = _lattice(
        _cost_space(targets, parameters.emotion_weight),
        _cost_space(candidates, parameters.emotion_weight),
        joins.successors,
        n_candidates=max(parameters.n_candidates, window),
    )
    rows, target_costs, join_costs = _best_path(lattice, joins, window)
    return _selection(targets, eligible[rows], target_costs, join_costs)


def _check_targets(targets: pd.DataFrame) -> None:
    """Refuse a table without rows; the index refuses values that are not finite."""
    if targets.empty:
        raise MoodscoreError("targets: there is no segment; the video is shorter than half a segment")


def _selection(targets, rows, target_costs, join_costs) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment": targets["segment"].to_numpy(),
            "snippet": rows,
            "target_cost": target_costs,
            "join_cost": join_costs,
        }
    )


def _no_repeat_window(no_repeat_s: float, segment_s: float, n_snippets: int) -> int:
    """Count of successive segments that must all differ; 1 forbids nothing."""
    wanted = max(math.ceil(no_repeat_s / segment_s - 1e-9), 1)  # 0.3 / 0.1 is a little above 3
    return wanted if wanted <= n_snippets else max(n_snippets // 2, 1)


def _cost_space(table: pd.DataFrame, emotion_weight: float) -> np.ndarray:
    """Points [shape=(n, 5)] whose L1 distance is the target cost."""
    features = table[_FEATURES].to_numpy(dtype=np.float64) / len(_FEATURES)
    emotion = table[_EMOTION].to_numpy(dtype=np.float64) * (emotion_weight / _RATING_RANGE / len(_EMOTION))
    return np.hstack([features, emotion])


@dataclass(frozen=True)
class _Stage:
    """The candidates of one segment: rows of the dictionary and what each costs there."""

    rows: np.ndarray
    costs: np.ndarray


def _lattice(queries, points, successor_of, *, n_candidates: int) -> list[_Stage]:
    """Candidates of every segment: those of least target cost, and neighbours of those before."""
    distances, nearest = SnippetIndex(points).query(queries, k=n_candidates)
    costs = distances * points.shape[1]  # the index returns means over the columns
    lattice = [_Stage(nearest[0], costs[0])]
    for t in range(1, len(queries)):
        neighbours = successor_of[lattice[-1].rows]
        neighbours = np.setdiff1d(neighbours[neighbours >= 0], nearest[t])
        neighbour_costs = np.abs(points[neighbours] - queries[t]).sum(axis=1)
        best = np.argsort(neighbour_costs, kind="stable")[:n_candidates]
        lattice.append(
            _Stage(np.append(nearest[t], neighbours[best]), np.append(costs[t], neighbour_costs[best]))
        )
    return lattice


def _best_path(lattice: list[_Stage], joins: JoinCosts, window: int):
    """Rows, target costs and join costs of the cheapest path in which ``window`` successive rows differ."""
    # At least `window` candidates a stage and `window - 1` rows to avoid: some path always goes on.
    costs = lattice[0].costs
    recent = _remember(np.full((len(costs), window - 1), -1), lattice[0].rows)
    origins, joined = [], []
    for before, here in pairwise(lattice):
        join_costs = joins.between(before.rows, here.rows)
        totals = costs[:, np.newaxis] + join_costs
        totals[(recent[:, :, np.newaxis] == here.rows).any(axis=1)] = np.inf
        origin = totals.argmin(axis=0)
        arrivals = np.arange(len(here.rows))
        costs = totals[origin, arrivals] + here.costs
        recent = _remember(recent[origin], here.rows)
        origins.append(origin)
        joined.append(join_costs[origin, arrivals])
    return _trace_back(lattice, origins, joined, int(costs.argmin()))


def _remember(recent: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Let the newest row push out the oldest, for the path to each candidate."""
    return np.column_stack([recent, rows])[:, 1:]


def _trace_back(lattice, origins, joined, state: int):
    """Follow the best path from its last candidate to its first."""
    states, join_costs = [state], []
    for origin, costs in zip(reversed(origins), reversed(joined), strict=True):
        join_costs.append(costs[state])
        state = origin[state]
        states.append(state)
    steps = list(zip(lattice, reversed(states), strict=True))
    rows = np.array([stage.rows[state] for stage, state in steps])
    target_costs = np.array([stage.costs[state] for stage, state in steps])
    return rows, target_costs, np.array([0.0, *reversed(join_costs)])
