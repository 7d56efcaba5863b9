import numpy as np
import pytest
from benchmarks import drum_patterns

from moodscore.sound.onsets import OnsetEnvelopes, splice_envelopes
from moodscore.sound.tempo import (
    autocorrelation,
    doubled_by_bass,
    halved_by_accents,
    segment_tempi,
    splice_tempi,
    tempo,
)


def obvious_tempo(envelope):
    """Lag by lag, straight from the definition."""
    negative, best, salience = False, np.nan, 0.0
    for lag in range(1, min(1000, len(envelope) - 1) + 1):
        r = sum(a * b for a, b in zip(envelope[:-lag], envelope[lag:], strict=True))
        negative |= r < 0
        weighted = r * np.exp(-0.5 * (np.log2(lag / 250 / 0.5) / 0.9) ** 2)
        if negative and weighted > salience:
            best, salience = lag, weighted
    return 60 * 250 / best


@pytest.fixture(scope="module")
def envelope(drums, onset_envelope):
    return onset_envelope(drums(97, 14))


@pytest.fixture(scope="module")
def tempi_of(onset_envelopes):
    return lambda y: segment_tempi(onset_envelopes(y), 1.0, int(len(y) / 44100))


def test_autocorrelation_is_the_linear_one():
    x = np.random.default_rng(0).standard_normal((3, 501))
    expected = [np.correlate(row, row, mode="full")[500 : 500 + 301] for row in x]
    np.testing.assert_allclose(autocorrelation(x, 300), expected, atol=1e-11)


@pytest.mark.parametrize("first", [0, 300, 1000])
def test_against_the_definition(envelope, first):
    context = envelope[first : first + 2000]
    assert tempo(context[None])[0] == obvious_tempo(context)


def test_splices_against_the_definition():
    splices = np.random.default_rng(1).standard_normal((8, 800)) * np.hanning(800)
    expected = [obvious_tempo(envelope) for envelope in splice_envelopes(splices)]
    np.testing.assert_array_equal(splice_tempi(splices), expected)


def test_a_splice_can_only_be_fast():
    splices = np.random.default_rng(2).standard_normal((200, 800))
    bpm = splice_tempi(splices)
    assert np.nanmin(bpm) >= 600


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("bpm", [50, 63, 78, 96, 111, 128, 143, 160])
def test_clicks(bpm, noise, clicks, tempi_of):
    np.testing.assert_allclose(tempi_of(clicks(bpm, 12, noise)), bpm, rtol=0.02)


@pytest.mark.parametrize("bpm", [60, 72, 85, 100, 118, 132, 147, 160])
def test_drums(bpm, drums, tempi_of):
    np.testing.assert_allclose(tempi_of(drums(bpm, 12, backbeat=False)), bpm, rtol=0.02)


@pytest.mark.parametrize("bpm", [60, 80, 100, 120, 135, 150, 160])
def test_drums_with_a_backbeat(bpm, drums, tempi_of):
    np.testing.assert_allclose(tempi_of(drums(bpm, 12, noise=0.1)), bpm, rtol=0.02)


