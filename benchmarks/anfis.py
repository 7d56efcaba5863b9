"""Training an ANFIS against other open packages, and against the linear algebra that no epoch can do without.

Everything uses one thread: ours always does, the others are told to.
"""

import time

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.peers import Train, peers
from benchmarks.timing import paired_ratio
from moodscore.fuzzy import ANFISRegressor
from moodscore.fuzzy.examples import mackey_glass_prediction

TITLE = "ANFIS: an epoch of 3 inputs x 4 bells (64 rules), milliseconds, one thread"
_ROWS = (1605, 1900)
_N_INPUTS, _N_MFS = 3, 4
_N_PARAMETERS = _N_MFS**_N_INPUTS * (_N_INPUTS + 1)
_EPOCHS = 5
_EPOCHS_BESIDE_FLOOR = 50
_LONG_RUN = 4000
_RIDGE = 1e-6
_MS = 1000
#: Jang's options for the Mackey-Glass series.
_SERIES_MFS, _SERIES_STEP, _SERIES_EPOCHS, _SERIES_TRAINED = 2, 0.06, 100, 500


def measure():
    """Yield name, milliseconds an epoch, reference, ratio; the reference is a text where there is none."""
    with threadpool_limits(1):
        for n_rows in _ROWS:
            inputs, targets = _data(n_rows)
            for name, train in peers().items():
                what = f"{n_rows} rows, {name}"
                yield what, *_against_peer(train, inputs, targets)
            yield f"{n_rows} rows, floor: A'A and Cholesky", *_against_floor(inputs, targets)
        inputs, targets = _data(_ROWS[0])
        start = time.perf_counter()
        _train(inputs, targets, _N_MFS, _LONG_RUN)
        seconds = time.perf_counter() - start
        yield f"{_ROWS[0]} rows, mean of {_LONG_RUN} epochs", seconds / _LONG_RUN * _MS, "", ""
        yield f"{_ROWS[0]} rows, all {_LONG_RUN} epochs", seconds * _MS, "", ""


def accuracy() -> pd.DataFrame:
    """Root mean square errors on Jang's Mackey-Glass problem (2 bells x 4 inputs) after equal epochs."""
    inputs, targets = mackey_glass_prediction()
    known, unseen = slice(_SERIES_TRAINED), slice(_SERIES_TRAINED, None)
    rows = []
    with threadpool_limits(1):
        for name, train in {"moodscore": _train_series, **peers()}.items():
            if isinstance(train, str):
                rows.append({"package": f"{name}: {train}"})
                continue
            predict = train(inputs[known], targets[known], _SERIES_MFS, _SERIES_EPOCHS)
            errors = [predict(inputs[part]) - targets[part] for part in (known, unseen)]
            training, checking = (float(np.sqrt(np.mean(error**2))) for error in errors)
            rows.append({"package": name, "training RMSE": training, "checking RMSE": checking})
    return pd.DataFrame(rows).set_index("package")


def _against_peer(train: Train | str, inputs, targets):
    def ours():
        _train(inputs, targets, _N_MFS, _EPOCHS)

    if isinstance(train, str):
        return "", train, ""
    found = paired_ratio(ours, lambda: train(inputs, targets, _N_MFS, _EPOCHS), runs=3)
    return _per_epoch(found, _EPOCHS)


def _against_floor(inputs, targets):
    """The Gram matrix and its factor alone, as often as there are epochs."""
    design = np.random.default_rng(1).random((len(inputs), _N_PARAMETERS))

    def floor():
        for _ in range(_EPOCHS_BESIDE_FLOOR):
            gram = design.T @ design
            gram.flat[:: _N_PARAMETERS + 1] += _RIDGE
            np.linalg.cholesky(gram)

    found = paired_ratio(lambda: _train(inputs, targets, _N_MFS, _EPOCHS_BESIDE_FLOOR), floor)
    return _per_epoch(found, _EPOCHS_BESIDE_FLOOR)


def _per_epoch(found, epochs):
    ours, reference, ratio = found
    return ours / epochs * _MS, reference / epochs * _MS, ratio


def _data(n_rows):
    rng = np.random.default_rng(0)
    inputs = rng.random((n_rows, _N_INPUTS))
    return inputs, np.sin(5 * inputs[:, 0]) + inputs[:, 1] * inputs[:, 2]


def _train(inputs, targets, n_mfs, epochs):
    return ANFISRegressor(n_mfs=n_mfs, max_epochs=epochs).fit(inputs, targets).predict


def _train_series(inputs, targets, n_mfs, epochs):
    model = ANFISRegressor(n_mfs=n_mfs, max_epochs=epochs, initial_step=_SERIES_STEP)
    return model.fit(inputs, targets).predict
