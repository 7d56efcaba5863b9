"""The study's page as a rater meets it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from moodscore.media import write_clip
from moodscore.study import assignment, blinded_name, make_key, mos_table, read_answers, render_page
from moodscore.study.answers import ANSWER_COLUMNS

SYSTEMS = ("moodscore", "paper")
VIDEOS = ("alps", "beach")
SECONDS, FPS, RATE = 0.6, 10, 44_100
RATER = 'Zoë "Z", 李'
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NO_STORAGE = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two short videos with the music of two systems, ready to be handed to raters."""
    folder = tmp_path_factory.mktemp("study")
    rng = np.random.default_rng(0)
    files = {}
    for video in VIDEOS:
        colour = rng.integers(60, 200, 3)
        frames = [np.full((36, 64, 3), colour, dtype=np.uint8)] * round(SECONDS * FPS)
        for system in SYSTEMS:
            sound = 0.05 * rng.standard_normal((round(SECONDS * RATE), 2)).astype(np.float32)
            write_clip(folder / "clip.mp4", frames, FPS, sound, RATE)
            files[video, system] = blinded_name(video, system, folder / "clip.mp4")
            (folder / "clip.mp4").rename(folder / files[video, system])
    key = make_key(files, SYSTEMS, seed=3)
    page = folder / "index.html"
    page.write_text(render_page(key, "Taking part is voluntary."), encoding="ascii")
    return SimpleNamespace(key=key, page=page)


class Rater:
    """Somebody who works through the page."""

    def __init__(self, page):
        self.page = page

    def begin(self, name=RATER):
        self.page.get_by_label("Your name or code").fill(name)
        self.page.get_by_label("I have read this").check()
        self.page.get_by_role("button", name="Begin", exact=True).click()

    def next(self):
        self.page.get_by_role("button", name="Next", exact=True).click()

    def play(self):
        self.page.locator("video").press("Space")
        self.page.locator("fieldset:enabled").first.wait_for()

    def score(self, scale, score):
        self.page.locator(f'label:has(input[name="{scale}"][value="{score}"])').click()

    def prefer(self, choice):
        self.page.locator(f'label:has(input[value="{choice}"])').click()

    @property
    def complaint(self):
        return self.page.locator(".complaint").inner_text()

    @property
    def shown(self):
        return [
            source.rpartition("/")[2]
            for source in self.page.eval_on_selector_all("video", "v => v.map(x => x.src)")
        ]

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()


def test_a_whole_session_and_what_is_read_of_it(study, visit, tmp_path):
    visited = visit(study.page, accept_downloads=True)
    rater = Rater(visited.page)
    assert visited.page.locator("#memory").is_hidden()
    visited.page.get_by_role("button", name="Begin", exact=True).click()
    assert rater.complaint == "Please enter a name or code."
    rater.begin()

    scores = np.random.default_rng(1).integers(1, 10, (len(VIDEOS), len(SYSTEMS), 2)).tolist()
    choices = ["B", "Either"]
    for presentation, by_version, choice in zip(assignment(study.key, RATER), scores, choices, strict=True):
        for file, (valence, arousal) in zip(presentation.files, by_version, strict=True):
            assert rater.shown == [file] and visited.overflow <= 0
            rate(rater, visited.page, valence, arousal)
        assert rater.shown == list(presentation.files)
        rater.next()
        assert rater.complaint == "Please choose A, B or either."
        rater.prefer(choice)
        rater.next()
    assert rater.heading == "Thank you"
    assert visited.page.locator("progress").evaluate("bar => bar.value === bar.max")

    visited.page.reload()
    with visited.page.expect_download() as download:
        visited.page.get_by_role("button", name="Save my answers").click()
    assert download.value.suggested_filename.startswith(f"answers-{study.key.study_id}-")
    download.value.save_as(tmp_path / "answers.csv")
    check_file(tmp_path / "answers.csv", study.key)
    check_answers(*read_answers(tmp_path, study.key), study.key, scores, choices)


def rate(rater, page, valence, arousal):
    """Watch, answer, go back and forth, come back after a reload, go on."""
    rater.next()
    assert rater.complaint == "Please watch the video first."
    assert page.locator("fieldset:disabled").count() == 2
    rater.play()
    rater.next()
    assert rater.complaint == "Please answer both questions."
    rater.score("valence", 10 - valence)  # a mind may change
    rater.score("valence", valence)
    page.locator('input[name="arousal"]').first.focus()
    page.keyboard.press("Space")
    for _ in range(arousal - 1):
        page.keyboard.press("ArrowRight")
    before = rater.heading
    rater.next()
    page.get_by_role("button", name="Back").click()
    page.reload()
    assert rater.heading == before
    for scale, score in (("valence", valence), ("arousal", arousal)):
        assert page.locator(f'input[name="{scale}"]:checked').input_value() == str(score)
    rater.next()


def check_file(path, key):
    """RFC 4180, UTF-8; a row an answer, each with what is needed to know what it is about."""
    content = path.read_bytes()
    assert content.endswith(b"\r\n") and content.count(b"\n") == content.count(b"\r\n") == 7
    table = pd.read_csv(path, dtype=str)
    assert list(table) == list(ANSWER_COLUMNS)
    assert set(table["rater"]) == {RATER} and set(table["study_id"]) == {key.study_id}
    assert set(table["seed"]) == {"3"} and pd.to_datetime(table["answered_at"]).notna().all()
    order = [(str(p.position), str(p.item)) for p in assignment(key, RATER)]
    assert list(dict.fromkeys(zip(table["position"], table["item"], strict=True))) == order


