"""Parameters of the ingest pipeline."""

from pydantic import BaseModel, ConfigDict, Field


class IngestOptions(BaseModel):
    """Which clips take part, and on which side.

    Attributes
    ----------
    min_segments : int
        A clip with fewer segments is left out.
    held_out : float
        Share of the clips kept out of training and out of the music dictionary.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_segments: int = Field(default=2, ge=1)
    held_out: float = Field(default=0.25, ge=0.0, lt=1.0)
