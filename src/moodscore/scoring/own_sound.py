"""The sound a film has already: whether there is music in it, and what is spoken."""

from pathlib import Path

from moodscore.media import sampled_sound
from moodscore.sound import music_share

#: So many excerpts are listened to, each of so many seconds: four minutes of a film of any length.
_EXCERPTS, _EXCERPT_S = 24, 10.0
#: A film has music if there is some in so much of what is heard.
_HAS_MUSIC = 0.4


def own_music(video: str | Path) -> str:
    """Say how much music a film has already; nothing if there is little.

    Parameters
    ----------
    video : str or Path
        The film.

    Returns
    -------
    str
        Such as ``has music already, in 85 % of what is heard``.
    """
    share = music_share(sampled_sound(video, n=_EXCERPTS, length_s=_EXCERPT_S))
    return f"has music already, in {share:.0%} of what is heard" if share >= _HAS_MUSIC else ""
