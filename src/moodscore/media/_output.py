"""Guards round the writing of a media file: what it may replace, and what may end it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.files import is_same_file, replacing


class _Terminated(BaseException):
    """SIGTERM, on its way up through whatever has to be tidied."""


@contextmanager
def whole_file(path: Path, *, inputs: tuple[Path, ...] = ()) -> Iterator[Path]:
    """A temporary name beside ``path`` that becomes ``path`` when the block ends well.

    However else the block ends (an error, Ctrl+C, SIGTERM), the temporary file is removed and what
    was at ``path`` stays as it was.

    Parameters
    ----------
    path : Path
        The file that is wanted.
    inputs : tuple of Path
        Files that are read meanwhile; ``path`` may be none of them, under any name.

    Raises
    ------
    MoodscoreError
        If ``path`` is one of ``inputs`` or cannot be written.
    """
    for source in inputs:
        if is_same_file(path, source):
            raise MoodscoreError(f"{path}: would replace {source}, which is read; name another file to write")
    with _unwound_by_sigterm(), replacing(path) as part:
        yield part


@contextmanager
def writing_errors(path: Path) -> Iterator[None]:
    """Turn whatever is said while writing ``path`` into one line that names it."""
    try:
        yield
    except (OSError, av.error.FFmpegError, sf.LibsndfileError) as error:
        said = error.error_string if isinstance(error, sf.LibsndfileError) else error.strerror
        reason = (said or type(error).__name__).lower().rstrip(".")
        raise MoodscoreError(
            f"{path}: cannot be written ({reason}); see that the folder can be written and the disk has room"
        ) from error


@contextmanager
def _unwound_by_sigterm() -> Iterator[None]:
    """Let SIGTERM tidy up like an exception, then end the process by that signal as it would have.

    Somebody else's handler stays in charge, and only the main thread may set one.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def unwind(*_: object) -> None:
        raise _Terminated

    signal.signal(signal.SIGTERM, unwind)
    try:
        yield
    except _Terminated:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
