"""What tracks sound like, to the eye."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from moodscore.figures.style import INK, LABEL_SIZE, NOTE_SIZE, new_figure, printable, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from moodscore.samples import SampleSource

_FRAME = 2048
_SHORTEST_HOP = _FRAME // 4
#: As many columns as the picture has pixels for; of a long track, each stands for a longer time.
_MAX_COLUMNS = 1000
#: Frames at most that a column is the mean of: enough to be spared the chance of a single one.
_MAX_FRAMES_A_COLUMN = 8
#: Samples held at a time, however long the track.
_SAMPLES_AT_ONCE = 1 << 20
#: Darkest and brightest level shown, in dB below full scale.
_LEVELS_DB = (-100, -20)
_HIGHEST_HZ = 12_000
_TICK_HZ = 4000


def spectrogram_pair(clip_id: str, tracks: "Mapping[str, SampleSource]") -> "Figure":
    """Spectrograms of several tracks of one clip, one below the other, on common scales.

    Parameters
    ----------
    clip_id : str
        For the title.
    tracks : mapping of str to SampleSource
        Tracks by name, at least one; their channels are averaged. They are read in blocks, and of a
        long track only a sample of its frames is analysed.
    """
    figure = new_figure(
        7.2, 1.1 + 2.0 * len(tracks), f"{printable(clip_id)}: what the soundtracks sound like"
    )
    panels = figure.subplots(len(tracks), 1, sharex=True, squeeze=False)[:, 0]
    highest_hz = min(_HIGHEST_HZ, max(track.sample_rate for track in tracks.values()) / 2)
    for axes, (name, track) in zip(panels, tracks.items(), strict=True):
        image = axes.imshow(
            _levels_db(track),
            origin="lower",
            aspect="auto",
            interpolation="nearest",
            extent=(0, track.n_samples / track.sample_rate, 0, track.sample_rate / 2),
            vmin=_LEVELS_DB[0],
            vmax=_LEVELS_DB[1],
            cmap="magma",
        )
        axes.set(ylim=(0, highest_hz), ylabel="frequency (kHz)", facecolor="black")
        ticks = range(0, int(highest_hz) + 1, _TICK_HZ)
        axes.set_yticks(ticks, [f"{hertz // 1000}" for hertz in ticks])
        axes.set_title(name, loc="left", fontsize=LABEL_SIZE, color=INK)
        tidy(axes)
    panels[0].set_xlim(0, max(track.n_samples / track.sample_rate for track in tracks.values()))
    panels[-1].set_xlabel("time (s)")
    bar = figure.colorbar(image, ax=list(panels), aspect=30)
    bar.set_label("level (dB re full scale)", fontsize=LABEL_SIZE, color=INK)
    bar.ax.tick_params(colors=INK, labelsize=NOTE_SIZE)
    return figure


def _levels_db(track: "SampleSource") -> np.ndarray:
    """Level of each frequency over time, in dB; a sine of amplitude 1 has 0 dB [shape=(bins, columns)]."""
    window = np.hanning(_FRAME + 1)[:-1]
    full_scale = window.sum() / 2
    columns = []
    for frames in _frames(track):
        magnitudes = np.abs(np.fft.rfft(frames * window)) / full_scale
        columns.append((magnitudes**2).mean(axis=1))
    power = np.concatenate(columns).T
    return 10 * np.log10(np.maximum(power, 10 ** (_LEVELS_DB[0] / 10)))


def _frames(track: "SampleSource") -> "Iterator[np.ndarray]":
    """The frames of each column, some columns at a time [shape=(columns, frames a column, samples)]."""
    n_columns = min(-(-track.n_samples // _SHORTEST_HOP), _MAX_COLUMNS)
    hop = track.n_samples / n_columns
    n_frames = int(np.clip(hop // _FRAME, 1, _MAX_FRAMES_A_COLUMN))
    within = (np.arange(n_frames) + 0.5) / n_frames
    at_once = max(1, int(_SAMPLES_AT_ONCE // hop))
    for first in range(0, n_columns, at_once):
        column = np.arange(first, min(first + at_once, n_columns))
        centres = (column[:, np.newaxis] + within) * hop
        starts = np.rint(centres).astype(np.int64) - _FRAME // 2
        begin, end = starts[0, 0], starts[-1, -1] + _FRAME
        windows = np.lib.stride_tricks.sliding_window_view(_mono(track, begin, end), _FRAME)
        yield windows[starts - begin]


def _mono(track: "SampleSource", start: int, stop: int) -> np.ndarray:
    """Mean of the channels of samples ``[start, stop)``; outside the track there is silence."""
    first, last = max(start, 0), min(stop, track.n_samples)
    samples = track.read(first, last).mean(axis=1, dtype=np.float64)
    return np.pad(samples, (first - start, stop - last))
