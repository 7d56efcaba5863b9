"""Choosing the music of many clips, and choosing again where the result would not pass.

A track that fails the quality gate gets a second selection that avoids joins more. Of the two the one with
fewer findings is kept; what was found is reported either way.
"""

import logging
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from moodscore.compute import Compute, map_clips
from moodscore.errors import MoodscoreError
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.gate import FINDING_COLUMNS, inspect_track
from moodscore.music.systems import Brief, plan, play
from moodscore.samples import SampleSource

#: Factor on the join costs at the second try.
STRICTER = 2.0
GATE_COLUMNS = ("clip_id", "attempt", "kept", *FINDING_COLUMNS)
PASSED = ("passed", 0.0, "nothing was found")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Audition:
    """A cue sheet and the sound it takes; travels to the workers."""

    cues: pd.DataFrame
    sources: Mapping[str, SampleSource]
    system: str
    n_samples: int
    sample_rate: int


def choose_tracks(
    briefs: Iterable[Brief],
    music: MusicDictionary,
    *,
    inspected: Collection[str],
    compute: Compute,
    seed: int = 0,
    take: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cue sheets of many clips, and what the quality gate says of those that will be heard.

    Parameters
    ----------
    briefs : iterable of Brief
        What is wanted, clip by clip.
    music : MusicDictionary
        What there is to choose from, and by which system (``selection.system``).
    inspected : collection of str
        The clips whose track is rendered and inspected. Where unit selection fails, it gets a second try.
    compute : Compute
        Where they are.
    seed, take
        See `plan`; every clip has chance of its own.

    Returns
    -------
    cue_sheet : pd.DataFrame
        The cue sheets, one below the other.
    quality_gate : pd.DataFrame
        `GATE_COLUMNS`, one row a finding, and one that says so where there was none: ``attempt`` (1, 2),
        whether that attempt was ``kept``, then those of `inspect_track`.

    Raises
    ------
    MoodscoreError
        If no clip can be given music.
    """
    system = music.selection.system
    wanted = {brief.clip_id: brief for brief in briefs}

    def sheet(clip_id: str, brief: Brief, strictness: float = 1.0) -> pd.DataFrame:
        chance = [seed, zlib.crc32(clip_id.encode())]
        return plan(system, brief, music, seed=chance, take=take, strictness=strictness)[0]

    # Here and not in workers: the dictionary is large, and choosing takes milliseconds.
    sheets, failures = map_clips(sheet, wanted, Compute(backend="serial"), label="Choosing music")
    if not sheets:
        raise MoodscoreError(f"no clip can be given music; {next(iter(failures.values()), 'none is left')}")
    first = _listen({c: sheets[c] for c in wanted if c in sheets and c in inspected}, wanted, music, compute)
    failed = [clip_id for clip_id, found in first.items() if len(found)]
    again = {c: sheet(c, wanted[c], STRICTER) for c in failed} if system == "moodscore" else {}
    second = _listen(again, wanted, music, compute)
    better = {c for c, found in second.items() if len(found) < len(first[c])}
    for clip_id in failed:
        _report(clip_id, second[clip_id] if clip_id in better else first[clip_id])
    sheets |= {c: again[c] for c in better}
    gate = [_gate_rows(c, 1, c not in better, found) for c, found in first.items()]
    gate += [_gate_rows(c, 2, c in better, found) for c, found in second.items()]
    quality_gate = pd.DataFrame([row for rows in gate for row in rows], columns=list(GATE_COLUMNS))
    quality_gate = quality_gate.sort_values(["clip_id", "attempt"], kind="stable", ignore_index=True)
    return pd.concat(sheets.values(), ignore_index=True), quality_gate


def kept_findings(quality_gate: pd.DataFrame) -> pd.DataFrame:
    """What the gate still says of the tracks that were kept; empty if all passed.

    Parameters
    ----------
    quality_gate : pd.DataFrame
        From `choose_tracks`.
    """
    return quality_gate[quality_gate["kept"] & (quality_gate["check"] != PASSED[0])]


def _listen(
    sheets: Mapping[str, pd.DataFrame], wanted: Mapping[str, Brief], music: MusicDictionary, compute: Compute
) -> dict[str, pd.DataFrame]:
    """What the gate finds in the tracks of some cue sheets."""
    tasks = {
        clip_id: _Audition(
            cues,
            {name: music.sources[name] for name in cues["source_clip"].unique()},
            music.selection.system,
            wanted[clip_id].n_samples,
            wanted[clip_id].sample_rate,
        )
        for clip_id, cues in sheets.items()
    }
    return map_clips(_inspect, tasks, compute, label="Listening for faults")[0]


def _inspect(clip_id: str, audition: _Audition) -> pd.DataFrame:
    shape = {"n_samples": audition.n_samples, "sample_rate": audition.sample_rate}
    track = play(audition.system, audition.cues, audition.sources, **shape)
    return inspect_track(track, audition.cues, sample_rate=audition.sample_rate)


def _report(clip_id: str, found: pd.DataFrame) -> None:
    if found.empty:
        logger.info("clip %s: the music passes at the second try", clip_id)
        return
    first = found.iloc[0]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    logger.warning("clip %s: at %.1f s %s%s", clip_id, first["at_s"], first["finding"], more)


def _gate_rows(clip_id: str, attempt: int, is_kept: bool, found: pd.DataFrame) -> list[tuple]:
    rows = list(found.itertuples(index=False, name=None)) or [PASSED]
    return [(clip_id, attempt, is_kept, *row) for row in rows]
