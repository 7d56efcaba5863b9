import numpy as np
import pandas as pd

from moodscore.fuzzy import ANFISRegressor, generalised_bell, rule_table


def test_the_table_alone_predicts():
    """Bells and coefficients of the table give what the model gives."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(0, 1, (60, 2)), columns=["hue", "motion"])
    y = pd.DataFrame({"valence": X["hue"] ** 2, "arousal": X["hue"] * X["motion"]})
    model = ANFISRegressor(n_mfs=[3, 2], max_epochs=5).fit(X, y)
    table = rule_table(model)
    slopes = {name: model.premises_[i, :, :] for i, name in enumerate(X)}
    strengths = np.ones((len(X), len(table)))
    for name in X:
        for rule in table.itertuples():
            centre, width = getattr(rule, f"{name}_centre"), getattr(rule, f"{name}_half_width")
            slope = next(b for a, b, c in slopes[name] if c == centre)
            strengths[:, rule.Index] *= generalised_bell(X[name].to_numpy(), width, slope, centre)
    strengths /= strengths.sum(axis=1, keepdims=True)
    for output, name in enumerate(y):
        coefficients = table[[f"{name}_per_hue", f"{name}_per_motion"]].to_numpy()
        answers = X.to_numpy() @ coefficients.T + table[f"{name}_constant"].to_numpy()
        np.testing.assert_allclose((strengths * answers).sum(axis=1), model.predict(X)[:, output], atol=1e-9)


def test_one_row_a_rule():
    X = np.random.default_rng(0).uniform(0, 1, (40, 2))
    table = rule_table(ANFISRegressor(n_mfs=2, max_epochs=1).fit(X, X.sum(axis=1)))
    assert table["rule"].tolist() == [1, 2, 3, 4]
    assert table["coverage"].sum() == 1 or abs(table["coverage"].sum() - 1) < 1e-9
    assert table["premise"].str.contains(" AND ").all()
    assert table["conclusion"].str.contains("=").all()
