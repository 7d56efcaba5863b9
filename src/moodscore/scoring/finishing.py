"""From the rendered music to the soundtrack a player gets: loudness, and the video's own sound under it."""

import logging
from dataclasses import dataclass
from pathlib import Path

from moodscore.errors import MoodscoreError
from moodscore.media import (
    AudioFile,
    ClipInfo,
    Loudness,
    Presence,
    decode_soundtrack,
    measure_loudness,
    mix_with_original,
    normalise,
    store_track,
)
from moodscore.progress import part
from moodscore.samples import SampleSource
from moodscore.sound import SPEECH_STEP_S, speech_presence

#: Shares of the work that are done when the music is rendered and when the video's own sound is mixed in.
_RENDERED, _MIXED = 0.3, 0.65

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedSoundtrack:
    """What is put to the picture.

    Attributes
    ----------
    track : AudioFile
        Stereo, as long as the picture to the sample.
    loudness : Loudness
        Measured on it.
    """

    track: AudioFile
    loudness: Loudness


def finish_soundtrack(
    music: SampleSource, video: str | Path, facts: ClipInfo, folder: Path, *, keep_db: float | None
) -> FinishedSoundtrack:
    """Bring music to -16 LUFS under -1 dBTP, mixed with the video's own sound if that is kept.

    The music is brought to the loudness of the original as it is kept and ducked where somebody speaks in
    it; then the mix to the loudness of all.

    Parameters
    ----------
    music : SampleSource
        The rendered track, at any level.
    video : str or Path
        Whose sound may be kept.
    facts : ClipInfo
        Of the video.
    folder : Path
        Where the result is left, and nothing else.
    keep_db : float or None
        Level of the original sound relative to its own; None leaves it out.

    Raises
    ------
    MoodscoreError
        If a file cannot be read or written.
    """
    with part(0.0, _RENDERED):
        track = store_track(music, folder / "rendered.wav")
    original = None if keep_db is None else _original(video, facts, folder)
    if original is not None:
        with part(_RENDERED, _MIXED):
            track = _mixed(track, original, keep_db, folder)
    with part(_RENDERED if original is None else _MIXED, 1.0):
        finished = normalise(track, folder / "soundtrack.wav")
    track.path.unlink()
    return FinishedSoundtrack(finished.track, finished.loudness)


def _original(video: str | Path, facts: ClipInfo, folder: Path) -> AudioFile | None:
    """The video's own sound; None, said why, where there is none to keep."""
    if not facts.has_audio:
        logger.warning("%s: has no sound to keep", video)
        return None
    try:
        return decode_soundtrack(
            video, folder / "original.flac", start_s=facts.start_s, duration_s=facts.duration_s
        )
    except MoodscoreError as error:
        logger.warning("its own sound is not kept: %s", error)
        return None


def _mixed(music: AudioFile, original: AudioFile, keep_db: float, folder: Path) -> AudioFile:
    with part(0.0, 0.15):
        level = measure_loudness(original).lufs
    if level is not None:
        with part(0.15, 0.7):
            louder = normalise(music, folder / "as_loud.wav", target_lufs=level + keep_db).track
        music.path.unlink()
        music = louder
    with part(0.7, 1.0):
        speech = Presence(speech_presence(original), SPEECH_STEP_S)
        mixed = mix_with_original(music, original, folder / "mixed.wav", keep_db=keep_db, speech=speech)
    for used in (music, original):
        used.path.unlink()
    return mixed
