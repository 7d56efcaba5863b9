"""What a person sees of a mistake: one line, and an exit status that is not zero."""

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
            "Parameter validation failed:\n- Parameter 'retrieval': Failed to instantiate UnitSelection for "
            "parameter 'retrieval': 1 validation error for UnitSelection\nno_repeat\n  Extra inputs are not "
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