def check_answers(ratings, preferences, key, scores, choices):
    systems = {version.file: version.system for video in key.videos for version in video.versions}
    shown = assignment(key, RATER)
    given = {
        (key.videos[p.item - 1].video, systems[file]): by_file
        for p, by_version in zip(shown, scores, strict=True)
        for file, by_file in zip(p.files, by_version, strict=True)
    }
    targets = pd.DataFrame({"valence": [2.0, 8.0], "arousal": [3.0, 7.0]}, index=list(VIDEOS))
    table = mos_table(ratings, targets)
    assert len(table) == 4 and (table["n"] == 1).all()
    for row in table.itertuples():
        assert [row.valence_mean, row.arousal_mean] == given[row.video, row.system]
    preferred = dict(zip(preferences["video"], preferences["preferred"], strict=True))
    expected = {
        key.videos[p.item - 1].video: "either" if choice == "Either" else systems[p.files["AB".index(choice)]]
        for p, choice in zip(shown, choices, strict=True)
    }
    assert preferred == expected


def test_the_page_draws_what_the_analysis_replays(study, visit):
    page = visit(study.page).page
    for rater in ("", "a", RATER, *(f"rater {number}" for number in range(60))):
        drawn = page.evaluate("rater => assignment(rater)", rater)
        assert drawn == [
            {"position": p.position, "item": p.item, "files": list(p.files)}
            for p in assignment(study.key, rater)
        ]


def test_the_generator_draws_as_python_does_for_many_items(study, visit):
    page = visit(study.page).page
    files = {(f"v{n:03}", s): f"{s}{n:03}" for n in range(200) for s in SYSTEMS}
    key = make_key(files, SYSTEMS, seed=3)
    items = [[version.file for version in video.versions] for video in key.videos]
    drawn = page.evaluate(
        "([id, items]) => { STUDY.id = id; STUDY.items = items; return assignment('anna'); }",
        [key.study_id, items],
    )
    assert [(d["item"], tuple(d["files"])) for d in drawn] == [
        (p.item, p.files) for p in assignment(key, "anna")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_step_fits_a_phone_and_can_be_read(study, visit, scheme):
    visited = visit(study.page, color_scheme=scheme, **PHONE)
    rater = Rater(visited.page)
    assert visited.overflow <= 0
    background = luminance(visited.page, "--ground")
    assert background < 0.1 if scheme == "dark" else background > 0.8
    for text, ground in (
        ("--ink", "--sheet"),
        ("--soft", "--sheet"),
        ("--soft", "--ground"),
        ("--warn", "--sheet"),
        ("--accent-ink", "--accent"),
        ("--accent", "--tint"),
        ("--accent", "--sheet"),
    ):
        assert contrast(visited.page, text, ground) >= 4.5, (text, ground)
    rater.begin("w" * 60)
    for step in range(visited.page.evaluate("steps.length")):
        visited.page.evaluate("step => { state.step = step; show(); }", step)
        assert visited.overflow <= 0, rater.heading
    targets = visited.page.evaluate(
        "state.step = 0; show(); [...document.querySelectorAll('.mark')]"
        ".map(m => Math.min(m.offsetWidth, m.offsetHeight))"
    )
    assert len(targets) == 18 and min(targets) >= 24  # WCAG 2.2, target size


def contrast(page, *names):
    """The ratio of WCAG 2.2 of two colours of the style sheet."""
    darker, lighter = sorted(luminance(page, name) for name in names)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(page, name):
    code = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", name)
    channels = np.array([int(code.strip()[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_without_storage_it_works_and_says_so(study, visit):
    page = visit(study.page, script=NO_STORAGE).page
    rater = Rater(page)
    assert "does not keep your progress" in page.locator("#memory").inner_text()
    rater.begin()
    rater.play()
    rater.score("valence", 3)
    rater.score("arousal", 4)
    rater.next()
    assert "Music B" in rater.heading
    page.get_by_role("button", name="Back").click()
    assert page.locator('input[name="valence"]:checked').input_value() == "3"


def test_a_video_that_cannot_be_played_is_passed_over(study, visit, tmp_path):
    for video in study.key.files:
        (tmp_path / video).write_text("no film")
    (tmp_path / "index.html").write_bytes(study.page.read_bytes())
    page = visit(tmp_path / "index.html").page
    rater = Rater(page)
    rater.begin()
    page.get_by_text("cannot be played").wait_for()
    assert page.locator("fieldset:disabled").count() == 2
    rater.next()
    assert "Music B" in rater.heading


def test_only_keys_are_needed_and_the_focus_is_seen(study, visit):
    page = visit(study.page).page
    keys = page.keyboard
    keys.press("Tab")
    keys.type("anna")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.press("Enter")
    assert Rater(page).heading.endswith("Music A")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    keys.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"
    keys.press("Space")
    page.locator("fieldset:enabled").first.wait_for()
    page.locator('input[name="valence"]').first.focus()
    keys.press("ArrowLeft")
    assert page.locator('input[name="valence"]:checked').input_value() == "9"
    mark = "document.querySelector('input[name=\"valence\"]:checked + .mark')"
    assert page.evaluate(f"getComputedStyle({mark}).outlineStyle") == "solid"


def test_another_rater_starts_from_nothing(study, visit):
    page = visit(study.page).page
    Rater(page).begin()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Start over").click()
    assert Rater(page).heading.startswith("What does this music")
    page.reload()
    assert Rater(page).heading.startswith("What does this music")


def test_seeking_to_the_end_is_not_watching(study, visit):
    page = visit(study.page).page
    Rater(page).begin()
    page.wait_for_function("document.querySelector('video').readyState >= 1")  # before that it cannot seek
    page.evaluate("document.querySelector('video').currentTime = 0.5")
    page.wait_for_function("!document.querySelector('video').seeking")
    page.locator("video").press("Space")
    page.wait_for_function("document.querySelector('video').ended")
    assert page.locator("fieldset:disabled").count() == 2
