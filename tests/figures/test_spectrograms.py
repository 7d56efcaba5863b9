from dataclasses import dataclass

import numpy as np
import pytest

from moodscore.figures import spectrogram_pair

RATE = 22_050


@dataclass
class Sound:
    """A track in memory that remembers the longest stretch it was asked for."""

    samples: np.ndarray
    sample_rate: int = RATE
    longest_read: int = 0

    def __post_init__(self):
        self.n_samples, self.channels = self.samples.shape

    def read(self, start, stop):
        assert 0 <= start < stop <= self.n_samples
        self.longest_read = max(self.longest_read, stop - start)
        return self.samples[start:stop]


class LongSound:
    """Ten minutes at 1 kHz, ten minutes at 3 kHz, made where it is read."""

    sample_rate, n_samples, channels = RATE, 1200 * RATE, 2
    longest_read = 0

    def read(self, start, stop):
        self.longest_read = max(self.longest_read, stop - start)
        t = np.arange(start, stop)
        hertz = 3000 if start > self.n_samples / 2 else 1000
        return np.repeat(0.5 * np.sin(2 * np.pi * hertz * t / RATE)[:, None], 2, axis=1).astype(np.float32)


def sine(hertz, seconds, amplitude=1.0, channels=1):
    t = np.arange(round(seconds * RATE)) / RATE
    wave = amplitude * np.sin(2 * np.pi * hertz * t)
    return Sound(np.repeat(wave[:, None], channels, axis=1).astype(np.float32))


def image(figure, panel=0):
    return np.asarray(figure.axes[panel].images[0].get_array())


def peak_hz(column):
    return column.argmax() * RATE / 2048


def test_two_tracks_below_each_other(check_figure):
    figure = check_figure(spectrogram_pair("clip", {"original": sine(440, 2), "moodscore": sine(880, 2)}))
    first, second, bar = figure.axes
    assert [first.get_title(loc="left"), second.get_title(loc="left")] == ["original", "moodscore"]
    assert first.get_xlim() == second.get_xlim() == (0, 2) and "clip" in figure.get_suptitle()
    assert "dB" in bar.get_ylabel() and "time (s)" in second.get_xlabel()
    assert first.images[0].get_clim() == second.images[0].get_clim()


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_sine_is_a_line_at_its_frequency_and_level(check_figure, channels):
    figure = check_figure(spectrogram_pair("clip", {"track": sine(1000, 3, 0.1, channels)}))
    middle = image(figure)[:, image(figure).shape[1] // 2]
    assert peak_hz(middle) == pytest.approx(1000, abs=RATE / 2048)
    assert middle.max() == pytest.approx(-20, abs=1.5)  # a sine between two bins loses up to 1.4 dB


def test_time_runs_from_left_to_right(check_figure):
    samples = np.concatenate([sine(1000, 1).samples, sine(4000, 1).samples])
    levels = image(check_figure(spectrogram_pair("clip", {"track": Sound(samples)})))
    quarter = levels.shape[1] // 4
    assert peak_hz(levels[:, quarter]) == pytest.approx(1000, abs=11)
    assert peak_hz(levels[:, -quarter]) == pytest.approx(4000, abs=11)


def test_silence(check_figure):
    levels = image(check_figure(spectrogram_pair("clip", {"track": Sound(np.zeros((RATE, 2), np.float32))})))
    assert np.isfinite(levels).all() and len(np.unique(levels)) == 1


@pytest.mark.parametrize("n", [1, 100, 2048, 2049])
def test_the_shortest_tracks(check_figure, n):
    check_figure(spectrogram_pair("clip", {"track": Sound(np.full((n, 1), 0.1, np.float32))}))


def test_a_long_track_is_read_in_blocks_and_makes_no_larger_image(check_figure):
    track = LongSound()
    figure = check_figure(spectrogram_pair("clip", {"track": track}))
    levels = image(figure)
    assert levels.shape[1] <= 1000 and track.longest_read < 60 * RATE
    assert peak_hz(levels[:, 100]) == pytest.approx(1000, abs=11)
    assert peak_hz(levels[:, -100]) == pytest.approx(3000, abs=11)


def test_a_low_rate_has_no_empty_frequencies(check_figure):
    track = Sound(np.zeros((8000, 1), np.float32), sample_rate=8000)
    assert check_figure(spectrogram_pair("clip", {"track": track})).axes[0].get_ylim() == (0, 4000)


def test_tracks_of_different_lengths_share_the_time_axis(check_figure):
    figure = check_figure(spectrogram_pair("clip", {"long": sine(440, 3), "short": sine(440, 1)}))
    assert figure.axes[1].get_xlim() == (0, 3)
    assert figure.axes[1].images[0].get_extent()[:2] == [0, 1]
