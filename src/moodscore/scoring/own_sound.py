"""The sound a film has already: whether there is music in it, and what is spoken."""

import logging
from pathlib import Path

from moodscore.errors import MoodscoreError
from moodscore.media import sampled_sound
from moodscore.sound import music_share

logger = logging.getLogger(__name__)

#: So many excerpts are listened to, each of so many seconds: four minutes of a film of any length.
_EXCERPTS, _EXCERPT_S = 24, 10.0
#: A film has music if there is some in so much of what is heard.
_HAS_MUSIC = 0.4


def check_own_music(video: str | Path, *, is_kept: bool) -> None:
    """Ask what is to become of the music that a film has already.

    Parameters
    ----------
    video : str or Path
        The film.
    is_kept : bool
        Whether its own sound was asked to be kept: then a line in the log says that there is music in it.

    Raises
    ------
    MoodscoreError
        If it has music and nobody said what is to become of it.
    """
    share = music_share(sampled_sound(video, n=_EXCERPTS, length_s=_EXCERPT_S))
    if share < _HAS_MUSIC:
        return
    heard = f"has music already, in {share:.0%} of what is heard"
    if not is_kept:
        raise MoodscoreError(
            f"{video}: {heard}; --replace puts the new music in the place of its sound, --keep-audio -6 "
            "keeps its sound under it"
        )
    logger.warning("%s: %s; it is kept, and the new music plays with it", video, heard)
