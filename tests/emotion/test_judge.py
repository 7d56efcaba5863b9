import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from moodscore.emotion import CUES, Judge
from moodscore.errors import MoodscoreError

RIDGE = 0.05


@pytest.fixture
def features() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    cues = rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6))  # correlated
    cues = cues * [30, 10, 3, 0.4, 0.5, 2] + [120, 20, -5, 0.1, 7, 3]
    return pd.DataFrame(cues, columns=list(CUES), index=rng.permutation(300))


@pytest.fixture
def labels(features) -> pd.DataFrame:
    z = (features - features.mean()) / features.std()
    noise = np.random.default_rng(1).normal(scale=0.3, size=(300, 2))
    return pd.DataFrame(
        {
            "valence": 5 + 0.9 * z["mode"] + 0.3 * z["tempo"] + noise[:, 0],
            "arousal": 5 + 0.9 * z["tempo"] + 0.5 * z["loudness"] + noise[:, 1],
        }
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_against_scikit_learn(features, labels, weighted):
    weight = np.random.default_rng(2).choice([0.0, 1.0, 2.5], 300) if weighted else np.ones(300)
    scaler = StandardScaler().fit(features, sample_weight=weight)
    z, heard = scaler.transform(features), features[weight > 0]
    inside = scaler.transform(features.clip(heard.min(), heard.max(), axis=1))
    ridge = Ridge(alpha=RIDGE * weight.sum()).fit(z, labels, sample_weight=weight)
    expected = ridge.predict(inside).clip(1, 9)
    predicted = Judge().fit(features, labels, weight if weighted else None).predict(features)
    np.testing.assert_allclose(predicted, expected, atol=1e-9)
    assert predicted.columns.tolist() == ["valence", "arousal"]
    assert predicted.index.equals(features.index)


def test_it_learns_what_is_linear(features, labels):
    predicted = Judge().fit(features[:200], labels[:200]).predict(features[200:])
    error = np.sqrt(((predicted - labels[200:]) ** 2).mean())
    assert (error < 0.5).all()


def test_the_units_of_the_cues_and_the_scale_of_the_weights_do_not_matter(features, labels):
    weight = np.random.default_rng(3).uniform(0.1, 2, 300)
    other_units = features * [1e3, 1e-3, 60, 5, 2.3, 1e6] + [0, 1, 2, 3, 4, -1e6]
    one = Judge().fit(features, labels, weight).predict(features)
    other = Judge().fit(other_units, labels, 7 * weight).predict(other_units)
    pd.testing.assert_frame_equal(one, other, rtol=1e-7)


def test_a_row_of_weight_two_is_a_row_there_twice(features, labels):
    weight = np.where(np.arange(300) < 50, 2.0, 1.0)
    twice = Judge().fit(pd.concat([features, features[:50]]), pd.concat([labels, labels[:50]]))
    weighted = Judge().fit(features, labels, weight)
    np.testing.assert_allclose(weighted.coefficients_, twice.coefficients_, atol=1e-12)


def test_scores_stay_on_the_scale(features, labels):
    judge = Judge().fit(features, 5 + 4 * (labels - 5))
    predicted = judge.predict(features)
    assert predicted.min(axis=None) == 1 and predicted.max(axis=None) == 9


def test_beyond_the_cues_heard_in_training_it_says_no_more_than_at_their_end(features, labels):
    judge = Judge().fit(features, labels)
    far = features.mean().to_frame().T.assign(rhythm=features["rhythm"].min() - 1000)
    end = far.assign(rhythm=features["rhythm"].min())
    pd.testing.assert_frame_equal(judge.predict(far), judge.predict(end))


def test_a_constant_cue_says_nothing(features, labels):
    judge = Judge().fit(features.assign(mode=0.1), labels)
    assert judge.cue_scale_[CUES.index("mode")] == 1
    assert judge.coefficients_[CUES.index("mode")] == pytest.approx([0, 0], abs=1e-12)
    without, far = judge.predict(features.assign(mode=0.1)), judge.predict(features.assign(mode=0.9))
    pd.testing.assert_frame_equal(without, far)


def test_a_cue_constant_among_the_rows_that_count_is_constant(features, labels):
    weight = np.where(np.arange(300) < 40, 1.0, 0.0)
    rhythm = np.where(weight > 0, 0.3, features["rhythm"])
    judge = Judge().fit(features.assign(rhythm=rhythm), labels, weight)
    assert judge.cue_scale_[CUES.index("rhythm")] == 1


def test_one_segment_is_its_own_answer(features, labels):
    predicted = Judge().fit(features[:1], labels[:1]).predict(features)
    np.testing.assert_allclose(predicted, np.repeat(labels[:1].clip(1, 9), 300, axis=0))


def test_it_survives_json(features, labels):
    judge = Judge().fit(features, labels)
    stored = json.loads(json.dumps(judge.to_dict(), allow_nan=False))
    pd.testing.assert_frame_equal(Judge.from_dict(stored).predict(features), judge.predict(features), rtol=0)
    assert set(stored["cues"]) == set(CUES)


@pytest.mark.parametrize("spoil", ["no cue", "no intercept", "text", "nan", "scale", "list"])
def test_a_damaged_store_is_refused(features, labels, spoil):
    stored = Judge().fit(features, labels).to_dict()
    if spoil == "no cue":
        del stored["cues"]["mode"]
    elif spoil == "no intercept":
        del stored["intercept"]
    elif spoil == "list":
        stored = []
    else:
        wrong = {"text": ("valence", "x"), "nan": ("valence", np.nan), "scale": ("scale", 0.0)}
        name, value = wrong[spoil]
        stored["cues"]["mode"][name] = value
    with pytest.raises(MoodscoreError, match="stored judge"):
        Judge.from_dict(stored)


def test_an_unfitted_judge_says_so(features):
    with pytest.raises(MoodscoreError, match="call fit first"):
        Judge().predict(features)


def test_segments_out_of_step_are_refused(features, labels):
    keys = pd.DataFrame({"clip_id": "a", "segment": np.arange(300)})
    keyed = features.reset_index(drop=True).join(keys)
    Judge().fit(keyed, labels.reset_index(drop=True).join(keys))
    with pytest.raises(MoodscoreError, match="'segment'"):
        Judge().fit(keyed, labels.reset_index(drop=True).join(keys[::-1].reset_index(drop=True)))


@pytest.mark.parametrize("weight", [np.ones(299), -np.ones(300), np.zeros(300), np.full(300, np.nan), 1.0])
def test_impossible_weights_are_refused(features, labels, weight):
    with pytest.raises(MoodscoreError, match="sample_weight"):
        Judge().fit(features, labels, weight)


def test_impossible_tables_are_refused(features, labels):
    with pytest.raises(MoodscoreError, match="features: no column 'tempo'"):
        Judge().fit(features.drop(columns="tempo"), labels)
    with pytest.raises(MoodscoreError, match="features: column 'mode' has values that are not finite"):
        Judge().fit(features.assign(mode=np.inf), labels)
    with pytest.raises(MoodscoreError, match="labels: column 'arousal' has values that are not finite"):
        Judge().fit(features, labels.assign(arousal=np.nan))
    with pytest.raises(MoodscoreError, match="300 rows of features and 299 of labels"):
        Judge().fit(features, labels[1:])
    with pytest.raises(MoodscoreError, match="at least one"):
        Judge().fit(features[:0], labels[:0])
