"""Making the demo library on disk, once, and proving later that it is still whole.

The songs are made in a folder beside the final one, which takes its name when all are there. ``truth.json``
among them says which seed and which generator made them, holds the SHA-256 of every file, and tells what is
known of each song.
"""

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from moodscore.compute import Compute, map_clips
from moodscore.demo.recipe import QUADRANTS
from moodscore.demo.song_plan import Song, beat_times, plan_library
from moodscore.demo.song_sound import render_song
from moodscore.demo.synth import SAMPLE_RATE
from moodscore.errors import MoodscoreError
from moodscore.files import sha256_of, write_text
from moodscore.media import Waveform, write_audio

#: Goes up with every change that makes other songs from the same seed.
LIBRARY_VERSION = 1
TRUTH = "truth.json"
_GENERATOR = "moodscore.demo.library"

logger = logging.getLogger(__name__)


def ensure_library(folder: str | Path, *, seed: int, compute: Compute) -> Path:
    """See that the demo library of a seed lies in a folder, whole.

    Makes eight songs (``.flac``) and ``truth.json``, for each song: ``metre``, ``has_beat`` (whether it keeps
    time), ``tempo_bpm``, ``beats_s``, ``bar_position`` (of each beat, 0 is the downbeat; a free song has it,
    one without a beat neither), ``sections_s`` (where sections begin, without the first), ``section_names``,
    ``ending`` (``ends`` or ``fades``), ``quadrant``, ``sha256``. A damaged library, that of another seed or
    of an older generator is made anew.

    Parameters
    ----------
    folder : str or Path
        Empty, not there yet, or made by an earlier call.
    seed : int
        Not negative; the same seed gives the same files on one machine.
    compute : Compute
        Where the songs are made; all workers must see the folder that this one is in.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    MoodscoreError
        If the folder holds files that were not made here, or a song cannot be made or written.
    """
    folder = Path(folder)
    known = _known_truth(folder)
    if known and (known["seed"], known["version"]) == (seed, LIBRARY_VERSION) and _is_whole(folder, known):
        return folder
    songs = {song.name: song for song in plan_library(seed)}
    logger.info("Making the %d songs of the demo library in %s", len(songs), folder)
    part = folder.with_name(f".{uuid4().hex}.part")
    try:
        part.mkdir(parents=True)
        made, failures = map_clips(_SongMaker(part), songs, compute, label="Making demo songs")
        if failures:
            name, reason = next(iter(failures.items()))
            raise MoodscoreError(
                f"{folder}: {len(failures)} demo songs could not be made, {name} because: {reason}; "
                "see that the folder can be written and the disk has room, then run again"
            )
        _write_truth(part, seed, songs, made)
        if known:
            _clear(folder, known)
        part.replace(folder)
    except OSError as error:
        raise MoodscoreError(
            f"{folder}: the demo library cannot be written ({error.strerror or error}); "
            "see that the folder can be written, holds nothing else and the disk has room"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def song_truth(song: Song) -> dict:
    """What is known of a song; times in seconds."""
    beats_s = beat_times(song)
    first_bars = np.cumsum([part.n_bars for part in song.parts])[:-1]
    signs = (1 if song.valence > 0 else -1, 1 if song.arousal > 0 else -1)
    has_pulse = song.pulse != "none"
    return {
        "metre": song.metre if has_pulse else 0,
        "has_beat": song.pulse == "steady",
        "tempo_bpm": song.tempo_bpm if has_pulse else None,
        "beats_s": np.round(beats_s[:-1], 4).tolist() if has_pulse else [],
        "bar_position": (np.arange(len(beats_s) - 1) % song.metre).tolist() if has_pulse else [],
        "sections_s": np.round(beats_s[first_bars * song.metre], 4).tolist(),
        "section_names": [part.name for part in song.parts],
        "ending": song.ending,
        "quadrant": next(name for name, sign in QUADRANTS.items() if sign == signs),
    }


@dataclass(frozen=True)
class _SongMaker:
    """Makes one song; travels to the workers."""

    folder: Path

    def __call__(self, name: str, song: Song) -> str:
        """Write the song and return its SHA-256."""
        path = self.folder / _file(name)
        write_audio(path, Waveform(render_song(song), SAMPLE_RATE))
        return sha256_of(path)


def _file(name: str) -> str:
    return f"{name}.flac"


def _write_truth(folder: Path, seed: int, songs: dict[str, Song], digests: dict[str, str]) -> None:
    truth = {
        "generator": _GENERATOR,
        "version": LIBRARY_VERSION,
        "seed": seed,
        "songs": {_file(name): song_truth(song) | {"sha256": digests[name]} for name, song in songs.items()},
    }
    write_text(folder / TRUTH, json.dumps(truth, indent=1) + "\n")


def _known_truth(folder: Path) -> dict | None:
    """What an earlier call left in the folder, None where it is empty or not there."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    try:
        truth = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
        if truth["generator"] == _GENERATOR and {"seed", "version", "songs"} <= truth.keys():
            return truth
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise MoodscoreError(
        f"{folder}: holds files that are not the demo library (no {TRUTH} of it); "
        "move them elsewhere or point the demo library at another folder"
    )


def _is_whole(folder: Path, truth: dict) -> bool:
    """Whether every song is there with the content it was made with."""
    return all(
        (folder / file).is_file() and sha256_of(folder / file) == known["sha256"]
        for file, known in truth["songs"].items()
    )


def _clear(folder: Path, truth: dict) -> None:
    """Remove what an earlier call made, the proof that it is ours last."""
    for file in truth["songs"]:
        (folder / Path(file).name).unlink(missing_ok=True)
    (folder / TRUTH).unlink()
