"""Songs: music without a picture, found in a folder and decoded whole."""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.files import replacing
from moodscore.media._ogg import Section, ogg_links
from moodscore.media._source import open_file
from moodscore.media.audio_file import AudioFile
from moodscore.media.soundtrack import SAMPLE_RATE, SILENCE_PEAK, _channels, _decoded, _resampled

#: What a folder of music is searched for.
SONG_SUFFIXES = (
    *(".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".m4b", ".m4p", ".aac"),
    *(".aif", ".aiff", ".aifc", ".wma", ".wv", ".ape", ".mka"),
)
#: The usual ones, for people.
_USUAL_SUFFIXES = "wav, flac, mp3, ogg, m4a, opus, aiff"
#: AAC packs 1024 samples at a time and only this family of containers knows how many the last pack holds.
_MP4 = "mp4"
#: Of an encrypted song a packet here and there happens to decode, to noise.
_DECODED_SHARE = 0.5
_WHY = "it may be damaged or protected (DRM)"


@dataclass(frozen=True)
class Song:
    """One sound file of a library.

    Attributes
    ----------
    file : str
        Its path below the library's folder, with ``/`` on every system and composed accents.
    path : Path
        Where it lies.
    """

    file: str
    path: Path


def list_songs(folder: str | Path) -> list[Song]:
    """The songs of a folder and of all folders in it, sorted by name; or the one that is named.

    Hidden files and folders are passed over; links to folders are followed, each folder once.

    Raises
    ------
    MoodscoreError
        If the folder is missing or holds no song, or two names differ in how accents are written alone.
    """
    folder = Path(folder)
    if folder.is_file():
        return [Song(_name(Path(folder.name)), folder)]
    if not folder.is_dir():
        raise MoodscoreError(f"{folder}: there is no such folder; create it and put songs there")
    songs = [Song(_name(path.relative_to(folder)), path) for path in _sound_files(folder)]
    if not songs:
        raise MoodscoreError(f"{folder}: holds no song; put music there ({_USUAL_SUFFIXES}), also in folders")
    songs.sort(key=lambda song: song.file)
    for song, other in pairwise(songs):
        if song.file == other.file:
            raise MoodscoreError(f"{folder}: two songs would both be {song.file}; rename one")
    return songs


def decode_song(path: str | Path, out: str | Path) -> AudioFile:
    """Decode a song from its first to its last sample into a lossless file, block by block.

    More than two channels are mixed to stereo; the rate becomes 44.1 kHz (soxr). The pictures of a
    cover are not looked at. Of a chained Ogg file, as web radio leaves them, all links are decoded.

    Parameters
    ----------
    path : str or Path
        The sound file, in any format FFmpeg decodes.
    out : str or Path
        The FLAC file to write (24 bit); it appears under this name only when it is whole.

    Returns
    -------
    AudioFile
        The file just written.

    Raises
    ------
    MoodscoreError
        If the file cannot be read or decoded, is protected, or is silent from end to end.
    """
    with replacing(out) as part:
        links = ogg_links(path) if Path(path).is_file() else []
        if len(links) > 1 or (links and links[0][0] > 0):
            n_samples, peak, expected = _store_chain(path, links, part)
        else:
            n_samples, peak, expected = _store_whole(path, part)
        if n_samples <= _DECODED_SHARE * expected:
            raise MoodscoreError(f"{path}: little or nothing in it can be decoded; {_WHY}")
        if peak < SILENCE_PEAK:
            raise MoodscoreError(f"{path}: is silent")
    return AudioFile.open(out)


def _store_whole(path: str | Path, part: Path) -> tuple[int, float, float]:
    """Decode a file of one stream: samples and peak of what was written, and how many were promised."""
    with _decoding_errors(path), open_file(path) as container:
        track = _sound_of(container, path)
        length = _n_samples(container, track)
        blocks = _resampled(_cut(_samples(container, track, path), length), track.rate)
        return *_store(part, blocks, _channels(track)), (length or 0) * SAMPLE_RATE / track.rate


def _store_chain(path: str | Path, links: list[tuple[int, int]], part: Path) -> tuple[int, float, float]:
    """Decode a chain, link by link, each at a rate and with channels of its own."""
    with _decoding_errors(path):
        channels = max(_channels(track) for _, track in _linked(path, links))
        blocks = (
            np.broadcast_to(block, (len(block), channels))
            for container, track in _linked(path, links)
            for block in _resampled(_samples(container, track, path), track.rate)
        )
        return *_store(part, blocks, channels), 0.0


def _linked(
    path: str | Path, links: list[tuple[int, int]]
) -> Iterator[tuple[av.container.InputContainer, av.AudioStream]]:
    for link in links:
        section = Section(path, *link)
        with closing(section), av.open(section, format="ogg", metadata_errors="replace") as container:
            yield container, _sound_of(container, path)


def _sound_files(folder: Path) -> Iterator[Path]:
    seen = set()
    for root, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(root)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(root, name) for name in files if not name.startswith("."))
        yield from (path for path in paths if path.suffix.lower() in SONG_SUFFIXES and path.is_file())


def _name(relative: Path) -> str:
    """A file's name as text that can be stored: some file systems hold names that are no text."""
    text = os.fsencode(relative.as_posix()).decode("utf-8", errors="replace")
    return unicodedata.normalize("NFC", text)


@contextmanager
def _decoding_errors(path: str | Path) -> Iterator[None]:
    """Turn whatever FFmpeg says of ``path`` into one line that names the file."""
    try:
        yield
    except av.error.FFmpegError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise MoodscoreError(f"{path}: cannot be decoded ({reason}); {_WHY}") from error


def _sound_of(container: av.container.InputContainer, path: str | Path) -> av.AudioStream:
    track = container.streams.best("audio")
    if track is None:
        raise MoodscoreError(f"{path}: holds no sound")
    if track.codec_context is None:  # a codec that FFmpeg does not know
        raise MoodscoreError(f"{path}: its format is not known; it may be protected (DRM)")
    return track


def _n_samples(container: av.container.InputContainer, track: av.AudioStream) -> int | None:
    """Length of the track where its container knows it better than its packets do."""
    if _MP4 not in container.format.name.split(",") or not track.duration:
        return None
    return round(track.duration * track.time_base * track.rate)


def _samples(
    container: av.container.InputContainer, track: av.AudioStream, path: str | Path
) -> Iterator[np.ndarray]:
    """Blocks [shape=(n, channels)] at the track's own rate, in their order whatever the time stamps say."""
    for _, block in _decoded(container, track):
        if not np.isfinite(block).all():
            raise MoodscoreError(f"{path}: has samples that are not finite numbers; export it again")
        yield block


def _cut(blocks: Iterator[np.ndarray], n_samples: int | None) -> Iterator[np.ndarray]:
    """The first ``n_samples``, or all of them."""
    left = n_samples
    for block in blocks:
        yield block[:left]
        if left is not None:
            left = max(left - len(block), 0)


def _store(path: Path, blocks: Iterator[np.ndarray], channels: int) -> tuple[int, float]:
    """Write all blocks; how many samples that were, and their peak."""
    n_samples, peak = 0, 0.0
    with sf.SoundFile(str(path), "w", SAMPLE_RATE, channels, subtype="PCM_24", format="FLAC") as file:
        for block in blocks:
            file.write(block)
            n_samples += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
    return n_samples, peak
