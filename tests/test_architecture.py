"""The rooms of the package: imports go down one list, and some things happen in some rooms only."""

import ast
import functools
import itertools
import re
import sys
from pathlib import Path

import pytest
from helpers.each import each
from helpers.places import TESTS

import maskexpr

PACKAGE = Path(maskexpr.__file__).parent

# A room may import from those below it, never from those above; a package is one room, with an order of its own.
ROOMS = (
    "__pyinstaller",
    "__main__",
    *("cli", "repl", "session"),
    *("comparisons", "sweeps", "studies"),
    *("testing", "sandbox"),
    "processes",
    "files",
    "builtin",
    "__init__",
    "notebook",
    "display",
    "inside",
    "api",
    *("compiled", "bound"),
    *("exporting", "explain"),
    "engine",
    "planner",
    "checker",
    "containers",
    "library",
    "program",
    "functions",
    "language",
    "kernels",
    "headers",
    "kinds",
    "diagnostics",
)
INSIDE = {
    "__pyinstaller": ("__init__", "hook-maskexpr"),
    "files": (
        *("__init__", "python", "runs", "provenance", "pictures", "outputs", "programs", "access", "memory"),
        "templates",
        *("tables", "images", "formats", "decoding"),
    ),
    "comparisons": ("__init__", "python", "texts", "tables", "pairs", "comparing", "asked", "measures"),
    "sweeps": (
        *("__init__", "python", "running", "sweep", "pictures", "reporting", "tried", "trials", "choosing"),
        *("defaults", "grids", "scoring", "axes", "exact"),
    ),
    "studies": (
        *("__init__", "mapping", "study", "journal", "locking", "standing", "tables", "watching"),
        *("workers", "crew", "process", "sharing", "listing", "targets", "headers"),
        *("cases", "partners", "finding", "patterns"),
        *("performing", "one", "worker", "reports", "task", "outcome", "case"),
    ),
    "testing": (
        *("__init__", "strategies", "checking", "promises", "trials", "writing", "arguments", "pixels"),
        *("choosing", "ways"),
    ),
    "sandbox": (
        *("__init__", "python", "program", "helping", "crew", "process", "worker", "answers", "channel", "segments"),
        "bounds",
    ),
    "processes": ("__init__", "child", "frames", "cores"),
    "exporting": (
        *("__init__", "export", "module", "rendering", "writer", "helping", "comments", "forms", "texts", "names"),
        *("syntax", "helpers"),
    ),
    "exporting.helpers": (
        *("__init__", "flooding", "tables", "labels", "thinning", "surfaces", "distances", "thresholds", "filters"),
        *("colour", "shapes", "statistics", "regions", "morphology", "numbers", "elements"),
    ),
    "exporting.rendering": (
        *("__init__", "tables", "thresholds", "surfaces", "distances", "labels", "morphology", "measures", "colour"),
        *("shapes", "filters", "pixelwise", "regions", "operators", "elements"),
    ),
    "studies.reports": ("__init__", "page", "sheet", "outliers", "numbers", "thumbnails", "naming"),
    "display": ("__init__", "views", "results", "facts", "terminal", "pictures"),
    "engine": (
        "__init__",
        *("kept", "calling"),
        "sweeping",
        "family",
        "prepared",
        "thresholds",
        "division",
        "levels",
        "values",
        "nodata",
        "wanted",
        "watching",
        *("run", "direct"),
        "passes",
        *("transposed", "outs"),
        "clock",
        "reference",
    ),
    "planner": ("__init__", "bounds", "costs", "times", "measured", "pauses", "layout", "plan", "rewrites", "methods"),
    "program": (
        *("__init__", "remarks", "identity", "liveness", "running", "tracing", "schema", "steps", "asked", "declared"),
    ),
    "functions": (
        *("__init__", "parameters", "settling", "record", "declaring", "gives", "signatures", "arguments"),
        "docstrings",
    ),
    "language": ("__init__", "formatting", "parser", "nodes", "limits", "folders"),
    "language.formatting": ("__init__", "statements", "expressions", "documents", "lines"),
    "kinds": ("__init__", "kind", "table", "tabulated", "grid", "quantity", "ranges", "patterns"),
    "diagnostics": (
        *(
            "__init__",
            "codes",
            "examples",
            "messages",
            "errors",
            "foreign_names",
            "fslmaths",
            "mending",
            "nearest",
            "source",
        ),
        "printing",
    ),
    "diagnostics.foreign_names": ("__init__", "values", "regions", "filters", "properties"),
    "diagnostics.messages": (
        "__init__",
        "syntax",
        "statements",
        "sweeps",
        "operators",
        "calls",
        "inputs",
        "limits",
        "dicom",
        "commands",
        "journals",
        "sessions",
        "prompt",
        "pictures",
        "exports",
        "files",
        "runs",
        "tables",
        "studies",
        "workers",
        "sandboxes",
        "wording",
    ),
    "cli": (
        *("__init__", "dispatch", "conversing", "running", "showing", "checking", "formatting", "explaining"),
        *("exporting", "sweeping", "comparing", "studying", "codes", "warming", "pages", "progress", "drawing"),
        *("shared", "machine"),
    ),
    "repl": (
        *("__init__", "conversation", "prompt", "plain", "reading", "highlighting"),
        *("completing", "commands", "viewing", "helping", "screen", "history", "words"),
    ),
    "session": ("__init__", "session", "scripts", "states"),
    "explain": ("__init__", "manual", "planned", "written", "listing"),
    "checker": (
        *("__init__", "program", "statements", "expressions", "subscripts", "operators", "calls"),
        *("foreign", "tables", "columns", "predicates"),
        *("application", "advice", "comparisons", "shapes", "moving", "place", "context", "binding", "arrays"),
        *("domain", "outside", "measuring", "held", "missing", "given", "lazy", "image"),
        *("meaning", "offered", "params"),
    ),
    "language.parser": ("__init__", "parsing", "grammar", "building", "mistakes", "splitting"),
    "files.images": ("__init__", "reading", "blank", "several", "opening", "writing", "table", "replacing"),
    "files.tables": ("__init__", "reading", "delimited", "documents", "parquet", "numbers"),
    "files.formats": (
        *("__init__", "png", "jpeg", "tiff", "bmp", "gif", "webp", "netpbm", "npz", "npy"),
        *("nii_gz", "nii", "nrrd", "mha", "dicom"),
    ),
    "files.formats.dicom": ("__init__", "series", "pixels", "headers", "skimming"),
    "headers": ("__init__", "stored", "nifti", "dicom"),
    "headers.dicom": ("__init__", "values", "geometry", "header", "groups"),
    "containers": ("__init__", "itk_images", "nibabel_images", "dicom_datasets", "container"),
    "files.formats.nii": ("__init__", "encoding", "volumes", "samples", "headers"),
    "files.formats.tiff": ("__init__", "reading", "writing", "structure", "ome", "imagej", "sizes", "missing"),
    "files.decoding": (
        *("__init__", "tags", "pillow", "texts", "raw", "format", "quiet", "bounds", "regular", "naming"),
    ),
    "planner.rewrites": (
        "__init__",
        "walk",
        *("settle_comparisons", "narrow_tests", "drop_double_negations", "flip_negations", "drop_neutral"),
        *("count_regions", "count_votes", "dilate_to_distances"),
        *(
            "take_branches",
            "join_ranges",
            "join_differences",
            "skip_idle_morphology",
            "merge_reaches",
            "expand_derived",
        ),
        *("leave_samples", "count_in_blocks"),
        *("intervals", "patterns", "facts"),
    ),
    "planner.methods": (
        "__init__",
        "peaks",
        *("regions", "measures", "statistics", "labels", "morphology", "filters", "ranks", "shapes", "pixelwise"),
        *("integers", "types", "stacks", "contrast", "colour", "compiled"),
        *("opencv", "elementary", "tables", "projections", "bodies", "method"),
    ),
    "display.terminal": (
        *("__init__", "landscapes", "charts", "protocols"),
        *("sixels", "fewer_colours", "characters", "blocks", "palette_256", "detection", "asking"),
    ),
    "display.pictures": (
        *(
            "__init__",
            "landscapes",
            "contact",
            "compressed",
            "plots",
            "distributions",
            "rendering",
            "colouring",
            "letters",
        ),
        *("tones", "planes", "scaling", "colours"),
    ),
    "kernels": (
        *("__init__", "compiled", "surfels", "png_chunks", "thinning", "medial", "outlines", "meshes", "calipers"),
        *("regional", "hulls", "sweeps", "gathering", "projections", "line_sums", "sums", "eigenvalues", "expansion"),
        *("distances", "spacing", "counted_ranks", "nearest", "queued_flooding", "spans", "region_rows", "numbers"),
        *("flat_zones", "overlaps", "colouring", "areas", "entropies", "channels", "boxes", "slopes", "extents"),
        *("lookups", "differences", "counts", "level_counts", "regions", "runs", "place_sums", "spread", "packed"),
        *("smooth", "ranks", "grey", "flooding", "plateaus", "choices", "threads", "blocks", "scratch", "opencv"),
        *("borders", "weights", "elementary", "resampling", "balls", "near_distances", "ellipses", "shares"),
        *("stopping", "choosing", "keeping"),
    ),
    "kernels.compiled": (
        *("__init__", "channels", "shares", "lookups", "thinning", "queued_flooding", "flooding", "nearest"),
        *("distances", "sweeps", "spread", "extents", "counts", "overlaps", "packed", "sums", "elementary"),
        *("calipers", "hulls", "outlines", "regional", "spans", "place_sums", "region_rows", "numbers", "choices"),
        *("differences", "grey", "thinning_words", "boxes", "smooth", "vectors", "runs", "spacing", "entropies"),
        *("ranks", "counted_ranks", "building"),
    ),
    "kernels.compiled.elementary": (
        *("__init__", "walking", "powers", "logarithms", "exponentials", "circle", "angles", "lengths", "rows"),
    ),
    "kernels.elementary": (
        "__init__",
        *("short_angles", "singles", "angles", "circle", "turns", "lengths", "in_place"),
        *("powers", "logarithms", "exponentials", "roots", "blocks", "two_floats", "fixed_point"),
    ),
    "library": (
        "__init__",
        "thresholds",
        "regions",
        "measures",
        "morphology",
        "filters",
        "colour",
        "shapes",
        "stacks",
        "pixelwise",
        "operators",
        "numbering",
        "elements",
        "lazy",
    ),
    "library.thresholds": ("__init__", "hysteresis", "local", "classes", "histograms", "levels"),
    "library.regions": (
        *("__init__", "measuring", "keeping", "properties", "records", "pixels", "places", "rounding"),
        *("watersheds", "peaks", "extremes", "areas", "numbers", "detection", "distances", "components"),
    ),
    "library.regions.properties": ("__init__", "grey", "place", "form", "size"),
    "library.measures": ("__init__", "lines", "agreement", "surfaces", "masks", "statistics", "along"),
    "library.morphology": (
        *("__init__", "skeletons", "hulls", "geodesic", "patterns", "residues", "elementary", "labelled"),
    ),
    "library.filters": (
        *("__init__", "background", "lines", "derivatives", "kernels", "resampling", "local_contrast", "contrast"),
        *("edges", "ranks", "smoothing"),
    ),
    "library.colour": ("__init__", "spaces", "stains", "shares", "channels"),
    "library.shapes": ("__init__", "lines", "polygons", "drawn", "turned", "coordinates", "places"),
    "library.pixelwise": ("__init__", "missing", "casts", "choices", "elementary", "flags", "predicates"),
}
# In these each module has a file of tests by its name: `kernels/packed.py` has `tests/kernels/test_packed.py`.
TESTED_BY_NAME = ("checker", "kernels", "kernels.compiled", "kernels.compiled.elementary", "kernels.elementary")
TESTED_BY_NAME += ("planner", "planner.methods", "planner.rewrites")
# What others wrote, by the rooms that may use it.
OUTSIDE = {
    "PIL": {"files.formats", "files.decoding", "display.pictures"},  # what imageio reads with; texts in plots
    "imagecodecs": {"files.formats", "files.decoding"},
    "imageio": {"files.formats", "files.decoding"},
    "lark": {"language.parser"},
    "numpy": set(ROOMS),
    "scipy": {"library", "kernels", "sweeps", "exporting.helpers"},
    "cv2": {"kernels"},  # an extra
    "numba": {"kernels.compiled"},  # an extra
    "llvmlite": {"kernels.compiled"},  # what Numba brings
    "hypothesis": {"testing"},  # an extra: of whoever asks for strategies
    "pandas": {"kinds"},  # of whoever asks for a DataFrame
    "pyarrow": {"files.tables"},  # an extra
    "nibabel": {"files.formats", "headers", "containers"},  # an extra
    "tifffile": {"files.formats", "files.decoding"},
    "pydicom": {"files.formats", "headers", "containers"},
    "rich": {"cli"},  # an extra
    "jinja2": {"studies.reports"},  # an extra
    "markupsafe": {"studies.reports"},  # what jinja2 brings
    "prompt_toolkit": {"repl"},  # an extra
    "pygments": {"repl"},  # an extra
    "PyInstaller": {"__pyinstaller"},  # which reads that room, and nobody else does
}


