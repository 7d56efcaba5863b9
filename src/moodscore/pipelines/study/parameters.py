"""Parameters of the study pipeline."""

from pydantic import BaseModel, ConfigDict, Field, field_validator


class StudyOptions(BaseModel):
    """What raters are shown.

    Attributes
    ----------
    systems : tuple of str
        One or two of :data:`moodscore.music.SYSTEMS`. With two, raters also say which they prefer.
    n_videos : int
        At most so many videos are shown, drawn at random where there are more; a rater watches each
        with the music of each system.
    consent : str
        What raters agree to before they begin; blank lines part paragraphs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    systems: tuple[str, ...] = Field(default=("moodscore", "paper"), min_length=1, max_length=2)
    n_videos: int = Field(default=8, ge=1)
    consent: str = Field(min_length=1)

    @field_validator("systems")
    @classmethod
    def _are_systems(cls, systems: tuple[str, ...]) -> tuple[str, ...]:
        from moodscore.music import SYSTEMS

        for system in systems:
            if system not in SYSTEMS:
                raise ValueError(f"no system is called {system!r}; there are {', '.join(SYSTEMS)}")
        if len(set(systems)) < len(systems):
            raise ValueError("a system is not compared with itself; name two, or one alone")
        return systems
