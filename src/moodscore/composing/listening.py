"""A page for ears: pieces over a grid of moods in one HTML file, the sound inside it."""

import base64
import html
import io
from pathlib import Path

import numpy as np

from moodscore.composing.brief import CompositionBrief, FilmScene
from moodscore.composing.composer import compose
from moodscore.composing.composition import Composition
from moodscore.composing.moods import Mood, plain_targets
from moodscore.files import write_text
from moodscore.samples import SampleSource

SAMPLE_RATE = 44100
#: Valences from left to right, arousals from top to bottom.
VALENCES, AROUSALS = (1.5, 3.25, 5.0, 6.75, 8.5), (8.5, 6.75, 5.0, 3.25, 1.5)
#: No piece peaks higher; softer ones stay as soft as they are.
_PEAK = 0.9

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}
.grid{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:.6rem}
.piece{border-radius:.6rem;padding:.6rem;background:color-mix(in oklab,var(--c) 22%,Canvas)}
.piece b{display:block}.piece small{display:block;opacity:.8;min-height:4.5em}
audio{width:100%;height:2rem}
.axis{text-align:center;opacity:.7;margin:.4rem}
@media(max-width:50rem){.grid{grid-template-columns:1fr}}
"""
_SCRIPT = """
addEventListener('play',e=>document.querySelectorAll('audio').forEach(a=>a!==e.target&&a.pause()),true)
"""


def brief_of_mood(
    valence: float, arousal: float, seconds: float, *, sample_rate: int = SAMPLE_RATE
) -> CompositionBrief:
    """A film of one mood whose targets are those of the literature.

    Parameters
    ----------
    valence, arousal : float
        1..9.
    seconds : float
        Length.
    sample_rate : int
        Samples a second.
    """
    mood = Mood.of(valence, arousal)
    scene = FilmScene(0.0, seconds, valence, arousal, mood.name)
    targets = plain_targets(valence, arousal, max(1, int(seconds)))
    return CompositionBrief([scene], targets, round(seconds * sample_rate), sample_rate)


def write_page(
    path: str | Path, *, seed: int = 0, seconds: float = 16.0, soundfont: str | Path | None = None
) -> Path:
    """Compose the grid and write it as a page that needs nothing else.

    Parameters
    ----------
    path : path
        The HTML file.
    seed : int
        Not negative.
    seconds : float
        Length of each piece.
    soundfont : path, optional
        To play it with; the built-in orchestra by default.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    MoodscoreError
        If the file cannot be written or the soundfont not be played.
    """
    cells = []
    for arousal in AROUSALS:
        for valence in VALENCES:
            piece = compose(brief_of_mood(valence, arousal, seconds), seed=seed)
            cells.append(_cell(valence, arousal, piece, piece.track(soundfont=soundfont)))
    title = f"Composed moods, seed {seed}"
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title><style>{_STYLE}</style></head><body>
<h1>{title}</h1>
<p>From left to right valence rises from {VALENCES[0]:g} to {VALENCES[-1]:g}, from bottom to top arousal from
{AROUSALS[-1]:g} to {AROUSALS[0]:g}, on the raters' scale of 1 to 9. Levels are as composed: calm is soft.</p>
<p class="axis">▲ more excited</p><div class="grid">{"".join(cells)}</div>
<p class="axis">more positive ▶</p><script>{_SCRIPT}</script></body></html>
"""
    write_text(path, page)
    return Path(path)


def _cell(valence: float, arousal: float, piece: Composition, track: SampleSource) -> str:
    """One piece: what it is, and its sound."""
    bars = piece.bars
    players = sorted({name for row in bars["instruments"] for name in row.split(", ")})
    chords = " · ".join(bars["chord"].head(8))
    hue = round(40 + 110 * (9 - arousal) / 8) if valence >= 5 else round(360 - 130 * (9 - arousal) / 8)
    sound = base64.b64encode(mp3(track)).decode()
    return (
        f'<div class="piece" style="--c:hsl({hue} 70% 50%)"><b>valence {valence:g}, arousal {arousal:g}</b>'
        f"<small>{html.escape(bars['key'].iloc[0])}, {bars['tempo_bpm'].median():.0f} bpm, "
        f"{html.escape(', '.join(players))}<br>{html.escape(chords)}</small>"
        f'<audio controls preload="none" src="data:audio/mpeg;base64,{sound}"></audio></div>'
    )


def mp3(track: SampleSource) -> bytes:
    """The sound of a short track as an MP3 file, its peak below full scale."""
    import soundfile

    sound = track.read(0, track.n_samples)
    sound = sound * min(1.0, _PEAK / max(float(np.abs(sound).max()), 1e-9))
    content = io.BytesIO()
    soundfile.write(content, sound, track.sample_rate, format="MP3", compression_level=0.55)
    return content.getvalue()
