"""Which fuzzy rules were at work."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from moodscore.fuzzy import ANFISRegressor


def rules_fired(model: "ANFISRegressor", descriptors: pd.DataFrame, *, at_most: int = 8) -> pd.DataFrame:
    """The rules that fired most on some segments.

    Parameters
    ----------
    model : ANFISRegressor
        Fitted.
    descriptors : pd.DataFrame
        The model's inputs, one row a segment, at least one.
    at_most : int
        Rules to name.

    Returns
    -------
    pd.DataFrame
        ``rule, share`` (mean normalised firing strength; over all rules they sum to 1),
        ``training_share`` and ``premise, conclusion`` in
        words, the strongest first.
    """
    from moodscore.fuzzy import rule_table

    table = rule_table(model)
    shares = model.rule_coverage(descriptors[list(model.input_names_)])
    fired = pd.DataFrame(
        {
            "rule": table["rule"],
            "share": shares,
            "training_share": table["coverage"],
            "premise": table["premise"],
            "conclusion": table["conclusion"],
        }
    )
    return fired.sort_values("share", ascending=False, kind="stable").head(at_most).reset_index(drop=True)
