"""The project's commands: Kedro's ``run`` with errors for people, and ``score``."""

import math
import pkgutil
import re
import time
from pathlib import Path
from typing import Any, NoReturn

import click
from kedro.framework.cli.project import run as kedro_run

from moodscore import pipelines
from moodscore.errors import MoodscoreError, causes

#: Exit status of a command that could not do all that was asked.
_FAILED = 2


class _PlainCommand(click.Command):
    """A command whose refusals are one line instead of a traceback."""

    #: Exit status of a refusal.
    status = 1

    def invoke(self, ctx: click.Context) -> Any:
        """Do it, and turn what is wrong with the user's data or options into one line."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            plain = _plain_cause(error)
            if plain is None:
                raise
            self.refuse(plain, error)

    def refuse(self, message: str, cause: BaseException) -> NoReturn:
        """End with one line and our status."""
        refusal = click.ClickException(message)
        refusal.exit_code = self.status
        raise refusal from cause


class PlainRun(_PlainCommand):
    """Kedro's ``run``; a mistake a person can mend is one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the pipelines that are named."""
        # Both spellings are part of our interface; Kedro warns about the first.
        if ctx.params.get("pipeline") and not ctx.params.get("pipelines"):
            ctx.params["pipelines"] = [ctx.params["pipeline"]]
            ctx.params["pipeline"] = None
        if not ctx.params.get("pipelines"):
            ctx.params["pipelines"] = _pipelines_of(ctx.params.get("env"))
        _check_names(ctx.params["pipelines"])
        return super().invoke(ctx)


def _pipelines_of(env: str | None) -> tuple[str, ...]:
    """What an environment runs where nobody says what: its ``pipelines``, if it names any."""
    # Imported late: `kedro --help` must stay quick.
    import yaml

    try:
        text = (Path.cwd() / "conf" / (env or "base") / "globals.yml").read_text(encoding="utf-8")
    except OSError:  # Kedro says so of an environment that is not there
        return ()
    return tuple((yaml.safe_load(text) or {}).get("pipelines", ()))


def _check_names(names: tuple[str, ...]) -> None:
    known = ["__default__", *(module.name for module in pkgutil.iter_modules(pipelines.__path__))]
    for name in names:
        if name not in known:
            raise click.ClickException(
                f"--pipeline {name}: there is no such pipeline; choose from {', '.join(known[1:])}"
            )


def _plain_cause(error: BaseException) -> str | None:
    """What a person should read of an exception, or None if it is a defect of ours."""
    # Imported late: `kedro --help` must stay quick.
    from kedro.config import MissingConfigException
    from kedro.validation.exceptions import ParameterValidationError

    for cause in causes(error):
        if isinstance(cause, MoodscoreError):
            return str(cause)
        if isinstance(cause, MissingConfigException):
            return f"--env: {cause}"
        if isinstance(cause, ParameterValidationError):
            return _plain_parameter_error(str(cause))
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


class PlainScore(_PlainCommand):
    """``score``; whatever is wrong with what was typed or named is one line and status 2."""

    status = _FAILED

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the options, and refuse a wrong one without a page of usage."""
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            typed = error.ctx.command_path if error.ctx else "kedro score"
            self.refuse(f"{error.format_message()} (see `{typed} --help`)", error)


class _Level(click.FloatRange):
    """A level in dB."""

    def convert(self, value: Any, *context: Any) -> float:
        """A number in the range; what is no number lies in none."""
        level = super().convert(value, *context)
        return level if math.isfinite(level) else self.fail(f"{value} is not a level.", *context)


_SCORE_HELP = """\
Give each VIDEO (or all in a folder) a soundtrack in its own mood.

The picture is copied as it is; mp4, mov, mkv, webm, avi and what else FFmpeg decodes. Beside
OUT.mp4 lie OUT.wav, the soundtrack; OUT.cues.csv, what sounds when and why; OUT.emotion.png, how
the video was read; and OUT.mid where the music is composed. Without -o, OUT is NAME.scored, beside
the video or, where its folder cannot be written, here. Files of these names are replaced; a video
that is finished is not made again.
Standard output names each scored video, the last one last.

