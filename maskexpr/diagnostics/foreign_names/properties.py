"""Names that others have for properties of regions, and for values."""

_FERET = "from corner to corner of pixels, as in ImageJ; scikit-image goes by the middles of their edges"
# Properties of regions by the names that scikit-image, MATLAB and ImageJ give them: what a condition says for them, and
# how that differs where it does.
FOREIGN_PROPERTIES = {
    "size": ("area", ""),
    "num_pixels": ("area", ""),
    "filled_area": ("area", "measured once holes are filled: keep(fill_holes(m), ...)"),
    "area_filled": ("area", "measured once holes are filled: keep(fill_holes(m), ...)"),
    "axis_major_length": ("major_axis", ""),
    "major_axis_length": ("major_axis", ""),
    "axis_minor_length": ("minor_axis", ""),
    "minor_axis_length": ("minor_axis", ""),
    "diameter": ("equivalent_diameter", ""),
    "equivalent_diameter_area": ("equivalent_diameter", ""),
    "feret_diameter_max": ("feret_max", _FERET),
    "max_feret": ("feret_max", ""),
    "feret": ("feret_max", ""),
    "min_feret": ("feret_min", ""),
    "minferet": ("feret_min", ""),
    "area_convex": ("convex_area", ""),
    "euler": ("euler_number", ""),
    "equiv_diameter": ("equivalent_diameter", ""),
    "circ": ("circularity", ""),
    "form_factor": ("circularity", ""),
    "ar": ("aspect_ratio", ""),
    "elongation": ("aspect_ratio", "as SimpleITK's; pyradiomics has its inverse"),
    "max_caliper": ("feret_max", ""),
    "min_caliper": ("feret_min", ""),
    "perim": ("perimeter", ""),
    "number_of_pixels": ("area", ""),
    "int_den": ("sum_intensity", ""),
    "std_dev": ("std_intensity", ""),
    "round": ("roundness", ""),
    "maximum_3d_diameter": ("max_diameter", ""),
    "intensity_median": ("median_intensity", ""),
    "integrated_density": ("sum_intensity", ""),
    "raw_int_den": ("sum_intensity", ""),
    "centroid_weighted": ("weighted_centroid", ""),
    "convexity": ("solidity", "it goes by areas, not by perimeters"),
    "intensity_mean": ("mean_intensity", ""),
    "intensity_std": ("std_intensity", ""),
    "intensity_min": ("min_intensity", ""),
    "intensity_max": ("max_intensity", ""),
    "mean": ("mean_intensity", ""),
    "std": ("std_intensity", ""),
    "min": ("min_intensity", ""),
    "max": ("max_intensity", ""),
    "bounding_box": ("bbox", ""),
}

# What a property is compared with where nothing was said.
USUAL = {
    "area": "> 50", "volume": "> 50", "equivalent_diameter": "> 10", "perimeter": "> 30", "extent": "> 0.5",
    "solidity": "> 0.8", "circularity": "> 0.7", "eccentricity": "< 0.9", "major_axis": "> 20", "minor_axis": "> 10",
    "feret_max": "> 20", "feret_min": "> 10", "convex_area": "> 50", "roundness": "> 0.7", "aspect_ratio": "< 2",
    "sphericity": "> 0.7", "euler_number": "== 1", "orientation": "> 0", "label": "== 1", "parent": "> 0",
    "distance_to": "< 10", "touches_border": "",
}  # fmt: skip

# Values by the names that Python and NumPy give them.
FOREIGN_VALUES = {
    "nan": "isnan(im)",
    "NaN": "isnan(im)",
    "NAN": "isnan(im)",
    "inf": "isfinite(im)",
    "Inf": "isfinite(im)",
    "infinity": "isfinite(im)",
    "pi": "3.14159265",
    "e": "exp(1)",
}


def worded(meant: str, note: str) -> str:
    """What is written for something, with what there is to say of it."""
    if "{}" in note:
        return note.replace("{}", meant)
    return f"write {meant}" + (f"; {note}" if note else "")
