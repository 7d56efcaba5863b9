"""New music for a film: form, harmony, melody, instruments, MIDI and sound, from mood and targets.

`compose` writes a `Composition` from a `CompositionBrief`. Nothing is taken from anybody's music: rules that
the literature on music and emotion supports, and chance from a seed.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "brief": ["STRONG_CUT", "CompositionBrief", "FilmScene"],
        "composer": ["compose"],
        "composition": ["STEMS", "Composition"],
        "moods": ["Mood", "plain_targets"],
        "soundfont": ["find_soundfont"],
    },
)
