import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from moodscore.emotion import QUADRANTS
from moodscore.errors import MoodscoreError
from moodscore.metrics import emotion_scores

A, B, C, D = QUADRANTS


@pytest.mark.parametrize("seed", range(20))
def test_against_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    # the first three draws leave quadrants out, of either sequence
    true = rng.choice(QUADRANTS[: 2 + seed % 3], 60)
    predicted = np.where(rng.random(60) < 0.5, true, rng.choice(QUADRANTS[: 2 + seed % 2], 60))
    scores = emotion_scores(true, predicted)
    assert scores["accuracy"] == pytest.approx(accuracy_score(true, predicted))
    assert scores["macro_f1"] == pytest.approx(f1_score(true, predicted, average="macro", zero_division=0))
    if set(predicted) <= set(true):  # scikit-learn warns of the others
        assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, predicted))


def test_by_hand():
    true, predicted = [A, A, A, A, B, B, D, D], [A, A, A, B, B, A, D, C]
    assert emotion_scores(true, predicted) == pytest.approx(
        {
            "accuracy": 5 / 8,
            "majority_accuracy": 4 / 8,
            "balanced_accuracy": (3 / 4 + 1 / 2 + 1 / 2) / 3,
            "macro_f1": (6 / 8 + 2 / 4 + 2 / 3 + 0) / 4,
            "n": 8,
        }
    )


def test_always_the_majority():
    true = [A] * 7 + [B] * 2 + [C]
    scores = emotion_scores(true, [A] * 10)
    assert scores["accuracy"] == scores["majority_accuracy"] == 0.7
    assert scores["balanced_accuracy"] == pytest.approx(1 / 3)


def test_right_everywhere_and_wrong_everywhere():
    right, wrong = emotion_scores([A, B, B], [A, B, B]), emotion_scores([A, B, B], [B, A, A])
    assert (right["accuracy"], right["balanced_accuracy"], right["macro_f1"]) == (1, 1, 1)
    assert (wrong["accuracy"], wrong["balanced_accuracy"], wrong["macro_f1"]) == (0, 0, 0)


def test_the_figures_are_plain_numbers():
    assert {type(value) for value in emotion_scores([A, B], [A, A]).values()} == {float, int}


@pytest.mark.parametrize(
    ("true", "predicted"),
    [([], []), ([A], [A, B]), ([[A]], [[A]]), (A, A), ([A, None], [A, A]), ([A, A], [A, "joyful"])],
    ids=["empty", "length", "2-d", "scalar", "missing", "name"],
)
def test_impossible_sequences_are_refused(true, predicted):
    with pytest.raises(MoodscoreError, match="quadrant"):
        emotion_scores(true, predicted)