\b
Examples:
  kedro score my.mp4                                  (composes music)
  kedro score my.mp4 --library ~/Music
  kedro score my.mp4 --song waltz.flac --cuts few
  kedro score my.mp4 -o cut.mp4 --keep-audio -6
  kedro score my.mp4 --emotion "0-12:pos_low, 0:12-0:30:7/3"
  kedro score my.mp4 --emotion my.scored.cues.csv     (corrected by hand)
  kedro score films/ -o scored/ --takes 3

Moods are pos_high, pos_low, neg_high, neg_low (valence positive or negative, arousal high or low), neutral,
or valence/arousal from 1 to 9. What is not named keeps its reading.
"""


@cli.command(cls=PlainScore, help=_SCORE_HELP, short_help="Give videos a score in their own mood.")
@click.argument("videos", nargs=-1, required=True, metavar="VIDEO...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write (.mp4 or .mkv), or a folder."
)
@click.option(
    "--library", type=click.Path(path_type=Path), help="Folder of songs; the music comes from there alone."
)
@click.option("--song", default="", metavar="FILE", help="Only this piece, cut to the film.")
@click.option("--compose", is_flag=True, help="Compose new music, as where no --library is named.")
@click.option(
    "--soundfont",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="General MIDI soundfont (.sf2) that plays what is composed.",
)
@click.option("--stems", is_flag=True, help="Write each group of composed instruments by itself, too.")
@click.option(
    "--cuts",
    type=click.Choice(["few", "some", "many"]),
    help="How readily music is left that would play on. [some]",
)
@click.option(
    "--change-at",
    type=click.Choice(["scenes", "never"]),
    help="Where another piece of music may follow. [scenes]",
)
@click.option(
    "--emotion", default="", metavar="CUES", help="Corrects the reading: text as below, or a table (.csv)."
)
@click.option(
    "--keep-audio",
    type=_Level(-60, 20),
    metavar="DB",
    help="Keep its own sound, this much louder (or softer, -6).",
)
@click.option("--replace", is_flag=True, help="Leave its own sound out, also if there is music in it.")
@click.option(
    "--preset",
    type=click.Choice(["moodscore", "collage", "paper"]),
    help="collage: another snippet each second; paper: the nearest one, cut hard.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Of chance, with --takes.")
@click.option("--takes", type=click.IntRange(1, 99), default=1, metavar="N", help="N different scores each.")
@click.option("--wav/--flac", default=True, help="Format of the soundtrack beside the video. [wav]")
@click.option("--explain", is_flag=True, help="Say for each scene which rules fired, in words.")
@click.option("--force", is_flag=True, help="Make again what is finished.")
@click.option(
    "--reader",
    type=click.Choice(["demo", "films", "own"]),
    help="Whose reading of pictures: one that comes with moodscore, or your workspace's own.",
)
@click.option("--env", "-e", metavar="ENV", help="Environment whose models are used, such as own.")
@click.pass_obj
def score(metadata: Any, /, **options: Any) -> None:
    """Score videos."""
    began = time.perf_counter()
    # Imported late: `kedro --help` must stay quick.
    from moodscore.pipelines.score.command import Request, score_videos

    options["flac"] = not options.pop("wav")
    options["keep_audio_db"] = options.pop("keep_audio")
    if options["replace"] and options["keep_audio_db"] is not None:
        raise MoodscoreError("--replace leaves the own sound out, --keep-audio keeps it; give one")
    project = metadata.project_path if metadata else None
    if not score_videos(project, Request(**options), began=began):
        raise SystemExit(_FAILED)


@cli.command(cls=_PlainCommand, short_help="Write the models of the last run into the package.")
@click.option("--env", "-e", metavar="ENV", help="Environment whose models are shipped.")
@click.option("--reader", default="demo", metavar="NAME", help="Name of the reader set. [demo]")
@click.option("--reader-only", is_flag=True, help="Leave the networks, the scale and the judge as they are.")
@click.option("--into", type=click.Path(path_type=Path), help="Another folder than the package's.")
@click.pass_obj
def pretrain(metadata: Any, /, **options: Any) -> None:
    """Write the models of the last complete run into the package, to be shipped with it."""
    # Imported late: `kedro --help` must stay quick.
    from moodscore.pipelines.score.shipping import ship_run

    for path in ship_run(metadata.project_path if metadata else None, **options):
        click.echo(path)
