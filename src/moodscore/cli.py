"""The project's commands: Kedro's ``run`` with errors for people."""

import pkgutil
import re
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run

from moodscore import pipelines
from moodscore.errors import MoodscoreError


class PlainRun(click.Command):
    """Kedro's ``run``; a mistake a person can mend is one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and turn what is wrong with the user's data or options into one line."""
        # Both spellings are part of our interface; Kedro warns about the first.
        if ctx.params.get("pipeline") and not ctx.params.get("pipelines"):
            ctx.params["pipelines"] = [ctx.params["pipeline"]]
            ctx.params["pipeline"] = None
        _check_names(ctx.params.get("pipelines") or ())
        try:
            return super().invoke(ctx)
        except Exception as error:
            plain = _plain_cause(error)
            if plain is None:
                raise
            raise click.ClickException(plain) from error


def _check_names(names: tuple[str, ...]) -> None:
    known = ["__default__", *(module.name for module in pkgutil.iter_modules(pipelines.__path__))]
    for name in names:
        if name not in known:
            raise click.ClickException(
                f"--pipeline {name}: there is no such pipeline; choose from {', '.join(known[1:])}"
            )


def _plain_cause(error: BaseException) -> str | None:
    """What a person should read of an exception, or None if it is a defect of ours.

    Kedro wraps what a dataset or a parameter model raises; the cause is what was meant.
    """
    # Imported late: `kedro --help` must stay quick.
    from kedro.config import MissingConfigException
    from kedro.validation.exceptions import ParameterValidationError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MoodscoreError):
            return str(cause)
        if isinstance(cause, MissingConfigException):
            return f"--env: {cause}"
        if isinstance(cause, ParameterValidationError):
            return _plain_parameter_error(str(cause))
        cause = cause.__cause__
    return None


def _plain_parameter_error(text: str) -> str:
    """Of Kedro's report, which quotes pydantic's, the first parameter that is wrong, and how."""
    group = re.search(r"Parameter '([^']+)'", text)
    field = re.search(
        r"^(?P<name>[\w.\[\]-]+)\n"
        r"\s+(?P<message>.+?) \[type=\w+, input_value=(?P<found>.*), input_type=\w+\]",
        text,
        re.MULTILINE,
    )
    if group is None or field is None:
        return " ".join(text.split())
    name = field["name"].split(".")[0]
    message = field["message"].replace("Extra inputs are not permitted", "there is no such parameter")
    return f"parameter {group[1]}.{name} = {field['found']}: {message[0].lower()}{message[1:]}"


@click.group(name="moodscore")
def cli() -> None:
    """Commands of this project."""


cli.add_command(
    PlainRun(
        name=kedro_run.name,
        callback=kedro_run.callback,
        params=kedro_run.params,
        help=kedro_run.help,
        short_help=kedro_run.short_help,
    )
)
