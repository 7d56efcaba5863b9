"""What tests of several rooms share: the demo corpus, and a browser."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from moodscore.compute import Compute
from moodscore.demo import ensure_corpus

PROJECT = Path(__file__).parents[1]

# Pages are looked at in the Chromium of this machine, headless, and without any network.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: So that a page may play a video that nobody clicked, into a sound card that is not there.
_FLAGS = ("--autoplay-policy=no-user-gesture-required", "--mute-audio", "--disable-gpu")
_TIMEOUT_MS = 8000
_LOCAL = ("file:", "data:", "blob:", "about:")


def pytest_collection_modifyitems(items):
    """What shares an expensive fixture stays together when tests are spread over processes.

    The whole demo corpus and runs on it are one group, every other file is a group of its own.
    """
    for item in items:
        shares_corpus = "demo_folder" in item.fixturenames or item.path.parent.name == "end_to_end"
        item.add_marker(pytest.mark.xdist_group("corpus" if shares_corpus else str(item.path)))


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """The demo corpus of the project's own seed, made once for all tests."""
    seed = yaml.safe_load((PROJECT / "conf" / "base" / "globals.yml").read_text())["seed"]
    return ensure_corpus(tmp_path_factory.mktemp("demo"), seed=seed, compute=Compute())


@pytest.fixture(scope="session")
def visual_model():
    """Fitted on nothing, for what is about other things."""
    from moodscore.vision import DescriptorOptions, VisualModel

    thirds = {channel: [1 / 3] * 3 for channel in ("hue", "saturation", "intensity")}
    return VisualModel(
        options=DescriptorOptions(),
        centres={channel: [0.1, 0.5, 0.9] for channel in thirds},
        hue_cut=0.0,
        mean_shares=thirds,
        maxima=dict.fromkeys(thirds, 1.0),
        motion_range=(0.0, 0.2),
    )


@pytest.fixture(scope="session")
def browser():
    """A Chromium that is started once."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip(f"needs a browser: none of {', '.join(_NAMES)} is installed")
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=executable, args=_FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A page that is open, and what went wrong on it."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.fixture
def visit(browser):
    """Open files: ``visit(path, color_scheme="dark", …)``, with options of Playwright's contexts.

    Movement is reduced, so that nobody waits for it. ``script`` runs before the page's own. The test
    fails if a page logs an error or a warning, throws, or asks for anything that is not a local file.
    """
    visits = []

    def go(path: Path, *, script: str = "", **options: Any) -> Visit:
        context = browser.new_context(**{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(_TIMEOUT_MS)
        page = context.new_page()
        visited = Visit(page)
        visits.append((context, visited))
        if script:
            page.add_init_script(script)
        page.on("console", lambda message: _note_message(visited, message))
        page.on("pageerror", lambda error: visited.complaints.append(f"threw {error}"))
        page.on("request", lambda request: _note_request(visited, request.url))
        page.goto(path.as_uri())
        return visited

    yield go
    for context, _ in visits:
        context.close()
    assert [visited.complaints for _, visited in visits] == [[]] * len(visits)


def _note_message(visited: Visit, message: Any) -> None:
    if message.type in ("error", "warning", "assert"):
        visited.complaints.append(f"console: {message.text}")


def _note_request(visited: Visit, url: str) -> None:
    if not url.startswith(_LOCAL):
        visited.complaints.append(f"asked for {url}")
