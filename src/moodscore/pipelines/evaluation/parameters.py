"""Parameters of the evaluation pipeline."""

from pydantic import BaseModel, ConfigDict, Field


class EvaluationOptions(BaseModel):
    """How much is evaluated.

    Attributes
    ----------
    max_seen_clips : int
        Training clips on which the systems are measured; a large corpus need not be played whole
        for a figure that is only there for comparison.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_seen_clips: int = Field(default=24, ge=1)
