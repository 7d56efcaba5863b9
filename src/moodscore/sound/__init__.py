"""What a soundtrack sounds like: tempo, loudness and rhythm, and the cues that tell its emotion.

Conventions
-----------
A waveform is float, full scale at ±1, ``[shape=(n,) or (n, channels)]``; channels are averaged. Tables
have one row a segment. :func:`tempo_loudness_rhythm` gives the three features that music is retrieved
by, :func:`musical_cues` what else its emotion is judged by, :class:`AudioScaler` their common scale.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "features": ["musical_cues", "sound_features", "tempo_loudness_rhythm"],
        "options": ["SoundOptions"],
        "presence": ["SPEECH_STEP_S", "music_share", "speech_presence"],
        "quantiles": ["QuantileMap"],
        "scaling": ["FEATURES", "AudioScaler"],
        "variants": ["Variant"],
    },
)
