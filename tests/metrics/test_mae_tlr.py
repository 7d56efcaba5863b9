import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from moodscore.errors import MoodscoreError
from moodscore.metrics import mae_tlr

FEATURES = ["tempo", "loudness", "rhythm"]


@pytest.fixture
def original() -> pd.DataFrame:
    values = np.random.default_rng(0).uniform(size=(20, 3))
    return pd.DataFrame(values, columns=FEATURES).assign(segment=range(20), clip_id="a")


def test_identical_shifted_and_constant(original):
    assert mae_tlr(original, original) == 0
    assert mae_tlr(original, original.assign(tempo=original["tempo"] + 0.3)) == pytest.approx(0.1)
    ones = original.assign(**dict.fromkeys(FEATURES, 1.0))
    assert mae_tlr(ones.assign(**dict.fromkeys(FEATURES, 0.0)), ones) == 1


def test_against_scikit_learn(original):
    other = original.assign(**{name: original[name].to_numpy()[::-1] for name in FEATURES})
    expected = mean_absolute_error(original[FEATURES], other[FEATURES])
    assert mae_tlr(original, other) == pytest.approx(expected)
    assert mae_tlr(other, original) == pytest.approx(expected)


def test_rows_are_matched_by_their_key_not_their_order(original):
    shuffled = original.sample(frac=1, random_state=1)[["rhythm", "segment", "tempo", "clip_id", "loudness"]]
    assert mae_tlr(original, shuffled) == 0
    assert mae_tlr(original.drop(columns="clip_id"), shuffled) == 0


def test_the_same_segment_of_two_clips_is_two_segments(original):
    second = original.assign(clip_id="b", tempo=0.0)
    both = pd.concat([original, second])
    assert mae_tlr(both, pd.concat([second, original])) == 0


def test_segments_that_only_one_has_do_not_count(original):
    assert mae_tlr(original, original[3:15]) == 0


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop(columns="rhythm"), "output: no column 'rhythm'"),
        (lambda t: t.drop(columns="segment"), "output: no column 'segment'"),
        (lambda t: pd.concat([t, t[:1]]), "output: clip_id, segment .*there twice"),
        (lambda t: t.assign(tempo=np.nan), "output: a value is not finite"),
        (lambda t: t.assign(segment=t["segment"] + 100), "no segment in common"),
        (lambda t: t[:0], "no segment in common"),
    ],
)
def test_impossible_tables_are_refused(original, spoil, message):
    with pytest.raises(MoodscoreError, match=message):
        mae_tlr(original, spoil(original))
