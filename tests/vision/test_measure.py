from dataclasses import fields
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import probe_clip, sampled_frames, watched_frames, write_clip
from moodscore.progress import told
from moodscore.vision import (
    CHANNELS,
    DescriptorOptions,
    MeasureOptions,
    describe,
    fit_visual_model,
    measure,
    measure_clip,
    rgb_to_hsi,
)

FPS = 14
REAL_CLIP = Path(__file__).parents[2].parent / "shared/data/media/real_bird.mp4"
RED, BLUE, GREY = (210, 40, 40), (40, 40, 210), (128, 128, 128)


@pytest.fixture
def make_clip(tmp_path):
    def make(pictures, name="clip.mp4"):
        pictures = [np.asarray(picture, dtype=np.uint8) for picture in pictures]
        silence = np.zeros((len(pictures) * 44100 // FPS, 1), dtype=np.float32)
        write_clip(tmp_path / name, pictures, FPS, silence, 44100)
        return tmp_path / name

    return make


def measured(path, **options):
    info = probe_clip(path)
    return measure_clip(
        path, start_s=info.start_s, duration_s=info.duration_s, options=MeasureOptions(**options)
    )


def plain(colour, height=64, width=96):
    return np.broadcast_to(np.array(colour, dtype=np.uint8), (height, width, 3))


def scene(k, height=96, width=128):
    """A colourful ramp that moves by a fixed step."""
    y, x = np.mgrid[:height, :width]
    red = 128 + 90 * np.sin(2 * np.pi * (x + 2 * k) / width)
    green = 40 + 150 * y / height
    blue = 128 + 90 * np.cos(2 * np.pi * (x + y + 3 * k) / width)
    return np.stack([red, green, blue], axis=-1)


def slow_measures(path, bounds, start_s, weighted=True):
    """The definition, pixel by pixel values and full precision, without any cropping."""
    moments = [s + (e - s) * (k + 0.5) / 7 for s, e in bounds for k in range(7)]
    pictures = list(sampled_frames(path, moments, start_s=start_s))
    histograms, chroma, motion = [], [], []
    for segment in range(len(bounds)):
        seven = np.stack(pictures[7 * segment : 7 * segment + 7])
        hsi = rgb_to_hsi(seven).reshape(-1, 3)
        colour = np.ptp(seven.reshape(-1, 3).astype(float), axis=1) / 255
        hue_bins = np.rint(hsi[:, 0] * 256) % 256
        counts = [np.histogram(hue_bins, np.arange(257), weights=colour if weighted else None)[0]]
        counts += [np.histogram(hsi[:, c] * 255, np.arange(-0.5, 256.0))[0] for c in (1, 2)]
        histograms.append(np.stack(counts) / len(hsi))
        chroma.append(colour.mean())
        first = max(7 * segment - 1, 0)
        grey = [p.mean(axis=2) / 255 for p in pictures[first : 7 * segment + 7]]
        motion.append(np.median([np.abs(b - a).mean() for a, b in pairwise(grey)]))
    return np.array(histograms), np.array(motion), np.array(chroma)


@pytest.mark.parametrize("hue_weight", ["chroma", "none"])
def test_against_the_definition(make_clip, hue_weight):
    path = make_clip([scene(k) for k in range(36)])
    bounds = [(0.0, 1.0), (1.0, 2.0), (2.0, 36 / FPS)]
    histograms, motion, chroma = slow_measures(path, bounds, 0.0, weighted=hue_weight == "chroma")
    found = measured(path, hue_weight=hue_weight)
    # A value in the middle between two bins may fall on either side.
    assert np.abs(found.histograms - histograms).sum(axis=2).max() < 0.01
    np.testing.assert_allclose(found.motion, motion, rtol=1e-9)
    np.testing.assert_allclose(found.chroma, chroma, rtol=1e-6)
    assert (found.motion > 0.01).all()
    assert (found.cut_rate == 0).all()


@pytest.mark.skipif(not REAL_CLIP.exists(), reason="the real clip is not here")
def test_a_real_clip_against_the_definition():
    bounds = [(0.0, 1.0), (1.0, 2.0)]
    histograms, motion, chroma = slow_measures(REAL_CLIP, bounds, 0.0)
    found = measure_clip(REAL_CLIP, start_s=0.0, duration_s=2.0)
    assert np.abs(found.histograms - histograms).sum(axis=2).max() < 0.01
    np.testing.assert_allclose(found.motion, motion, rtol=1e-9)
    np.testing.assert_allclose(found.chroma, chroma, rtol=1e-6)


@pytest.mark.parametrize("colour", [RED, BLUE, (200, 180, 60), GREY])
def test_a_plain_colour(make_clip, colour):
    found = measured(make_clip([plain(colour)] * 28))
    wanted = rgb_to_hsi(np.array(colour, dtype=np.uint8))
    chroma = (max(colour) - min(colour)) / 255
    assert found.histograms.shape == (2, 3, 256)
    np.testing.assert_allclose(found.histograms[:, 1:].sum(axis=2), 1, atol=1e-6)
    np.testing.assert_allclose(found.histograms[:, 0].sum(axis=1), found.chroma, atol=1e-6)
    np.testing.assert_allclose(found.chroma, chroma, atol=0.03)
    for channel, spread in ((1, 5), (2, 3)):
        mean = found.histograms[0, channel] @ np.arange(256)
        assert mean == pytest.approx(255 * wanted[channel], abs=spread)
    if chroma:
        angle = np.angle(found.histograms[0, 0] @ np.exp(2j * np.pi * np.arange(256) / 256))
        assert abs((angle / (2 * np.pi) - wanted[0] + 0.5) % 1 - 0.5) < 0.01


def test_a_hard_cut_counts_once_and_is_no_motion(make_clip):
    found = measured(make_clip([plain(RED)] * 33 + [plain((230, 230, 90))] * 37))
    np.testing.assert_allclose(found.motion, 0, atol=1e-3)
    # One cut at 2.36 s; the window is cut off by the ends of the clip.
    np.testing.assert_allclose(found.cut_rate, [1 / 4.5, 1 / 5, 1 / 5, 1 / 5, 1 / 4.5])


def test_a_cut_at_the_edge_of_a_segment_is_seen(make_clip):
    found = measured(make_clip([plain((20, 20, 20))] * 14 + [plain((230, 230, 90))] * 14))
    assert (found.cut_rate == 1 / 2).all()
    np.testing.assert_allclose(found.motion, 0, atol=1e-3)


def slow_film(tmp_path, pictures, appear_s, name="slow.mov"):
    """A film whose pictures appear at ``appear_s``, without loss, the last one shown for a second."""
    path = tmp_path / name
    with av.open(str(path), "w") as out:
        video = out.add_stream("png", rate=1)
        (video.height, video.width), video.pix_fmt = pictures[0].shape[:2], "rgb24"
        video.codec_context.time_base = Fraction(1, 1000)
        for picture, appears_s in zip(pictures, appear_s, strict=True):
            frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = round(1000 * appears_s), Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def test_a_picture_counts_for_as_long_as_it_is_on_screen(tmp_path):
    """At seven moments a second: red is there at the first five of them, blue at two."""
    path = slow_film(tmp_path, [plain(RED), plain(BLUE)], [0, 5 / 7])
    found = measure_clip(path, start_s=0, duration_s=1.0, options=MeasureOptions(hue_weight="none"))
    red, blue = (np.rint(256 * rgb_to_hsi(np.array(c, np.uint8))[0]).astype(int) for c in (RED, BLUE))
    assert found.histograms[0, 0, [red % 256, blue]] == pytest.approx([5 / 7, 2 / 7])


@pytest.mark.parametrize("fps", [1, 2, 3, 5])
def test_a_slow_film_moves_from_picture_to_picture(tmp_path, fps):
    pictures = [scene(6 * k) for k in range(4 * fps)]
    path = slow_film(tmp_path, pictures, np.arange(4 * fps) / fps)
    found = measure_clip(path, start_s=0, duration_s=4.0)
    grey = [p.astype(np.uint8).mean(axis=2) / 255 for p in pictures]
    steps = [np.abs(b - a).mean() for a, b in pairwise(grey)]  # the first picture has none before it
    seconds = [steps[: fps - 1], *(steps[k * fps - 1 : (k + 1) * fps - 1] for k in (1, 2, 3))]
    np.testing.assert_allclose(found.motion, [np.median(s) if s else 0 for s in seconds], rtol=0.01)
    assert (found.cut_rate == 0).all()


def test_a_slide_show_does_not_move(tmp_path):
    slides = [plain(colour) for colour in (RED, (230, 230, 90), (20, 20, 20), GREY)]
    found = measure_clip(slow_film(tmp_path, slides, np.arange(4)), start_s=0, duration_s=4.0)
    assert (found.motion == 0).all()
    np.testing.assert_allclose(found.cut_rate, 3 / 4)


def shots_film(path, cuts, n, fps=25, codec="libx264", **options):
    """Textures that move, with another one from each of the pictures ``cuts`` on."""
    rng = np.random.default_rng(5)
    shots = [rng.integers(low, low + 60, (96, 128, 3), dtype=np.uint8) for low in (20, 170, 90, 190, 10, 120)]
    shots = [shot.repeat(2, axis=0).repeat(2, axis=1)[:96, :128] for shot in shots]
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=fps, options=options)
        video.height, video.width, video.pix_fmt = 96, 128, "yuv420p"
        for number in range(n):
            shot = shots[int(np.searchsorted(cuts, number, side="right"))]
            picture = np.roll(shot, number, axis=1)
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(video.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("scenecut.mp4", {"preset": "veryfast"}),
        ("no_scenecut.mp4", {"preset": "veryfast", "sc_threshold": "0"}),
        ("many_b.mp4", {"preset": "veryfast", "bf": "6", "b-pyramid": "none"}),
        ("no_b.mp4", {"preset": "ultrafast"}),
        ("other.webm", {"codec": "libvpx"}),
    ],
)
def test_a_cut_is_placed_to_a_picture(tmp_path, name, options):
    cuts = np.array([17, 44, 50, 93, 101])
    found = measure_clip(shots_film(tmp_path / name, cuts, 125, **options), start_s=0, duration_s=5.0)
    wanted = {0: 17, 1: 44, 2: 50, 3: 93, 4: 101}
    for segment, number in wanted.items():
        assert found.cut_s[segment] == pytest.approx(number / 25, abs=0.5 / 25)
        assert 0.35 < found.cut_strength[segment] <= 1
    assert found.cut_rate[2] == pytest.approx(5 / 5)


