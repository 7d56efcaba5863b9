"""What tracks sound like, to the eye."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from moodscore.figures.style import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FRAME = 2048
#: Brightest and darkest level shown, in dB below full scale.
_LEVELS_DB = (-100, -20)
_HIGHEST_HZ = 12_000


def spectrogram_pair(clip_id: str, tracks: Mapping[str, np.ndarray], sample_rate: int) -> "Figure":
    """Spectrograms of several tracks of one clip, one below the other, on common scales.

    Parameters
    ----------
    clip_id : str
        For the title.
    tracks : mapping of str to np.ndarray [shape=(n,)]
        Samples in [-1, 1] by name.
    sample_rate : int
        Samples a second.
    """
    from scipy.signal import ShortTimeFFT

    figure = new_figure(8.0, 1.0 + 2.2 * len(tracks))
    panels = figure.subplots(len(tracks), 1, sharex=True, squeeze=False)[:, 0]
    transform = ShortTimeFFT(np.hanning(_FRAME), hop=_FRAME // 4, fs=sample_rate, scale_to="magnitude")
    for axes, (name, samples) in zip(panels, tracks.items(), strict=True):
        level = 20 * np.log10(np.maximum(np.abs(transform.stft(samples)), 1e-10))
        image = axes.imshow(
            level,
            origin="lower",
            aspect="auto",
            extent=transform.extent(len(samples)),
            vmin=_LEVELS_DB[0],
            vmax=_LEVELS_DB[1],
            cmap="magma",
        )
        axes.set(ylim=(0, _HIGHEST_HZ), xlim=(0, len(samples) / sample_rate), ylabel="frequency (kHz)")
        axes.set_yticks(
            range(0, _HIGHEST_HZ + 1, 4000), [str(k) for k in range(0, _HIGHEST_HZ // 1000 + 1, 4)]
        )
        axes.set_title(name, loc="left", fontsize=9)
    panels[-1].set_xlabel("time (s)")
    figure.colorbar(image, ax=list(panels), label="level (dB re full scale)")
    figure.suptitle(f"{clip_id}: original and generated soundtrack")
    return figure
