"""The files of a scored video: their names, and putting them in place all at once.

Everything is made in a hidden folder beside the video that is wanted, which goes whatever happens; only
when all files are whole are they renamed, the video last. So a video under its final name is a finished
one, and what was there before stays until then.
"""

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moodscore.errors import MoodscoreError
from moodscore.files import is_same_file, write_text
from moodscore.media import list_clips

_CONTAINERS = (".mp4", ".mkv")
#: Of a fingerprint, in a file's name.
KEY_DIGITS = 16
_MARK = ".scored"
#: What was scored before is not scored again with the folder it lies in.
_SCORED = re.compile(rf".*{re.escape(_MARK)}(\.\d+)?", re.DOTALL)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outputs:
    """Where the files of one scored video go.

    Attributes
    ----------
    video : Path
        The scored video, ``*.mp4`` or ``*.mkv``.
    records : Path
        Folder in which is kept what was asked for, to know a finished video by.
    lossless : str
        ``.wav`` or ``.flac``, the format of the soundtrack beside it.
    """

    video: Path
    records: Path
    lossless: str = ".wav"

    @property
    def files(self) -> dict[str, Path]:
        """All of them: ``soundtrack``, ``cues``, ``emotion`` and, last, ``video``."""
        stem = self.video.with_suffix("")
        endings = {"soundtrack": self.lossless, "cues": ".cues.csv", "emotion": ".emotion.png"}
        return {kind: stem.with_name(stem.name + ending) for kind, ending in endings.items()} | {
            "video": self.video
        }

    def check(self, inputs: Sequence[Path], *, library: Path | None = None) -> None:
        """Refuse what cannot be written before any work is done.

        Raises
        ------
        MoodscoreError
            If the ending is another one, the folder is missing or cannot be written, lies in ``library``,
            or a file is one of ``inputs``.
        """
        if self.video.suffix.lower() not in _CONTAINERS:
            raise MoodscoreError(
                f"{self.video}: a scored video ends in {' or '.join(_CONTAINERS)}; name it so"
            )
        folder = self.video.parent
        if not folder.is_dir():
            raise MoodscoreError(f"{folder}: there is no such folder; create it first")
        if library is not None and folder.resolve().is_relative_to(library.resolve()):
            raise MoodscoreError(
                f"{folder}: is in the library; its soundtrack would be taken for a song there"
            )
        for file in self.files.values():
            if file.is_dir():
                raise MoodscoreError(f"{file}: is a folder; name a file")
            for source in inputs:
                if is_same_file(file, source):
                    raise MoodscoreError(
                        f"{file}: would replace {source}, which is read; name another file with -o"
                    )
        if not os.access(folder, os.W_OK | os.X_OK):
            raise MoodscoreError(f"{folder}: cannot be written; name a file elsewhere with -o")

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A hidden folder on the same disk, for files that are on their way; gone when the block ends."""
        try:
            folder = Path(tempfile.mkdtemp(prefix=".moodscore-", dir=self.video.parent))
        except OSError as error:
            raise MoodscoreError(
                f"{self.video.parent}: cannot be written ({error.strerror or error}); "
                "name a file elsewhere with -o"
            ) from error
        try:
            yield folder
        except OSError as error:
            raise MoodscoreError(
                f"{self.video}: cannot be written ({error.strerror or error}); see that the disk has room"
            ) from error
        except MoodscoreError as error:
            staged, _, reason = str(error).partition(": ")
            if not staged.startswith(str(folder)):
                raise
            # Nobody knows the hidden folder; what cannot be written there is the video.
            raise MoodscoreError(f"{self.video}: {reason}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def deliver(self, made: Mapping[str, Path], request: str) -> Path:
        """Give the files their names, the video last, and remember what was asked for.

        Parameters
        ----------
        made : Mapping of str to Path
            The finished files by the names of `files`. A video that ends otherwise than was asked for
            keeps its ending. Others are named after the video, as ``mid`` is ``OUT.mid`` and ``bass`` is
            ``OUT.bass.wav``.
        request : str
            Fingerprint of everything the files depend on.

        Returns
        -------
        Path
            The video.
        """
        others = {kind: self._beside(kind, made[kind]) for kind in made.keys() - self.files.keys()}
        places = dict(sorted(others.items())) | self.files
        places["video"] = self.video.with_suffix(made["video"].suffix)
        for kind, place in places.items():
            os.replace(made[kind], place)
        record = {"request": request, "files": {str(place): _state(place) for place in places.values()}}
        try:
            write_text(self._record, json.dumps(record))
        except MoodscoreError as error:
            logger.warning("it is not remembered that this is finished: %s", error)
        return places["video"]

    def _beside(self, kind: str, made: Path) -> Path:
        """Where a file goes that not every score has."""
        ending = made.suffix if kind == made.suffix.removeprefix(".") else f".{kind}{made.suffix}"
        return self.video.with_name(self.video.stem + ending)

    def finished(self, request: str) -> Path | None:
        """The video, if the same was made before and nothing of it has been touched."""
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            if record["request"] == request and all(
                _state(Path(file)) == state for file, state in record["files"].items()
            ):
                return Path(list(record["files"])[-1])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return None

    @property
    def _record(self) -> Path:
        place = os.path.abspath(self.video)
        return self.records / f"{fingerprint(place)}.json"


def fingerprint(*facts: Any) -> str:
    """Sixteen digits that differ where anything in ``facts`` does; for what JSON can hold."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def list_videos(named: str) -> list[Path]:
    """The videos that are meant by the name of a file or a folder.

    Of a folder all are meant that are not themselves results.

    Raises
    ------
    MoodscoreError
        If a folder holds no video, or the name is an address.
    """
    if "://" in named:
        raise MoodscoreError(f"{named}: is no file on this machine; download it and name the file")
    path = Path(named)
    if not path.is_dir():
        return [path]
    found = [clip.path for clip in list_clips(path) if not _SCORED.fullmatch(clip.path.stem)]
    if not found:
        raise MoodscoreError(f"{path}: holds no video that is not the result of scoring")
    return found


def default_output(video: Path) -> Path:
    """``NAME.scored.mp4`` beside the video, or here if its folder cannot be written."""
    folder = video.parent if os.access(video.parent, os.W_OK | os.X_OK) else Path()
    return folder / f"{video.stem}{_MARK}.mp4"


def _state(path: Path) -> list[int]:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]
