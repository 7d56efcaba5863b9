"""Fuzzy inference that learns: the adaptive-network-based fuzzy inference system (ANFIS).

Conventions
-----------
First-order Sugeno rules on a grid: every rule joins one membership function of every input with
"and" (the product); the *last* input varies fastest. A membership function is a generalised bell with
the premise parameters ``[a, b, c]``: half-width, slope, centre. The consequent of a rule is
``[p_1, ..., p_n, constant]``. Tables of data have a row a sample; inside the room the sample axis is the
last one, so that every elementary operation runs along memory.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "anfis": ["ANFISRegressor"],
        "membership": ["generalised_bell"],
        "tables": ["rule_table"],
    },
)