def module_name(path):
    parts = [PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@functools.cache
def tree_of(module):
    return ast.parse(MODULES[module].read_text("utf-8"))


def path_of(module):
    """Its rooms, from the outermost: "a.b" is ("a", "b"), a package is its own "__init__"."""
    names = module.split(".")[1:]
    return (*names, "__init__") if MODULES[module].stem == "__init__" else tuple(names)


def room(module):
    return [*module.split("."), "__init__"][1]


def lies_in(module, places):
    """Whether a module lies in one of some rooms, or rooms of a room: "planner.methods"."""
    path = ".".join(path_of(module))
    return any(f"{path}.".startswith(f"{place}.") for place in places)


def imports(module):
    """What a module imports, at its top or anywhere inside, from the package and from outside."""
    found = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: write the whole name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("lazy", "import_module", "Lazy"):
            found.update(a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
    return found - {module}


def _called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def test_every_module_has_its_place():
    rooms = {room(module) for module in MODULES}
    assert rooms == set(ROOMS)
    assert len(set(ROOMS)) == len(ROOMS)
    for package, order in INSIDE.items():
        prefix = tuple(package.split("."))
        inside = {path_of(m)[len(prefix)] for m in MODULES if path_of(m)[: len(prefix)] == prefix}
        assert inside == set(order), package
    packages = {".".join(path_of(m)[:-1]) for m in MODULES} - {""}
    assert packages == set(INSIDE)


def test_the_readme_lists_the_rooms_in_their_order():
    readme = (TESTS.parent / "README.md").read_text("utf-8")
    listing = readme.split("    maskexpr/\n", 1)[1].split("\n\n", 1)[0]
    # A room's line begins where all rooms do, its further ones deeper.
    lines = (re.split(r" {3,}", line[6:])[0] for line in listing.splitlines() if line[6:7].strip())
    named = [re.findall(r"(\w+)(?:\.py|/)", line) for line in lines]
    assert [*itertools.chain.from_iterable(named)] == [name for name in ROOMS if not name.startswith("__")]


@pytest.mark.parametrize("room", TESTED_BY_NAME)
def test_every_module_has_its_tests_by_its_name(room):
    modules = {path_of(m)[-1] for m in MODULES if ".".join(path_of(m)[:-1]) == room} - {"__init__"}
    files = {path.stem.removeprefix("test_") for path in (TESTS / room.replace(".", "/")).glob("test_*.py")}
    assert files == modules


def test_tests_lie_in_the_rooms_that_they_test():
    """Or at the top, where they go through several; what they share in helpers/."""
    folders = {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py")} - {"."}
    rooms = {"/".join(path_of(m)[: n + 1]) for m in MODULES for n in range(len(path_of(m)) - 1)}
    assert folders - rooms == {"bench", "bench/catalogue", "fuzz", "helpers"}


@each("module", MODULES)
def test_imports_go_down(module):
    for other in imports(module):
        # The face of the package names what is public, wherever it lies; none of it is imported before it is asked for.
        if other.split(".")[0] != PACKAGE.name or module == PACKAGE.name:
            continue
        # Where the two paths part, one room of a list imports from another of the same list.
        pairs = list(zip(path_of(module), path_of(other), strict=False))
        depth = next(i for i, (own, others) in enumerate(pairs) if own != others)
        order = INSIDE[".".join(path_of(module)[:depth])] if depth else ROOMS
        assert order.index(pairs[depth][0]) < order.index(pairs[depth][1]), f"{module} imports {other}"


@each("module", MODULES)
def test_what_others_wrote_stays_in_its_rooms(module):
    for other in imports(module):
        top = other.split(".")[0]
        if top == PACKAGE.name or top in sys.stdlib_module_names:
            continue
        assert lies_in(module, OUTSIDE.get(top, set())), f"{module} imports {other}"


def test_a_compiled_kernel_takes_what_the_one_takes_that_it_stands_for():
    marked = [(m, f) for m in MODULES if lies_in(m, {"kernels"}) for f in _functions(m) if _is_marked(f)]
    assert marked
    for module, function in marked:
        twins = _functions(module.replace(".kernels.", ".kernels.compiled."))
        (arguments,) = [ast.dump(twin.args) for twin in twins if twin.name == function.name]
        assert arguments == ast.dump(function.args), f"{module}.{function.name}"


def _functions(module):
    return [node for node in tree_of(module).body if isinstance(node, ast.FunctionDef)]


def _is_marked(function):
    return any(getattr(decorator, "id", "") == "has_compiled" for decorator in function.decorator_list)


def test_formats_know_nothing_of_the_language():
    assert not used_beside(
        "files.formats",
        {
            "files.formats",
            "files.decoding",
            "headers",
            "kernels.png_chunks",
            "kinds.grid",
            *(f"diagnostics.{name}" for name in ("messages", "errors", "source", "printing")),
        },
    )


def test_kernels_know_arrays_only():
    assert not used_beside("kernels", {"kernels"})


def used_beside(place, allowed):
    """What the modules of a place import from the package beside what lies in some places."""
    used = itertools.chain.from_iterable(imports(m) for m in MODULES if lies_in(m, {place}))
    return {m for m in used if m in MODULES and not lies_in(m, allowed)}


@each("module", MODULES)
def test_no_text_is_run_as_python(module):
    """Neither `eval` nor `exec`, nor Python's `compile`; ours is a function of the api."""
    ours = {"compile", "evaluate"} & {
        alias.name
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom) and node.module == "maskexpr.api"
        for alias in node.names
    }
    forbidden = {"eval", "exec", "compile"} - ours - ({"compile"} if module == "maskexpr.api" else set())
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in forbidden, f"{module}:{node.lineno}"


# What NumPy and the system's library leave open: last bits that follow from the machine, the version or the layout.
ELEMENTARY = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arctan2", "hypot", "power"}
ELEMENTARY |= {"float_power", "cbrt", "pow", "atan2", "atan", "asin", "acos", "sinh", "cosh", "tanh", "dist", "gamma"}
ROUNDED = {"interp", "histogram", "linspace", "geomspace", "mean", "average", "std", "var", "median", "percentile"}
ROUNDED |= {"quantile", "dot", "matmul", "einsum", "tensordot", "linalg", "fft", "convolve", "gradient", "trapezoid"}
# Where it does not matter, and why.
LEFT_OPEN = {
    "library.operators": {"power"},  # of whole numbers
    "planner.methods.elementary": {"power"},  # of whole numbers
    "headers.nifti": {"asin"},  # an angle of two digits in a note
    "kernels.elementary.angles": {"atan2"},  # a first guess of exact digits
    "kernels.elementary.powers": {"log"},  # how large a power is, about
}


@each("module", MODULES)
def test_no_bit_is_left_to_a_library(module):
    allowed = LEFT_OPEN.get(".".join(path_of(module)), set())
    if lies_in(module, {"exporting.helpers"}):  # they run elsewhere, where floating results are promised up to rounding
        allowed = ELEMENTARY | ROUNDED
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in ("np", "math"):
            assert node.attr not in (ELEMENTARY | ROUNDED) - allowed, f"{module}:{node.lineno}: {node.attr}"
        if isinstance(node, ast.Call) and _called(node) == "argsort":  # of equals it takes any first, unless told
            distinct = module == "maskexpr.kernels.gathering"
            assert distinct or "stable" in ast.unparse(node), f"{module}:{node.lineno}: argsort"


def test_files_are_opened_by_those_who_may():
    """The rest works on arrays and texts, so that a program cannot reach a file."""
    opening = {"read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rename"}
    found = set()
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call):
                plain_open = isinstance(node.func, ast.Name) and node.func.id == "open"
                if plain_open or _called(node) in opening:
                    found.add(module)
    allowed = {"cli", "files", "language.parser", "repl"}  # the REPL for its history
    allowed |= {"studies.journal", "studies.locking"}  # what a study keeps of itself; they see no program's names
    allowed |= {"studies.reports.sheet"}  # for what an image says of itself: that it is a sheet
    allowed |= {"sandbox.segments", "sandbox.bounds"}  # memory without a name; what Linux tells of this process
    allowed |= {"exporting.helping"}  # for the sources of its own helpers
    allowed |= {"kernels.keeping"}  # for what is compiled of our own sources
    assert not [module for module in found if not lies_in(module, allowed)]


def test_all_wording_is_in_one_room():
    """Diagnostics are made by the mistakes of messages/; the checker only adds where a def was called."""
    assert all(lies_in(module, {"diagnostics.messages"}) for module in _callers("Mistake"))
    assert _callers("Diagnostic") == {"maskexpr.diagnostics.messages.wording", "maskexpr.checker.context"}


def _callers(name):
    calls = ((module, node) for module in MODULES for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call))
    return {module for module, node in calls if _called(node) == name}


@each("module", MODULES)
def test_every_module_says_what_it_is_for(module):
    assert ast.get_docstring(tree_of(module))
