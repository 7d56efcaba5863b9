"""The page that raters work through: one file of HTML, without a server and without any outside resource."""

from functools import cache
from typing import TYPE_CHECKING

from moodscore.study.answers import ANSWER_COLUMNS
from moodscore.study.assignment import files_of
from moodscore.study.key import StudyKey

if TYPE_CHECKING:
    from jinja2 import Template

#: Share of a video that must have been played before it can be rated: enough to know its music,
#: and without waiting for the last picture to fade.
PLAYED_SHARE = 0.8


def render_page(key: StudyKey, consent: str) -> str:
    """The page of a study; its files lie beside it under their blinded names.

    The page keeps a rater's progress in the browser, and at the end offers the answers as a CSV file
    of the columns that :func:`moodscore.study.read_answers` reads.

    Parameters
    ----------
    key : StudyKey
        The study. Of the key only the ``study_id``, the seed and the blinded names reach the page.
    consent : str
        What raters agree to before they begin, paragraphs parted by blank lines. Plain text.

    Returns
    -------
    str
        HTML, all ASCII.
    """
    study = {
        "id": key.study_id,
        "seed": key.seed,
        "items": [files_of(video) for video in key.videos],
        "columns": ANSWER_COLUMNS,
        "playedShare": PLAYED_SHARE,
    }
    paragraphs = [" ".join(part.split()) for part in consent.strip().split("\n\n")]
    page = _template().render(study=study, consent=paragraphs)
    # So that no editor, mail programme or web server can spoil it.
    return page.encode("ascii", "xmlcharrefreplace").decode()


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("moodscore.study.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.j2")
