r"""Generalised bell membership functions, their normalisation and their derivatives.

Everything is computed from the log odds of *non*-membership,

.. math:: u = 2b \ln\left|\frac{x-c}{a}\right|,\qquad \mu = \frac{1}{1+e^{u}},

because a point far outside every bell has memberships that are all zero in floating point, while
their logarithms, and so their shares of the sum, are still exact. No input can make 0/0.
"""

from typing import NamedTuple

import numpy as np

#: A point closer to the centre than this counts as this far off it; keeps the logarithm finite.
_CLOSEST = 1e-100


def generalised_bell(x: np.ndarray, a: float, b: float, c: float) -> np.ndarray:
    r"""Generalised bell membership function :math:`\mu(x)=1/(1+|(x-c)/a|^{2b})` [1]_.

    Parameters
    ----------
    x : array_like
        Points on the input's axis.
    a, b, c : float
        Half-width at membership 1/2 (not 0; the sign has no effect), slope (> 0), centre.

    Returns
    -------
    np.ndarray [shape of ``x``]
        Membership in [0, 1]: 1 at ``c``, 1/2 at ``c - a`` and ``c + a``.

    References
    ----------
    .. [1] Jang, J.-S. R. (1993). ANFIS: adaptive-network-based fuzzy inference system. IEEE Transactions
       on Systems, Man, and Cybernetics, 23(3), 665-685.

    Examples
    --------
    >>> generalised_bell([0.0, 1.0, 2.0], a=1.0, b=2.0, c=0.0).round(3).tolist()
    [1.0, 0.5, 0.059]
    """
    offsets = np.atleast_1d(np.asarray(x, dtype=float)) - c
    premise = np.array([[a, b, c]], dtype=float)
    log_membership = _log_membership(_log_odds(offsets.reshape(1, -1), premise))
    return np.exp(log_membership).reshape(np.shape(x))


class Memberships(NamedTuple):
    """How far each sample belongs to each membership function.

    Attributes
    ----------
    offsets : np.ndarray [shape=(n_functions, n_samples)]
        Signed distance ``x - c`` to the centre.
    log_odds : np.ndarray [shape=(n_functions, n_samples)]
        Log odds ``u`` of non-membership.
    log_membership : np.ndarray [shape=(n_functions, n_samples)]
        ``ln(mu)``, at most 0.
    shares : np.ndarray [shape=(n_functions, n_samples)]
        Memberships divided by their sum over the functions of the same input.
    """

    offsets: np.ndarray
    log_odds: np.ndarray
    log_membership: np.ndarray
    shares: np.ndarray


def evaluate_memberships(inputs: np.ndarray, premises: np.ndarray, slices: tuple[slice, ...]) -> Memberships:
    """Evaluate every membership function at every sample.

    Parameters
    ----------
    inputs : np.ndarray [shape=(n_inputs, n_samples)]
        Finite values.
    premises : np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]`` of the functions, those of one input after those of the one before.
    slices : tuple of slice
        The functions of each input.
    """
    offsets = np.empty((len(premises), inputs.shape[1]))
    for values, functions in zip(inputs, slices, strict=True):
        np.subtract(values, premises[functions, 2, None], out=offsets[functions])
    log_odds = _log_odds(offsets, premises)
    log_membership = _log_membership(log_odds)
    shares = np.empty_like(log_membership)
    for functions in slices:
        logs = log_membership[functions]
        share = np.exp(logs - logs.max(axis=0))
        np.divide(share, share.sum(axis=0), out=shares[functions])
    return Memberships(offsets, log_odds, log_membership, shares)


def premise_gradient(
    memberships: Memberships, premises: np.ndarray, log_membership_gradient: np.ndarray
) -> np.ndarray:
    r"""Carry a gradient with respect to :math:`\ln\mu` over to the premise parameters.

    With :math:`h = (1-\mu)\,\partial E/\partial\ln\mu`, summed over the samples,

    .. math::
        \frac{\partial E}{\partial a} = \frac{2b}{a}\sum h,\qquad
        \frac{\partial E}{\partial b} = -\frac1b\sum h\,u,\qquad
        \frac{\partial E}{\partial c} = 2b\sum \frac{h}{x-c}.

    Parameters
    ----------
    memberships : Memberships
        As :func:`evaluate_memberships` returned them for ``premises``.
    premises : np.ndarray [shape=(n_functions, 3)]
        ``[a, b, c]``.
    log_membership_gradient : np.ndarray [shape=(n_functions, n_samples)]
        Gradient of the error with respect to the logarithm of each membership.

    Returns
    -------
    np.ndarray [shape=(n_functions, 3)]
        Gradient with respect to ``[a, b, c]``.
    """
    a, b, _ = premises.T
    offsets, log_odds, log_membership, _ = memberships
    pull = log_membership_gradient * np.exp(log_odds + log_membership)
    gradient = np.empty_like(premises)
    gradient[:, 0] = 2 * b / a * pull.sum(axis=1)
    gradient[:, 1] = -np.einsum("fs,fs->f", pull, log_odds) / b
    # At its centre a bell is flat, and pull is 0 there: any divisor but 0 gives the right answer.
    gradient[:, 2] = 2 * b * (pull / np.where(offsets == 0, 1.0, offsets)).sum(axis=1)
    return gradient


def _log_odds(offsets: np.ndarray, premises: np.ndarray) -> np.ndarray:
    a, b = np.abs(premises[:, 0, None]), premises[:, 1, None]
    return 2 * b * (np.log(np.maximum(np.abs(offsets), _CLOSEST)) - np.log(a))


def _log_membership(log_odds: np.ndarray) -> np.ndarray:
    """``-ln(1 + exp(u))`` without overflow."""
    return -(np.maximum(log_odds, 0) + np.log1p(np.exp(-np.abs(log_odds))))
