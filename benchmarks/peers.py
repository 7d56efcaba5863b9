"""Other open ANFIS packages with hybrid learning: least squares for the consequents, gradients for the bells.

Each is trained on the same rows for as many epochs, with bells, with a ridge of 1e-6 where it has one, and
with the learning rate that did best on the checking half of Mackey-Glass, of 0.01, 0.1 and 1 for
anfis-toolbox and of 0.001, 0.01 and 0.1 for xanfis. What remains different:
xanfis gives every rule bells of its own and computes in single precision.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]
Train = Callable[[np.ndarray, np.ndarray, int, int], Predict]

#: Where ``make bench`` installs them. What the environment has comes first.
_FOLDER = Path(sys.prefix) / "peers"
_SLOPE = 2
_RIDGE = 1e-6
_TOOLBOX_RATES = {"HybridTrainer": 0.1, "HybridAdamTrainer": 0.01}
_XANFIS_RATE = 0.001


def peers() -> dict[str, Train | str]:
    """Training functions ``(inputs, targets, n_mfs, epochs)``, or why there is none, by name."""
    if str(_FOLDER) not in sys.path:
        sys.path.append(str(_FOLDER))
    return {
        "anfis-toolbox, steepest descent": _found("anfis_toolbox", lambda: _toolbox("HybridTrainer")),
        "anfis-toolbox, Adam": _found("anfis_toolbox", lambda: _toolbox("HybridAdamTrainer")),
        "xanfis, ridge": _found("xanfis", lambda: _xanfis(_RIDGE)),
        "xanfis, pseudo-inverse": _found("xanfis", lambda: _xanfis(None)),
    }


def _found(module: str, train: Callable[[], Train]) -> Train | str:
    try:
        importlib.import_module(module)
        return train()
    except (ImportError, OSError, AttributeError) as error:  # a broken one is no reason to stop
        missing = isinstance(error, ModuleNotFoundError)
        return f"{error.name} is not installed" if missing else f"fails: {error}"


def _toolbox(trainer: str) -> Train:
    from anfis_toolbox import optim
    from anfis_toolbox.membership import BellMF
    from anfis_toolbox.model import TSKANFIS

    def train(inputs, targets, n_mfs, epochs):
        bells = {}
        for number, values in enumerate(inputs.T):
            half_width = np.ptp(values) / (n_mfs - 1) / 2
            centres = np.linspace(values.min(), values.max(), n_mfs)
            bells[f"x{number}"] = [BellMF(half_width, _SLOPE, centre) for centre in centres]
        model = TSKANFIS(bells)
        rate = _TOOLBOX_RATES[trainer]
        model.fit(inputs, targets, trainer=getattr(optim, trainer)(learning_rate=rate, epochs=epochs))
        return lambda rows: model.predict(rows).ravel()

    return train


def _xanfis(ridge: float | None) -> Train:
    import torch
    from xanfis import AnfisRegressor

    torch.set_num_threads(1)

    def train(inputs, targets, n_mfs, epochs):
        model = AnfisRegressor(
            num_rules=n_mfs ** inputs.shape[1],
            mf_class="GBell",
            reg_lambda=ridge,
            epochs=epochs,
            batch_size=len(inputs),
            optim_params={"lr": _XANFIS_RATE},
            early_stopping=False,
            valid_rate=None,
            verbose=False,
        )
        model.fit(inputs, targets)
        return lambda rows: model.predict(rows).ravel()

    return train
