"""Rates, lengths and levels that more than one sound feature builds on.

What belongs to a single feature stands at the top of its own module; here is only what several
share, so that they agree about what a splice, silence or full scale is.
"""

#: Loudness, rhythm and brightness are measured at this rate (Hz).
SAMPLE_RATE = 44_100
#: Tempo, onsets and key are measured at this rate (Hz): beat and tonal centre live below 4 kHz.
LOW_RATE = 8_000

#: Loudness and rhythm are measured on splices this long (s) and averaged over a segment.
SPLICE_S = 0.1

#: Mean power of a sine that just reaches full scale, that is of 0 dBFS.
FULL_SCALE_POWER = 0.5
#: A segment below this level is silent.
SILENCE_DBFS = -80.0
SILENCE_POWER = FULL_SCALE_POWER * 10 ** (SILENCE_DBFS / 10)
