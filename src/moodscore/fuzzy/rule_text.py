"""Sugeno rules in words.

The membership functions of an input are named by the order of their centres, which training may have
changed.
"""

from collections.abc import Sequence

import numpy as np

from moodscore.fuzzy.grid import RuleGrid

#: Names of so many membership functions, in the order of their centres; more than these are numbered.
_TERMS = {
    2: ("low", "high"),
    3: ("low", "medium", "high"),
    4: ("low", "medium-low", "medium-high", "high"),
    5: ("low", "medium-low", "medium", "medium-high", "high"),
}


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
        ``R1: IF input is low (c ± a) AND ... THEN output = ...; fires in ... % of the data``. An input with
        a single membership function is in no condition.

    Examples
    --------
    >>> grid = RuleGrid((2,))
    >>> premises = np.array([[[0.5, 2.0, 0.0], [0.5, 2.0, 1.0]]])
    >>> consequents = np.array([[[1.0], [0.0]], [[-2.0], [3.0]]])
    >>> print(describe_rules(grid, premises, consequents, np.array([0.25, 0.75]), ["hue"], ["valence"]))
    R1: IF hue is low (0 ± 0.5) THEN valence = 1 hue + 0; fires in 25.0 % of the data
    R2: IF hue is high (1 ± 0.5) THEN valence = -2 hue + 3; fires in 75.0 % of the data
    """
    rules = rule_clauses(grid, premises, consequents, input_names, output_names)
    return "\n".join(
        f"R{number}: {f'IF {premise} THEN' if premise else 'ALWAYS'} {conclusion}; "
        f"fires in {100 * share:.1f} % of the data"
        for number, ((premise, conclusion), share) in enumerate(zip(rules, coverage, strict=True), start=1)
    )


def rule_clauses(
    grid: RuleGrid,
    premises: np.ndarray,
    consequents: np.ndarray,
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> list[tuple[str, str]]:
    """What each rule asks and what it answers.

    Parameters
    ----------
    grid, premises, consequents, input_names, output_names
        As for `describe_rules`.

    Returns
    -------
    list of (str, str)
        ``input is low (c ± a) AND ...``, empty where no input has two membership functions, and
        ``output = ...``, several outputs separated by semicolons.
    """
    terms = [_terms(bells[:count]) for bells, count in zip(premises, grid.n_mfs, strict=True)]
    clauses = []
    for rule, functions in enumerate(grid.antecedents):
        conditions = [
            f"{name} is {terms[i][functions[i]]}" for i, name in enumerate(input_names) if grid.n_mfs[i] > 1
        ]
        answers = [
            f"{name} = {_linear_text(consequents[rule, :, output], input_names)}"
            for output, name in enumerate(output_names)
        ]
        clauses.append((" AND ".join(conditions), "; ".join(answers)))
    return clauses


def _terms(bells: np.ndarray) -> list[str]:
    """Name, centre and half-width of each bell [shape=(n_mfs, 3)]; the name by the rank of the centre."""
    count = len(bells)
    names = _TERMS.get(count) or [f"level {rank} of {count}" for rank in range(1, count + 1)]
    ranks = np.argsort(np.argsort(bells[:, 2], kind="stable"))
    return [
        f"{names[rank]} ({centre:.4g} ± {half_width:.4g})"
        for rank, (half_width, _, centre) in zip(ranks, bells, strict=True)
    ]


def _linear_text(coefficients: np.ndarray, names: Sequence[str]) -> str:
    terms = [f"{value:.4g} {name}" for value, name in zip(coefficients, names, strict=False)]
    terms.append(f"{coefficients[-1]:.4g}")
    return " + ".join(terms).replace("+ -", "- ")
