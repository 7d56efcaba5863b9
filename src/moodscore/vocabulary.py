"""Words that stand in tables and mean the same in every room."""

#: How music follows other music that it does not go on from, in the column ``join`` of a cue sheet: by unit
#: selection, as published, by a jump inside a piece, by a change of piece.
JOINS = ("crossfade", "hard", "jump", "change")
#: A picture cut is on a beat within this time (s).
ON_BEAT_S = 0.08
#: The system that makes new music, and the one source its cue sheets point into.
COMPOSED = "composed"
