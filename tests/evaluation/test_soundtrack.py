import numpy as np
import pandas as pd
import pytest

from moodscore.evaluation import Original, measure_soundtrack
from moodscore.metrics import log_mel_distance, mae_tlr, mae_waveform
from moodscore.sound import sound_features


@pytest.fixture(scope="module")
def original(world):
    own = world.features[world.features["clip_id"] == "b"]
    audio = world.sources["b"]
    return Original.prepare(audio.read(), audio.sample_rate, own, world.scaler)


def measure(world, original, output):
    return measure_soundtrack(output, original, **world.measuring)


def test_the_original_itself_has_no_error_and_its_own_emotion(world, original):
    measures = measure(world, original, original.samples)
    assert measures.errors["mae_tlr"] == pytest.approx(0, abs=1e-12)
    assert measures.errors["log_mel_distance"] == 0
    # the output is brought to a peak of 0.95, which the original does not have
    peak = np.abs(original.samples[:, 0]).max()
    assert measures.errors["mae_waveform"] == pytest.approx(
        np.abs(original.samples[:, 0]).mean() * (0.95 / peak - 1), rel=1e-5
    )
    expected = world.judge.predict(world.features[world.features["clip_id"] == "b"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(measures.judged[["valence", "arousal"]], expected)
    assert measures.judged["segment"].tolist() == [0, 1, 2, 3]


def test_silence_is_wrong_by_the_original_and_finite(world, original):
    measures = measure(world, original, np.zeros_like(original.samples))
    assert measures.errors["mae_waveform"] == pytest.approx(np.abs(original.samples[:, 0]).mean(), rel=1e-6)
    assert measures.errors["log_mel_distance"] > 10 and measures.errors["mae_tlr"] > 0.1
    assert np.isfinite(measures.judged.to_numpy()).all()


@pytest.mark.parametrize("gain_db", [-6, 6])
def test_a_gain_is_heard_in_loudness_and_spectrum_but_not_in_the_waveform(world, original, gain_db):
    same = measure(world, original, original.samples).errors
    scaled = measure(world, original, original.samples * np.float32(10 ** (gain_db / 20))).errors
    assert scaled["log_mel_distance"] == pytest.approx(abs(gain_db), abs=0.1)
    assert scaled["mae_tlr"] > 0.02
    assert scaled["mae_waveform"] == pytest.approx(same["mae_waveform"], rel=1e-5)


def test_the_errors_are_those_of_the_metrics(world, original):
    output, rate = world.sources["c"].read(), original.sample_rate
    features = sound_features(output, rate, 1.0)
    scaled = world.scaler.transform(features).assign(segment=features["segment"])
    assert measure(world, original, output).errors == {
        "mae_waveform": mae_waveform(original.samples, output),
        "mae_tlr": mae_tlr(original.scaled_features, scaled),
        "log_mel_distance": log_mel_distance(original.samples, output, rate),
    }


def test_an_output_that_ends_early_is_measured_as_far_as_the_clip_goes(world, original):
    measures = measure(world, original, original.samples[: 2 * original.sample_rate])
    assert len(measures.judged) == original.n_segments == 4
    assert np.isfinite(list(measures.errors.values())).all()
