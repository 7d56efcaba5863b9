r"""How far the timbre of one body of audio is from that of another.

The Fréchet distance [1]_ between normal distributions fitted to the mel-frequency cepstral coefficients
of both. Fréchet *audio* distance [2]_ has the same formula over the embedding of a trained network; this
has none, and its values cannot be compared with those.

Conventions: audio is floating point, `(n,)` or `(n, channels)`, of one sample rate; channels are averaged.
Frames are pooled over all pieces of a body, so a long piece counts for more. The coefficients are the
orthonormal cosine transform of the levels that `log_mel_distance` compares; the first 20 are kept.

References
----------
.. [1] D. C. Dowson and B. V. Landau, "The Fréchet distance between multivariate normal distributions",
   Journal of Multivariate Analysis 12(3), 1982.
.. [2] K. Kilgour et al., "Fréchet Audio Distance: a reference-free metric for evaluating music enhancement
   algorithms", Interspeech 2019.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.metrics.log_mel_distance import log_mel_levels

#: Coefficients of a frame, the mean level among them.
N_MFCC = 20


@dataclass(frozen=True)
class MFCCStatistics:
    """Sums over the frames of some audio, from which mean and covariance follow; they add up.

    Attributes
    ----------
    n : int
        Frames.
    total : np.ndarray [shape=(20,)]
        Sum of the coefficients, in dB.
    products : np.ndarray [shape=(20, 20)]
        Sum of their outer products.
    """

    n: int
    total: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, samples: np.ndarray, sample_rate: int) -> "MFCCStatistics":
        """Measure one piece of audio.

        Raises
        ------
        MoodscoreError
            As `log_mel_distance` does of its pieces.
        """
        from scipy.fft import dct

        n, total, products = 0, np.zeros(N_MFCC), np.zeros((N_MFCC, N_MFCC))
        for levels in log_mel_levels(samples, sample_rate):
            coefficients = dct(levels, axis=0, norm="ortho")[:N_MFCC]
            n += coefficients.shape[1]
            total += coefficients.sum(axis=1)
            products += coefficients @ coefficients.T
        return cls(n, total, products)

    @classmethod
    def pooled(cls, pieces: Iterable["MFCCStatistics"]) -> "MFCCStatistics":
        """Of several pieces together."""
        pieces = list(pieces)
        return cls(
            sum(piece.n for piece in pieces),
            np.sum([piece.total for piece in pieces], axis=0),
            np.sum([piece.products for piece in pieces], axis=0),
        )

    def mean_and_covariance(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean [shape=(20,)] and covariance [shape=(20, 20)], ddof 1.

        Raises
        ------
        MoodscoreError
            If there are fewer than two frames.
        """
        if self.n < 2:
            raise MoodscoreError(f"audio: has {self.n} frames, a distribution takes two")
        mean = self.total / self.n
        return mean, (self.products - self.n * np.outer(mean, mean)) / (self.n - 1)


def fd_mfcc(reference: MFCCStatistics, output: MFCCStatistics) -> float:
    r"""Fréchet distance of the coefficients' distributions [1]_.

    .. math:: \|\mu_r - \mu_o\|^2 + \operatorname{tr}(\Sigma_r + \Sigma_o - 2 (\Sigma_r \Sigma_o)^{1/2})

    Parameters
    ----------
    reference, output : MFCCStatistics
        The originals and what is compared with them.

    Returns
    -------
    float
        In dB²; 0 for equal statistics. A change of level by `g` dB moves the first coefficient alone and
        costs ``64 g²``.

    Raises
    ------
    MoodscoreError
        If one of them has fewer than two frames.

    References
    ----------
    .. [1] Dowson and Landau, "The Fréchet distance between multivariate normal distributions", 1982.
    """
    (mean, covariance), (other_mean, other_covariance) = (
        reference.mean_and_covariance(),
        output.mean_and_covariance(),
    )
    # tr (AB)^½ = tr (A^½ B A^½)^½, and the latter is symmetric: no complex root, no failure on rank.
    root = _symmetric_root(covariance)
    cross = np.linalg.eigvalsh(root @ other_covariance @ root).clip(min=0)
    spread = np.trace(covariance) + np.trace(other_covariance) - 2 * np.sqrt(cross).sum()
    return float(np.square(mean - other_mean).sum() + max(spread, 0.0))


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
