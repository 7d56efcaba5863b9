"""Parameters of the evaluation pipeline, and the defaults a report names deviations from."""

from pydantic import BaseModel, ConfigDict, Field

from moodscore.emotion import CorpusOptions, ReaderOptions
from moodscore.music import MusicOptions
from moodscore.sequence import NetworkOptions
from moodscore.sound import SoundOptions
from moodscore.vision import DescriptorOptions, MeasureOptions


class EvaluationOptions(BaseModel):
    """How much is evaluated.

    Attributes
    ----------
    max_seen_clips : int
        Training clips on which the systems are measured; a large corpus need not be played whole
        for a figure that is only there for comparison.
    max_report_clips : int
        Clips that the report shows with pictures and players; it is one file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_seen_clips: int = Field(default=12, ge=1)
    max_report_clips: int = Field(default=12, ge=0)


#: What decides a result, by its place among the parameters.
DEFAULTS = {
    "segment_s": 1.0,
    "ingest": CorpusOptions(),
    "visual_features": {"measure": MeasureOptions(), "descriptor": DescriptorOptions()},
    "audio_features": SoundOptions(),
    "anfis": ReaderOptions(),
    "lstm_x4": NetworkOptions(),
    "retrieval": MusicOptions(),
    "evaluation": EvaluationOptions(),
}