def test_no_cut_no_moment(make_clip):
    found = measured(make_clip([scene(k) for k in range(28)]))
    assert np.isnan(found.cut_s).all()
    assert (found.cut_strength == 0).all()


def test_a_still_does_not_move(make_clip):
    found = measured(make_clip([scene(0)] * 28))
    np.testing.assert_allclose(found.motion, 0, atol=1e-3)
    assert (found.cut_rate == 0).all()


def test_faster_is_more_motion(make_clip):
    slow = measured(make_clip([scene(k) for k in range(28)], "slow.mp4"))
    fast = measured(make_clip([scene(3 * k) for k in range(28)], "fast.mp4"))
    assert (fast.motion > 2 * slow.motion).all()


@pytest.mark.parametrize("bars", ["letterbox", "pillarbox"])
def test_bars_do_not_count(make_clip, bars):
    """The same film with and without bars has the same descriptor, but for its encoding."""
    pad = ((32, 32), (0, 0), (0, 0)) if bars == "letterbox" else ((0, 0), (64, 64), (0, 0))
    films = {
        "bare.mp4": [scene(k, 192, 256) for k in range(28)],
        "barred.mp4": [np.pad(scene(k, 192, 256), pad) for k in range(28)],
    }
    bare, barred = (measured(make_clip(film, name)) for name, film in films.items())
    np.testing.assert_allclose(barred.motion, bare.motion, rtol=0.1)
    np.testing.assert_allclose(barred.chroma, bare.chroma, atol=0.01)
    model = fit_visual_model(bare.histograms, bare.motion)
    difference = describe(barred.histograms, barred.motion, model) - describe(
        bare.histograms, bare.motion, model
    )
    assert difference[list(CHANNELS)].abs().to_numpy().max() < 0.01
    assert difference.filter(like="share").abs().to_numpy().max() < 0.03
    kept = measured(make_clip(films["barred.mp4"], "kept.mp4"), crop_bars=False)
    assert kept.histograms[0, 2, :8].sum() > 0.2


