"""The two readings of the method that the sound features know."""

from typing import Literal, get_args

from moodscore.errors import MoodscoreError

#: ``"default"``, or ``"paper"``: its text taken literally.
Variant = Literal["default", "paper"]


def check_variant(variant: str) -> None:
    """Refuse a variant that does not exist.

    Raises
    ------
    MoodscoreError
        If ``variant`` is neither ``"default"`` nor ``"paper"``.
    """
    if variant not in get_args(Variant):
        raise MoodscoreError(f"variant: is {variant!r}; pass one of {', '.join(get_args(Variant))}")
