"""Which clips take part, and how the fuzzy system is trained, as parameters."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt


class CorpusOptions(BaseModel):
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


class ReaderOptions(BaseModel):
    """How the fuzzy system that reads pictures is trained.

    Attributes
    ----------
    n_mfs : int or list of int
        Bell functions an input, one number or one an input.
    max_epochs : int
        Bound on the epochs of hybrid learning.
    patience : int
        Epochs without a gain on the held-back clips before training ends.
    held_back : float
        Share of the training clips that early stopping watches.
    target : {"emotion", "code"}
        What is read: valence and arousal, or the quadrant's code as one number.
    balanced : bool
        Whether every quadrant counts alike in training.
    min_dwell_s : float
        A quadrant must hold this long, in seconds, before the network switches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    n_mfs: PositiveInt | list[PositiveInt] = Field(default=[1, 1, 1, 2])
    max_epochs: int = Field(default=200, ge=1)
    patience: int = Field(default=20, ge=1)
    held_back: float = Field(default=0.2, ge=0.0, lt=1.0)
    target: Literal["emotion", "code"] = "emotion"
    balanced: bool = True
    min_dwell_s: float = Field(default=3.0, ge=0.0)
