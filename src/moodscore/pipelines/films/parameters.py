"""Parameters of the films pipeline."""

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt


class FilmsOptions(BaseModel):
    """What is tried where a choice is made on evidence.

    Attributes
    ----------
    bells : list of int
        Bell functions of every input.
    shrinkages : list of float
        How hard the rules are held to a shared one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    bells: list[PositiveInt] = Field(default=[2, 3], min_length=1)
    shrinkages: list[PositiveFloat] = Field(default=[1.0, 3.0, 10.0, 30.0, 100.0], min_length=1)
