"""Looking at a video once, and keeping what was seen.

What is measured of the pictures depends on the file and on how it is measured, on no trained model. It is
kept under a fingerprint of both, so that a video that was scored before is not decoded again.
"""

import hashlib
import json
import logging
import os
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.files import replacing
from moodscore.media import ClipInfo, check_is_whole, film_strip, probe_clip
from moodscore.scoring.outputs import KEY_DIGITS, fingerprint
from moodscore.segments import segment_bounds
from moodscore.vision import ClipMeasures, MeasureOptions, measure_clip

#: Raise it when measuring a video gives something else than before.
CACHE_VERSION = 2
#: Of a large file only so many bytes at its head, in its middle and at its tail are read.
_SAMPLE_BYTES = 1 << 20
_WHOLE_BYTES = 8 * _SAMPLE_BYTES
#: Every kind of video file has a zero byte this early; playlists and other text have none.
_HEAD_BYTES = 4096

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sighting:
    """What a video is and what was seen in it.

    Attributes
    ----------
    facts : ClipInfo
        Length, size, sound track.
    measures : ClipMeasures
        Of every segment.
    """

    facts: ClipInfo
    measures: ClipMeasures


def sampled_key(path: str | Path) -> str:
    """Fingerprint of a file: its size and, of a large one, samples of its content.

    Raises
    ------
    MoodscoreError
        If it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256(str(size).encode())
            if size <= _WHOLE_BYTES:
                digest.update(file.read())
            else:
                for place in (0, size // 2, size - _SAMPLE_BYTES):
                    file.seek(place)
                    digest.update(file.read(_SAMPLE_BYTES))
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    return digest.hexdigest()[:KEY_DIGITS]


def look_at(path: str | Path, cache: Path, *, segment_s: float, options: MeasureOptions) -> Sighting:
    """The facts and measures of a video, from the cache where it has them.

    Parameters
    ----------
    path : str or Path
        A video file on this machine.
    cache : Path
        Folder of what was seen before; made when it is needed, and done without where it cannot be.
    segment_s : float
        Length of a segment in seconds.
    options : MeasureOptions
        How pictures are measured.

    Raises
    ------
    MoodscoreError
        If it is no video, breaks off, cannot be decoded or is shorter than half a segment.
    """
    check_is_film(path)
    how = fingerprint(CACHE_VERSION, segment_s, options.model_dump())
    place = cache / f"{sampled_key(path)}-{how}.npz"
    stored = _load(place)
    if stored is not None:
        return stored
    check_is_whole(path)
    facts = probe_clip(path)
    if not len(segment_bounds(facts.duration_s, segment_s)):
        raise MoodscoreError(
            f"{path}: lasts {facts.duration_s:.2f} s, shorter than half a segment of {segment_s:g} s"
        )
    measures = measure_clip(
        path, start_s=facts.start_s, duration_s=facts.duration_s, segment_s=segment_s, options=options
    )
    _store(place, asdict(measures) | {"facts": np.array(json.dumps(asdict(facts)))})
    return Sighting(facts, measures)


def strip_of(path: str | Path, cache: Path, facts: ClipInfo, *, n_pictures: int, height: int) -> np.ndarray:
    """The film strip of a video, from the cache where it has it.

    Parameters
    ----------
    path, cache
        As for `look_at`.
    facts : ClipInfo
        Of the video.
    n_pictures, height : int
        See :func:`moodscore.media.film_strip`.

    Returns
    -------
    np.ndarray of uint8 [shape=(n, height, width, 3)]
        RGB; fewer than ``n_pictures`` where a part of the file cannot be decoded.

    Raises
    ------
    MoodscoreError
        If the video cannot be opened.
    """
    place = cache / f"{sampled_key(path)}-{n_pictures}x{height}.npz"
    stored = _arrays(place)
    if stored is not None and "pictures" in stored:
        return stored["pictures"]
    pictures = film_strip(
        path, start_s=facts.start_s, duration_s=facts.duration_s, n_pictures=n_pictures, height=height
    )
    strip = np.stack(pictures) if pictures else np.zeros((0, height, height, 3), dtype=np.uint8)
    _store(place, {"pictures": strip})
    return strip


def check_is_film(path: str | Path) -> None:
    """Refuse what is no local video file before any decoder sees it: playlists name other files.

    Raises
    ------
    MoodscoreError
        If there is no such file, or it is empty, a folder or text.
    """
    path = Path(path)
    if not path.is_file():
        raise MoodscoreError(f"{path}: there is no such file; name a video file on this machine")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    if not head:
        raise MoodscoreError(f"{path}: is empty")
    if b"\0" not in head:
        raise MoodscoreError(f"{path}: is no video file; name the video itself and not a list or a text")


def _load(path: Path) -> Sighting | None:
    """What is kept there; None if nothing is or it cannot be read."""
    arrays = _arrays(path) or {}
    try:
        facts = ClipInfo(**json.loads(str(arrays.pop("facts"))))
        return Sighting(facts, ClipMeasures(**arrays))
    except (ValueError, KeyError, TypeError):
        return None


def _arrays(path: Path) -> dict[str, np.ndarray] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _store(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Keep what was seen; where that cannot be, it is said and done without."""
    try:
        with replacing(path) as part, part.open("wb") as file:
            np.savez_compressed(file, **arrays, allow_pickle=False)
    except MoodscoreError as error:
        logger.warning("what was seen is not kept: %s", error)
