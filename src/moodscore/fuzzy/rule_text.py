"""Sugeno rules in words."""

from collections.abc import Sequence

import numpy as np

from moodscore.fuzzy.grid import RuleGrid


def describe_rules(
    grid: RuleGrid,
    premises: np.ndarray,
    consequents: np.ndarray,
    coverage: np.ndarray,
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> str:
    """Write one line a rule.

    Parameters
    ----------
    grid : RuleGrid
        The rules.
    premises : np.ndarray [shape=(n_inputs, max(n_mfs), 3)]
        ``[a, b, c]``.
    consequents : np.ndarray [shape=(n_rules, n_inputs + 1, n_outputs)]
        ``[p_1, ..., p_n, constant]``.
    coverage : np.ndarray [shape=(n_rules,)]
        Share of the training data that each rule answers for.
    input_names, output_names : sequence of str
        Names.

    Returns
    -------
    str
        ``IF input is c ± a AND ... THEN output = ...``; an input with a single membership function is in no
        condition.

    Examples
    --------
    >>> grid = RuleGrid((2,))
    >>> premises = np.array([[[0.5, 2.0, 0.0], [0.5, 2.0, 1.0]]])
    >>> consequents = np.array([[[1.0], [0.0]], [[-2.0], [3.0]]])
    >>> print(describe_rules(grid, premises, consequents, np.array([0.25, 0.75]), ["hue"], ["valence"]))
    R1 (covers 25.0 %): IF hue is 0 ± 0.5 THEN valence = 1 hue + 0
    R2 (covers 75.0 %): IF hue is 1 ± 0.5 THEN valence = -2 hue + 3
    """
    lines = []
    for number, functions in enumerate(grid.antecedents):
        conditions = [
            f"{name} is {premises[i, functions[i], 2]:.4g} ± {premises[i, functions[i], 0]:.4g}"
            for i, name in enumerate(input_names)
            if grid.n_mfs[i] > 1
        ]
        answers = [
            f"{name} = {_linear_text(consequents[number, :, output], input_names)}"
            for output, name in enumerate(output_names)
        ]
        premise = f"IF {' AND '.join(conditions)} THEN" if conditions else "ALWAYS"
        lines.append(f"R{number + 1} (covers {coverage[number]:.1%}): {premise} {'; '.join(answers)}")
    return "\n".join(lines).replace("%)", " %)")


def _linear_text(coefficients: np.ndarray, names: Sequence[str]) -> str:
    terms = [f"{value:.4g} {name}" for value, name in zip(coefficients, names, strict=False)]
    terms.append(f"{coefficients[-1]:.4g}")
    return " + ".join(terms).replace("+ -", "- ")
