import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.metrics import concordance_correlation, emotion_match


def table(valence, arousal, clip_id="a") -> pd.DataFrame:
    return pd.DataFrame(
        {"clip_id": clip_id, "segment": range(len(valence)), "valence": valence, "arousal": arousal}
    )


def test_the_same_emotion():
    labels = table([7.0, 2.0, 6.0], [8.0, 3.0, 2.0])
    assert emotion_match(labels, labels) == {"emotion_match": 1, "valence_ccc": 1, "arousal_ccc": 1, "n": 3}


def test_by_hand():
    labels = table([7.0, 7.0, 3.0, 3.0], [7.0, 3.0, 7.0, 3.0])
    judged = table([5.1, 4.9, 4.0, 5.0], [5.1, 3.0, 7.0, 4.9])
    scores = emotion_match(judged, labels)
    assert scores["emotion_match"] == 3 / 4  # 5.0 is negative still
    assert scores["valence_ccc"] == pytest.approx(
        concordance_correlation(judged["valence"], labels["valence"])
    )
    assert scores["arousal_ccc"] == pytest.approx(
        concordance_correlation(judged["arousal"], labels["arousal"])
    )


def test_opposite_emotions_swapped():
    labels = table([8.0, 2.0], [2.0, 8.0])
    swapped = table([2.0, 8.0], [8.0, 2.0])
    scores = emotion_match(swapped, labels)
    assert scores["emotion_match"] == 0
    assert scores["valence_ccc"] == scores["arousal_ccc"] == pytest.approx(-1)


def test_rows_are_matched_by_their_key():
    rng = np.random.default_rng(0)
    labels = pd.concat([table(*rng.uniform(1, 9, (2, 8)), clip_id=clip) for clip in "ab"])
    assert emotion_match(labels.sample(frac=1, random_state=1), labels)["emotion_match"] == 1


def test_unlabelled_segments_do_not_count():
    labels = table([7.0, np.nan, 2.0], [8.0, np.nan, 3.0])
    judged = table([7.0, 9.0, 2.0], [8.0, 1.0, 3.0])
    assert emotion_match(judged, labels) == {"emotion_match": 1, "valence_ccc": 1, "arousal_ccc": 1, "n": 2}


@pytest.mark.parametrize(
    ("judged", "labels", "message"),
    [
        (table([1.0], [1.0]), table([np.nan], [np.nan]), "no segment in common"),
        (table([np.nan], [1.0]), table([1.0], [1.0]), "judged: a value is not finite"),
        (table([1.0], [1.0]), table([1.0], [np.nan]), "labels: a value is not finite"),
        (table([1.0], [1.0]), table([1.0], [1.0]).drop(columns="arousal"), "labels: no column 'arousal'"),
        (table([1.0], [1.0]).drop(columns="valence"), table([1.0], [1.0]), "judged: no column 'valence'"),
    ],
)
def test_impossible_tables_are_refused(judged, labels, message):
    with pytest.raises(MoodscoreError, match=message):
        emotion_match(judged, labels)
