"""Catalog datasets for what kedro-datasets lacks. Thin: each calls one function of a library room."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "anfis": ["ANFISDataset"],
        "audio": ["AudioDataset"],
        "clip_folder": ["ClipFolderDataset"],
        "demo_corpus": ["DemoCorpusDataset"],
        "demo_library": ["DemoLibraryDataset"],
        "folder": ["FolderDataset"],
        "history": ["JSONHistoryDataset"],
        "keras_model": ["KerasModelDataset"],
        "measures": ["MeasuresDataset"],
        "npz": ["NPZDataset"],
        "optional_csv": ["OptionalCSVDataset"],
        "optional_json": ["OptionalJSONDataset"],
        "optional_parquet": ["OptionalParquetDataset"],
        "page": ["PageDataset"],
        "partitions": ["FreshPartitionedDataset"],
        "ratings": ["DemoRatingsDataset", "RatingsDataset"],
        "scored_video": ["ScoredVideoDataset"],
        "study_answers": ["StudyAnswersDataset"],
    },
)
