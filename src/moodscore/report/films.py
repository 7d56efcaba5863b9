"""The page on how real films are read."""

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from moodscore.report.clips import figure_address

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
:root { color-scheme: light dark; }
table { border-collapse: collapse; font-size: .85rem; } td, th { padding: .2rem .6rem; text-align: right; }
td:first-child, th:first-child { text-align: left; } tr { border-bottom: 1px solid #8884; }
section { overflow-x: auto; } img { max-width: 100%; background: white; } pre { white-space: pre-wrap; }
"""


def films_page(
    workspace: str, *, tables: Mapping[str, pd.DataFrame], rules: str, figures: Mapping[str, "Figure"]
) -> str:
    """Everything in one file that opens anywhere.

    Parameters
    ----------
    workspace : str
        Name of the run's folder.
    tables : Mapping of str to pd.DataFrame
        By title.
    rules : str
        Of the fuzzy system, one a line.
    figures : Mapping of str to Figure
        By title.
    """
    parts = [
        _section(title, table.to_html(index=False, border=0, float_format="%.3f", na_rep="–"))
        for title, table in tables.items()
    ]
    parts.append(_section("Rules", f"<pre>{html.escape(rules)}</pre>"))
    parts += [
        _section(title, f'<img alt="{html.escape(title)}" src="{figure_address(figure)}">')
        for title, figure in figures.items()
    ]
    title = html.escape(f"How {workspace} is read")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>{title}</h1>{''.join(parts)}</html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{html.escape(title)}</h2>{content}</section>"
