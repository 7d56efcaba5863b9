"""Measures of the emotion reading and of the generated soundtracks, one a file.

Several files bear the name of their function. All are imported here, at once: importing such a file
later finds it already there, and does not put the file in the function's place. They are light;
what is heavy (librosa, scipy) each function imports itself.
"""

from moodscore.metrics.ccc import concordance_correlation
from moodscore.metrics.classification import emotion_scores
from moodscore.metrics.continuity import BeatGrid, continuity
from moodscore.metrics.emotion_match import emotion_match
from moodscore.metrics.fd_mfcc import MFCCStatistics, fd_mfcc
from moodscore.metrics.improvement import improvement
from moodscore.metrics.join_auc import join_auc_click, join_auc_flux, join_auc_loudness
from moodscore.metrics.log_mel_distance import LogMelReference, log_mel_distance
from moodscore.metrics.mae_tlr import mae_tlr
from moodscore.metrics.mae_waveform import mae_waveform
from moodscore.metrics.variety import longest_run_s, unique_ratio

__all__ = [
    "BeatGrid",
    "LogMelReference",
    "MFCCStatistics",
    "concordance_correlation",
    "continuity",
    "emotion_match",
    "emotion_scores",
    "fd_mfcc",
    "improvement",
    "join_auc_click",
    "join_auc_flux",
    "join_auc_loudness",
    "log_mel_distance",
    "longest_run_s",
    "mae_tlr",
    "mae_waveform",
    "unique_ratio",
]
