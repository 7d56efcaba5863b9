import json

import numpy as np
import pandas as pd
import pytest

from moodscore.errors import MoodscoreError
from moodscore.sound import FEATURES, AudioScaler


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "segment": np.arange(500),
            "tempo": rng.normal(110, 20, 500),
            "loudness": rng.gamma(3, 8, 500),
            "rhythm": rng.normal(-25, 3, 500),
            "is_silent": False,
        },
        index=np.arange(500) * 3,
    )


def test_default_maps_the_percentiles_of_each_feature(table):
    scaled = AudioScaler.fit(table).transform(table)
    assert tuple(scaled) == FEATURES
    assert scaled.index.equals(table.index)
    for name in FEATURES:
        low, high = np.percentile(table[name], [1, 99])
        expected = ((table[name] - low) / (high - low)).clip(0, 1)
        np.testing.assert_allclose(scaled[name], expected, atol=1e-12)
        assert scaled[name].min() == 0
        assert scaled[name].max() == 1


def test_paper_maps_one_minimum_and_maximum(table):
    scaled = AudioScaler.fit(table, variant="paper").transform(table)
    values = table[list(FEATURES)].to_numpy()
    np.testing.assert_allclose(scaled, (values - values.min()) / (values.max() - values.min()), atol=1e-12)
    assert scaled.to_numpy().min() == 0
    assert scaled.to_numpy().max() == 1


@pytest.mark.parametrize("variant", ["default", "paper"])
def test_inverse_undoes_transform_within_the_range(table, variant):
    scaler = AudioScaler.fit(table, variant)
    inside = table[list(FEATURES)].clip(dict(zip(FEATURES, scaler.lower, strict=True)), axis=1)
    inside = inside.clip(upper=dict(zip(FEATURES, scaler.upper, strict=True)), axis=1)
    pd.testing.assert_frame_equal(scaler.inverse(scaler.transform(table)), inside)


@pytest.mark.parametrize("variant", ["default", "paper"])
def test_new_clips_stay_in_range(table, variant):
    wild = table.assign(tempo=table["tempo"] * 30, loudness=-5.0, rhythm=1e6)
    scaled = AudioScaler.fit(table, variant).transform(wild).to_numpy()
    assert scaled.min() >= 0
    assert scaled.max() <= 1


def test_silent_rows_are_not_fitted(table):
    silence = table.assign(loudness=0.0, rhythm=-46.0, tempo=120.0, is_silent=True)
    assert AudioScaler.fit(pd.concat([table, silence])) == AudioScaler.fit(table)


def test_a_table_without_is_silent_is_fitted_whole(table):
    assert AudioScaler.fit(table.drop(columns="is_silent")) == AudioScaler.fit(table)


@pytest.mark.parametrize("constant", [0.0, 0.1, -46.0])
def test_a_constant_feature_is_mapped_to_the_middle(table, constant):
    rng = np.random.default_rng(1)
    jitter = constant * (1 + 1e-14 * rng.standard_normal(len(table)))
    flat = table.assign(loudness=jitter)
    scaler = AudioScaler.fit(flat)
    np.testing.assert_array_equal(scaler.transform(table)["loudness"], 0.5)
    np.testing.assert_allclose(scaler.inverse(scaler.transform(flat))["loudness"], constant, rtol=1e-9)


def test_survives_json(table):
    scaler = AudioScaler.fit(table, variant="paper")
    assert AudioScaler.from_dict(json.loads(json.dumps(scaler.to_dict()))) == scaler


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("lower"),
        lambda d: d["upper"].pop("rhythm"),
        lambda d: d["upper"].update(rhythm="high"),
        lambda d: d["upper"].update(rhythm=float("nan")),
        lambda d: d["upper"].update(rhythm=-1e9),
        lambda d: d.update(lower=3),
        lambda d: d.update(variant="other"),
    ],
)
def test_what_was_not_stored_is_refused(table, spoil):
    stored = AudioScaler.fit(table).to_dict()
    spoil(stored)
    with pytest.raises(MoodscoreError):
        AudioScaler.from_dict(stored)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda t: t.drop(columns="tempo"), "tempo"),
        (lambda t: t.iloc[:0], "no sound"),
        (lambda t: t.assign(is_silent=True), "no sound"),
        (lambda t: t.assign(rhythm=np.nan), "NaN"),
    ],
)
def test_what_cannot_be_fitted_is_refused(table, change, word):
    with pytest.raises(MoodscoreError, match=word):
        AudioScaler.fit(change(table))


def test_an_unknown_variant_is_refused(table):
    with pytest.raises(MoodscoreError, match="variant"):
        AudioScaler.fit(table, variant="minmax")


def test_an_empty_table_is_scaled_to_an_empty_table(table):
    scaler = AudioScaler.fit(table)
    assert scaler.inverse(scaler.transform(table.iloc[:0])).shape == (0, 3)


def test_keys_stand_beside_the_scaled_features():
    table = pd.DataFrame(
        {
            "clip_id": ["a", "b"],
            "segment": [3, 4],
            "tempo": [60.0, 180.0],
            "loudness": [0.0, 9.0],
            "rhythm": [-40.0, -20.0],
        },
        index=[7, 2],
    )
    scaler = AudioScaler.fit(table)
    keyed = scaler.transform_keyed(table)
    pd.testing.assert_frame_equal(keyed[["clip_id", "segment"]], table[["clip_id", "segment"]])
    pd.testing.assert_frame_equal(keyed[["tempo", "loudness", "rhythm"]], scaler.transform(table))
    assert "clip_id" not in scaler.transform_keyed(table.drop(columns="clip_id"))
