"""How well pictures are read: every source left out in turn, beside readings that know less.

Conventions: what is compared is one reading a clip, the mean over its segments, with the clip's rating.
Clips of one source resemble each other, so all of a source are left out together; so are they drawn together
for the intervals (a bootstrap by source, 2.5th to 97.5th percentile).
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from moodscore.emotion import NEUTRAL_SCORE, ReaderOptions, read_emotion, train_reader

SCORES = ("valence", "arousal")
#: What is measured of each score, in the order of the tables.
MEASURES = ("r", "side", "mae", "ccc")
#: Of the ridge regressions, on standardised inputs: a tenth of the films.
_RIDGE = 10.0
_RESAMPLES = 2000
_INTERVAL = (2.5, 97.5)

Reader = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]


def leave_out(rows: pd.DataFrame, groups: pd.Series, reader: Reader) -> np.ndarray:
    """Valence and arousal of every segment, read by what was learnt from the other groups.

    Parameters
    ----------
    rows : pd.DataFrame [n rows]
        One row a labelled segment.
    groups : pd.Series [shape=(n,)]
        Which group each is of.
    reader : callable
        ``(training rows, rows to read) -> [shape=(m, 2)]``.

    Returns
    -------
    np.ndarray [shape=(n, 2)]
    """
    read = np.full((len(rows), 2), np.nan)
    for group in groups.unique():
        own = (groups == group).to_numpy()
        read[own] = reader(rows[~own], rows[own])
    return read


def fuzzy_reader(inputs: Sequence[str], options: ReaderOptions, seed: int, **changes: object) -> Reader:
    """The fuzzy system as it is trained for real (:func:`moodscore.emotion.train_reader`)."""

    def read(training: pd.DataFrame, tested: pd.DataFrame) -> np.ndarray:
        model, _ = train_reader(training, inputs, seed=seed, **(options.training | changes))
        return read_emotion(model, tested, inputs)[list(SCORES)].to_numpy()

    return read


def ridge_reader(inputs: Sequence[str]) -> Reader:
    """Ridge regression on the mean of each clip's standardised inputs."""

    def read(training: pd.DataFrame, tested: pd.DataFrame) -> np.ndarray:
        clips = by_clip(training, [*inputs, *SCORES])
        x, y = clips[list(inputs)].to_numpy(), clips[list(SCORES)].to_numpy()
        mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
        x = (x - mean) / spread
        slopes = np.linalg.solve(x.T @ x + _RIDGE * np.eye(x.shape[1]), x.T @ (y - y.mean(axis=0)))
        return y.mean(axis=0) + (tested[list(inputs)].to_numpy() - mean) / spread @ slopes

    return read


def constant_reader(training: pd.DataFrame, tested: pd.DataFrame) -> np.ndarray:
    """The mean rating of the others."""
    return np.tile(by_clip(training, SCORES).to_numpy().mean(axis=0), (len(tested), 1))


def majority_reader(training: pd.DataFrame, tested: pd.DataFrame) -> np.ndarray:
    """The middle of the side on which most of the training clips are."""
    high = (by_clip(training, SCORES).to_numpy() > NEUTRAL_SCORE).mean(axis=0) > 0.5
    return np.tile(np.where(high, NEUTRAL_SCORE + 2, NEUTRAL_SCORE - 2), (len(tested), 1))


