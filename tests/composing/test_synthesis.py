import librosa
import numpy as np
import pandas as pd
import pytest
import soxr

from moodscore.composing import compose, synthesis
from moodscore.composing.drums import drum
from moodscore.composing.hall import Hall, impulse_response
from moodscore.composing.instruments import INSTRUMENTS
from moodscore.composing.percussion import KEYS
from moodscore.composing.tones import Store, held_table, struck_tone
from moodscore.composing.voices import HELD, N_LAYERS, STRUCK
from moodscore.errors import MoodscoreError

pytestmark = pytest.mark.slow

RATE = 44100


def level_db(y):
    return 10 * np.log10(np.mean(np.square(y, dtype=float)) + 1e-20)


def one_note(instrument, pitch, seconds=1.0, role="lead", start=0.0, length=4.0):
    notes = pd.DataFrame(
        {
            "instrument": [instrument],
            "role": [role],
            "start_s": [start],
            "duration_s": [seconds],
            "pitch": [pitch],
            "velocity": [0.8],
            "bar": [0],
            "beat": [0.0],
            "brightness": [0.95],
            "loudness": [0.8],
        }
    )
    bars = pd.DataFrame({"start_s": [0.0], "end_s": [length], "scene": [0]})
    return synthesis.SynthesisedTrack(notes, bars, int(length * RATE), RATE)


def spectrum_db(y):
    """Level of each frequency under the strongest, seen through a window whose leakage is below -90 dB."""
    x = y.mean(axis=1) * np.blackman(len(y))
    power = np.abs(np.fft.rfft(x)) ** 2
    return np.fft.rfftfreq(len(x), 1 / RATE), 10 * np.log10(power / power.max() + 1e-20)


def test_any_slice_is_the_same_however_it_is_read(lively, lively_sound):
    fresh = lively.track()
    for start, stop in (
        (500_000, 600_001),
        (5, 6),
        (0, 100),
        (synthesis.BLOCK - 1, synthesis.BLOCK + 1),
        (300, 300),
    ):
        np.testing.assert_array_equal(fresh.read(start, stop), lively_sound[start:stop])
    assert fresh.n_samples == len(lively_sound) == 16 * RATE
    assert lively_sound.dtype == np.float32
    assert fresh.channels == 2


def test_the_grid_of_blocks_is_not_heard(calm, calm_sound, monkeypatch):
    monkeypatch.setattr(synthesis, "BLOCK", 30_011)
    np.testing.assert_allclose(calm.track().whole(), calm_sound, atol=2e-6)


def test_stems_add_up_to_the_whole(lively, lively_sound):
    assert lively.stems == ("melody", "harmony", "figures", "bass", "percussion")
    total = sum(lively.track(stem).whole() for stem in lively.stems)
    np.testing.assert_allclose(total, lively_sound, atol=1e-6)
    with pytest.raises(MoodscoreError, match="melody, harmony"):
        lively.track("drums")


@pytest.mark.parametrize("instrument", [*HELD, *STRUCK])
def test_tones_have_their_pitch_and_nothing_folds_back(instrument):
    high = INSTRUMENTS[instrument].high
    for pitch in (INSTRUMENTS[instrument].low + 12, high):
        y = one_note(instrument, pitch).whole()
        hz, db = spectrum_db(y)
        assert np.isfinite(y).all()
        expected = 440 * 2 ** ((pitch - 69) / 12)
        # the strongest partial is one of the first few, exactly in tune
        strongest = hz[db.argmax()] / expected
        partials = (
            STRUCK[instrument].ratios if instrument in STRUCK and STRUCK[instrument].ratios else range(1, 9)
        )
        assert min(abs(1200 * np.log2(strongest / partial)) for partial in partials) < 20
        assert db[hz > 17_500].max() < -60
        assert db[(hz > 15) & (hz < 0.5 * min(expected, 900))].max() < (-60 if instrument in HELD else -25)


@pytest.mark.parametrize("instrument", [*HELD, *STRUCK])
def test_no_note_of_an_instrument_sticks_out(instrument):
    """Neighbouring pitches are alike in level, weighted as the ear does (A-weighting, IEC 61672)."""
    low = max(INSTRUMENTS[instrument].low, 45)
    levels = []
    for pitch in range(low, low + 12):
        tone = held_table(instrument, pitch, 2, RATE) if instrument in HELD else None
        tone = struck_tone(instrument, pitch, 2, RATE) if tone is None else tone
        n = len(tone) if instrument in HELD else RATE // 4  # held ones shimmer, as sections do
        spectrum = np.abs(np.fft.rfft(tone[:n].mean(axis=1))) ** 2 / n**2
        hz = np.fft.rfftfreq(n, 1 / RATE)[1:]
        weight = librosa.A_weighting(hz)
        levels.append(10 * np.log10(np.sum(spectrum[1:] * 10 ** (weight / 10))))
    assert np.abs(np.diff(levels)).max() < 4
    assert np.ptp(levels) < 7


