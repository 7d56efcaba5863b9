"""Networks: their layers, their loss against its formula, their training, their repeatability."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.sequence import build_lstm, build_simple_rnn, start_tensorflow, train_lstm, train_simple_rnn
from moodscore.sequence.models import held_back_windows

N_WINDOWS, WINDOW = 24, 6


def moving_average_windows(seed, n_windows=N_WINDOWS):
    """Outputs that take memory: running means of the inputs."""
    rng = np.random.default_rng(seed)
    X = rng.random((n_windows, WINDOW, 4)).astype(np.float32)
    means = np.cumsum(X, axis=1) / np.arange(1, WINDOW + 1)[:, None]
    groups = np.array([f"clip{number // 4}" for number in range(n_windows)], dtype=object)
    return X, means[..., :3].astype(np.float32), np.ones((n_windows, WINDOW), np.float32), groups


def fingerprint(model):
    return hashlib.sha256(b"".join(weights.tobytes() for weights in model.get_weights())).hexdigest()


def test_the_lstm_is_that_of_the_paper():
    model = build_lstm(4)
    assert [(type(layer).__name__, layer.units) for layer in model.layers] == [
        ("LSTM", 100),
        ("LSTM", 300),
        ("Dense", 3),
    ]
    gates = [4 * units * (inputs + units + 1) for inputs, units in ((4, 100), (100, 300))]
    assert model.count_params() == sum(gates) + 3 * (300 + 1)
    assert model.output_shape == (None, None, 3)


def test_the_previous_network_has_one_layer_of_twelve():
    model = build_simple_rnn(1)
    assert [(type(layer).__name__, layer.units) for layer in model.layers] == [
        ("SimpleRNN", 12),
        ("Dense", 3),
    ]
    assert model.count_params() == 12 * (1 + 12 + 1) + 3 * (12 + 1)


def test_it_reads_forwards_so_padding_at_the_end_changes_nothing():
    rng = np.random.default_rng(0)
    run = rng.random((4, 5, 4)).astype(np.float32)
    padded = np.concatenate([run, np.zeros((4, 11, 4), np.float32)], axis=1)
    model = build_lstm(4)
    np.testing.assert_array_equal(model.predict_on_batch(padded)[:, :5], model.predict_on_batch(run))


def test_padding_neither_enters_nor_dilutes_the_training():
    X, y, weights, groups = moving_average_windows(0)
    weights[::2, 3:] = 0
    X[::2, 3:] = y[::2, 3:] = 0
    garbage = y.copy()
    garbage[::2, 3:] = 1e3
    longer = [np.pad(part, [(0, 0), (0, 7)] + [(0, 0)] * (part.ndim - 2)) for part in (X, y, weights)]
    model, history = train_lstm(X, y, weights, groups, max_epochs=2)
    for same in ((X, garbage, weights), longer):
        other, other_history = train_lstm(*same, groups, max_epochs=2)
        np.testing.assert_allclose(other_history, history, rtol=1e-5)
        for mine, its in zip(model.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(its, mine, atol=1e-5)


def test_the_loss_is_the_weighted_mean_absolute_error_of_the_best_epoch():
    X, y, weights, groups = moving_average_windows(1)
    weights[3:9, 2:] = 0
    model, history = train_simple_rnn(X, y, weights, groups, max_epochs=12, patience=3)
    held_back = held_back_windows(groups, np.random.default_rng(0))
    deviation = np.abs(model.predict_on_batch(X[held_back]) - y[held_back]).mean(axis=-1)
    expected = np.average(deviation, weights=weights[held_back])
    assert history["val_loss"].min() == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_it_learns_what_a_mean_cannot_say():
    model, history = train_lstm(*moving_average_windows(2, n_windows=48), max_epochs=60)
    X, y, *_ = moving_average_windows(3, n_windows=64)
    error = np.abs(model.predict_on_batch(X) - y).mean()
    assert error < 0.6 * np.abs(y.mean(axis=(0, 1)) - y).mean()
    assert history["loss"].iloc[-1] < 0.5 * history["loss"].iloc[0]
    assert history["epoch"].tolist() == list(range(1, len(history) + 1))


def test_it_stops_when_the_held_back_clips_get_no_better_and_returns_to_the_best_epoch():
    X, y, weights, groups = moving_average_windows(4)
    held_back = held_back_windows(groups, np.random.default_rng(0))
    y[~held_back], y[held_back] = 1, -1
    seen = []
    model, history = train_simple_rnn(
        X, y, weights, groups, patience=2, progress=lambda epoch, total: seen.append((epoch, total))
    )
    assert seen == [(1, 150), (2, 150), (3, 150)]
    assert history["val_loss"].is_monotonic_increasing
    one_epoch, _ = train_simple_rnn(X, y, weights, groups, max_epochs=1)
    assert fingerprint(model) == fingerprint(one_epoch)


def test_with_one_clip_the_training_loss_decides():
    X, y, weights, _ = moving_average_windows(5)
    _, history = train_simple_rnn(X, y, weights, np.array(["film"] * len(X)), max_epochs=3)
    assert history["val_loss"].isna().all()
    assert history["loss"].is_monotonic_decreasing


def test_one_window_is_enough():
    X, y, weights, groups = (part[:1] for part in moving_average_windows(6))
    model, _ = train_simple_rnn(X, y, weights, groups, max_epochs=2)
    assert np.isfinite(model.predict_on_batch(X)).all()


def test_no_window_is_refused():
    with pytest.raises(MoodscoreError, match="no training windows"):
        train_lstm(*(part[:0] for part in moving_average_windows(0)))


@pytest.mark.parametrize("seed", range(4))
def test_whole_clips_are_held_back_about_a_fifth_of_the_windows(seed):
    sizes = np.random.default_rng(seed).integers(1, 30, 20)
    groups = np.repeat([f"clip{number}" for number in range(20)], sizes)
    held_back = held_back_windows(groups, np.random.default_rng(seed))
    assert 0.1 * len(groups) < held_back.sum() <= 0.2 * len(groups)
    for clip in np.unique(groups):
        assert len(set(held_back[groups == clip])) == 1


def test_where_every_clip_is_too_long_the_shortest_is_held_back():
    groups = np.repeat(["long", "short"], [50, 30])
    held_back = held_back_windows(groups, np.random.default_rng(0))
    assert set(groups[held_back]) == {"short"}
    assert held_back.sum() == 30


TRAIN_IN_ANOTHER_PROCESS = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("test_models", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
X, y, weights, groups = module.moving_average_windows(7)
for _ in range(6):
    module.build_simple_rnn(4).predict_on_batch(X)
model, _ = module.train_lstm(X, y, weights, groups, max_epochs=3, seed=5)
print(module.fingerprint(model), end="")
"""


def test_one_seed_one_network_here_and_in_another_process_and_not_a_word():
    other = subprocess.run(
        [sys.executable, "-c", TRAIN_IN_ANOTHER_PROCESS, __file__], capture_output=True, text=True
    )
    assert other.stderr == ""
    models = [train_lstm(*moving_average_windows(7), max_epochs=3, seed=5)[0] for _ in range(2)]
    assert [fingerprint(model) for model in models] == [other.stdout] * 2


def test_another_seed_another_network():
    models = [train_simple_rnn(*moving_average_windows(7), max_epochs=1, seed=seed)[0] for seed in (5, 6)]
    assert fingerprint(models[0]) != fingerprint(models[1])


def test_it_survives_a_file_in_safe_mode(tmp_path):
    keras, _ = start_tensorflow()
    X, y, weights, groups = moving_average_windows(8)
    model, _ = train_lstm(X, y, weights, groups, max_epochs=1)
    model.save(tmp_path / "network.keras")
    assert model.get_config() == build_lstm(4).get_config()
    loaded = keras.models.load_model(tmp_path / "network.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded.predict_on_batch(X), model.predict_on_batch(X))
