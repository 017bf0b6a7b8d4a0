"""Names that scikit-image, SciPy, NumPy, OpenCV, SimpleITK, MATLAB and ImageJ have for things, and what is written here
for a call of them.

A line of the table: the names; the parameters, with values for those that may be left out; the expression that does
the same; and a word where one is due. A name may have several lines: the first that the call fits counts.
`cv2.threshold` is what the name means behind that module, `m` in the first place what it means for a mask, `labels`
for labels.
"""

import functools

from maskexpr.diagnostics.mending import Form, form

# What a module's functions are looked up by. These names are given to nothing else.
MODULES = {
    **dict.fromkeys(("np", "numpy", "math", "cupy", "torch"), "np"),
    **dict.fromkeys(("ndi", "ndimage", "scipy"), "ndi"),
    "skimage": "skimage",
    "cv2": "cv2",
    **dict.fromkeys(("sitk", "SimpleITK"), "sitk"),
    **dict.fromkeys(("monai", "medpy", "mahotas", "plt"), ""),
}
# Names that modules often have, and that an image may have too.
MAYBE_MODULES = {
    **dict.fromkeys(("measure", "filters", "morphology", "segmentation", "feature", "exposure", "color"), "skimage"),
    **dict.fromkeys(("restoration", "util", "metrics", "draw", "ski", "sk"), "skimage"),
    "rank": "rank",
    **dict.fromkeys(("cp", "xp", "tf", "da"), "np"),
    **dict.fromkeys(("cv", "nd", "itk", "signal"), ""),
}


@functools.cache
def foreign_functions() -> dict[str, tuple[Form, ...]]:
    """The whole table, by name. It is made when it is first asked for, as only a mistake needs it."""
    from maskexpr.diagnostics.foreign_names import filters, regions, values

    table: dict[str, tuple[Form, ...]] = {}
    for names, *rest in (*values.LINES, *regions.LINES, *filters.LINES):
        made = form(*rest)
        for name in names.split():
            table[name] = (*table.get(name, ()), made)
    return table


# What others have by these names has no like here, whatever name is like it by its letters.
WITHOUT_LIKE = frozenset(
    (
        "sort",
        "reshape",
        "diff",
        "delete",
        "choose",
        "cov",
        "long",
        "isnat",
        "blackman",
        "tanh",
        "arctanh",
        "sinc",
        "predict",
        "hsplit",
        "vsplit",
    )
)
