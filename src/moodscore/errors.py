"""The one error class of moodscore."""


class MoodscoreError(ValueError):
    """Something a person can mend: a file, an option or data that cannot be used.

    The message is one line that names the file or option, says what is wrong and what to do. The
    command line prints it without a traceback; whatever else is raised is a defect of ours.
    """
