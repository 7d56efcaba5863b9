"""What a user may choose about the music."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat


class UnitSelection(BaseModel):
    """Which music is used, and what counts in unit selection, and how much.

    Every distance weighted here is 0 for no difference and about 1 for the largest met in practice. More
    weight on the joins lets a piece of music run on for longer, at the price of following the picture less.

    Attributes
    ----------
    system : {"moodscore", "paper"}
        What makes the soundtracks: unit selection and crossfades, or the nearest snippet and hard cuts
        (Sergio & Lee 2020), which the other options do not touch.
    music : {"soundtracks", "library", "both"}
        What they are made of.
    n_candidates : int
        Candidates a segment, before the true neighbours of the candidates of the segment before join
        them. At least 1.
    emotion_weight : float
        Of the distance in valence and arousal, against eq. 9 in tempo, loudness and rhythm (which has
        weight 1).
    join_weight : float
        Of the difference of the edge frames.
    key_weight : float
        Of the distance on the circle of fifths.
    tempo_weight : float
        Of the change of tempo.
    no_repeat_s : float
        A snippet does not come back sooner than this, in seconds; 0 lets it repeat freely.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: Literal["moodscore", "paper"] = "moodscore"
    music: Literal["soundtracks", "library", "both"] = "soundtracks"
    n_candidates: int = Field(default=20, ge=1)
    emotion_weight: FiniteFloat = Field(default=1.0, ge=0)
    join_weight: FiniteFloat = Field(default=0.9, ge=0)
    key_weight: FiniteFloat = Field(default=0.3, ge=0)
    tempo_weight: FiniteFloat = Field(default=0.3, ge=0)
    no_repeat_s: FiniteFloat = Field(default=8.0, ge=0)
