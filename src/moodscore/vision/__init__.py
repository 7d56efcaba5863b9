"""What a picture looks like: HSI histograms, fuzzy c-means, motion, and the descriptor made of them.

Conventions
-----------
Hue, saturation and intensity lie in [0, 1]. A clip is measured once (:func:`measure_clip`); centres,
hue cut, maxima and scales are fitted on training clips (:func:`fit_visual_model`) and reused unchanged
for every other clip (:func:`describe`).
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "descriptor": ["DescriptorOptions", "VisualModel", "describe", "fit_visual_model", "kept_measures"],
        "clustering": ["FuzzyClusters", "fuzzy_c_means", "memberships"],
        "hsi": ["CHANNELS", "HSIBins", "HSICounts", "hsi_bins", "hsi_counts", "rgb_to_hsi"],
        "hue": ["emptiest_hue", "unroll"],
        "measure": ["ClipMeasures", "MeasureOptions", "measure_clip"],
        "cues": ["CUES", "cues_of"],
        "colour": ["ColourCues", "colour_cues"],
        "distribution": ["distribution_of", "map_descriptors"],
        "dynamics": ["cut_rate", "moment_of_cut", "motion", "strongest_cuts", "total_variation"],
    },
)
