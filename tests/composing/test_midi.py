"""The MIDI file as an independent reader has it."""

import io

import numpy as np
import pytest

from moodscore.composing.instruments import INSTRUMENTS

mido = pytest.importorskip("mido", reason="needs the package mido")


@pytest.fixture(scope="module")
def read(story):
    return mido.MidiFile(file=io.BytesIO(story.midi()))


def played(read):
    """Notes in seconds: name of the track, onset, end, pitch, velocity."""
    tempi, now = [(0, 0.0, 500000)], 0
    for event in read.tracks[0]:
        now += event.time
        if event.type == "set_tempo":
            tick, second, tempo = tempi[-1]
            tempi.append(
                (now, second + mido.tick2second(now - tick, read.ticks_per_beat, tempo), event.tempo)
            )
    ticks, seconds, tempo = (np.array(column, dtype=float) for column in zip(*tempi, strict=True))

    def time_of(tick):
        at = np.searchsorted(ticks, tick, side="right") - 1
        return seconds[at] + (tick - ticks[at]) * tempo[at] / 1e6 / read.ticks_per_beat

    notes = []
    for track in read.tracks[1:]:
        now, open_notes = 0, {}
        for event in track:
            now += event.time
            if event.type == "note_on":
                open_notes.setdefault(event.note, []).append((now, event.velocity))
            elif event.type == "note_off":
                start, velocity = open_notes[event.note].pop(0)
                notes.append((track.name, time_of(start), time_of(now), event.note, velocity))
        assert not any(open_notes.values())
    return notes


def test_every_note_is_there_at_its_time(story, read):
    mine = sorted(zip(story.notes["instrument"], story.notes["pitch"], story.notes["start_s"], strict=True))
    theirs = sorted((name, pitch, start) for name, start, _, pitch, _ in played(read))
    assert [note[:2] for note in mine] == [note[:2] for note in theirs]
    off = np.abs(np.array([a[2] - b[2] for a, b in zip(mine, theirs, strict=True)]))
    assert off.max() < 0.002  # a tick is a millisecond at 125 bpm


def test_it_lasts_as_long_as_the_film_and_has_a_track_for_every_instrument(story, read):
    assert read.type == 1
    assert read.length == pytest.approx(story.brief.duration_s, abs=0.002)
    assert {track.name for track in read.tracks[1:]} == set(story.notes["instrument"])


def test_programs_metres_tempi_and_scenes_are_said(story, read):
    for track in read.tracks[1:]:
        programs = {event.program for event in track if event.type == "program_change"}
        assert programs == {INSTRUMENTS[track.name].program}
        channels = {event.channel for event in track if not event.is_meta}
        assert len(channels) == 1
        assert (channels == {9}) == (track.name == "kit")
    first = read.tracks[0]
    assert sum(event.type == "marker" for event in first) == 4
    metres = [event for event in first if event.type == "time_signature"]
    assert metres[0].numerator == story.bars["n_beats"].iloc[0]
    assert metres[0].denominator == 4
    tempi = np.array([mido.tempo2bpm(event.tempo) for event in first if event.type == "set_tempo"])
    assert tempi.min() > 0.85 * story.bars["tempo_bpm"].min()
    assert tempi.max() < 1.2 * story.bars["tempo_bpm"].max()


def test_another_reader_agrees(story):
    pretty_midi = pytest.importorskip("pretty_midi", reason="needs the package pretty_midi")
    heard = pretty_midi.PrettyMIDI(io.BytesIO(story.midi()))
    assert sum(len(instrument.notes) for instrument in heard.instruments) == len(story.notes)
    mine = np.sort(story.notes["start_s"])
    theirs = np.sort([note.start for instrument in heard.instruments for note in instrument.notes])
    assert np.abs(mine - theirs).max() < 0.002
    downbeats = heard.get_downbeats()
    regular = story.bars[story.bars["n_beats"] == story.bars["n_beats"].iloc[0]]
    assert np.median([np.abs(downbeats - start).min() for start in regular["start_s"]]) < 0.01
