"""How sound is heard, as parameters."""

from pydantic import BaseModel, ConfigDict

from moodscore.sound.variants import Variant


class SoundOptions(BaseModel):
    """How tempo, loudness and rhythm are read and scaled.

    Attributes
    ----------
    variant : {"default", "paper"}
        Tempo in the 8 s around a segment and a scale for each feature; or, as in the paper, the mean of
        the tempi of tenths of a second and one scale for all three.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: Variant = "default"
