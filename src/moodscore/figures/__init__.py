"""The pictures of a run. Every axis has a label and a unit; every function returns a figure."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "embedding": ["emotion_embedding"],
        "emotions": ["emotion_plane", "emotion_timelines"],
        "labels": ["label_plane"],
        "preferences": ["preference_bars"],
        "scored": ["STRIP_HEIGHT", "scored_figure", "strip_length"],
        "spectrograms": ["spectrogram_pair"],
        "systems": ["systems_bars"],
        "tracks": ["track_picture"],
        "training": ["learning_curve", "membership_functions"],
    },
)
