"""Recurrent networks from visual descriptors to audio features, and how they are trained.

The network of each quadrant is the one of Sergio and Lee [1]_: two layers of long short-term memory
[2]_ of 100 and 300 units and a dense layer of three, which writes at every step. The system that [1]_
improves upon has single layers of 12 simple recurrent units.

The dense layer is linear. Its targets lie in [0, 1] and often on 0 or 1 themselves, where a sigmoid
saturates; values that leave the range are clipped when a network is used.

The networks consist of standard layers only, without custom objects, and load in Keras's safe mode.

References
----------
.. [1] G. C. Sergio and M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
       Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020, 8478527.
.. [2] S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.sequence.tensorflow_runtime import start_tensorflow

if TYPE_CHECKING:
    import keras


class _Design(NamedTuple):
    """A network: the Keras layer it consists of, the units of each, Adam's step in training."""

    layer: str
    units: tuple[int, ...]
    learning_rate: float


LSTM = _Design("LSTM", (100, 300), learning_rate=1e-3)
#: At the LSTM's step so few units are far from trained after the last epoch: a comparison with them
#: would flatter the LSTM.
SIMPLE_RNN = _Design("SimpleRNN", (12,), learning_rate=1e-2)
N_OUTPUTS = 3

#: At most as many windows a step; they are shared out evenly, so that no step has only a few.
BATCH_SIZE = 32
#: Share of the windows, in whole clips, that only decide when to stop.
HELD_BACK_SHARE = 0.2
MAX_EPOCHS = 150
#: Epochs without a better loss after which training stops.
PATIENCE = 20

Progress = Callable[[int, int], None]


def build_lstm(n_inputs: int, n_outputs: int = N_OUTPUTS) -> keras.Model:
    """Build the network of one quadrant: LSTM 100, LSTM 300, dense at every step.

    Parameters
    ----------
    n_inputs : int
        Numbers of the visual descriptor.
    n_outputs : int
        Audio features.

    Returns
    -------
    keras.Model
        Untrained, from sequences [shape=(n, steps, n_inputs)] of any length to
        [shape=(n, steps, n_outputs)]; reads forwards only.
    """
    return _build(LSTM, n_inputs, n_outputs)


def build_simple_rnn(n_inputs: int, n_outputs: int = N_OUTPUTS) -> keras.Model:
    """Build the shallow network of the previous system: 12 simple recurrent units, dense.

    Parameters and result as :func:`build_lstm`.
    """
    return _build(SIMPLE_RNN, n_inputs, n_outputs)


def _build(design: _Design, n_inputs: int, n_outputs: int) -> keras.Model:
    """Stack the layers, named: the names Keras would count up depend on what was built before."""
    keras, _ = start_tensorflow()
    layer, name = getattr(keras.layers, design.layer), design.layer.lower()
    return keras.Sequential(
        [
            keras.Input((None, n_inputs), name="visual_descriptors"),
            *(layer(units, return_sequences=True, name=f"{name}_{units}") for units in design.units),
            keras.layers.Dense(n_outputs, name="audio_features"),
        ],
        name=name,
    )


