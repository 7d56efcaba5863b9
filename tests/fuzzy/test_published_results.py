"""The examples of Jang (1993), with the numbers that he printed or that follow from his programs."""

import numpy as np
import pytest

from moodscore.fuzzy import ANFISRegressor
from moodscore.fuzzy.examples import mackey_glass_prediction


def lattice(*axes):
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def average_percentage_error(model, function, inputs):
    return 100 * np.mean(np.abs(model.predict(inputs) / function(inputs) - 1))


def test_mackey_glass_prediction():
    inputs, targets = mackey_glass_prediction()
    checking = inputs[500:], targets[500:]
    model = ANFISRegressor(n_mfs=2, max_epochs=500, initial_step=0.06)
    model.fit(inputs[:500], targets[:500], validation_data=checking)
    assert model.training_rmse_.min() == pytest.approx(0.0016246, abs=2e-6)
    assert model.validation_rmse_.min() == pytest.approx(0.0014811, abs=2e-6)
    errors = model.predict(checking[0]) - checking[1]
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(model.validation_rmse_.min(), rel=1e-6)


def test_three_input_function():
    def function(x):
        return (1 + x[:, 0] ** 0.5 + 1 / x[:, 1] + x[:, 2] ** -1.5) ** 2

    training = lattice(*[np.arange(1.0, 7.0)] * 3)
    checking = lattice(*[np.arange(1.5, 6.0)] * 3)
    model = ANFISRegressor(n_mfs=2, max_epochs=200, initial_step=0.1).fit(training, function(training))
    assert average_percentage_error(model, function, training) == pytest.approx(0.0433, abs=1e-4)
    assert average_percentage_error(model, function, checking) == pytest.approx(1.0658, abs=1e-3)


def test_two_input_sinc():
    inputs = lattice(*[np.arange(-10.0, 11.0, 2.0)] * 2)
    targets = np.sinc(inputs / np.pi).prod(axis=1)
    model = ANFISRegressor(n_mfs=4, max_epochs=100, initial_step=0.1).fit(inputs, targets)
    assert model.training_rmse_[0] == pytest.approx(0.1049877, abs=1e-6)
    assert model.training_rmse_.min() <= 0.0470
