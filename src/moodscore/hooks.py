"""What is checked before the first node of a run, and said after the last."""

import difflib
import functools
import importlib
import os
import pkgutil
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.io.core import is_parameter
from kedro.pipeline import Pipeline
from pydantic import BaseModel, Field, ValidationError

from moodscore import evaluation, pipelines
from moodscore.errors import MoodscoreError
from moodscore.pipeline_registry import ON_REQUEST

#: What a run ends with naming the folder of.
_PLACES = {
    "scored_videos": "Videos with their new music",
    "spectrogram_pairs": "Spectrograms, in the folder of metrics, tables and figures",
    "study_page": "Study to hand to raters",
    "report": "Report, for any browser",
    "films_report": "How films are read, for any browser",
}


class SharedParameters(BaseModel):
    """The parameters that are plain numbers and shared by all pipelines.

    Attributes
    ----------
    seed : int
        Not negative.
    segment_s : float
        Length of a segment in seconds; a loudness splice lasts a tenth.
    """

    seed: int = Field(ge=0)
    segment_s: float = Field(ge=0.1)


class BeforeTheRun:
    """Refuses a run that cannot succeed, in words that say what to do."""

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol) -> None:
        """Check what is shared and that everything the run starts from is there."""
        check_parameters(pipeline, catalog)
        _check_inputs(pipeline, catalog)


class AfterTheRun:
    """Ends a run with what a person wants to know: the figures, and where things are."""

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol) -> None:
        """Print the systems side by side and the folders of what was made."""
        made = pipeline.all_outputs()
        if "metrics" in made:
            evaluation.print_summary(catalog.load("metrics"))
        if "reading_scores" in made:
            evaluation.print_readings(catalog.load("reading_scores"))
        for name, what in _PLACES.items():
            if name in made:
                described = catalog[name]._describe()
                place = described["path"] if "path" in described else described["filepath"]
                print(f"{what}: {os.path.relpath(Path(place))}")


def check_parameters(pipeline: Pipeline, catalog: CatalogProtocol) -> None:
    """Refuse parameters that nothing reads, and shared ones that are out of range.

    Parameters
    ----------
    pipeline : Pipeline
        What is run.
    catalog : CatalogProtocol
        With the parameters in it.

    Raises
    ------
    MoodscoreError
        Naming the first of them.
    """
    _check_parameter_names(catalog)
    _check_shared_parameters(pipeline, catalog)


def _check_parameter_names(catalog: CatalogProtocol) -> None:
    """Refuse a group of parameters that nothing reads: most likely it is misspelt."""
    if "parameters" not in catalog:
        return
    read = {
        name.removeprefix("params:").split(".")[0]
        for steps in _all_pipelines().values()
        for name in steps.inputs()
        if is_parameter(name)
    }
    for name in catalog.load("parameters"):
        if name not in read:
            near = difflib.get_close_matches(name, read, n=1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(read))}"
            raise MoodscoreError(f"parameter {name}: nothing reads it; {meant}")


def _check_shared_parameters(pipeline: Pipeline, catalog: CatalogProtocol) -> None:
    asked = [name for name in SharedParameters.model_fields if f"params:{name}" in pipeline.inputs()]
    given: dict[str, Any] = {"seed": 0, "segment_s": 1.0}
    given |= {name: catalog.load(f"params:{name}") for name in asked}
    try:
        SharedParameters.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise MoodscoreError(
            f"parameter {first['loc'][0]} = {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}"
        ) from error


def _check_inputs(pipeline: Pipeline, catalog: CatalogProtocol) -> None:
    for name in sorted(pipeline.inputs()):
        # An optional one is empty where there is none, and whoever asks for it says so.
        if is_parameter(name) or catalog.exists(name) or getattr(catalog[name], "is_optional", False):
            continue
        maker = _maker_of(name)
        if maker is not None:  # else a person puts it there, and its dataset knows what to say
            raise MoodscoreError(f"{name}: there is none in this workspace yet; run --pipeline={maker} first")


def _maker_of(name: str) -> str | None:
    """The pipeline that makes a dataset."""
    # One that runs on request may make again what another one makes in every run.
    usual_first = sorted(_all_pipelines().items(), key=lambda named: named[0] in ON_REQUEST)
    for pipeline_name, steps in usual_first:
        if name in steps.all_outputs():
            return pipeline_name
    return None


@functools.cache
def _all_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by name, also in a run that has loaded only some."""
    names = [module.name for module in pkgutil.iter_modules(pipelines.__path__)]
    return {n: importlib.import_module(f"{pipelines.__name__}.{n}").create_pipeline() for n in names}
