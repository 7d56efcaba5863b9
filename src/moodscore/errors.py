"""The one error class of moodscore, and finding it."""

from collections.abc import Iterator


class MoodscoreError(ValueError):
    """Something a person can mend: a file, an option or data that cannot be used.

    The message is one line that names the file or option, says what is wrong and what to do. The
    command line prints it without a traceback; whatever else is raised is a defect of ours.
    """


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, then what caused it, and so on: Kedro wraps what a dataset or a parameter raises."""
    while error is not None:
        yield error
        error = error.__cause__
