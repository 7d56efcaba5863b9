"""The demo corpus: music videos that are synthesised, with simulated ratings of their emotion.

A project that reads emotions from films needs films to run on, and none with ratings may be passed
on. So the default corpus is made here, from one seed: short clips whose picture and music follow a
hidden valence and arousal through the cues that the literature names, with noise, and ratings by a
simulated panel. Nothing but the ratings tells the hidden values.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "corpus": ["GENERATOR_VERSION", "ensure_corpus"],
        "library": ["LIBRARY_VERSION", "ensure_library"],
        "picture": ["render_frames"],
        "ratings": ["simulate_ratings"],
        "recipe": ["ClipRecipe", "Cues", "Scene", "Shot", "plan_corpus"],
        "score": ["Note", "compose"],
        "synth": ["render_soundtrack"],
    },
)
