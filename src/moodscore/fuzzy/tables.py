"""Sugeno rules as a table, for spreadsheets and plots."""

from typing import TYPE_CHECKING

import pandas as pd

from moodscore.fuzzy.grid import RuleGrid
from moodscore.fuzzy.rule_text import rule_clauses

if TYPE_CHECKING:
    from moodscore.fuzzy.anfis import ANFISRegressor


def rule_table(model: "ANFISRegressor") -> pd.DataFrame:
    """One row a rule of a fitted ANFIS.

    Parameters
    ----------
    model : ANFISRegressor
        Fitted.

    Returns
    -------
    pd.DataFrame [shape=(n_rules, ...)]
        ``rule`` (from 1), ``coverage`` (share of the training data it answers for), for each input
        ``INPUT_centre`` and ``INPUT_half_width`` of its bell, for each output the coefficients
        ``OUTPUT_per_INPUT`` and ``OUTPUT_constant``, and the rule in words: ``premise`` (empty if it
        always holds) and ``conclusion``.
    """
    grid = RuleGrid(model.n_mfs_)
    functions = grid.antecedents
    columns: dict[str, object] = {
        "rule": range(1, len(functions) + 1),
        "coverage": model.rule_coverage_,
    }
    for index, name in enumerate(model.input_names_):
        bells = model.premises_[index, functions[:, index]]
        columns[f"{name}_centre"] = bells[:, 2]
        columns[f"{name}_half_width"] = bells[:, 0]
    for index, output in enumerate(model.output_names_):
        for place, name in enumerate(model.input_names_):
            columns[f"{output}_per_{name}"] = model.consequents_[:, place, index]
        columns[f"{output}_constant"] = model.consequents_[:, -1, index]
    clauses = rule_clauses(grid, model.premises_, model.consequents_, model.input_names_, model.output_names_)
    columns["premise"], columns["conclusion"] = zip(*clauses, strict=True)
    return pd.DataFrame(columns)
