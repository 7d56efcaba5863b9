"""What is known of a piece of music: its beats and bars, its sections, its ending, and where it can be left.

Conventions
-----------
A piece is any sound that can play under a film: a song of a library or the soundtrack of a clip. It is
described from its sound alone, once, and the description is kept under the fingerprint of that sound
(`PieceCache`). Times are seconds from its first sample. Beat ``i`` lasts from ``beats_s[i]`` to
``beats_s[i + 1]``.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "analysis": ["analyse_piece"],
        "cache": ["PieceCache", "analyse_pieces"],
        "piece": ["ENDINGS", "JUMPS_KEPT", "MIN_JUMP_BEATS", "UNKNOWN", "Piece"],
    },
)
