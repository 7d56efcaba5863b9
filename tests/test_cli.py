"""What a person sees of a mistake: one line, and an exit status that is not zero."""

import sys
import types
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from kedro.io.core import DatasetError
from kedro.validation.exceptions import ParameterValidationError

from moodscore.cli import PlainRun, cli
from moodscore.errors import MoodscoreError


def invoke(callback, *arguments):
    command = PlainRun(
        name="run",
        callback=callback,
        params=[click.Option(["--pipeline"]), click.Option(["--pipelines"], multiple=True)],
    )
    return CliRunner().invoke(command, arguments)


def wrapped():
    try:
        raise MoodscoreError("ratings.csv, row 3: expected 1 to 9")
    except MoodscoreError as cause:
        raise DatasetError("Failed while loading data from dataset ...") from cause


def test_what_a_person_can_mend_is_one_line():
    result = invoke(lambda **_: wrapped())
    assert result.exit_code == 1
    assert result.output == "Error: ratings.csv, row 3: expected 1 to 9\n"


def test_a_defect_keeps_its_traceback():
    def defect(**_):
        raise KeyError("a slip of ours")

    result = invoke(defect)
    assert isinstance(result.exception, KeyError)


def test_the_older_spelling_of_pipelines_works():
    seen = []
    assert invoke(lambda **kwargs: seen.append(kwargs), "--pipeline", "anfis").exit_code == 0
    assert seen == [{"pipeline": None, "pipelines": ["anfis"]}]


@pytest.mark.parametrize("option", ["--pipeline", "--pipelines"])
def test_an_unknown_pipeline_is_named_with_the_known_ones(option):
    result = invoke(lambda **_: None, option, "nonsense")
    assert result.exit_code == 1
    assert "nonsense" in result.output
    assert "lstm_x4" in result.output
    assert len(result.output.splitlines()) == 1


def test_run_has_all_of_kedros_options():
    from kedro.framework.cli.project import run

    assert {p.name for p in cli.commands["run"].params} == {p.name for p in run.params}


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (
            "Parameter validation failed:\n- Parameter 'ingest': Failed to instantiate IngestOptions "
            "for parameter 'ingest': 1 validation error for IngestOptions\nheld_out\n"
            "  Input should be less than 1 "
            "[type=less_than, input_value=2, input_type=int]\n    For further information visit a page",
            "parameter ingest.held_out = 2: input should be less than 1",
        ),
        (
            "Parameter validation failed:\n- Parameter 'retrieval': Failed to instantiate MusicOptions for "
            "parameter 'retrieval': 1 validation error for MusicOptions\nno_repeat\n  Extra inputs are not "
            "permitted [type=extra_forbidden, input_value=4, input_type=int]\n    For further information",
            "parameter retrieval.no_repeat = 4: there is no such parameter",
        ),
        ("Parameter validation failed:\n- something new", "Parameter validation failed: - something new"),
    ],
)
def test_a_wrong_parameter_is_named(reported, said):
    def refuse(**_):
        raise ParameterValidationError(reported)

    result = invoke(refuse)
    assert result.exit_code == 1
    assert result.output == f"Error: {said}\n"


@pytest.fixture
def typed(monkeypatch):
    """What ``score`` would do for some arguments."""
    command = types.ModuleType("command")
    command.Request, command.seen, command.answer = dict, [], True

    def score_videos(project, request, *, began):
        command.seen.append(request)
        if isinstance(command.answer, Exception):
            raise command.answer
        return command.answer

    command.score_videos = score_videos
    monkeypatch.setitem(sys.modules, "moodscore.pipelines.score.command", command)

    def run(*arguments, answer=True):
        command.answer = answer
        result = CliRunner().invoke(cli, ["score", *arguments])
        return result, command.seen[-1] if command.seen else None

    return run


def test_score_passes_on_what_was_typed(typed):
    result, request = typed("a.mp4", "b.mp4", "-o", "out", "--keep-audio", "-6", "--flac", "--takes", "3")
    assert result.exit_code == 0 and result.output == ""
    assert request["videos"] == ("a.mp4", "b.mp4") and request["output"] == Path("out")
    assert request["keep_audio_db"] == -6 and request["flac"] is True and request["takes"] == 3
    assert request["emotion"] == "" and request["library"] is None and request["force"] is False


def test_score_passes_on_what_music_is_wanted(typed, tmp_path):
    _, request = typed(
        "a.mp4", "--library", str(tmp_path), "--song", "b.mp3", "--cuts", "few", "--change-at", "never"
    )
    assert request["library"] == tmp_path and request["song"] == "b.mp3"
    assert request["cuts"] == "few" and request["change_at"] == "never"
    _, plain = typed("a.mp4")
    assert plain["song"] == "" and plain["cuts"] is None and plain["change_at"] is None


def test_score_fails_with_status_2(typed):
    assert typed("a.mp4", answer=False)[0].exit_code == 2
    result, _ = typed("a.mp4", answer=MoodscoreError("a.mp4: is empty"))
    assert (result.exit_code, result.output) == (2, "Error: a.mp4: is empty\n")
    assert isinstance(typed("a.mp4", answer=KeyError("a slip"))[0].exception, KeyError)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.mp4", "--keep-audio", "loud"],
        ["a.mp4", "--keep-audio", "nan"],
        ["a.mp4", "--keep-audio", "90"],
        ["a.mp4", "--takes", "0"],
        ["a.mp4", "--preset", "jazz"],
        ["a.mp4", "--cuts", "none"],
        ["a.mp4", "--change-at", "whim"],
        ["a.mp4", "--nonsense"],
    ],
)
def test_score_refuses_in_one_line(typed, arguments):
    result, request = typed(*arguments)
    assert result.exit_code == 2 and request is None
    assert result.output.startswith("Error: ") and result.output.endswith("(see `moodscore score --help`)\n")
    assert result.output.count("\n") == 1


def test_the_help_of_score_has_examples():
    result = CliRunner().invoke(cli, ["score", "--help"])
    assert result.exit_code == 0
    assert "\n    kedro score my.mp4 --library ~/Music\n" in result.output
    for option in ("--output", "--library", "--emotion", "--keep-audio", "--preset", "--seed", "--env"):
        assert option in result.output


def test_a_sound_is_kept_or_replaced_and_not_both():
    result = CliRunner().invoke(cli, ["score", "film.mp4", "--keep-audio", "-6", "--replace"])
    assert result.exit_code == 2
    assert "--replace leaves the own sound out, --keep-audio keeps it; give one" in result.output
    assert "Usage" not in result.output