@pytest.mark.parametrize("instrument", ["cello", "flute", "trumpet"])
def test_vibrato_bends_the_pitch_by_what_it_says(instrument):
    y = one_note(instrument, 69, seconds=3.0).whole()[:, 0]
    angle = np.unwrap(np.angle(librosa.stft(y, n_fft=2048, hop_length=64)[round(440 / RATE * 2048)]))
    pitch = np.diff(angle) / (2 * np.pi * 64 / RATE)
    heard = pitch[int(1.2 * RATE / 64) : int(2.6 * RATE / 64)]
    rate, cents, _ = HELD[instrument].vibrato
    wave = heard - np.median(heard)
    hz = np.fft.rfftfreq(len(wave), 64 / RATE)
    strongest = hz[(np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) * (hz > 3)).argmax()]
    assert strongest == pytest.approx(rate, abs=0.8) or cents < 4


@pytest.mark.parametrize("instrument", ["strings", "flute", "piano", "marimba", "pad"])
def test_notes_begin_and_end_without_a_click(instrument):
    """High above the music there is nothing but at a stroke: a jump anywhere would be heard there."""
    y = one_note(instrument, 62, seconds=0.9, start=0.5).whole()
    power = np.abs(librosa.stft(y.mean(axis=1), n_fft=512, hop_length=128)) ** 2
    high = 10 * np.log10(power[-60:].sum(axis=0) / power.sum(axis=0).max() + 1e-14)
    time = np.arange(power.shape[1]) * 128 / RATE
    assert high[(time > 0.6)].max() < -70
    assert high.max() < -45


def test_held_tones_go_round_without_a_seam():
    table = held_table("strings", 60, 2, RATE).astype(float)
    seam = np.abs(table[0] - table[-1]).max()
    assert seam <= np.abs(np.diff(table, axis=0)).max()
    turned = np.roll(table, len(table) // 2, axis=0)
    hz, db = spectrum_db(turned)
    assert db[hz > 17_500].max() < -60


def test_struck_tones_are_the_slow_sum_of_decaying_sines():
    """The matrix product against one partial: amplitude falls as exp(-t / decay), pitch stays."""
    tone = struck_tone("marimba", 60, 0, RATE)[:, 0].astype(float)
    voice = STRUCK["marimba"]
    parts = np.abs(librosa.stft(tone, n_fft=2048, hop_length=512))[round(261.63 / RATE * 2048)]
    at = np.arange(4, 30)
    slope = np.polyfit(at * 512 / RATE, np.log(parts[at]), 1)[0]
    assert -1 / slope == pytest.approx(voice.decay_s, rel=0.05)


def test_brighter_layers_are_brighter_and_no_louder():
    for instrument, make in (("strings", held_table), ("piano", struck_tone)):
        tones = [make(instrument, 60, layer, RATE) for layer in range(N_LAYERS)]
        centroids = [librosa.feature.spectral_centroid(y=t[:RATE, 0], sr=RATE).mean() for t in tones]
        assert (np.diff(centroids) > 0).all()
        levels = [level_db(tone[2000:20000]) for tone in tones]
        assert np.ptp(levels) < 5


@pytest.mark.parametrize("key", list(KEYS.values()), ids=list(KEYS))
def test_drums_begin_and_end_in_silence(key):
    y = drum(key, RATE)
    assert np.abs(y[[0, -1]]).max() < 1e-3
    assert np.abs(y[100:4000]).max() > 0.02
    assert np.abs(y).max() < 2.2


def test_the_hall_is_a_plain_convolution():
    rng = np.random.default_rng(0)
    block = 30_000
    hall = Hall(block, RATE)
    dry = rng.standard_normal((5 * block, 2))
    spectra = [hall.spectrum(dry[k * block : (k + 1) * block]) for k in range(5)]
    got = hall.reverberate([spectra[4 - k] for k in range(5)] + [0.0] * (hall.n_parts - 5))
    response = impulse_response(RATE)
    for at in (4 * block, 4 * block + 777, 5 * block - 1):
        span = dry[max(0, at - len(response) + 1) : at + 1][::-1]
        plain = (span * response[: len(span)]).sum(axis=0)
        plain = plain + 0.25 * plain[::-1]
        np.testing.assert_allclose(got[at - 4 * block], plain, rtol=1e-4, atol=1e-4)


def test_what_is_kept_never_exceeds_its_room():
    store = Store(1000)
    for key in range(50):
        assert store.get(key, lambda key=key: np.full(25, float(key)))[0] == key
    assert sum(array.nbytes for array in store._kept.values()) <= 1000
    assert store.get(49, lambda: np.zeros(25))[0] == 49


def test_level_width_and_headroom_are_sane(calm_sound, lively_sound):
    assert level_db(lively_sound) - level_db(calm_sound) > 3
    for y in (calm_sound, lively_sound):
        assert -35 < level_db(y) < -14
        assert np.abs(y).max() < 1
        assert np.abs(y.mean(axis=0)).max() < 1e-3
        side, middle = level_db(y[:, 0] - y[:, 1]), level_db(y[:, 0] + y[:, 1])
        assert -14 < side - middle < -2
        assert abs(level_db(y[:, 0]) - level_db(y[:, 1])) < 2.5


@pytest.mark.parametrize("sample_rate", [22_050, 48_000])
def test_other_sample_rates_sound_the_same(make_brief, sample_rate):
    from dataclasses import replace

    brief = make_brief([0, 5.0], [(7.0, 7.5)])
    y = compose(replace(brief, n_samples=5 * sample_rate, sample_rate=sample_rate), seed=3).track().whole()
    reference = soxr.resample(compose(brief, seed=3).track().whole(), RATE, sample_rate)
    assert y.shape == (5 * sample_rate, 2)
    assert level_db(y) == pytest.approx(level_db(reference), abs=1.5)
