"""The page to listen to, read back as a browser would."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from moodscore.composing import listening

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listening, "VALENCES", (2.0, 8.0))
        patch.setattr(listening, "AROUSALS", (8.0, 2.0))
        path = tmp_path_factory.mktemp("page") / "moods.html"
        assert listening.write_page(path, seed=1, seconds=3.0) == path
    return path


def test_it_has_every_piece_inside_it_and_needs_nothing_else(page):
    text = page.read_text()
    sounds = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', text)
    assert len(sounds) == 4
    assert "http" not in text
    levels = []
    for sound in sounds:
        y, rate = soundfile.read(io.BytesIO(base64.b64decode(sound)))
        assert rate == 44100
        assert len(y) / rate == pytest.approx(3.0, abs=0.1)
        levels.append(10 * np.log10(np.mean(y**2)))
    assert min(levels[:2]) > max(levels[2:])  # excited above calm


def test_it_opens_and_says_what_is_played(page, visit):
    visited = visit(page)
    assert visited.page.locator("audio").count() == 4
    assert "valence 8, arousal 2" in visited.page.inner_text("body")
    assert visited.overflow <= 0
