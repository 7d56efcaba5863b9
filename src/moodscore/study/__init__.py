"""A study with people: what they feel at the generated music, and which of two systems they prefer.

`StudyKey` says which file a rater sees is which video with whose music; `render_page` makes the page
raters work through, and `assignment` replays the order in which it showed the files to a rater.
`read_answers` reads what came back, from the page or from a form, and `mos_table`,
`mos_correlations` and `preference_counts` turn it into the tables of the paper [1]_.

Conventions
-----------
A *video* is a clip; a *version* of it is that clip with the music of one *system*, stored under a
blinded name. Scores are valence and arousal in 1..9, 9 being the most positive and the most aroused.

References
----------
.. [1] G. C. Sergio, M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering 2020, 8478527.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "answers": ["AnswerFolder", "read_answers"],
        "assignment": ["Presentation", "assignment"],
        "key": ["StudyKey", "Version", "Video", "blinded_name", "make_key", "read_key"],
        "opinions": ["mos_correlations", "mos_table", "preference_counts", "summarise_answers"],
        "page": ["render_page"],
    },
)
