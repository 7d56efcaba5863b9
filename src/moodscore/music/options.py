"""What a user may choose about the music."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

#: Systems that can make the soundtracks of a run.
System = Literal["moodscore", "composed", "collage", "paper"]
#: Price of a join, in seconds of the largest target cost: what a jump must earn back. With "some" a good
#: jump to music that suits the picture better by an eighth pays after about 16 beats.
JOIN_PRICES = {"few": 3.0, "some": 1.0, "many": 1 / 3}


class UnitSelection(BaseModel):
    """What counts in unit selection, a second at a time (the system ``collage``), and how much.

    Every distance weighted here is 0 for no difference and about 1 for the largest met in practice. More
    weight on the joins lets a piece of music run on for longer, at the price of following the picture less.

    Attributes
    ----------
    n_candidates : int
        Candidates a segment, before the true neighbours of the candidates of the segment before join
        them. At least 1.
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

    n_candidates: int = Field(default=20, ge=1)
    join_weight: FiniteFloat = Field(default=0.9, ge=0)
    key_weight: FiniteFloat = Field(default=0.3, ge=0)
    tempo_weight: FiniteFloat = Field(default=0.3, ge=0)
    no_repeat_s: FiniteFloat = Field(default=8.0, ge=0)


class MusicOptions(BaseModel):
    """Which music is used, and how it is chosen and joined.

    Attributes
    ----------
    system : {"moodscore", "composed", "collage", "paper"}
        What makes the soundtracks: runs of music from scene to scene; new music; unit selection, a second at
        a time; or the nearest snippet and hard cuts (Sergio & Lee 2020).
    music : {"both", "soundtracks", "library"}
        What they are made of; both is whatever there is of the two.
    emotion_weight : float
        Of the distance in valence and arousal, against that in tempo, loudness and rhythm together (which
        has weight 1). The system ``paper`` does not know it.
    song : str
        The only piece that ``moodscore`` may use: the name of its file, or the end of its path; empty for
        any.
    cuts : {"few", "some", "many"}
        How readily ``moodscore`` leaves music that would play on, see `JOIN_PRICES`.
    change_at : {"scenes", "never"}
        Where ``moodscore`` may go on with another piece.
    no_repeat_s : float
        In ``moodscore`` a beat does not sound again sooner than this, in seconds, as far as there is music
        enough.
    soundfont : str
        A General MIDI soundfont that plays what is composed; empty for the built-in synthesis.
    collage : UnitSelection
        Of the system ``collage``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: System = "moodscore"
    music: Literal["both", "soundtracks", "library"] = "both"
    emotion_weight: FiniteFloat = Field(default=1.0, ge=0)
    song: str = ""
    cuts: Literal["few", "some", "many"] = "some"
    change_at: Literal["scenes", "never"] = "scenes"
    no_repeat_s: FiniteFloat = Field(default=30.0, ge=0)
    soundfont: str = ""
    collage: UnitSelection = Field(default_factory=UnitSelection)