PATTERNS = {  # kick, snare, hat
    "rock": ("x.......x.......", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "syncopated rock": ("x.....x.x.......", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "four on the floor": ("x...x...x...x...", "....x.......x...", "..x...x...x...x."),
    "disco": ("x...x...x...x...", "....x.......x...", "x.xxx.xxx.xxx.xx"),
    "kick and hat": ("x...x...x...x...", "................", "..x...x...x...x."),
    "backbeat alone": ("x.......x.......", "....x.......x...", "................"),
    "quarters": ("x.......x.......", "....x.......x...", "x...x...x...x..."),
    "waltz": ("x...........", "....x...x...", "x.x.x.x.x.x."),
}
#: Slow, and with a drum halfway between the beats that sounds like a beat: as well heard twice as fast.
AMBIGUOUS = {("syncopated rock", 60), ("kick and hat", 60)}


@pytest.mark.parametrize("bpm", [60, 66, 80, 92, 108, 121, 130, 137, 144, 152, 160])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_drum_loops_in_noise(pattern, bpm, loop, tempi_of):
    heard = 2 * bpm if (pattern, bpm) in AMBIGUOUS else bpm
    np.testing.assert_allclose(tempi_of(loop(*PATTERNS[pattern], bpm, 10)), heard, rtol=0.02)


@pytest.mark.parametrize("bpm", [180, 200])
def test_clicks_too_fast_to_tap_are_read_as_half(bpm, clicks, tempi_of):
    np.testing.assert_allclose(tempi_of(clicks(bpm, 12)), bpm / 2, rtol=0.02)


def test_the_bass_chooses_the_octave():
    t = np.arange(2000)
    beats = np.where(t % 100 == 0, 1.0, -0.01)  # 150 bpm
    every_other = np.where(t % 200 == 0, 1.0, -0.005)
    bpm = np.array([75.0, 75, 75, 75, 150, 100, np.nan])
    silence, hiss = np.zeros(2000), np.random.default_rng(3).standard_normal(2000)
    bass = np.array([beats, every_other, silence, hiss, beats, beats, beats])
    np.testing.assert_array_equal(doubled_by_bass(bpm, bass), [150, 75, 75, 75, 150, 100, np.nan])


def test_accents_choose_the_octave():
    t = np.arange(2000)

    def strokes(strong, weak, between=0.0):
        """A stroke every half second, every other one weak, and perhaps something halfway between them."""
        beats = np.where(t % 250 == 0, strong, 0.0) + np.where(t % 250 == 125, weak, 0.0)
        return beats + np.where(t % 125 == 62, between, 0.0) - (strong + weak) / 250

    played = {  # accents, bass, what is heard at 120 bpm
        "alternating": (strokes(1, 0.3), strokes(1, 0.5), 60),
        "even": (strokes(1, 0.9), strokes(1, 0.5), 120),
        "on an even bass": (strokes(1, 0.3), strokes(1, 1), 120),
        "on a bass that divides it": (strokes(1, 0.3), strokes(1, 0.5, 0.8), 120),
        "hats alone between": (strokes(1, 0), strokes(1, 0), 120),
        "nothing": (np.zeros(2000), np.zeros(2000), 120),
    }
    accent, bass, expected = (np.array(column) for column in zip(*played.values(), strict=True))
    heard = halved_by_accents(np.full(len(played), 120.0), bass, accent)
    assert dict(zip(played, heard, strict=True)) == dict(zip(played, expected, strict=True))
    tempi = np.array([100.0, np.nan, 120.0])  # its half would be no pulse; none; as above
    np.testing.assert_array_equal(
        halved_by_accents(tempi, np.tile(bass[0], (3, 1)), np.tile(accent[0], (3, 1))), [100, np.nan, 60]
    )


def test_slow_music_with_bass_and_hats_on_every_eighth(onset_envelopes):
    """Drums of one level, played by hand in a room: most trackers hear the slower ones twice as fast."""
    cases = [(pattern, bpm) for pattern in drum_patterns.PATTERNS for bpm in (62, 70, 79, 88, 101, 127, 151)]
    heard = {}
    for pattern, bpm in cases:
        y = drum_patterns.play(pattern, bpm, seed=7, seconds=11)
        tempi = segment_tempi(onset_envelopes(y, drum_patterns.RATE), 1.0, 11)
        heard[pattern, bpm] = float(np.median(tempi))
    right = [case for case in cases if abs(heard[case] / case[1] - 1) <= 0.04]
    assert len(right) >= 0.85 * len(cases), {case: heard[case] for case in cases if case not in right}
    named = [
        case
        for case in cases
        if case[0] in ("straight", "four on the floor", "off-beat heavy") and case[1] < 90
    ]
    assert len([case for case in named if case in right]) >= 0.85 * len(named)


def test_without_accents_the_octave_is_as_it_was(onset_envelopes):
    """Bit by bit what `tempo` and the bass say."""
    full, bass, _ = onset_envelopes(drum_patterns.play("straight", 70, seconds=10), drum_patterns.RATE)
    expected = doubled_by_bass(tempo(full[None, :2000]), bass[None, :2000])
    assert segment_tempi(OnsetEnvelopes(full[:2000], bass[:2000]), 1.0, 1) == expected


def test_a_change_of_tempo_is_followed(clicks, tempi_of):
    tempi = tempi_of(np.concatenate([clicks(75, 12), clicks(125, 12)]))
    np.testing.assert_allclose(tempi[:8], 75, rtol=0.02)
    np.testing.assert_allclose(tempi[16:], 125, rtol=0.02)


@pytest.mark.parametrize("envelope", [np.zeros(2000), np.zeros(0), np.ones(1), np.ones(2000)])
def test_what_never_repeats_has_no_tempo(envelope):
    assert np.isnan(tempo(envelope[None])).all()
    assert np.isnan(segment_tempi(OnsetEnvelopes(envelope, envelope), 1.0, 3)).all()


def test_segments_far_beyond_the_end_have_the_last_context(envelope):
    assert len(set(segment_tempi(OnsetEnvelopes(envelope, envelope), 1.0, 40)[14:])) == 1


def test_no_segments():
    assert segment_tempi(OnsetEnvelopes(*np.zeros((2, 100))), 1.0, 0).shape == (0,)
