import json
import re
from html.parser import HTMLParser

import pytest

from moodscore.study import render_page
from moodscore.study.answers import ANSWER_COLUMNS

CONSENT = "First & foremost,\nit is <free>.\n\nGrüße, 李"


@pytest.fixture(scope="module")
def page(key):
    return render_page(key, CONSENT)


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.text, self.open = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        self.text.setdefault(self.open[-1] if self.open else "", []).append(data)


def test_the_page_does_not_know_what_raters_must_not(page, key):
    secrets = [*key.systems, *(video.video for video in key.videos)]
    assert not [secret for secret in secrets if secret in page]
    assert json.loads(re.search(r'id="study">(.*?)</script>', page)[1]) == {
        "id": key.study_id,
        "seed": 7,
        "items": [["a1.mp4", "f1.mp4"], ["a2.mp4", "f2.mp4"], ["a3.mp4", "f3.mp4"]],
        "columns": list(ANSWER_COLUMNS),
        "playedShare": 0.8,
    }


def test_nothing_comes_from_elsewhere(page):
    urls = set(re.findall(r"\bhttps?:[^\"'\s]*", page))
    assert urls == {"http://www.w3.org/2000/svg"}  # a name, never fetched
    links = [a.get("src") or a.get("href") for _, a in Elements(page).found if "src" in a or "href" in a]
    assert links == ["data:,"]
    assert "@import" not in page and "url(" not in page


def test_the_page_is_plain_ascii(page):
    assert page.isascii() and "\ufffd" not in page


def test_the_consent_is_text(page):
    paragraphs = [text.strip() for text in Elements(page).text["p"]]
    assert "First & foremost, it is <free>." in paragraphs and "Grüße, 李" in paragraphs


def test_every_field_has_a_label(page):
    elements = Elements(page).found
    named = {attributes.get("for") for tag, attributes in elements if tag == "label"}
    texts = [a for tag, a in elements if tag == "input" and a["type"] == "text"]
    assert texts and all(attributes["id"] in named for attributes in texts)


def test_the_same_study_makes_the_same_page(page, key):
    assert render_page(key, CONSENT) == page
