"""What is checked before the first node of a run."""

import importlib
import pkgutil
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.io.core import is_parameter
from kedro.pipeline import Pipeline
from pydantic import BaseModel, Field, ValidationError

from moodscore import pipelines
from moodscore.errors import MoodscoreError


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
        _check_shared_parameters(pipeline, catalog)
        _check_inputs(pipeline, catalog)


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
        if is_parameter(name) or catalog.exists(name):
            continue
        maker = _maker_of(name)
        if maker is not None:  # else a person puts it there, and its dataset knows what to say
            raise MoodscoreError(f"{name}: there is none in this workspace yet; run --pipeline={maker} first")


def _maker_of(name: str) -> str | None:
    """The pipeline that makes a dataset."""
    for module in pkgutil.iter_modules(pipelines.__path__):
        steps = importlib.import_module(f"{pipelines.__name__}.{module.name}").create_pipeline()
        if name in steps.all_outputs():
            return module.name
    return None
