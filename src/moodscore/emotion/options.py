"""Which clips take part, and how the fuzzy system is trained, as parameters."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt


class CorpusOptions(BaseModel):
    """Which clips take part, and on which side.

    Attributes
    ----------
    min_segments : int
        A clip with fewer segments is left out.
    held_out : float
        Share of the clips kept out of training and out of the music dictionary.
    sound : bool
        Whether soundtracks are decoded, and clips without one left out; false where pictures are all
        that is wanted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_segments: int = Field(default=2, ge=1)
    held_out: float = Field(default=0.25, ge=0.0, lt=1.0)
    sound: bool = True


class ReaderOptions(BaseModel):
    """How the fuzzy system that reads pictures is trained.

    Attributes
    ----------
    inputs : list of str or None
        Columns of the visual descriptors that are read; None is the descriptor the networks have, too.
    read_from : dict of str to list of str or None
        Of valence and of arousal, which of the inputs its conclusions depend on; None: on all.
    n_mfs : int or list of int
        Bell functions an input, one number or one an input.
    shrinkage : float or None
        How hard the rules are held to a shared one (:class:`moodscore.fuzzy.ANFISRegressor`); None: not at
        all.
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
    averaged : bool
        Whether the mean picture of what was rated as one is learnt from, instead of every segment of it.
    even_sides : bool
        Whether constants are shifted so that as many training clips are read on either side of the middle
        as were rated there.
    smoothing_s : float
        Time over which readings are averaged, in seconds (:func:`moodscore.emotion.smooth_emotion`); 0: not.
    neutral_radius : float
        A reading nearer to the middle of the plane is neutral.
    min_dwell_s : float
        A quadrant must hold this long, in seconds, before the network switches.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    inputs: list[str] | None = Field(default=None, min_length=1)
    read_from: dict[Literal["valence", "arousal"], list[str]] | None = None
    n_mfs: PositiveInt | list[PositiveInt] = 2
    shrinkage: float | None = Field(default=100.0, gt=0.0)
    max_epochs: int = Field(default=200, ge=1)
    patience: int = Field(default=20, ge=1)
    held_back: float = Field(default=0.2, ge=0.0, lt=1.0)
    target: Literal["emotion", "code"] = "emotion"
    balanced: bool = True
    averaged: bool = False
    even_sides: bool = False
    smoothing_s: float = Field(default=6.0, ge=0.0)
    neutral_radius: float = Field(default=0.7, ge=0.0)
    min_dwell_s: float = Field(default=3.0, ge=0.0)

    @property
    def training(self) -> dict[str, Any]:
        """How :func:`moodscore.emotion.train_reader` goes about it."""
        return self.model_dump(
            include={
                "n_mfs",
                "max_epochs",
                "patience",
                "held_back",
                "target",
                "balanced",
                "shrinkage",
                "averaged",
                "even_sides",
                "read_from",
            }
        )

    @property
    def settling(self) -> dict[str, float]:
        """How :func:`moodscore.emotion.settle_emotion` goes about it."""
        return self.model_dump(include={"smoothing_s", "neutral_radius", "min_dwell_s"})
