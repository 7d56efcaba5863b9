from dataclasses import fields

import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import probe_clip
from moodscore.scoring import look_at, sampled_key, sighting, strip_of
from moodscore.vision import MeasureOptions

OPTIONS = MeasureOptions()


def same(one, other):
    assert one.facts == other.facts
    for field in fields(one.measures):
        first, second = getattr(one.measures, field.name), getattr(other.measures, field.name)
        assert first.dtype == second.dtype
        np.testing.assert_array_equal(first, second)


@pytest.fixture
def look(tmp_path):
    def look(path, segment_s=1.0, options=OPTIONS):
        return look_at(path, tmp_path / "cache", segment_s=segment_s, options=options)

    return look


@pytest.fixture
def measured(monkeypatch):
    """How often a video was measured."""
    calls = []

    def count(path, **options):
        calls.append(path)
        return sighting_measure(path, **options)

    sighting_measure = sighting.measure_clip
    monkeypatch.setattr(sighting, "measure_clip", count)
    return calls


def test_seen_once(make_film, look, measured, tmp_path):
    film = make_film()
    first = look(film)
    copy = tmp_path / "another name.mp4"
    copy.write_bytes(film.read_bytes())
    same(first, look(copy))
    assert measured == [film]


def test_looked_at_again_if_asked_otherwise(make_film, look, measured):
    film = make_film()
    look(film)
    assert len(look(film, segment_s=0.5).measures.motion) == 6
    look(film, options=MeasureOptions(hue_weight="none"))
    assert len(measured) == 3


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no archive", None])
def test_a_damaged_cache_is_no_cache(make_film, look, measured, tmp_path, damage):
    film = make_film()
    first = look(film)
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:-40] if damage is None else damage)
    same(first, look(film))
    assert len(measured) == 2


def test_a_cache_that_cannot_be_kept_does_no_harm(make_film, look, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    assert len(look(make_film()).measures.motion) == 3
    assert "is not kept" in caplog.text


def test_fingerprints_of_large_files(tmp_path, monkeypatch):
    monkeypatch.setattr(sighting, "_SAMPLE_BYTES", 10)
    monkeypatch.setattr(sighting, "_WHOLE_BYTES", 100)
    content = bytearray(range(200)) * 5
    keys = set()
    for changed in (None, 3, 505, 998, "longer"):
        own = bytearray(content)
        if changed == "longer":
            own += b"x"
        elif changed is not None:
            own[changed] ^= 1
        (tmp_path / "a").write_bytes(own)
        keys.add(sampled_key(tmp_path / "a"))
    assert len(keys) == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"", "is empty"),
        (b"some words\n" * 1000, "is no video file"),
        (b"#EXTM3U\n#EXTINF:3,\nfilm.mp4\n", "is no video file"),
        (b"ffconcat version 1.0\nfile film.mp4\n", "is no video file"),
        (bytes(5000), "cannot be decoded"),
    ],
)
def test_what_is_no_film(make_film, look, tmp_path, content, said):
    make_film()
    path = tmp_path / "bad.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MoodscoreError, match=said) as refusal:
        look(path)
    assert "\n" not in str(refusal.value)


def test_too_short(make_film, look):
    with pytest.raises(MoodscoreError, match=r"lasts 0\.30 s, shorter than half a segment of 1 s"):
        look(make_film(seconds=0.3))


def test_a_film_strip_is_made_once(make_film, tmp_path, monkeypatch):
    film, made = make_film(), []
    draw = sighting.film_strip
    monkeypatch.setattr(sighting, "film_strip", lambda *given, **how: made.append(how) or draw(*given, **how))
    facts = probe_clip(film)
    strips = [
        strip_of(film, tmp_path / "cache", facts, n_pictures=n_pictures, height=24)
        for n_pictures in (4, 4, 6)
    ]
    assert [len(strip) for strip in strips] == [4, 4, 6]
    np.testing.assert_array_equal(strips[0], strips[1])
    assert len(made) == 2


def test_a_strip_that_cannot_be_kept_is_drawn_all_the_same(make_film, tmp_path, caplog):
    film, cache = make_film(), tmp_path / "cache"
    cache.write_text("in the way")
    assert len(strip_of(film, cache, probe_clip(film), n_pictures=3, height=24)) == 3
    assert "what was seen is not kept" in caplog.text