def by_clip(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Means over each clip's segments, in the order of the clips."""
    return rows.groupby("clip_id")[list(columns)].mean()


def compare_readings(
    rows: pd.DataFrame,
    groups: pd.Series,
    *,
    inputs: Sequence[str],
    paper_inputs: Sequence[str],
    all_inputs: Sequence[str],
    options: ReaderOptions,
    seed: int,
) -> pd.DataFrame:
    """Every way of reading, beside the others.

    Parameters
    ----------
    rows : pd.DataFrame
        One row a labelled segment: ``clip_id, segment, valence, arousal, quadrant`` and all inputs.
    groups : pd.Series
        Its source.
    inputs, paper_inputs, all_inputs : sequence of str
        What the fuzzy system, the paper's and a reader of everything read.
    options : ReaderOptions
        How the fuzzy system is trained.
    seed : int
        Of the bootstrap.

    Returns
    -------
    pd.DataFrame
        A row a reader: ``reader, n_clips, n_sources``, for each score ``r`` (Pearson), ``side`` (share on the
        right side of 5), ``mae``, ``ccc``, and ``quadrant`` (share right), each with ``_low`` and ``_high``.
    """
    readers: dict[str, Reader] = {
        "always the more frequent side": lambda _, tested: majority_reader(rows, tested),
        "constant": constant_reader,
        "ridge, the paper's three": ridge_reader(paper_inputs),
        "ridge, all cues": ridge_reader(all_inputs),
        "ridge, the reader's inputs": ridge_reader(inputs),
        "ANFIS before training": fuzzy_reader(inputs, options, seed, max_epochs=1),
        "ANFIS": fuzzy_reader(inputs, options, seed),
    }
    table = []
    for name, reader in readers.items():
        read = pd.DataFrame(leave_out(rows, groups, reader), columns=["read_v", "read_a"], index=rows.index)
        clips = by_clip(rows.join(read), ["read_v", "read_a", *SCORES])
        source = groups.groupby(rows["clip_id"]).first()[clips.index]
        rated, found = clips[list(SCORES)].to_numpy(), clips[["read_v", "read_a"]].to_numpy()
        table.append(
            {"reader": name, "n_clips": len(clips), "n_sources": source.nunique()}
            | with_intervals(rated, found, source.to_numpy(), seed)
        )
    compared = pd.DataFrame(table)
    # What says the same of every clip has no correlation; leaving out only makes it shift a little.
    compared.loc[:1, compared.filter(regex="_(r|ccc)(_|$)").columns] = np.nan
    return compared


def agreement(rated: np.ndarray, read: np.ndarray) -> dict[str, np.ndarray]:
    """Agreement of readings with ratings over the second last axis.

    Parameters
    ----------
    rated, read : np.ndarray [shape=(..., n, 2)]
        Valence and arousal.

    Returns
    -------
    dict of str to np.ndarray [shape=(...)]
        ``valence_r``, ... ``arousal_ccc``, ``quadrant``; ``r`` is NaN where a reading never changes.
    """
    mean_a, mean_b = rated.mean(axis=-2, keepdims=True), read.mean(axis=-2, keepdims=True)
    a, b = rated - mean_a, read - mean_b
    cov, var_a, var_b = (a * b).mean(axis=-2), (a**2).mean(axis=-2), (b**2).mean(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.where(var_b > 1e-12, cov / np.sqrt(var_a * var_b), np.nan)
    ccc = 2 * cov / (var_a + var_b + (mean_a - mean_b)[..., 0, :] ** 2)
    same = (rated > NEUTRAL_SCORE) == (read > NEUTRAL_SCORE)
    found = {"r": r, "side": same.mean(axis=-2), "mae": np.abs(rated - read).mean(axis=-2), "ccc": ccc}
    named = {f"{score}_{name}": found[name][..., k] for k, score in enumerate(SCORES) for name in MEASURES}
    return named | {"quadrant": same.all(axis=-1).mean(axis=-1)}


def with_intervals(rated: np.ndarray, read: np.ndarray, sources: np.ndarray, seed: int) -> dict[str, float]:
    """`agreement`, and its interval when whole sources are drawn with replacement."""
    point = agreement(rated, read)
    names, own = np.unique(sources, return_inverse=True)
    members = [np.flatnonzero(own == k) for k in range(len(names))]
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(_RESAMPLES):
        rows = np.concatenate([members[k] for k in rng.integers(len(names), size=len(names))])
        drawn.append(agreement(rated[rows], read[rows]))
    result: dict[str, float] = {}
    for name, value in point.items():
        spread = np.array([each[name] for each in drawn], dtype=float)
        spread = spread[np.isfinite(spread)]
        low, high = np.percentile(spread, _INTERVAL) if len(spread) else (np.nan, np.nan)
        result |= {name: float(value), f"{name}_low": float(low), f"{name}_high": float(high)}
    return result


def readable_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """The table of `compare_readings` for people: each figure with its interval in one cell."""
    figures = [f"{score}_{name}" for score in SCORES for name in MEASURES] + ["quadrant"]
    table = scores[["reader"]].copy()
    for name in figures:
        table[name.replace("_", " ")] = [
            "–" if np.isnan(value) else f"{value:.2f} ({low:.2f} to {high:.2f})"
            for value, low, high in scores[[name, f"{name}_low", f"{name}_high"]].to_numpy()
        ]
    return table


def print_readings(scores: pd.DataFrame) -> None:
    """Print the table of `compare_readings`, one block a score."""
    table = readable_scores(scores).set_index("reader")
    clips, sources = scores[["n_clips", "n_sources"]].iloc[0]
    print(
        f"Reading {clips} clips of {sources} sources, each source left out in turn (95 % interval by source)"
    )
    for score in SCORES:
        print(table.filter(like=score).to_string())
    print(table[["quadrant"]].to_string())