@pytest.mark.parametrize("seen", ["nothing", "too little", "too much"])
def test_a_preview_that_guessed_wrong_does_no_harm(make_clip, monkeypatch, seen):
    barred = [np.pad(scene(k, 64, 128), ((16, 16), (0, 0), (0, 0))) for k in range(28)]
    path = make_clip(barred)
    whole = list(sampled_frames(path, np.arange(0, 2, 1 / FPS), start_s=0))
    previews = {
        "nothing": [],
        "too little": [np.pad(np.full((60, 256, 3), 99, np.uint8), ((98, 98), (0, 0), (0, 0)))],
        "too much": [np.full((256, 256, 3), 99, np.uint8)],
        "all": whole,
    }
    results = []
    for shown in (previews[seen], previews["all"]):
        monkeypatch.setattr(measure, "preview_frames", lambda *_, shown=shown, **__: iter(shown))
        results.append(measured(path))
    for field in fields(results[0]):
        np.testing.assert_array_equal(getattr(results[0], field.name), getattr(results[1], field.name))
    assert results[0].histograms[:, 2, :16].sum() < 0.05


def test_bars_that_come_and_go_within_a_shot_are_picture(make_clip):
    barred = [np.pad(scene(k, 80, 128), ((8, 8), (0, 0), (0, 0))) for k in range(21)]
    path = make_clip(barred + [scene(k, 96, 128) for k in range(21, 42)])
    found, whole = measured(path), measured(path, crop_bars=False)
    np.testing.assert_array_equal(found.histograms, whole.histograms)


