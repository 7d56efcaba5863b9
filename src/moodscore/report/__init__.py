"""The report of a run: one page that a person likes to look at, without a server or outside resource."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "clips": ["ClipIllustration", "ClipMaterial", "illustrate_clip"],
        "films": ["films_page"],
        "page": ["ReportContents", "build_report"],
        "rules": ["rules_fired"],
        "run": ["run_figures", "versions"],
        "timeline": ["Timeline", "timeline_of"],
        "words": ["METRICS", "SYSTEM_WORDS", "headline"],
    },
)
