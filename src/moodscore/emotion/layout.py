"""What the user says of an export: where what stands in it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from moodscore.errors import MoodscoreError

#: Words for the two scores in the names that people give to questions.
_WORDS = {
    "valence": ("valence", "val", "pleasantness", "pleasure", "positivity", "valenz"),
    "arousal": ("arousal", "aro", "activation", "excitement", "energy", "erregung"),
}


class Layout(BaseModel):
    """Where what stands in an export; what is not said is guessed.

    Attributes
    ----------
    columns : str or None
        What a name looks like, with ``{clip}`` and ``{score}``, perhaps ``{start}`` and ``{end}`` (times),
        and ``*`` for anything: ``"{clip} [{score}]"``.
    clip : str or None
        The column that names the clip, where each row is a trial; ``valence`` and ``arousal`` are columns
        then.
    names, scores : str or None
        The column whose cells look like ``columns`` and the one with the score, where each row is a score.
    rater : str or None
        The column that names who answered.
    valence, arousal : str or None
        The word for a score in the names, or its column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: str | None = None
    clip: str | None = None
    names: str | None = None
    scores: str | None = None
    rater: str | None = None
    valence: str | None = None
    arousal: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> "Layout":
        """A layout as the catalog says it.

        Raises
        ------
        MoodscoreError
            If it has a name that is none of a layout's.
        """
        try:
            return cls.model_validate(dict(given or {}))
        except (TypeError, ValueError) as error:
            wrong = error.errors()[0]["loc"][0] if isinstance(error, ValidationError) else given
            known = ", ".join(cls.model_fields)
            raise MoodscoreError(f"layout: {wrong!r} cannot be used; a layout has {known}") from None

    def words(self, score: str) -> tuple[str, ...]:
        """What a score may be called."""
        own = getattr(self, score)
        return (own,) if own else _WORDS[score]
