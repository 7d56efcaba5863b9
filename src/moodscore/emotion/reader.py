"""The reader: reads the emotion of a picture from its visual descriptor, by an ANFIS.

Its target is valence and arousal, two outputs, from which the quadrant follows; or, as in [2]_, the code
of the quadrant, 1 to 4, one output that is rounded. A code is a name and no amount (the mean of 1 and 3
is 2, a third mood), so this is there for comparison; and so is valence alone, the target of the system
before [2]_.

References
----------
.. [1] Jang, J.-S. R., "ANFIS: adaptive-network-based fuzzy inference system", IEEE Transactions on
   Systems, Man, and Cybernetics 23(3), 1993.
.. [2] Sergio, G. C. and Lee, M., "Emotional Video to Audio Transformation Using Deep Recurrent
   Neural Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from moodscore.emotion.balance import balanced_weights
from moodscore.emotion.quadrants import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    NEUTRAL_SCORE,
    QUADRANTS,
    confidence,
    quadrant_code,
    quadrant_from_code,
    quadrant_of,
)
from moodscore.emotion.split import hold_back, main_quadrants
from moodscore.errors import MoodscoreError

if TYPE_CHECKING:
    from moodscore.fuzzy import ANFISRegressor

Target = Literal["emotion", "code", "valence"]

_SCORES = ["valence", "arousal"]
_CODE = "quadrant_code"

logger = logging.getLogger(__name__)


def train_reader(
    rows: pd.DataFrame,
    inputs: Sequence[str],
    *,
    n_mfs: int | Sequence[int],
    max_epochs: int,
    patience: int,
    held_back: float,
    seed: int,
    target: Target = "emotion",
    balanced: bool = True,
    shrinkage: float | None = None,
    averaged: bool = False,
    even_sides: bool = False,
    read_from: Mapping[str, Sequence[str]] | None = None,
) -> tuple["ANFISRegressor", pd.DataFrame]:
    """Train an ANFIS [1]_.

    Some clips are held back to find the epoch after which the system only learns its clips by heart;
    then it is trained once more, on all clips, for as many epochs. (The clips of a small corpus are too
    few to be lost to that question.)

    Parameters
    ----------
    rows : pd.DataFrame
        One row a labelled training segment: ``clip_id``, ``quadrant``, ``valence``, ``arousal`` and
        ``inputs``.
    inputs : sequence of str
        Columns of the visual descriptor.
    n_mfs : int or sequence of int
        Membership functions an input.
    max_epochs, patience : int
        Bound on the epochs; epochs without a gain on the held-back clips before training ends.
    held_back : float
        Share of the clips held back, by quadrant. With 0, or where no quadrant has two clips, all
        epochs are run.
    seed : int
        Of the draw.
    target : {"emotion", "code", "valence"}
        Two outputs, valence and arousal, or one, the quadrant's code [2]_ or valence.
    balanced : bool
        Whether rows are weighted so that every quadrant counts alike.
    shrinkage : float, optional
        How hard the rules are held to a shared one.
    averaged : bool
        Whether the mean picture of each unbroken run of one rating is a row: a rating is of all of it,
        and the ups and downs of single segments, which say nothing of it, would flatten the answer.
    even_sides : bool
        Whether constants are shifted afterwards so that as many rows are read above the middle of the
        scale as were rated there. The least squares of lopsided ratings (a few very negative clips) would
        call most clips by the side that is further out.
    read_from : Mapping of str to sequence of str, optional
        Of valence and arousal, which of the inputs its conclusions depend on: what says nothing of one of
        them only adds noise to it. By default all; only for the target ``"emotion"``.

    Returns
    -------
    model : ANFISRegressor
        Trained on all rows.
    curve : pd.DataFrame
        ``epoch`` (from 1), ``training_rmse`` and ``validation_rmse`` of the training that looked for
        the epoch, the latter NaN if no clip was held back.

    Raises
    ------
    MoodscoreError
        If an input is constant or there are too many rules.
    """
    from moodscore.fuzzy import ANFISRegressor

    inputs = list(inputs)
    if averaged:
        rows = _averaged(rows, inputs)

    def samples(part: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray | None]:
        weights = balanced_weights(part["quadrant"]) if balanced else None
        return part[inputs], _targets(part, target), weights

    watched = rows["clip_id"].isin(hold_back(main_quadrants(rows), held_back, seed))
    how = {"n_mfs": n_mfs, "shrinkage": shrinkage}
    if read_from is not None and target == "emotion":
        how["output_inputs"] = [_places(read_from.get(score, inputs), inputs) for score in _SCORES]
    if not watched.any():
        model = ANFISRegressor(max_epochs=max_epochs, **how).fit(*samples(rows))
        curve = _curve(model)
    else:
        scout = ANFISRegressor(max_epochs=max_epochs, patience=patience, **how)
        scout.fit(*samples(rows[~watched]), validation_data=samples(rows[watched]))
        model = ANFISRegressor(max_epochs=int(scout.best_epoch_) + 1, **how).fit(*samples(rows))
        curve = _curve(scout)
    if even_sides and target != "code":
        targets = _targets(rows, target)
        model.consequents_[:, -1] += side_shifts(
            np.reshape(model.predict(rows[inputs]), targets.shape), targets.to_numpy(dtype=float)
        )
    return model, curve


def side_shifts(read: np.ndarray, rated: np.ndarray) -> np.ndarray:
    """What to add to readings so that as large a share of them exceeds the middle as of the ratings.

    Parameters
    ----------
    read, rated : np.ndarray [shape=(n, k)]
        Scores.

    Returns
    -------
    np.ndarray [shape=(k,)]
        The middle of the scale minus that quantile of the readings below which the share lies that was
        rated no higher than the middle.
    """
    below = (rated <= NEUTRAL_SCORE).mean(axis=0)
    quantiles = [np.quantile(own, share) for own, share in zip(read.T, below, strict=True)]
    return NEUTRAL_SCORE - np.array(quantiles)


def _places(named: Sequence[str], inputs: Sequence[str]) -> list[int]:
    unknown = [name for name in named if name not in inputs]
    if unknown:
        raise MoodscoreError(
            f"parameter anfis.read_from: {unknown[0]} is not among the inputs; there are {', '.join(inputs)}"
        )
    return [list(inputs).index(name) for name in named]


def _averaged(rows: pd.DataFrame, inputs: Sequence[str]) -> pd.DataFrame:
    """One row for each unbroken run of one rating in a clip: its mean picture."""
    ordered = rows.sort_values(["clip_id", "segment"], kind="stable")
    same = ordered[["clip_id", *_SCORES]]
    runs = (same != same.shift()).any(axis=1).cumsum()
    kept = dict.fromkeys(("clip_id", *_SCORES, "quadrant"), "first")
    return ordered.groupby(runs).agg(kept | dict.fromkeys(inputs, "mean")).reset_index(drop=True)


def read_emotion(model: "ANFISRegressor", descriptors: pd.DataFrame, inputs: Sequence[str]) -> pd.DataFrame:
    """Valence, arousal, confidence and quadrant of pictures.

    Parameters
    ----------
    model : ANFISRegressor
        From `train_reader`.
    descriptors : pd.DataFrame
        The columns ``inputs``.
    inputs : sequence of str
        As in training.

    Returns
    -------
    pd.DataFrame
        ``valence, arousal`` (1..9), ``confidence`` (distance from neutral) and ``quadrant``, with the
        index of ``descriptors``. Of a model whose target is the code, valence and arousal are the
        middles of the quadrant's halves of the scale: a code says nothing of degree.
    """
    predicted = model.predict(descriptors[list(inputs)])
    if model.output_names_ == [_CODE]:
        scores = _middles(_rounded_codes(predicted))
    else:
        scores = np.clip(predicted, LOWEST_SCORE, HIGHEST_SCORE)
    read = pd.DataFrame(scores, columns=_SCORES, index=descriptors.index)
    return read.assign(
        confidence=confidence(read["valence"], read["arousal"]),
        quadrant=quadrant_of(read["valence"], read["arousal"]),
    )


def read_valence(model: "ANFISRegressor", descriptors: pd.DataFrame, inputs: Sequence[str]) -> np.ndarray:
    """Valence of pictures, by a model whose target is valence alone.

    Parameters
    ----------
    model, descriptors, inputs
        As for `read_emotion`.

    Returns
    -------
    np.ndarray [shape=(n,)]
        1..9.
    """
    return np.clip(np.ravel(model.predict(descriptors[list(inputs)])), LOWEST_SCORE, HIGHEST_SCORE)


def _targets(rows: pd.DataFrame, target: Target) -> pd.DataFrame:
    if target == "code":
        return pd.DataFrame({_CODE: quadrant_code(rows["quadrant"])}, index=rows.index, dtype=float)
    return rows[_SCORES] if target == "emotion" else rows[["valence"]]


def _rounded_codes(predicted: np.ndarray) -> np.ndarray:
    """Codes 1 to 4, rounded half up; what falls outside is brought in and reported."""
    codes = np.floor(np.ravel(predicted) + 0.5).astype(int)
    outside = int(((codes < 1) | (codes > len(QUADRANTS))).sum())
    if outside:
        logger.warning("%d of %d quadrant codes fell outside 1 to 4 and were clipped", outside, len(codes))
    return np.clip(codes, 1, len(QUADRANTS))


def _middles(codes: np.ndarray) -> np.ndarray:
    """Valence and arousal [shape=(n, 2)] in the middle of each quadrant."""
    high, low = (NEUTRAL_SCORE + HIGHEST_SCORE) / 2, (NEUTRAL_SCORE + LOWEST_SCORE) / 2
    names = pd.Series(quadrant_from_code(codes))
    return np.column_stack(
        [
            np.where(names.str.startswith("pos"), high, low),
            np.where(names.str.endswith("high"), high, low),
        ]
    )


def _curve(model: "ANFISRegressor") -> pd.DataFrame:
    n_epochs = len(model.training_rmse_)
    checked = model.validation_rmse_ if len(model.validation_rmse_) else np.full(n_epochs, np.nan)
    return pd.DataFrame(
        {
            "epoch": np.arange(1, n_epochs + 1),
            "training_rmse": model.training_rmse_,
            "validation_rmse": checked,
        }
    )
