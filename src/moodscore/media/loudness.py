"""How loud a track is, and making it as loud as players expect without letting it clip.

Loudness is the integrated loudness of ITU-R BS.1770 [1]_ and EBU R 128 [2]_ in LUFS: the mean power
of the K-weighted sound over blocks of 400 ms, with silence and quiet passages gated out. Peaks are
true peaks in dBTP, those of the curve through the samples. A track is read block by block.

References
----------
.. [1] ITU-R BS.1770-5, Algorithms to measure audio programme loudness and true-peak audio level, 2023.
.. [2] EBU R 128, Loudness normalisation and permitted maximum level of audio signals, 2023.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.filter import Graph

from moodscore.ahead import read_ahead
from moodscore.media._blocks import blocks_of, store_blocks, store_track
from moodscore.media._limiter import limited, to_gain, true_peak
from moodscore.media.audio_file import AudioFile
from moodscore.progress import part, telling
from moodscore.samples import ArraySource, SampleSource

#: What streaming services play at, in LUFS.
TARGET_LUFS = -16.0
#: What EBU R 128 allows, in dBTP; AAC adds a little to the peaks of what it encodes.
CEILING_DBTP = -1.0
#: Blocks quieter than this do not count; where none counts, loudness is not defined.
_ABSOLUTE_GATE_LUFS = -70.0
#: Where the filter puts its reading.
_READING = "lavfi.r128.I"
#: A normalised track may be this much too quiet before the loss to the limiter is made good.
_TOLERANCE_LU = 0.1
#: Turning up by what the limiter took closes in on the target; that often is enough.
_MAX_PASSES = 4
#: Shares of the work that are done when a track is measured, when its gain is known and when it is written.
_MEASURED, _DECIDED, _WRITTEN = 0.25, 0.6, 0.8


@dataclass(frozen=True)
class Loudness:
    """How loud a track is.

    Attributes
    ----------
    lufs : float or None
        Integrated loudness; None where it is not defined: shorter than 400 ms, or nowhere louder
        than -70 LUFS.
    dbtp : float or None
        True peak in dB relative to full scale; None for digital silence.
    """

    lufs: float | None
    dbtp: float | None


@dataclass(frozen=True)
class Normalised:
    """A track after :func:`normalise`.

    Attributes
    ----------
    track : AudioFile
        The file written.
    loudness : Loudness
        Measured on it.
    gain_db : float
        By how much everything was turned up.
    limited : bool
        Whether peaks were turned down.
    """

    track: AudioFile
    loudness: Loudness
    gain_db: float
    limited: bool


def measure_loudness(track: SampleSource) -> Loudness:
    """Measure integrated loudness and true peak of a track.

    Parameters
    ----------
    track : SampleSource
        Mono or stereo, of any length.

    Returns
    -------
    Loudness
        Never NaN or infinite.

    Raises
    ------
    MoodscoreError
        If the file cannot be read.
    """
    return _measured(blocks_of(track), track)


def normalise(
    track: AudioFile,
    out: str | Path,
    *,
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
) -> Normalised:
    """Bring a track to a loudness by one constant gain, and its peaks under a ceiling.

    Only where the gain would lift a peak past the ceiling, a limiter that looks ahead turns the
    sound down for about a tenth of a second; what that costs in loudness is made good by a little
    more gain. Where both cannot be had, the ceiling holds and the loudness that was reached is
    reported. A track whose loudness is not defined keeps its level.

    Parameters
    ----------
    track : AudioFile
        Mono or stereo.
    out : str or Path
        ``*.flac`` or ``*.wav``, 24 bit; it appears under this name only when it is whole.
    target_lufs : float
        Integrated loudness that is wanted.
    ceiling_dbtp : float
        Highest true peak that is allowed.

    Returns
    -------
    Normalised
        The file of equally many samples, with what was measured.

    Raises
    ------
    MoodscoreError
        If the track cannot be read, ``out`` is the track itself or cannot be written.
    """
    levelled = _levelled(track, target_lufs, ceiling_dbtp)
    with part(_DECIDED, _WRITTEN):
        blocks = read_ahead(levelled.blocks, 1)
        file = store_blocks(Path(out), blocks, track, track.n_samples, inputs=(track.path,))
    with part(_WRITTEN, 1.0):
        after = measure_loudness(file)
    return Normalised(file, after, levelled.gain_db, levelled.is_limited)


def master(music: SampleSource, out: str | Path) -> Normalised:
    """Make of rendered music the track that everybody hears: -16 LUFS under -1 dBTP.

    Parameters
    ----------
    music : SampleSource
        At any level, of two channels; read once.
    out : str or Path
        As for `normalise`.

    Raises
    ------
    MoodscoreError
        If a file cannot be written.
    """
    out = Path(out)
    rendered = store_track(music, out.with_name(f".{out.stem}.rendered.wav"))
    try:
        return normalise(rendered, out)
    finally:
        rendered.path.unlink()


def mastered(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """The samples of what `master` would write, for a track that is held whole.

    Parameters
    ----------
    samples : np.ndarray of float32 [shape=(n, channels)]
        One or two channels.
    sample_rate : int
        Samples a second.

    Returns
    -------
    np.ndarray of float32 [shape=(n, channels)]
    """
    levelled = _levelled(ArraySource(samples, sample_rate), TARGET_LUFS, CEILING_DBTP)
    return np.concatenate(list(levelled.blocks))


class _Levelled(NamedTuple):
    """A track at another level, block by block."""

    blocks: Iterable[np.ndarray]
    gain_db: float
    is_limited: bool


def _levelled(track: SampleSource, target_lufs: float, ceiling_dbtp: float) -> _Levelled:
    with part(0.0, _MEASURED):
        before = measure_loudness(track)
    gain_db = 0.0 if before.lufs is None else target_lufs - before.lufs
    is_limited = before.dbtp is not None and before.dbtp + gain_db > ceiling_dbtp

    def turned_up(gain_db: float) -> Iterator[np.ndarray]:
        louder = (block * np.float32(to_gain(gain_db)) for block in blocks_of(track))
        return limited(louder, ceiling_dbtp, track.sample_rate) if is_limited else louder

    if is_limited and before.lufs is not None:
        gain_db = _made_good(gain_db, target_lufs, lambda gain: _loudness(turned_up(gain), track))
    return _Levelled(turned_up(gain_db), gain_db, is_limited)


def _made_good(gain_db: float, target_lufs: float, loudness_at: Callable[[float], float]) -> float:
    """The gain that makes up for what the limiter takes, as far as more gain helps at all."""
    done = np.linspace(_MEASURED, _DECIDED, _MAX_PASSES + 2)
    with part(done[0], done[1]):
        reached = loudness_at(gain_db)
    for begin, end in pairwise(done[1:]):
        missing = target_lufs - reached
        if missing <= _TOLERANCE_LU:
            break
        with part(begin, end):
            louder = loudness_at(gain_db + missing)
        if louder - reached < _TOLERANCE_LU:
            break
        gain_db, reached = gain_db + missing, louder
    return gain_db


def _measured(blocks: Iterable[np.ndarray], like: SampleSource) -> Loudness:
    """Loudness and true peak in one go through the sound."""
    meter = _Meter(like.sample_rate, like.channels)
    peak = true_peak(telling(read_ahead(meter.listening(blocks), 1), like.n_samples))
    return Loudness(meter.lufs, 20 * math.log10(peak) if peak > 0 else None)


def _loudness(blocks: Iterable[np.ndarray], like: SampleSource) -> float | None:
    """Integrated loudness alone."""
    meter = _Meter(like.sample_rate, like.channels)
    deque(telling(meter.listening(blocks), like.n_samples), maxlen=0)
    return meter.lufs


class _Meter:
    """FFmpeg's meter of integrated loudness, fed block by block."""

    def __init__(self, sample_rate: int, channels: int):
        self._rate, self._layout = sample_rate, "mono" if channels == 1 else "stereo"
        self._position, self._last = 0, None
        self._graph = Graph()
        source = self._graph.add_abuffer(
            sample_rate=sample_rate, format="fltp", layout=self._layout, time_base=Fraction(1, sample_rate)
        )
        # Without "dualmono" a mono track reads 3 LU lower than the same sound on two speakers.
        meter = self._graph.add("ebur128", "metadata=1:dualmono=1")
        self._graph.link_nodes(source, meter, self._graph.add("abuffersink")).configure()

    def listening(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Pass blocks on and measure them on the way."""
        for block in blocks:
            planes = np.ascontiguousarray(block.T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
            frame.sample_rate, frame.pts = self._rate, self._position
            frame.time_base = Fraction(1, self._rate)
            self._position += len(block)
            self._graph.push(frame)
            self._pull()
            yield block

    def _pull(self) -> None:
        """Take what is ready, ten readings a second; each counts everything since the start."""
        while True:
            try:
                self._last = self._graph.pull()
            except av.error.BlockingIOError:
                return

    @property
    def lufs(self) -> float | None:
        """Integrated loudness so far; None where it is not defined."""
        reading = _ABSOLUTE_GATE_LUFS if self._last is None else float(self._last.metadata[_READING])
        return reading if math.isfinite(reading) and reading > _ABSOLUTE_GATE_LUFS else None
