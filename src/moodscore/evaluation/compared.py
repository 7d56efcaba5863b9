"""The tracks that a run's own are heard beside."""

from pathlib import Path

from moodscore.media import AudioFile, master
from moodscore.music import Arrangement

#: Systems a person may want to hear one after the other, in the order of what they know.
COMPARED = ("previous", "paper", "collage", "moodscore", "composed")


def render_track(name: str, arranged: Arrangement, *, scratch: Path) -> AudioFile:
    """Render and master an arrangement into a file ``name.flac`` of the scratch folder."""
    return master(arranged.rendered(), scratch / f"{name.replace('/', '-')}.flac").track