def test_a_film_may_mix_formats(tmp_path):
    """Bars of one shot are left out though another one fills the frame, and a cut between them is one cut."""
    bare = [scene(k, 96, 128) for k in range(14)]
    other = [255 - scene(k, 96, 128) / 4 for k in range(14)]
    barred = [np.pad(picture[16:-16], ((16, 16), (0, 0), (0, 0))) for picture in other]
    found = measured(slow_film(tmp_path, [*bare, *barred], np.arange(28) / 14, "mixed.mov"))
    assert found.histograms[1, 2, :16].sum() < 0.01
    assert found.histograms[0, 2].sum() == pytest.approx(1)
    alone = measured(
        slow_film(tmp_path, [picture[20:-20] for picture in other], np.arange(14) / 14, "alone.mov")
    )
    assert np.abs(found.histograms[1] - alone.histograms[0]).sum(axis=1).max() < 0.2
    assert found.vividness[1] == pytest.approx(alone.vividness[0], rel=0.05)
    assert found.cut_s[1] == pytest.approx(1.0, abs=0.01)


def test_a_title_is_no_picture_between_bars(tmp_path):
    """White writing on black between two pictures stays dark."""
    title = np.zeros((96, 128, 3))
    title[40:56, 30:100:3] = 255
    pictures = [scene(k) for k in range(14)] + [title] * 14 + [scene(k) for k in range(14)]
    found = measured(slow_film(tmp_path, pictures, np.arange(42) / 14))
    assert found.histograms[1, 2, :16].sum() > 0.9


def test_a_right_guess_is_decoded_once(make_clip, monkeypatch):
    path = make_clip([np.pad(scene(k, 64, 128), ((16, 16), (0, 0), (0, 0))) for k in range(28)])
    passes = []

    def counted(*args, **options):
        passes.append(args)
        return watched_frames(*args, **options)

    monkeypatch.setattr(measure, "watched_frames", counted)
    measured(path)
    assert len(passes) == 1


def test_a_black_clip_keeps_its_frame(make_clip):
    found = measured(make_clip([plain((0, 0, 0))] * 28))
    np.testing.assert_array_equal(found.histograms[:, 2, 0], 1)
    np.testing.assert_array_equal(found.histograms[:, 1, 0], 1)
    assert not found.histograms[:, 0].any()
    assert not found.chroma.any()
    assert not found.motion.any()


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), GREY, (255, 0, 0), (0, 0, 255), RED])
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("hue_weight", ["chroma", "none"])
def test_one_colour_gives_numbers_but_no_model(tmp_path, colour, n, hue_weight):
    """One picture of one colour is measured and described; three clusters cannot be made of it."""
    path = slow_film(tmp_path, [plain(colour)] * n, range(n))
    found = measure_clip(path, start_s=0, duration_s=n, options=MeasureOptions(hue_weight=hue_weight))
    hsi = rgb_to_hsi(np.array(colour, dtype=np.uint8))
    bins = np.rint(hsi * [256, 255, 255]).astype(int) % 256
    share = np.ptp(colour) / 255 if hue_weight == "chroma" else 1.0
    for channel, mass in enumerate((share, 1, 1)):
        assert found.histograms[:, channel, bins[channel]] == pytest.approx(mass)
        assert found.histograms[:, channel].sum() == pytest.approx(n * mass)
    assert (found.motion == 0).all()
    assert (found.cut_rate == 0).all()
    with pytest.raises(MoodscoreError, match=r"^hue: .* only [01] distinct .* differ in hue$"):
        fit_visual_model(found.histograms, found.motion)
    other = slow_film(tmp_path, [scene(k) for k in range(4)], range(4), "other.mov")
    trained = measure_clip(other, start_s=0, duration_s=4)
    for reduction in ("centroid", "max"):
        model = fit_visual_model(trained.histograms, trained.motion, DescriptorOptions(reduction=reduction))
        described = describe(found.histograms, found.motion, model).to_numpy()
        assert np.isfinite(described).all()
        assert ((described >= 0) & (described <= 1 + 1e-12)).all()


def test_a_clip_without_a_segment(make_clip):
    found = measured(make_clip([plain(RED)] * 5))
    assert found.histograms.shape == (0, 3, 256)
    assert len(found.motion) == len(found.cut_rate) == len(found.chroma) == 0


def test_segments_of_another_length(make_clip):
    path = make_clip([plain(RED)] * 14 + [plain(BLUE)] * 14)
    found = measure_clip(path, start_s=0, duration_s=2.0, segment_s=0.5)
    assert found.histograms.shape == (4, 3, 256)
    assert found.histograms[1, 0, 150:190].sum() < 0.01
    assert found.histograms[2, 0, 150:190].sum() > 0.5


def test_it_says_how_far_it_is(make_clip):
    path, heard = make_clip([plain(RED)] * 3 * FPS), []
    with told(heard.append):
        measured(path)
    assert heard == pytest.approx([1 / 3, 2 / 3, 1])
