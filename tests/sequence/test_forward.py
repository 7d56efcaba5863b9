"""Networks as arrays against the Keras networks they are taken from."""

import subprocess
import sys

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.sequence import LSTMNetwork, build_lstm, start_tensorflow

rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def keras_network():
    """Away from where it begins, biases among them, and short of chaos, which would grow any rounding."""
    keras, _ = start_tensorflow()
    keras.utils.set_random_seed(7)
    model = build_lstm(4)
    scales = np.random.default_rng(1)
    model.set_weights([w + scales.normal(0, 0.03, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def network(keras_network):
    return LSTMNetwork.from_keras(keras_network)


@pytest.mark.parametrize("shape", [(1, 1), (7, 60), (1, 300)])
def test_it_predicts_what_keras_predicts(keras_network, network, shape):
    batch = rng.random((*shape, 4)).astype(np.float32)
    written = network.predict_on_batch(batch)
    assert written.dtype == np.float32
    np.testing.assert_allclose(written, keras_network.predict_on_batch(batch), rtol=0, atol=1e-5)


def test_padding_at_the_end_changes_nothing_before_it(network):
    run = rng.random((3, 5, 4)).astype(np.float32)
    padded = np.concatenate([run, np.zeros((3, 27, 4), np.float32)], axis=1)
    np.testing.assert_allclose(
        network.predict_on_batch(padded)[:, :5], network.predict_on_batch(run), rtol=0, atol=1e-6
    )


def test_the_others_in_a_batch_change_not_one_bit(network):
    batch = rng.random((11, 32, 4)).astype(np.float32)
    together = network.predict_on_batch(batch)
    for number, alone in enumerate(batch):
        np.testing.assert_array_equal(network.predict_on_batch(alone[None])[0], together[number])


def test_huge_inputs_saturate_and_do_not_overflow(network):
    assert np.isfinite(network.predict_on_batch(np.full((1, 4, 4), 1e6, np.float32))).all()


def test_an_empty_batch_gives_an_empty_one(network):
    assert network.predict_on_batch(np.zeros((0, 8, 4), np.float32)).shape == (0, 8, 3)


def test_taken_apart_and_put_together_it_is_the_same(network, tmp_path):
    np.savez_compressed(tmp_path / "network.npz", **network.to_arrays())
    with np.load(tmp_path / "network.npz", allow_pickle=False) as stored:
        again = LSTMNetwork.from_arrays(stored)
    batch = rng.random((2, 9, 4)).astype(np.float32)
    np.testing.assert_array_equal(again.predict_on_batch(batch), network.predict_on_batch(batch))


def test_half_precision_is_read_in_single(network):
    halved = {name: array.astype(np.float16) for name, array in network.to_arrays().items()}
    assert LSTMNetwork.from_arrays(halved).kernel.dtype == np.float32


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda arrays: arrays.pop("lstm_2_bias"), "lacks the array 'lstm_2_bias'"),
        (lambda arrays: [arrays.pop(n) for n in list(arrays) if "lstm" in n], "lacks the array 'lstm_1_k"),
        (lambda arrays: arrays.update(lstm_2_kernel=np.zeros((99, 1200))), "no sense together"),
        (lambda arrays: arrays.update(dense_bias=np.array([0, np.nan, 0])), "no sense together"),
        (lambda arrays: arrays.update(dense_kernel=np.zeros((3, 3))), "no sense together"),
    ],
)
def test_damaged_arrays_are_refused(network, damage, said):
    arrays = network.to_arrays()
    damage(arrays)
    with pytest.raises(MoodscoreError, match=said):
        LSTMNetwork.from_arrays(arrays)


def test_reading_forward_imports_no_tensorflow():
    code = (
        "import sys, numpy as np\n"
        "from moodscore.sequence import LSTMNetwork\n"
        "a = {'lstm_1_kernel': np.zeros((2, 4)), 'lstm_1_recurrent': np.zeros((1, 4)),\n"
        "     'lstm_1_bias': np.zeros(4), 'dense_kernel': np.zeros((1, 3)), 'dense_bias': np.ones(3)}\n"
        "print(LSTMNetwork.from_arrays(a).predict_on_batch(np.zeros((1, 2, 2))).sum())\n"
        "print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["6.0", "[]"]
