"""The quality gate: what is wrong with a track, in plain words.

Every check is of the sound itself or of the cue sheet it was made from, never of what was intended, so that
it holds for any system. Music may well be quiet, sudden and repetitive; each limit lies beyond that.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from moodscore.ahead import read_ahead
from moodscore.samples import SampleSource
from moodscore.vocabulary import JOINS

FINDING_COLUMNS = ("check", "at_s", "finding")
#: A step from one sample to the next clicks if it is this high, of full scale, and so many times as high
#: as any in the music around the seam.
SEAM_STEP = 0.05
SEAM_RATIO = 2.0
SEAM_S = 0.002
SEAM_GROUND_S = 0.02
#: Below this level (dBFS) for so long (s), outside the fades, the music is gone.
SILENCE_DBFS = -80.0
MAX_SILENCE_S = 0.5
_LEVEL_FRAME_S = 0.05
#: The fades of a track: where it may be silent.
_FADE_S = 2.0
_FADE_SHARE = 0.1
FULL_SCALE = 1.0
#: A snippet heard so many times within so many segments is stuck.
MAX_TIMES = 3
STUCK_SEGMENTS = 8
#: A score that jumps or changes more often (a minute), and at least so many times, is a collage.
MAX_JOINS_A_MINUTE = 6.0
MIN_JOINS = 4
#: Samples in memory at a time: 24 s, 8 MB.
_BLOCK = 1 << 20

Finding = tuple[str, float, str]


def inspect_track(track: SampleSource, cues: pd.DataFrame) -> pd.DataFrame:
    """Find what is wrong with a track.

    Parameters
    ----------
    track : SampleSource
        The track; read in blocks, never held whole.
    cues : pd.DataFrame
        The cue sheet it was made from.

    Returns
    -------
    pd.DataFrame
        `FINDING_COLUMNS`, one row a finding, in order of time within a check; empty for a sound track.
        ``check`` is one of ``length``, ``clipping``, ``silence``, ``seam``, ``repetition``, ``joins``;
        ``at_s`` the time from the start.

    Examples
    --------
    >>> from moodscore.samples import ArraySource
    >>> cues = pd.DataFrame({"start_sample": [0], "stop_sample": [800], "join": ["start"],
    ...                      "source_clip": ["a"], "source_segment": [0], "start_s": [0.0], "end_s": [0.1]})
    >>> noise = ArraySource(0.1 * np.random.default_rng(0).normal(size=(700, 2)), 8000)
    >>> inspect_track(noise, cues)["finding"].tolist()
    ['the track has 700 samples, its cue sheet 800']
    """
    findings = [
        *_check_length(track, cues),
        *_check_sound(track),
        *_check_seams(track, cues),
        *(_check_joins(cues) if "scene" in cues else _check_repetition(cues)),
    ]
    return pd.DataFrame(findings, columns=list(FINDING_COLUMNS)).astype({"at_s": np.float64})


def _check_length(track: SampleSource, cues: pd.DataFrame) -> Iterator[Finding]:
    planned = int(cues["stop_sample"].iloc[-1])
    if track.n_samples != planned:
        yield "length", 0.0, f"the track has {track.n_samples} samples, its cue sheet {planned}"


def _check_sound(track: SampleSource) -> list[Finding]:
    """Clipping and silence, in one go through the sound."""
    rate = track.sample_rate
    frame = round(_LEVEL_FRAME_S * rate)
    block = _BLOCK // frame * frame
    n_over, first_over, powers = 0, 0, []
    for start, sound in read_ahead(_blocks(track, block), 1):
        over = np.unique(np.nonzero(~(np.abs(sound) <= FULL_SCALE))[0])  # what is no number is over, too
        if len(over) and not n_over:
            first_over = start + int(over[0])
        n_over += len(over)
        whole = sound[: len(sound) // frame * frame].astype(np.float64)
        powers.append((whole**2).reshape(len(whole) // frame, -1).mean(axis=1))
    clipped = "clipping", first_over / rate, f"{n_over} samples are beyond full scale, or no numbers"
    return ([clipped] if n_over else []) + list(_check_silence(np.concatenate(powers), track, frame))


def _blocks(track: SampleSource, block: int) -> Iterator[tuple[int, np.ndarray]]:
    for start in range(0, track.n_samples, block):
        yield start, track.read(start, min(start + block, track.n_samples))


def _check_silence(powers: np.ndarray, track: SampleSource, frame: int) -> Iterator[Finding]:
    duration_s = track.n_samples / track.sample_rate
    fade_s = min(_FADE_S, _FADE_SHARE * duration_s)
    times = np.arange(len(powers)) * frame / track.sample_rate
    is_within = (times >= fade_s) & (times + _LEVEL_FRAME_S <= duration_s - fade_s)
    is_silent = (powers < 10 ** (SILENCE_DBFS / 10)) & is_within
    edges = np.flatnonzero(np.diff(is_silent, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2):
        seconds = (last - first) * frame / track.sample_rate
        if seconds >= MAX_SILENCE_S:
            yield "silence", times[first], f"nothing is heard for {seconds:.1f} s"


def _check_seams(track: SampleSource, cues: pd.DataFrame) -> Iterator[Finding]:
    rate = track.sample_rate
    near, far = round(SEAM_S * rate), round(SEAM_GROUND_S * rate)
    for seam in cues.loc[cues["join"].isin(JOINS), "start_sample"]:
        first = max(seam - far - 1, 0)
        sound = track.read(int(first), int(min(seam + far, track.n_samples)))
        steps = np.abs(np.diff(sound, axis=0)).max(axis=1, initial=0)
        middle = seam - 1 - first  # the step into the seam's first sample
        at_seam = np.zeros(len(steps), dtype=bool)
        at_seam[max(middle - near, 0) : middle + near + 1] = True
        step, ground = steps[at_seam].max(initial=0), steps[~at_seam].max(initial=0)
        if step >= max(SEAM_STEP, SEAM_RATIO * ground):
            yield "seam", seam / rate, f"the seam clicks: a step of {step:.2f} of full scale"


def _check_joins(cues: pd.DataFrame) -> Iterator[Finding]:
    """Whether a score is cut so often that nobody would leave it under a film."""
    joins = cues["join"].isin(JOINS)
    minutes = float(cues["end_s"].iloc[-1]) / 60
    if joins.sum() >= MIN_JOINS and joins.sum() > MAX_JOINS_A_MINUTE * minutes:
        first_s = float(cues.loc[joins, "start_s"].iloc[0])
        yield "joins", first_s, f"the music is joined {joins.sum() / minutes:.0f} times a minute"


def _check_repetition(cues: pd.DataFrame) -> Iterator[Finding]:
    """Whether a snippet of a second is stuck."""
    snippets, names = pd.factorize(pd.MultiIndex.from_frame(cues[["source_clip", "source_segment"]]))
    until = 0
    for last in range(len(snippets)):
        first = max(last - STUCK_SEGMENTS + 1, 0)
        times = int((snippets[first : last + 1] == snippets[last]).sum())
        if times >= MAX_TIMES and last >= until:
            clip, segment = names[snippets[last]]
            until = last + STUCK_SEGMENTS  # the same again is no news
            yield (
                "repetition",
                float(cues["start_s"].iloc[last]),
                f"segment {segment} of {clip} sounds {times} times within {STUCK_SEGMENTS} segments",
            )
