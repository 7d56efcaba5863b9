"""Sound of any length in memory of one size: reading and writing a stored track block by block."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf

from moodscore.ahead import read_ahead
from moodscore.errors import MoodscoreError
from moodscore.media._output import whole_file, writing_errors
from moodscore.media.audio_file import AudioFile
from moodscore.progress import telling
from moodscore.samples import SampleSource

#: Samples that are in memory at a time, six seconds; whole AAC frames, so that none is cut.
BLOCK = 256 * 1024
#: Formats of a stored track, by ending. A WAV file counts its bytes in 32 bits; RF64 is the same file
#: with wider counters, for what is longer than that (four and a half hours of stereo).
_FORMATS = {".flac": "FLAC", ".wav": "WAV"}
#: How samples are stored, and how many bytes each takes.
_FINISHED, _UNFINISHED = "PCM_24", "FLOAT"
_BYTES_A_SAMPLE = {_FINISHED: 3, _UNFINISHED: 4}
_WAV_BYTES = 2**32 - 2**16


def store_track(track: SampleSource, out: str | Path) -> AudioFile:
    """Store a sound that is not finished as 32-bit floats: what exceeds full scale is kept.

    Parameters
    ----------
    track : SampleSource
        Read block by block.
    out : str or Path
        ``*.wav``; it appears under this name only when it is whole.

    Raises
    ------
    MoodscoreError
        If the sound cannot be read or the file cannot be written.
    """
    return store_blocks(Path(out), blocks_of(track), track, track.n_samples, inputs=(), encoding=_UNFINISHED)


def blocks_of(track: SampleSource, n_samples: int | None = None) -> Iterator[np.ndarray]:
    """A stored sound piece by piece, cut or followed by silence to ``n_samples``.

    The next piece is read, or decoded or rendered, while one is worked on.

    Yields
    ------
    np.ndarray of float32 [shape=(n, channels)]
        ``BLOCK`` samples each, but for the last.

    Raises
    ------
    MoodscoreError
        If the file cannot be read to its end.
    """
    return read_ahead(_blocks(track, track.n_samples if n_samples is None else n_samples), 1)


def _blocks(track: SampleSource, n_samples: int) -> Iterator[np.ndarray]:
    for start in range(0, n_samples, BLOCK):
        try:
            block = track.read(start, min(start + BLOCK, n_samples))
        except (OSError, sf.LibsndfileError) as error:
            name = getattr(track, "path", "sound")
            raise MoodscoreError(f"{name}: cannot be read ({error}); is it a whole sound file?") from error
        yield block


def store_blocks(
    out: Path,
    blocks: Iterable[np.ndarray],
    like: SampleSource,
    n_samples: int,
    *,
    inputs: tuple[Path, ...],
    encoding: str = _FINISHED,
) -> AudioFile:
    """Write a track block by block, at the rate and with the channels of another.

    Parameters
    ----------
    out : Path
        ``*.flac`` or ``*.wav``; it appears under this name only when it is whole.
    blocks : iterable of np.ndarray [shape=(n, channels)]
        Sound in [-1, 1]; what lies beyond is clipped.
    like : SampleSource
        Gives the sample rate and the number of channels.
    n_samples : int
        Length of all blocks together.
    inputs : tuple of Path
        Files that are read meanwhile; ``out`` may be none of them.
    encoding : str
        libsndfile's name of how samples are stored; 24 bits unless said otherwise.

    Raises
    ------
    MoodscoreError
        If the ending is another one or the file cannot be written.
    """
    file_format = _format_of(out, n_samples * like.channels * _BYTES_A_SAMPLE[encoding])
    with whole_file(out, inputs=inputs) as part:
        with writing_errors(out):
            file = sf.SoundFile(
                str(part), "w", like.sample_rate, like.channels, subtype=encoding, format=file_format
            )
        with file:
            for block in telling(blocks, n_samples):
                with writing_errors(out):
                    file.write(block)
        with writing_errors(out):
            # What a full disk swallows while the file is closed is told by nobody.
            sf.read(str(part), start=max(n_samples - 1, 0))
    return AudioFile.open(out)


def _format_of(path: Path, n_bytes: int) -> str:
    """What libsndfile calls the format that a file's ending stands for."""
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise MoodscoreError(f"{path}: a stored track ends in {' or '.join(_FORMATS)}; name it so")
    return "RF64" if suffix == ".wav" and n_bytes > _WAV_BYTES else _FORMATS[suffix]


def in_context(blocks: Iterable[np.ndarray], reach: int) -> Iterator[np.ndarray]:
    """Each block between the ``reach`` samples before and after it; beyond the ends lies silence.

    Yields
    ------
    np.ndarray [shape=(reach + n + reach, channels)]
        Block after block; the middles together are the sound.
    """
    held = None
    for block in blocks:
        if held is None:
            silence = np.zeros((reach, block.shape[1]), dtype=block.dtype)
            held = silence
        held = np.concatenate([held, block])
        if len(held) > 2 * reach:
            yield held
            held = held[-2 * reach :]
    if held is not None:
        held = np.concatenate([held, silence])
        yield held
