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
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.joins import JoinCosts

#: In another take a piece of music may seem up to this much worse, in target cost, than it is.
TAKE_SPREAD = 0.2


def nearest_snippets(targets: pd.DataFrame, music: MusicDictionary) -> pd.DataFrame:
    """Take for each segment the snippet with the least mean absolute error (Sergio & Lee 2020, eq. 9).

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment: ``segment`` and the predicted ``tempo``, ``loudness``, ``rhythm``, scaled as
        the dictionary is.
    music : MusicDictionary
        What there is to choose from.

    Returns
    -------
    pd.DataFrame
        A selection: ``segment``, ``snippet``, ``target_cost`` (eq. 9), ``join_cost`` (0: not considered).

    Raises
    ------
    MoodscoreError
        If there is no target or a target is not finite.
    """
    _check_targets(targets)
    distances, rows = music.nearest(targets)
    return _selection(targets, rows, distances, np.zeros(len(targets)))


def select_units(
    targets: pd.DataFrame,
    music: MusicDictionary,
    *,
    take: int = 0,
    seed: int | Sequence[int] = 0,
    strictness: float = 1.0,
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
    music : MusicDictionary
        What there is to choose from, and what counts.
    take : int
        0 is the best path. Every other number adds to the target costs of each piece of music (clip or
        song) a random amount of its own, at most `TAKE_SPREAD`: other music that fits nearly as well.
    seed : int or sequence of int
        Of that chance.
    strictness : float
        Factor on the join costs, not negative; above 1 joins are avoided more.

    Returns
    -------
    pd.DataFrame
        A selection: ``segment``, ``snippet``, ``target_cost``, ``join_cost``; both costs without chance
        and strictness.

    Raises
    ------
    MoodscoreError
        If there is no target or a target is not finite.
    """
    _check_targets(targets)
    window = _no_repeat_window(music.options.collage.no_repeat_s, music.segment_s, len(music.eligible))
    handicaps = _handicaps(music, take, seed)
    lattice = _lattice(
        targets, music, handicaps, n_candidates=max(music.options.collage.n_candidates, window)
    )
    rows, costs, join_costs = _best_path(lattice, music.joins, window, strictness)
    return _selection(targets, rows, costs - handicaps[rows], join_costs)


def _check_targets(targets: pd.DataFrame) -> None:
    """Refuse a table without rows; the index refuses values that are not finite."""
    if targets.empty:
        raise MoodscoreError("targets: there is no segment; the video is shorter than half a segment")


def _handicaps(music: MusicDictionary, take: int, seed: int | Sequence[int]) -> np.ndarray:
    """What is added to the target cost of each row in a take: nothing in the first [shape=(rows,)]."""
    pieces, names = pd.factorize(music.snippets["clip_id"])
    if take == 0:
        return np.zeros(len(pieces))
    rng = np.random.default_rng([*np.atleast_1d(seed).tolist(), take])
    return rng.uniform(0, TAKE_SPREAD, len(names))[pieces]


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


@dataclass(frozen=True)
class _Stage:
    """The candidates of one segment: rows of the dictionary and what each costs there."""

    rows: np.ndarray
    costs: np.ndarray


def _lattice(
    targets: pd.DataFrame, music: MusicDictionary, handicaps: np.ndarray, *, n_candidates: int
) -> list[_Stage]:
    """Candidates of every segment: those of least target cost, and neighbours of those before."""
    target_costs, costs, nearest = music.candidates(targets, n_candidates)
    successor_of, is_eligible = music.joins.successors, music.is_eligible
    costs = costs + handicaps[nearest]
    lattice = [_Stage(nearest[0], costs[0])]
    for t in range(1, len(targets)):
        neighbours = successor_of[lattice[-1].rows]
        neighbours = np.setdiff1d(neighbours[neighbours >= 0], nearest[t])
        neighbours = neighbours[is_eligible[neighbours]]
        neighbour_costs = target_costs.of(t, neighbours) + handicaps[neighbours]
        best = np.argsort(neighbour_costs, kind="stable")[:n_candidates]
        lattice.append(
            _Stage(np.append(nearest[t], neighbours[best]), np.append(costs[t], neighbour_costs[best]))
        )
    return lattice


def _best_path(lattice: list[_Stage], joins: JoinCosts, window: int, strictness: float):
    """Rows, target costs and join costs of the cheapest path in which ``window`` successive rows differ."""
    # At least `window` candidates a stage and `window - 1` rows to avoid: some path always goes on.
    costs = lattice[0].costs
    recent = _remember(np.full((len(costs), window - 1), -1), lattice[0].rows)
    origins, joined = [], []
    for before, here in pairwise(lattice):
        join_costs = joins.between(before.rows, here.rows)
        totals = costs[:, np.newaxis] + strictness * join_costs
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
