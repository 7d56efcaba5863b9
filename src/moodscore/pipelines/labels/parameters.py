"""Parameters of the labels pipeline."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class LabelOptions(BaseModel):
    """What the labels are set beside.

    Attributes
    ----------
    published : {"deap", "lindsey"} or None
        The corpus whose published table stands beside the counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    published: Literal["deap", "lindsey"] | None = None
