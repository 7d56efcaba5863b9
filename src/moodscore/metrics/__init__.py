"""Measures of the emotion reading and of the generated soundtracks, one a file.

Import them from here (``from moodscore.metrics import mae_tlr``), not from the files: several files
bear the name of their function, and importing a file would put the file in the function's place.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "ccc": ["concordance_correlation"],
        "classification": ["emotion_scores"],
        "emotion_match": ["emotion_match"],
        "improvement": ["improvement"],
        "log_mel_distance": ["log_mel_distance"],
        "mae_tlr": ["mae_tlr"],
        "mae_waveform": ["mae_waveform"],
    },
)
