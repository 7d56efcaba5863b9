"""The examples of Jang (1993), with the numbers that he printed or that follow from his programs."""

import numpy as np
import pytest

from moodscore.fuzzy import ANFISRegressor


def mackey_glass(length):
    """x' = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x as Jang's generator made it.

    Fourth-order Runge-Kutta with step 0.1, the delayed value frozen within a step and read from a ring of 170
    zeros whose slot is then overwritten; printed every tenth step with six decimals.
    """
    step, steps_per_output, ring = 0.1, 10, [0.0] * 170
    value, series = 1.2, [1.2]
    for index in range((length - 1) * steps_per_output):
        slot = index % len(ring)
        delayed = ring[slot]
        inflow = 0.2 * delayed / (1 + delayed**10)
        k1 = step * (inflow - 0.1 * value)
        k2 = step * (inflow - 0.1 * (value + k1 / 2))
        k3 = step * (inflow - 0.1 * (value + k2 / 2))
        k4 = step * (inflow - 0.1 * (value + k3))
        value += (k1 + 2 * k2 + 2 * k3 + k4) / 6
        ring[slot] = value
        if (index + 1) % steps_per_output == 0:
            series.append(value)
    return np.round(series, 6)


def lattice(*axes):
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)


def average_percentage_error(model, function, inputs):
    return 100 * np.mean(np.abs(model.predict(inputs) / function(inputs) - 1))


def test_mackey_glass_prediction():
    series, t = mackey_glass(1124), np.arange(118, 1118)
    inputs = np.stack([series[t - 18], series[t - 12], series[t - 6], series[t]], axis=1)
    targets = series[t + 6]
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
