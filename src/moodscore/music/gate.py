"""The quality gate: what is wrong with a track, in plain words.

Every check is of the sound itself or of the cue sheet it was made from, never of what was intended, so that
it holds for any system. Music may well be quiet, sudden and repetitive; each limit lies beyond that.
"""

import numpy as np
import pandas as pd

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


def inspect_track(track: np.ndarray, cues: pd.DataFrame, *, sample_rate: int) -> pd.DataFrame:
    """Find what is wrong with a track.

    Parameters
    ----------
    track : np.ndarray of float [shape=(n, channels)]
        The track.
    cues : pd.DataFrame
        The cue sheet it was made from.
    sample_rate : int
        Samples a second.

    Returns
    -------
    pd.DataFrame
        `FINDING_COLUMNS`, one row a finding, in order of time within a check; empty for a sound track.
        ``check`` is one of ``length``, ``clipping``, ``silence``, ``seam``, ``repetition``; ``at_s`` the
        time from the start.

    Examples
    --------
    >>> cues = pd.DataFrame({"start_sample": [0], "stop_sample": [800], "join": ["start"],
    ...                      "source_clip": ["a"], "source_segment": [0], "start_s": [0.0]})
    >>> noise = 0.1 * np.random.default_rng(0).normal(size=(700, 2))
    >>> inspect_track(noise, cues, sample_rate=8000)["finding"].tolist()
    ['the track has 700 samples, its cue sheet 800']
    """
    findings = [
        *_check_length(track, cues),
        *_check_clipping(track, sample_rate),
        *_check_silence(track, sample_rate),
        *_check_seams(track, cues, sample_rate),
        *_check_repetition(cues),
    ]
    return pd.DataFrame(findings, columns=list(FINDING_COLUMNS)).astype({"at_s": np.float64})


def _check_length(track, cues):
    planned = int(cues["stop_sample"].iloc[-1])
    if len(track) != planned:
        yield "length", 0.0, f"the track has {len(track)} samples, its cue sheet {planned}"


def _check_clipping(track, sample_rate):
    over = np.unique(np.nonzero(~(np.abs(track) <= FULL_SCALE))[0])  # what is no number is over, too
    if len(over):
        yield (
            "clipping",
            over[0] / sample_rate,
            f"{len(over)} samples are beyond full scale, or no numbers",
        )


def _check_silence(track, sample_rate):
    frame = round(_LEVEL_FRAME_S * sample_rate)
    n_frames = len(track) // frame
    fade_s = min(_FADE_S, _FADE_SHARE * len(track) / sample_rate)
    powers = (track[: n_frames * frame].astype(np.float64) ** 2).reshape(n_frames, -1).mean(axis=1)
    times = np.arange(n_frames) * frame / sample_rate
    is_within = (times >= fade_s) & (times + _LEVEL_FRAME_S <= len(track) / sample_rate - fade_s)
    is_silent = (powers < 10 ** (SILENCE_DBFS / 10)) & is_within
    edges = np.flatnonzero(np.diff(is_silent, prepend=False, append=False))
    for first, last in edges.reshape(-1, 2):
        seconds = (last - first) * frame / sample_rate
        if seconds >= MAX_SILENCE_S:
            yield "silence", times[first], f"nothing is heard for {seconds:.1f} s"


def _check_seams(track, cues, sample_rate):
    near, far = round(SEAM_S * sample_rate), round(SEAM_GROUND_S * sample_rate)
    for seam in cues.loc[cues["join"].isin(["crossfade", "hard"]), "start_sample"]:
        first = max(seam - far - 1, 0)
        steps = np.abs(np.diff(track[first : seam + far], axis=0)).max(axis=1, initial=0)
        middle = seam - 1 - first  # the step into the seam's first sample
        at_seam = np.zeros(len(steps), dtype=bool)
        at_seam[max(middle - near, 0) : middle + near + 1] = True
        step, ground = steps[at_seam].max(initial=0), steps[~at_seam].max(initial=0)
        if step >= max(SEAM_STEP, SEAM_RATIO * ground):
            yield "seam", seam / sample_rate, f"the seam clicks: a step of {step:.2f} of full scale"


def _check_repetition(cues):
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
