"""Evidence for the number of membership functions: training clips of the last run, left out in turn."""

import numpy as np
import pandas as pd

from moodscore.emotion import hold_back, labelled_training, main_quadrants, read_emotion, train_reader
from moodscore.metrics import concordance_correlation, emotion_scores

#: Bells of hue, saturation, intensity, motion.
CANDIDATES = (
    [1, 1, 1, 1],
    [2, 1, 1, 1],
    [1, 2, 1, 1],
    [1, 1, 2, 1],
    [1, 1, 1, 2],
    [2, 1, 1, 2],
    [2, 2, 2, 2],
    [3, 2, 2, 2],
    [3, 3, 3, 3],
)
_INPUTS = ["hue", "saturation", "intensity", "motion"]
_KEYS = ["clip_id", "segment"]
_REPEATS, _LEFT_OUT = 8, 0.25
_OPTIONS = {"max_epochs": 200, "patience": 20, "held_back": 0.2}


def compare(visual_descriptors: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """How well each candidate reads training clips that it was not trained on, means over draws."""
    known = labelled_training(segments)
    rows = visual_descriptors.merge(known[[*_KEYS, "valence", "arousal", "quadrant"]], on=_KEYS)
    scores = []
    for n_mfs in CANDIDATES:
        draws = [_score(rows, n_mfs, seed) for seed in range(_REPEATS)]
        scores.append({"bells": str(n_mfs), "rules": int(np.prod(n_mfs)), **pd.DataFrame(draws).mean()})
    return pd.DataFrame(scores).round(3)


def _score(rows: pd.DataFrame, n_mfs: list[int], seed: int) -> dict[str, float]:
    out = rows["clip_id"].isin(hold_back(main_quadrants(rows), _LEFT_OUT, seed))
    model, _ = train_reader(rows[~out], _INPUTS, n_mfs=n_mfs, seed=seed, **_OPTIONS)
    read, true = read_emotion(model, rows[out], _INPUTS), rows[out]
    found = emotion_scores(true["quadrant"].to_numpy(str), read["quadrant"].to_numpy(str))
    errors = read[["valence", "arousal"]].to_numpy() - true[["valence", "arousal"]].to_numpy()
    return {
        "balanced_accuracy": found["balanced_accuracy"],
        "valence_ccc": concordance_correlation(true["valence"], read["valence"]),
        "arousal_ccc": concordance_correlation(true["arousal"], read["arousal"]),
        "rmse": float(np.sqrt((errors**2).mean())),
    }
