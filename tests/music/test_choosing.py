import numpy as np
import pandas as pd
import pytest

from moodscore.compute import Compute
from moodscore.errors import MoodscoreError
from moodscore.music import (
    MusicDictionary,
    MusicOptions,
    MusicPart,
    arrange,
    chance_of,
    choose_music,
    choosing,
    kept_findings,
)
from moodscore.music.systems import Brief

RATE = 8000
SERIAL = Compute(backend="serial")


@pytest.fixture
def parts(make_snippets, array_source):
    rng = np.random.default_rng(0)
    sources = {f"clip{i}": array_source(rng.normal(scale=0.1, size=(12 * RATE, 2))) for i in range(4)}
    return [MusicPart(make_snippets(4, 12), sources)]


@pytest.fixture
def make_music(parts, make_piece):
    pieces = {f"clip{i}": make_piece(12, seed=i) for i in range(4)}

    def make(system="collage", **options):
        options = MusicOptions(system=system, **options)
        return MusicDictionary(parts, segment_s=1.0, options=options, describe=lambda _: pieces)

    return make


@pytest.fixture
def briefs(make_targets):
    return [Brief(name, make_targets(10, seed=k), None, 10 * RATE, RATE) for k, name in enumerate("abc")]


def choose(briefs, music, inspected=("a", "c"), **options):
    system = music.options.system
    chosen = choose_music(briefs, music, system=system, inspected=inspected, compute=SERIAL, **options)
    assert chosen.notes.empty
    for clip_id, arranged in chosen.arrangements.items():
        assert (arranged.clip_id, arranged.system) == (clip_id, system)
        assert set(arranged.sources) == set(arranged.cues["source_clip"])
    return chosen.cue_sheet, chosen.quality_gate


def plan(brief, music, **options):
    return arrange(music.options.system, brief, music, **options)[0].cues


@pytest.mark.parametrize("system", ["moodscore", "collage"])
def test_good_tracks_are_chosen_once_and_said_to_pass(briefs, make_music, system):
    cues, gate = choose(briefs, make_music(system))
    assert cues["clip_id"].unique().tolist() == ["a", "b", "c"]
    assert gate["clip_id"].tolist() == ["a", "c"]
    assert gate["check"].eq("passed").all() and gate["kept"].all() and gate["attempt"].eq(1).all()
    for brief in briefs:
        expected = plan(brief, make_music(system))
        own = cues[cues["clip_id"] == brief.clip_id].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, expected)


def faults(n):
    return pd.DataFrame([("seam", 3.0, "the seam clicks")] * n, columns=["check", "at_s", "finding"])


@pytest.fixture
def gate_that_finds(monkeypatch, briefs, make_music):
    """A gate that counts faults by the join costs it is shown: so many at the first try, so many later."""

    def install(first, later):
        plain = {b.clip_id: plan(b, make_music()) for b in briefs}

        def inspect(track, cues):
            is_first = cues.equals(plain[cues["clip_id"].iloc[0]])
            return faults(first if is_first else later)

        monkeypatch.setattr(choosing, "inspect_track", inspect)
        return plain

    return install


def test_a_failed_track_is_chosen_again_and_the_better_one_kept(briefs, make_music, gate_that_finds, caplog):
    plain = gate_that_finds(2, 1)
    cues, gate = choose(briefs, make_music())
    assert gate.loc[gate["clip_id"] == "a", ["attempt", "kept"]].to_numpy().tolist() == [
        [1, False],
        [1, False],
        [2, True],
    ]
    own = cues[cues["clip_id"] == "a"].reset_index(drop=True)
    strict = plan(briefs[0], make_music(), strictness=choosing.STRICTER)
    pd.testing.assert_frame_equal(own, strict)
    assert not own.equals(plain["a"])
    assert "clip a: at 3.0 s the seam clicks" in caplog.text
    assert "clip b" not in caplog.text  # nobody will hear it


