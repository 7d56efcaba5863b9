"""A simulated panel: ten people who rate every scene for valence and arousal.

Each rater has a leaning of their own on each scale and is unsure from one judgement to the next; the
spread of a scene's ratings is that of published panels (standard deviations of 1.3 to 2 on a scale
of nine). The draws are stratified over the panel, so that ten raters agree on a mean as a larger
panel would.
"""

import numpy as np
import pandas as pd

from moodscore.demo.recipe import ClipRecipe, stratified_normal

N_RATERS = 10
SCALE = (1, 9)
_LEANING_SD = 0.7
_DOUBT_SD = 1.55


def simulate_ratings(recipes: list[ClipRecipe], *, seed: int) -> pd.DataFrame:
    """Ratings of every scene by every rater.

    Parameters
    ----------
    recipes : list of ClipRecipe
        The clips.
    seed : int
        Not negative; the same seed gives the same panel and the same judgements.

    Returns
    -------
    pd.DataFrame
        ``clip_id, start_s, end_s, rater, valence, arousal``: whole numbers 1..9, since raters click
        on a scale. A clip of one mood is rated as a whole (start and end empty); one that changes
        has an interval for each scene.
    """
    rng = np.random.default_rng([seed, 1])
    leanings = np.column_stack([_LEANING_SD * stratified_normal(N_RATERS, rng) for _ in range(2)])
    rows = []
    for recipe in recipes:
        changes = len(recipe.scenes) > 1
        for scene in recipe.scenes:
            interval = (round(scene.start_s, 3), round(scene.end_s, 3)) if changes else (None, None)
            doubts = np.column_stack([_DOUBT_SD * stratified_normal(N_RATERS, rng) for _ in range(2)])
            opinions = np.array([scene.valence, scene.arousal]) + leanings + doubts
            clicks = np.clip(np.rint(opinions), *SCALE).astype(int)
            rows += [
                (recipe.clip_id, *interval, f"rater_{number:02d}", *click)
                for number, click in enumerate(clicks.tolist(), start=1)
            ]
    columns = ["clip_id", "start_s", "end_s", "rater", "valence", "arousal"]
    return pd.DataFrame(rows, columns=columns)
