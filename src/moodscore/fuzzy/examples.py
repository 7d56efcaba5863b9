"""The chaotic time series on which Jang (1993) showed what an ANFIS learns, made as he made it."""

import numpy as np

_STEP = 0.1
_STEPS_PER_OUTPUT = 10
#: Length of the ring of delayed values, in steps: a delay of 17 as Jang's program has it.
_RING = 170
_START = 1.2
_DECIMALS = 6
#: Times that the inputs lie back from the last known value, and how far ahead the target lies.
_LAGS, _AHEAD = (18, 12, 6, 0), 6
_FIRST, _ROWS = 118, 1000


def mackey_glass(length: int) -> np.ndarray:
    r"""Series of the Mackey-Glass equation :math:`\dot x = 0.2\,x(t-17)/(1+x(t-17)^{10}) - 0.1\,x` [1]_.

    Fourth-order Runge-Kutta with step 0.1, the delayed value frozen within a step and read from a ring of 170
    zeros whose slot is then overwritten; every tenth step is given, with six decimals.

    Parameters
    ----------
    length : int
        Number of values, t = 0, 1, ...

    Returns
    -------
    np.ndarray [shape=(length,)]
        The series, from x(0) = 1.2.

    References
    ----------
    .. [1] Jang, J.-S. R. (1993). ANFIS: adaptive-network-based fuzzy inference system. IEEE Transactions
       on Systems, Man, and Cybernetics, 23(3), 665-685.

    Examples
    --------
    >>> mackey_glass(3).tolist()
    [1.2, 1.085805, 0.982477]
    """
    ring = [0.0] * _RING
    value, series = _START, [_START]
    for index in range((length - 1) * _STEPS_PER_OUTPUT):
        slot = index % _RING
        inflow = 0.2 * ring[slot] / (1 + ring[slot] ** 10)
        k1 = _STEP * (inflow - 0.1 * value)
        k2 = _STEP * (inflow - 0.1 * (value + k1 / 2))
        k3 = _STEP * (inflow - 0.1 * (value + k2 / 2))
        k4 = _STEP * (inflow - 0.1 * (value + k3))
        value += (k1 + 2 * k2 + 2 * k3 + k4) / 6
        ring[slot] = value
        if (index + 1) % _STEPS_PER_OUTPUT == 0:
            series.append(value)
    return np.round(series, _DECIMALS)


def mackey_glass_prediction() -> tuple[np.ndarray, np.ndarray]:
    """Jang's problem: x(t + 6) from x(t - 18), x(t - 12), x(t - 6) and x(t), for t = 118 to 1117.

    Returns
    -------
    inputs : np.ndarray [shape=(1000, 4)]
        The first 500 rows are for training, the others for checking.
    targets : np.ndarray [shape=(1000,)]
        What is to be predicted.
    """
    times = np.arange(_FIRST, _FIRST + _ROWS)
    series = mackey_glass(_FIRST + _ROWS + _AHEAD)
    return np.stack([series[times - lag] for lag in _LAGS], axis=1), series[times + _AHEAD]