def test_of_two_equally_bad_the_first_is_kept(briefs, make_music, gate_that_finds, caplog):
    plain = gate_that_finds(2, 2)
    cues, gate = choose(briefs, make_music(), inspected=["a"])
    pd.testing.assert_frame_equal(cues[cues["clip_id"] == "a"].reset_index(drop=True), plain["a"])
    assert gate["kept"].tolist() == [True, True, False, False]
    assert kept_findings(gate)["attempt"].tolist() == [1, 1]
    assert "and 1 more" in caplog.text


def test_a_second_try_that_passes_is_no_warning(briefs, make_music, gate_that_finds, caplog):
    gate_that_finds(1, 0)
    _, gate = choose(briefs, make_music(), inspected=["a"])
    assert gate["check"].tolist() == ["seam", "passed"] and gate["kept"].tolist() == [False, True]
    assert kept_findings(gate).empty
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_hard_cuts_are_reported_and_not_chosen_again(briefs, make_music):
    cues, gate = choose(briefs, make_music(system="paper"))
    assert set(cues["join"]) <= {"start", "neighbour", "hard"}
    assert gate["attempt"].eq(1).all() and gate["kept"].all()


@pytest.mark.parametrize("system", ["moodscore", "collage"])
def test_takes_differ_and_each_clip_has_chance_of_its_own(briefs, make_music, system):
    same = [Brief(name, briefs[0].targets, None, 10 * RATE, RATE) for name in "vwxyz"]
    cues, _ = choose(same, make_music(system), inspected=[], take=1, seed=3)
    again, _ = choose(same[::-1], make_music(system), inspected=[], take=1, seed=3)
    heard = set()
    for name in "vwxyz":
        one, other = (t[t["clip_id"] == name].reset_index(drop=True) for t in (cues, again))
        pd.testing.assert_frame_equal(one, other)
        heard.add((*one["source_clip"], *one["source_start_sample"]))
    assert len(heard) > 1


def test_what_is_listened_to_is_what_will_be_heard(briefs, make_music, monkeypatch):
    """The gate gets the track of the arrangement, at the level of a track that is delivered as it is."""
    heard = {}
    monkeypatch.setattr(
        choosing,
        "inspect_track",
        lambda track, cues: heard.update({cues["clip_id"].iloc[0]: track}) or faults(0),
    )
    music = make_music("moodscore")
    choose(briefs, music, inspected=["b"])
    (track,) = heard.values()
    expected = arrange("moodscore", briefs[1], music, seed=chance_of("b", 0))[0].rendered(levelled=True)
    np.testing.assert_array_equal(track.read(0, track.n_samples), expected.read(0, 10 * RATE))


def test_nothing_to_choose_for(make_music, make_targets):
    with pytest.raises(MoodscoreError, match="no clip is left to be given music"):
        choose([], make_music())
    with pytest.raises(MoodscoreError, match="there is no segment"):
        choose([Brief("bad", make_targets(1)[:0], None, RATE, RATE)], make_music())


def test_a_clip_that_cannot_be_served_does_not_stop_the_others(briefs, make_music, caplog):
    bad = Brief("bad", briefs[0].targets[:0], None, RATE, RATE)
    cues, gate = choose([bad, *briefs], make_music(), inspected=["bad", "a"])
    assert cues["clip_id"].unique().tolist() == ["a", "b", "c"] and gate["clip_id"].tolist() == ["a"]
    assert "clip bad is left out" in caplog.text


def test_music_that_is_composed_needs_none_to_choose_from(briefs):
    chosen = choose_music(briefs, None, system="composed", inspected=["a"], compute=SERIAL, seed=1)
    assert set(chosen.notes["clip_id"]) == set("abc")
    for clip_id, arranged in chosen.arrangements.items():
        own = chosen.notes[chosen.notes["clip_id"] == clip_id].drop(columns="clip_id")
        pd.testing.assert_frame_equal(own.reset_index(drop=True), arranged.notes.reset_index(drop=True))
    assert kept_findings(chosen.quality_gate).empty and chosen.quality_gate["clip_id"].tolist() == ["a"]
