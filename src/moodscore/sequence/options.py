"""How the networks are trained, as parameters."""

from pydantic import BaseModel, ConfigDict, Field


class NetworkOptions(BaseModel):
    """How the networks are trained.

    Attributes
    ----------
    window : int
        Segments in a training sequence.
    max_epochs : int
        Bound on the epochs.
    patience : int
        Epochs without a gain before training ends.
    min_segments : int
        A quadrant with fewer training segments borrows the network of the nearest one with enough.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: int = Field(default=8, ge=1)
    max_epochs: int = Field(default=150, ge=1)
    patience: int = Field(default=15, ge=1)
    min_segments: int = Field(default=10, ge=1)
