"""Files that appear under their name only when they are whole, and are known by their content."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from moodscore.errors import MoodscoreError

#: 64 bits of the SHA-256: of a million files two would share them once in 40 million collections.
KEY_DIGITS = 16


def content_key(path: str | Path) -> str:
    """Fingerprint of a file's content: the first 16 digits of `sha256_of`, which see."""
    return sha256_of(path)[:KEY_DIGITS]


def sha256_of(path: str | Path) -> str:
    """SHA-256 of a file's content: 64 hexadecimal digits.

    Raises
    ------
    MoodscoreError
        If the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MoodscoreError(f"{path}: cannot be read ({error.strerror or error})") from error


def is_same_file(path: str | Path, other: str | Path) -> bool:
    """Whether two names are of one file; a link leads to the same file by another one, and so does ``..``."""
    try:
        return os.path.samefile(os.path.realpath(path), other)
    except OSError:  # one of them does not exist, or never can
        return False


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Write a file, or replace one, in a single step.

    What is written goes to a temporary name beside the final one and is renamed when the block ends
    well; when it does not, the temporary file is removed and what lay under the final name is left as
    it was. The name is new every time, so that two writers never share it; it is hidden, short
    whatever the final name, and ends like it, because some libraries tell the format by the ending.

    Parameters
    ----------
    path : str or Path
        The file to write; missing folders are made.

    Yields
    ------
    Path
        The temporary name; nothing lies there yet.

    Raises
    ------
    MoodscoreError
        If the operating system refuses to write the file.
    """
    path = Path(path)
    part = path.with_name(f".{uuid4().hex}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise MoodscoreError(
            f"{path}: cannot be written ({error.strerror or error}); "
            "see that the folder can be written and the disk has room"
        ) from error


def write_text(path: str | Path, text: str) -> None:
    """Write a text file as `replacing` does: UTF-8, the same bytes on every system."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
