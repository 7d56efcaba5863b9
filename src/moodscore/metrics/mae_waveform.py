"""The error measure of the original publication: sample against sample.

Conventions: audio is floating point, `(n,)` or `(n, channels)`, both pieces of the same sample rate
and beginning together. Of each the first channel is compared. The measure knows nothing of music:
two unrelated pieces differ more than a piece and silence do, so it means little without the value
of silence beside it [1]_.

References
----------
.. [1] Sergio, G. C. and Lee, M., "Emotional Video to Audio Transformation Using Deep Recurrent
   Neural Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020, Tables 3
   and 5.
"""

import numpy as np

from moodscore.metrics._signals import validate_signals

#: Peak the output is brought to, as in the publication.
_OUTPUT_PEAK = 0.95
#: An output that stays under -80 dBFS is silent: raising its noise to the peak would make no sense.
_SILENT_PEAK = 10 ** (-80 / 20)
_SAMPLES_PER_BLOCK = 1 << 20


def mae_waveform(original: np.ndarray, output: np.ndarray) -> float:
    r"""Mean absolute sample difference, the output's peak being brought to 0.95.

    .. math:: \frac{1}{n} \sum_{t=1}^{n} \left| x_t - \frac{0.95}{\max|y|} y_t \right|

    over the shorter length `n` of the two; the peak is that of the whole output. A silent output
    (peak under -80 dBFS) is taken as it is.

    Parameters
    ----------
    original, output : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples in [-1, 1]; the first channel of each is used.

    Returns
    -------
    float
        0 (equal) to 1.95.

    Raises
    ------
    MoodscoreError
        If one is not an array of floating-point samples, has more than two dimensions, no sample,
        or a sample that is not finite.
    """
    validate_signals(original=original, output=output)
    x, y = (samples if samples.ndim == 1 else samples[:, 0] for samples in (original, output))
    peak = max(float(y.max()), -float(y.min()))
    gain = _OUTPUT_PEAK / peak if peak >= _SILENT_PEAK else 1.0
    n_samples = min(len(x), len(y))
    total = 0.0
    for start in range(0, n_samples, _SAMPLES_PER_BLOCK):
        block = slice(start, min(start + _SAMPLES_PER_BLOCK, n_samples))
        total += float(np.abs(x[block] - gain * y[block].astype(np.float64)).sum())
    return total / n_samples
