"""One door for what a decoder can say of a broken file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from moodscore.errors import MoodscoreError


@contextmanager
def media_errors(path: str | Path) -> Iterator[None]:
    """Turn whatever FFmpeg says of ``path`` into one line that names the file."""
    try:
        yield
    except av.error.FFmpegError as error:
        what = (error.strerror or type(error).__name__).lower()
        raise MoodscoreError(f"{path}: cannot be decoded ({what}); is it a whole video file?") from error


def open_file(path: str | Path) -> av.container.InputContainer:
    """Open a local file for reading; no protocol other than ``file`` is ever used.

    Raises
    ------
    MoodscoreError
        If there is no such file.
    """
    if not Path(path).is_file():
        raise MoodscoreError(f"{path}: there is no such file")
    return av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace")