def train_lstm(
    X: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    *,
    max_epochs: int = MAX_EPOCHS,
    patience: int = PATIENCE,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    r"""Train the network of one quadrant.

    Adam on the mean absolute error over the segments, padding excluded,

    .. math:: L = \frac{\sum_{n,t} w_{nt} \, \tfrac{1}{3} \sum_i |\hat y_{nti} - y_{nti}|}
                       {\sum_{n,t} w_{nt}} .

    About a fifth of the windows, in whole clips, is held back; training stops when the loss on them
    has not improved for ``patience`` epochs, and the weights of the best epoch are restored. With a
    single clip the training loss decides.

    Parameters
    ----------
    X : np.ndarray [shape=(n, window, n_inputs)]
    y : np.ndarray [shape=(n, window, n_outputs)]
    weights : np.ndarray [shape=(n, window)]
    groups : np.ndarray [shape=(n,)]
        As :func:`~moodscore.sequence.training_windows` makes them.
    max_epochs, patience : int
    seed : int
        Of the initial weights, the held-back clips and the order of the windows: one seed, one
        result, bit for bit. Reseeds the global generators of Python, numpy and TensorFlow.
    progress : callable, optional
        Called after each epoch with its number, from 1, and ``max_epochs``.

    Returns
    -------
    model : keras.Model
    history : pd.DataFrame
        ``epoch`` (from 1), ``loss`` and ``val_loss``, the latter NaN if no clip was held back.

    Raises
    ------
    MoodscoreError
        If there is no window.
    """
    return _train(LSTM, X, y, weights, groups, max_epochs, patience, seed, progress)


def train_simple_rnn(
    X: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    *,
    max_epochs: int = MAX_EPOCHS,
    patience: int = PATIENCE,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Train a network of the previous system; everything else as :func:`train_lstm`."""
    return _train(SIMPLE_RNN, X, y, weights, groups, max_epochs, patience, seed, progress)


def _train(
    design: _Design,
    X: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    groups: np.ndarray,
    max_epochs: int,
    patience: int,
    seed: int,
    progress: Progress | None,
) -> tuple[keras.Model, pd.DataFrame]:
    if len(X) == 0:
        raise MoodscoreError("no training windows for this network; add rated clips of its quadrant")
    keras, _ = start_tensorflow()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = _build(design, X.shape[-1], y.shape[-1])
    sweep = _sweeper(model, design.learning_rate, X, y, weights)
    held_back = held_back_windows(groups, rng)
    learning, checking = np.flatnonzero(~held_back), np.flatnonzero(held_back)

    history, best_loss, best_epoch, best_weights = [], np.inf, 0, model.get_weights()
    for epoch in range(1, max_epochs + 1):
        loss = sweep(rng.permutation(learning), learn=True)
        checked = sweep(checking, learn=False) if len(checking) else np.nan
        history.append((epoch, loss, checked))
        decisive = checked if len(checking) else loss
        if decisive < best_loss:
            best_loss, best_epoch, best_weights = decisive, epoch, model.get_weights()
        if progress is not None:
            progress(epoch, max_epochs)
        if epoch - best_epoch >= patience:
            break
    model.set_weights(best_weights)
    return model, pd.DataFrame(history, columns=["epoch", "loss", "val_loss"])


def held_back_windows(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose the windows that decide when to stop: whole clips, about a fifth of the windows.

    Windows of one clip overlap, so a clip that is learnt from can tell nothing about the others.
    Clips are tried in random order and taken as long as the share is not exceeded; where each of
    them is too long, the shortest is taken.

    Returns
    -------
    np.ndarray of bool [shape=(n,)]
        All false if there is only one clip.
    """
    clips, sizes = np.unique(np.asarray(groups, dtype=str), return_counts=True)
    if len(clips) == 1:
        return np.zeros(len(groups), dtype=bool)
    order = rng.permutation(len(clips))
    room = HELD_BACK_SHARE * len(groups)
    taken = []
    for clip in order:
        if sizes[clip] <= room:
            taken.append(clips[clip])
            room -= sizes[clip]
    if not taken:
        taken = [clips[order[np.argmin(sizes[order])]]]
    return np.isin(np.asarray(groups, dtype=str), taken)


def _sweeper(
    model: keras.Model, learning_rate: float, X: np.ndarray, y: np.ndarray, weights: np.ndarray
) -> Callable[..., float]:
    """Make the function that passes windows through the network, learning from them or not.

    A pass is one compiled graph, twice as fast for these small networks as Keras's own loop, whose
    loss would also count padding as segments without error. A last window of weight zero fills
    incomplete batches, so that every batch has one shape.
    """
    keras, tf = start_tensorflow()
    optimiser = keras.optimizers.Adam(learning_rate)
    optimiser.build(model.trainable_variables)
    blank = len(X)
    data = [
        tf.constant(np.pad(part, [(0, 1)] + [(0, 0)] * (part.ndim - 1)), dtype=tf.float32)
        for part in (X, y, weights)
    ]

    @tf.function
    def run(batches, learn: bool):
        error = total = tf.constant(0.0)
        for rows in batches:
            x, target, weight = (tf.gather(part, rows) for part in data)
            with tf.GradientTape() as tape:
                deviation = tf.reduce_mean(tf.abs(model(x, training=learn) - target), axis=-1)
                batch_error, batch_total = tf.reduce_sum(weight * deviation), tf.reduce_sum(weight)
                loss = batch_error / batch_total
            if learn:
                variables = model.trainable_variables
                optimiser.apply(tape.gradient(loss, variables), variables)
            error, total = error + batch_error, total + batch_total
        return error / total

    def sweep(windows: np.ndarray, *, learn: bool) -> float:
        n_batches = -(-len(windows) // BATCH_SIZE)
        size = -(-len(windows) // n_batches)
        filled = np.full(n_batches * size, blank)
        filled[: len(windows)] = windows
        # Dealt out like cards: the filling ends up in different batches.
        return float(run(tf.constant(filled.reshape(size, n_batches).T), learn))

    return sweep
