"""The reader: reads the emotion of a picture from its visual descriptor, by an ANFIS.

References
----------
.. [1] Jang, J.-S. R., "ANFIS: adaptive-network-based fuzzy inference system", IEEE Transactions on
   Systems, Man, and Cybernetics 23(3), 1993.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.emotion.balance import balanced_weights
from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE, confidence, quadrant_of
from moodscore.emotion.split import hold_back, main_quadrants

if TYPE_CHECKING:
    from moodscore.fuzzy import ANFISRegressor

_SCORES = ["valence", "arousal"]


def train_reader(
    rows: pd.DataFrame,
    inputs: Sequence[str],
    *,
    n_mfs: int | Sequence[int],
    max_epochs: int,
    patience: int,
    held_back: float,
    seed: int,
) -> tuple["ANFISRegressor", pd.DataFrame]:
    """Train an ANFIS [1]_ with two outputs, valence and arousal.

    Rows are weighted so that every quadrant counts alike. Some clips are held back to find the epoch
    after which the system only learns its clips by heart; then it is trained once more, on all clips,
    for as many epochs. (The clips of a small corpus are too few to be lost to that question.)

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
    watched = rows["clip_id"].isin(hold_back(main_quadrants(rows), held_back, seed))
    if not watched.any():
        model = _fit(ANFISRegressor(n_mfs=n_mfs, max_epochs=max_epochs), rows, inputs)
        return model, _curve(model)
    held = rows[watched]
    scout = ANFISRegressor(n_mfs=n_mfs, max_epochs=max_epochs, patience=patience)
    _fit(scout, rows[~watched], inputs, validation_data=(held[inputs], held[_SCORES]))
    model = _fit(ANFISRegressor(n_mfs=n_mfs, max_epochs=int(scout.best_epoch_) + 1), rows, inputs)
    return model, _curve(scout)


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
        index of ``descriptors``.
    """
    scores = np.clip(model.predict(descriptors[list(inputs)]), LOWEST_SCORE, HIGHEST_SCORE)
    read = pd.DataFrame(scores, columns=_SCORES, index=descriptors.index)
    return read.assign(
        confidence=confidence(read["valence"], read["arousal"]),
        quadrant=quadrant_of(read["valence"], read["arousal"]),
    )


def _fit(
    model: "ANFISRegressor",
    rows: pd.DataFrame,
    inputs: list[str],
    validation_data: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> "ANFISRegressor":
    weights = balanced_weights(rows["quadrant"])
    return model.fit(rows[inputs], rows[_SCORES], sample_weight=weights, validation_data=validation_data)


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
