"""Sound of any length in memory of one size: reading and writing a stored track block by block."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.media._output import whole_file, writing_errors
from moodscore.media.audio_file import AudioFile

#: Samples that are in memory at a time, six seconds; whole AAC frames, so that none is cut.
BLOCK = 256 * 1024
#: Formats of a stored track, by ending. A WAV file counts its bytes in 32 bits; RF64 is the same file
#: with wider counters, for what is longer than that (four and a half hours of stereo).
_FORMATS = {".flac": "FLAC", ".wav": "WAV"}
_BYTES_A_SAMPLE = 3
_WAV_BYTES = 2**32 - 2**16


def blocks_of(track: AudioFile, n_samples: int | None = None) -> Iterator[np.ndarray]:
    """A stored sound piece by piece, cut or followed by silence to ``n_samples``.

    Yields
    ------
    np.ndarray of float32 [shape=(n, channels)]
        ``BLOCK`` samples each, but for the last.

    Raises
    ------
    MoodscoreError
        If the file cannot be read to its end.
    """
    n_samples = track.n_samples if n_samples is None else n_samples
    for start in range(0, n_samples, BLOCK):
        try:
            block = track.read(start, min(start + BLOCK, n_samples))
        except (OSError, sf.LibsndfileError) as error:
            raise MoodscoreError(
                f"{track.path}: cannot be read ({error}); is it a whole sound file?"
            ) from error
        yield block


def store_blocks(
    out: Path, blocks: Iterable[np.ndarray], like: AudioFile, n_samples: int, *, inputs: tuple[Path, ...]
) -> AudioFile:
    """Write a track of 24 bits block by block, at the rate and with the channels of another.

    Parameters
    ----------
    out : Path
        ``*.flac`` or ``*.wav``; it appears under this name only when it is whole.
    blocks : iterable of np.ndarray [shape=(n, channels)]
        Sound in [-1, 1]; what lies beyond is clipped.
    like : AudioFile
        Gives the sample rate and the number of channels.
    n_samples : int
        Length of all blocks together.
    inputs : tuple of Path
        Files that are read meanwhile; ``out`` may be none of them.

    Raises
    ------
    MoodscoreError
        If the ending is another one or the file cannot be written.
    """
    file_format = _format_of(out, n_samples * like.channels * _BYTES_A_SAMPLE)
    with whole_file(out, inputs=inputs) as part:
        with writing_errors(out):
            file = sf.SoundFile(
                str(part), "w", like.sample_rate, like.channels, subtype="PCM_24", format=file_format
            )
        with file:
            for block in blocks:
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
