import numpy as np
import pandas as pd
import pytest

from moodscore.evaluation import Original, measure_soundtrack
from moodscore.media import AudioFile, master, mastered
from moodscore.metrics import log_mel_distance, mae_tlr, mae_waveform
from moodscore.samples import ArraySource
from moodscore.sound import sound_features


@pytest.fixture(scope="module")
def original(world):
    own = world.features[world.features["clip_id"] == "b"]
    audio = world.sources["b"]
    return Original.prepare(audio.read(), audio.sample_rate, own, world.scaler)


@pytest.fixture(scope="module")
def delivered(world):
    """The clip as it would be delivered: what is compared with that is at the same level."""
    audio = world.sources["b"]
    samples = mastered(audio.read(), audio.sample_rate)
    features = sound_features(samples, audio.sample_rate, 1.0)
    return Original.prepare(samples, audio.sample_rate, features, world.scaler)


def measure(world, original, rendered):
    return measure_soundtrack(rendered, original, **world.measuring)[1]


def mean_magnitude(samples):
    return np.abs(samples[:, 0]).mean()


def test_the_original_itself_has_no_error_and_its_own_emotion(world, original, delivered):
    """As far as it is as loud as what is delivered."""
    measures = measure(world, delivered, world.sources["b"].read())
    assert measures.errors["mae_tlr"] == pytest.approx(0, abs=1e-12)
    assert measures.errors["log_mel_distance"] == 0
    # the waveform is compared at a peak of 0.95, which the original does not have
    peak = np.abs(original.samples[:, 0]).max()
    assert measure(world, original, original.samples).errors["mae_waveform"] == pytest.approx(
        mean_magnitude(original.samples) * (0.95 / peak - 1), rel=1e-5
    )
    features = sound_features(delivered.samples, delivered.sample_rate, 1.0)
    expected = world.judge.predict(features).reset_index(drop=True)
    pd.testing.assert_frame_equal(measures.judged[["valence", "arousal"]], expected)
    assert measures.judged["segment"].tolist() == [0, 1, 2, 3]


def test_silence_is_wrong_by_the_original_and_finite(world, original):
    measures = measure(world, original, np.zeros_like(original.samples))
    assert measures.errors["mae_waveform"] == pytest.approx(mean_magnitude(original.samples), rel=1e-6)
    assert measures.errors["log_mel_distance"] > 10 and measures.errors["mae_tlr"] > 0.1
    assert np.isfinite(measures.judged.to_numpy()).all()


@pytest.mark.parametrize("gain_db", [-6, 6])
def test_the_level_it_was_rendered_at_is_not_heard(world, original, gain_db):
    """Whatever it is, the track is mastered before it is measured, and the waveform brought to its peak."""
    track = world.sources["c"].read()
    same = measure(world, original, track)
    scaled = measure(world, original, track * np.float32(10 ** (gain_db / 20)))
    for name, error in same.errors.items():
        assert scaled.errors[name] == pytest.approx(error, rel=1e-3), name
    np.testing.assert_allclose(scaled.judged, same.judged, atol=1e-3)


def test_a_gain_is_heard_in_loudness_and_spectrum_where_it_is_the_originals(world, delivered):
    quieter = Original.prepare(
        delivered.samples * np.float32(0.5),
        delivered.sample_rate,
        sound_features(delivered.samples * np.float32(0.5), delivered.sample_rate, 1.0),
        world.scaler,
    )
    errors = measure(world, quieter, world.sources["b"].read()).errors
    assert errors["log_mel_distance"] == pytest.approx(20 * np.log10(2), abs=0.1)
    assert errors["mae_tlr"] > 0.02


def test_what_is_measured_is_the_mastered_track(world, original, tmp_path):
    """The file that would be delivered, to within its 24 bits; the waveform alone has the paper's peak."""
    rendered, rate = world.sources["c"].read(), original.sample_rate
    output, measures = measure_soundtrack(rendered, original, **world.measuring)
    file = master(ArraySource(rendered, rate), tmp_path / "track.wav").track
    np.testing.assert_allclose(output, AudioFile.open(file.path).read(), atol=2**-23)
    features = sound_features(output, rate, 1.0)
    scaled = world.scaler.transform(features).assign(segment=features["segment"])
    assert measures.errors == {
        "mae_waveform": mae_waveform(original.samples, rendered * np.float32(0.95 / np.abs(rendered).max())),
        "mae_tlr": mae_tlr(original.scaled_features, scaled),
        "log_mel_distance": log_mel_distance(original.samples, output, rate),
    }


def test_an_output_that_ends_early_is_measured_as_far_as_the_clip_goes(world, original):
    measures = measure(world, original, original.samples[: 2 * original.sample_rate])
    assert len(measures.judged) == original.n_segments == 4
    assert np.isfinite(list(measures.errors.values())).all()
