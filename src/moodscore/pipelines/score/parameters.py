"""Parameters of the score pipeline."""

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class ScoreOptions(BaseModel):
    """Which video is scored, and how.

    Attributes
    ----------
    video : str
        The video file.
    emotion : str
        What it is to feel like where the reading is not to count, see `moodscore.scoring.parse_cues`;
        empty keeps the reading.
    keep_audio_db : float or None
        Level at which the video's own sound is kept under the music, in dB relative to its own; None
        leaves it out.
    take : int
        0 is the best music, every other number is other music that fits nearly as well.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    video: str = ""
    emotion: str = ""
    keep_audio_db: FiniteFloat | None = Field(default=None, ge=-60, le=20)
    take: int = Field(default=0, ge=0)
