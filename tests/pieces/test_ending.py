import numpy as np
import pytest

from moodscore.pieces.ending import audible_span, find_ending
from moodscore.pieces.listening import hear


@pytest.fixture(scope="module")
def body(music):
    return music(np.arange(0.5, 21, 0.5), 4, "A")[: 20 * 22_050]


def ending_of(y, source, rate):
    heard = hear(source(y))
    begins_s, ends_s = audible_span(heard, len(y) / rate)
    return begins_s, ends_s, find_ending(heard, ends_s)


def test_it_is_heard_from_its_first_to_its_last_note(body, source, rate):
    silence = np.zeros(3 * rate)
    begins_s, ends_s, ending = ending_of(np.concatenate([silence, body, silence]), source, rate)
    assert begins_s == pytest.approx(3.5, abs=0.15)
    assert ends_s == pytest.approx(23, abs=0.15)
    assert ending == "stops"


def test_broken_off_at_the_end_of_the_file(body, source, rate):
    assert ending_of(body, source, rate)[1:] == (20.0, "stops")


@pytest.mark.parametrize("shape", ["amplitude", "decibels"])
def test_faded_out(shape, body, source, rate):
    left = np.clip((20 - np.arange(len(body)) / rate) / 8, 0, 1)
    gain = left if shape == "amplitude" else 10 ** (-50 * (1 - left) / 20)
    assert ending_of(body * gain, source, rate)[2] == "fades"


def test_a_last_chord_that_dies_away_is_an_ending(body, source, rate):
    t = np.arange(6 * rate) / rate
    chord = sum(np.sin(2 * np.pi * hertz * t) for hertz in (131, 262, 330, 392)) * np.exp(-t / 0.9)
    assert ending_of(np.concatenate([body, 0.3 * chord]), source, rate)[2] == "ends"


def test_silence_has_no_ending(source, rate):
    assert ending_of(np.zeros(5 * rate), source, rate) == (0.0, 5.0, "stops")
