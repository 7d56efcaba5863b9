"""The key of a study: which blinded file is which video with the music of which system."""

import hashlib
import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from moodscore.errors import MoodscoreError

#: Hexadecimal digits of a digest that name a file or a study: 48 bits, no two alike in any study.
_NAME_DIGITS = 12
_SUFFIX = ".mp4"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Version(_Entry):
    """A video with the music of one system.

    Attributes
    ----------
    system : str
        Whose music it is.
    file : str
        The blinded name of the file.
    """

    system: str = Field(min_length=1)
    file: str = Field(min_length=1)


class Video(_Entry):
    """A video that is rated.

    Attributes
    ----------
    video : str
        Its ``clip_id``.
    versions : tuple of Version
        One a system. A form that asks for "A" or "B" means the first and the second by these letters.
    """

    video: str = Field(min_length=1)
    versions: tuple[Version, ...]


class StudyKey(_Entry):
    """What raters must not know.

    Attributes
    ----------
    study_id : str
        Names the study in every answer.
    seed : int
        Of the order in which a rater sees the videos.
    systems : tuple of str
        One or two; the first is the one that forms which show a single version are about.
    videos : tuple of Video
        In the order of a form's "Video 1", "Video 2", …
    """

    study_id: str = Field(min_length=1)
    seed: int = Field(ge=0)
    systems: tuple[str, ...] = Field(min_length=1, max_length=2)
    videos: tuple[Video, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> "StudyKey":
        for video in self.videos:
            if sorted(version.system for version in video.versions) != sorted(set(self.systems)):
                raise ValueError(
                    f"video {video.video} needs one version of each of {', '.join(self.systems)}"
                )
        for what, names in (("video", [v.video for v in self.videos]), ("file", self.files)):
            if len(set(names)) < len(names):
                raise ValueError(f"a {what} is there twice")
        return self

    @property
    def files(self) -> list[str]:
        """The blinded names of all versions."""
        return [version.file for video in self.videos for version in video.versions]


def blinded_name(video: str, system: str, path: str | Path) -> str:
    """A file name that says nothing: part of the SHA-256 of the file and of what it is.

    Nobody can find out what the name stands for without having the file already under its true name.
    """
    with open(path, "rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    what = f"{video}\0{system}\0".encode()
    return hashlib.sha256(what + content).hexdigest()[:_NAME_DIGITS] + _SUFFIX


def make_key(files: Mapping[tuple[str, str], str], systems: tuple[str, ...], seed: int) -> StudyKey:
    """The key of a study.

    The versions of a video stand in the order of their blinded names, which is as good as random: a
    form that calls them A and B in this order is blinded, too.

    Parameters
    ----------
    files : Mapping of (str, str) to str
        The blinded name by video and system; every video has every system.
    systems : tuple of str
        The systems compared.
    seed : int
        Of the order in which a rater sees the videos.

    Returns
    -------
    StudyKey
        Videos in the order of names; the ``study_id`` depends on all of the above.
    """
    versions = sorted((video, file, system) for (video, system), file in files.items())
    digest = hashlib.sha256(json.dumps([seed, systems, versions]).encode()).hexdigest()
    return StudyKey(
        study_id=digest[:_NAME_DIGITS],
        seed=seed,
        systems=systems,
        videos=tuple(
            Video(video=video, versions=tuple(Version(system=s, file=f) for _, f, s in of_video))
            for video, of_video in groupby(versions, key=lambda version: version[0])
        ),
    )


def read_key(path: str | Path) -> StudyKey:
    """Read a key that was written as JSON, by the pipeline or by hand.

    Raises
    ------
    MoodscoreError
        If the file cannot be read or is not a key; the message says where it is wrong.
    """
    try:
        return StudyKey.model_validate_json(Path(path).read_bytes())
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = " ".join(first["msg"].removeprefix("Value error, ").split())
        raise MoodscoreError(
            f"{path}: not the key of a study: {where + ': ' if where else ''}{message}"
        ) from error
