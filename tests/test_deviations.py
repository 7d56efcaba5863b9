import pandas as pd
from pydantic import BaseModel

from moodscore.deviations import deviations


class Options(BaseModel):
    n: int = 3
    shape: list[int] = [1, 2]


DEFAULTS = {"seconds": 1.0, "group": Options(), "outer": {"inner": Options()}}


def test_only_what_differs_is_listed():
    parameters = {"seconds": 1.0, "group": {"n": 4, "shape": [1, 2]}, "outer": {"inner": {"shape": [2]}}}
    expected = pd.DataFrame(
        {
            "parameter": ["group.n", "outer.inner.shape"],
            "value": ["4", "[2]"],
            "default": ["3", "[1, 2]"],
        }
    )
    pd.testing.assert_frame_equal(deviations(parameters, DEFAULTS), expected)


def test_groups_may_be_models_as_nodes_get_them():
    parameters = {"seconds": 1.0, "group": Options(n=4), "outer": {"inner": Options(shape=[2])}}
    found = deviations(parameters, DEFAULTS)
    assert found["parameter"].tolist() == ["group.n", "outer.inner.shape"]
    assert found["value"].tolist() == ["4", "[2]"]


def test_nothing_differs():
    found = deviations({"seconds": 1, "seed": 5}, DEFAULTS)
    assert found.empty
    assert list(found.columns) == ["parameter", "value", "default"]
