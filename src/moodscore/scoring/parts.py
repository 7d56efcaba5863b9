"""What lies beside a composed score: its notes as MIDI, and each group of instruments by itself."""

from pathlib import Path

from moodscore.files import replacing
from moodscore.media import AudioFile, blocks_of, measure_loudness, store_blocks
from moodscore.music import Arrangement


def write_midi(arranged: Arrangement, path: Path) -> Path:
    """Write the notes as a standard MIDI file, one track an instrument."""
    with replacing(path) as part:
        part.write_bytes(arranged.composition.midi())
    return path


def write_stems(arranged: Arrangement, finished: AudioFile, folder: Path, ending: str) -> dict[str, Path]:
    """Write each group of instruments by itself, at the level it has in the finished soundtrack.

    Their sum is the soundtrack, but for what its limiter took and the video's own sound.

    Parameters
    ----------
    arranged : Arrangement
        Of composed music.
    finished : AudioFile
        The soundtrack made from it.
    folder : Path
        Where they are left.
    ending : str
        ``.wav`` or ``.flac``.

    Returns
    -------
    dict of str to Path
        By the name of the group.
    """
    wanted, present = measure_loudness(finished).lufs, measure_loudness(arranged.rendered()).lufs
    gain = 1.0 if wanted is None or present is None else 10 ** ((wanted - present) / 20)
    composition = arranged.composition
    stems = {}
    for name in composition.stems:
        track = composition.track(name, soundfont=arranged.soundfont or None)
        louder = (block * gain for block in blocks_of(track))
        stems[name] = store_blocks(
            folder / f"stem.{name}{ending}", louder, track, track.n_samples, inputs=()
        ).path
    return stems
