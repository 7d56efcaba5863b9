"""What the page shows of one clip, made where the per-clip work runs."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodscore.media import AudioFile, encode_excerpt, film_strip

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

N_PICTURES = 10
#: In pixels; the page shows them at about two thirds, so that they are sharp on a fine screen.
PICTURE_HEIGHT = 108
_JPEG_QUALITY = 80
#: Of a long track the page holds only the beginning: it is one file, and has to open.
EXCERPT_S = 60.0


@dataclass(frozen=True)
class ClipMaterial:
    """Where the picture and the tracks of a clip lie.

    Attributes
    ----------
    path : Path
        The video.
    start_s, duration_s : float
        First picture and length (:class:`moodscore.media.ClipInfo`).
    tracks : Mapping of str to AudioFile
        By name, in the order in which they are shown.
    """

    path: Path
    start_s: float
    duration_s: float
    tracks: Mapping[str, AudioFile]

    @classmethod
    def of(cls, facts: "pd.Series", path: Path, tracks: Mapping[str, AudioFile]) -> "ClipMaterial":
        """Of a clip's row of the manifest, with ``start_s`` and ``duration_s``."""
        return cls(path, float(facts["start_s"]), float(facts["duration_s"]), tracks)


@dataclass(frozen=True)
class ClipIllustration:
    """What the page holds of a clip, each as a ``data:`` address.

    Attributes
    ----------
    strip : list of str
        Pictures.
    spectrograms : str
        One picture of all tracks.
    players : dict of str to str
        Sound by name of the track.
    excerpt_s : float or None
        How much of each track there is, if it is not all.
    """

    strip: list[str]
    spectrograms: str
    players: dict[str, str]
    excerpt_s: float | None


def illustrate_clip(clip_id: str, material: ClipMaterial) -> ClipIllustration:
    """Make the pictures and players of one clip.

    Raises
    ------
    MoodscoreError
        If the video or a track cannot be read.
    """
    from moodscore.figures import spectrogram_pair

    strip = film_strip(
        material.path,
        start_s=material.start_s,
        duration_s=material.duration_s,
        n_pictures=N_PICTURES,
        height=PICTURE_HEIGHT,
    )
    return ClipIllustration(
        strip=[_data_address("image/jpeg", _jpeg(picture)) for picture in strip],
        spectrograms=figure_address(spectrogram_pair(clip_id, material.tracks)),
        players={
            name: _data_address("audio/mp4", encode_excerpt(track, EXCERPT_S))
            for name, track in material.tracks.items()
        },
        excerpt_s=EXCERPT_S if material.duration_s > EXCERPT_S else None,
    )


def figure_address(figure: "Figure") -> str:
    """A figure as a picture the page holds itself."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return _data_address("image/png", buffer.getvalue())


def _jpeg(picture: np.ndarray) -> bytes:
    import cv2

    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()


def _data_address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
