"""Where the parameters of a run differ from the default."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from pydantic import BaseModel


def deviations(parameters: Mapping[str, Any], defaults: Mapping[str, Any]) -> pd.DataFrame:
    """List the parameters that are not the default.

    Parameters
    ----------
    parameters : Mapping of str to object
        Of the run, groups nested in groups; a group may be a Pydantic model, as nodes get it.
    defaults : Mapping of str to object
        The same names; a group is a Pydantic model with its defaults. A parameter that is not among them
        has no default and is left out.

    Returns
    -------
    pd.DataFrame
        ``parameter`` (groups separated by dots), ``value`` and ``default`` as text.
    """
    rows = [
        (name, str(value), str(default))
        for name, value, default in _pairs(parameters, defaults)
        if value != default
    ]
    return pd.DataFrame(rows, columns=["parameter", "value", "default"])


def _pairs(
    parameters: Mapping[str, Any], defaults: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    for name, default in defaults.items():
        if name not in parameters:
            continue
        value, default = _plain(parameters[name]), _plain(default)
        if isinstance(default, Mapping):
            yield from _pairs(value, default, f"{prefix}{name}.")
        else:
            yield prefix + name, value, default


def _plain(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else value
