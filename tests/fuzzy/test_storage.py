import json

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor

RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.random((60, 2)), columns=["hue", "müde"])
Y = pd.DataFrame({"valence": np.sin(5 * X["hue"]), "arousal": X["müde"] / 3})


@pytest.fixture
def model():
    options = {"n_mfs": (3, 1), "max_epochs": np.int64(7), "patience": 5, "initial_step": 0.1}
    return ANFISRegressor(**options).fit(X, Y, validation_data=(X[:20], Y[:20]))


@pytest.fixture
def document(model, tmp_path):
    model.save(tmp_path / "model.json")
    return json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))


def test_every_bit_comes_back(model, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    loaded = ANFISRegressor.load(path)
    for name, value in vars(model).items():
        if name.endswith("_"):
            np.testing.assert_array_equal(getattr(loaded, name), value, err_msg=name)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert loaded.rules() == model.rules()
    assert loaded.get_params() == model.get_params() | {"n_mfs": [3, 1]}
    loaded.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_a_single_unnamed_output_comes_back_flat(tmp_path):
    model = ANFISRegressor(n_mfs=2, max_epochs=2).fit(X.to_numpy(), Y["arousal"].to_numpy())
    model.save(tmp_path / "model.json")
    loaded = ANFISRegressor.load(str(tmp_path / "model.json"))
    assert not hasattr(loaded, "feature_names_in_")
    assert loaded.get_params() == model.get_params()
    np.testing.assert_array_equal(loaded.predict(X.to_numpy()), model.predict(X.to_numpy()))


def test_a_loaded_model_can_be_trained_again(document, tmp_path):
    model = ANFISRegressor.load(tmp_path / "model.json")
    model.fit(X, Y["valence"])
    assert model.output_names_ == ["valence"]


def test_the_file_is_whole_or_not_there(model, tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    path.write_text("before")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(MoodscoreError, match=r"model.json: cannot be written \(No space"):
        model.save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]
    assert path.read_text() == "before"


def test_a_missing_folder_is_refused(model, tmp_path):
    with pytest.raises(MoodscoreError, match="cannot be written"):
        model.save(tmp_path / "nowhere" / "model.json")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(MoodscoreError, match=r"none.json: cannot be read"):
        ANFISRegressor.load(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ('{"format": NaN}', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not an ANFIS model"),
        ('{"format": "other"}', "is not an ANFIS model"),
        ('{"format": "moodscore ANFIS", "version": 99}', "version 99"),
        ('{"format": "moodscore ANFIS", "version": 1}', "is damaged"),
    ],
)
def test_other_files_are_refused(text, words, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(MoodscoreError, match=words):
        ANFISRegressor.load(path)


def damage(document, *keys, value):
    for key in keys[:-1]:
        document = document[key]
    document[keys[-1]] = value


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("consequents", 0), [[1.0, 2.0]]),
        (("consequents", 0, 0, 0), 1e999),
        (("consequents", 0, 0, 0), "one"),
        (("inputs", 0, "premises", 0, 0), 0.0),
        (("inputs", 0, "premises"), []),
        (("inputs", 0, "lowest"), None),
        (("outputs",), ["valence"]),
        (("rule_coverage",), [1.0]),
        (("training_rmse",), [0.1]),
        (("parameters", "colour"), "red"),
        (("inputs",), 3),
    ],
)
def test_damaged_files_are_refused(keys, value, document, tmp_path):
    damage(document, *keys, value=value)
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(document).replace("Infinity", "1e999"))
    with pytest.raises(MoodscoreError, match=r"damaged.json: is damaged"):
        ANFISRegressor.load(path)
