"""What a command imports, so that nobody waits for what was not asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
IMAGE = f"im={EXAMPLES / 'ankle.png'}"
LIBRARIES = {"numpy", "scipy", "lark", "imageio", "PIL", "tifffile", "cv2", "skimage", "IPython", "prompt_toolkit"}
LIBRARIES |= {"numpy.ma", "pygments", "readline", "html", "numba", "llvmlite"}
# What only some commands need of ours.
ROOMS = ("repl", "session", "notebook", "explain", "display.pictures", "display.terminal", "display.views")
ROOMS += ("files.provenance", "files.images.writing", "files.formats.tiff", "builtin", "language.formatting")
COMMANDS = {f"cli.{name}" for name in ("conversing", "running", "showing", "checking", "explaining", "drawing")}

IMPORTED = {
    "--version": ((), ()),
    "functions close": (("numpy", "lark"), ("cli.explaining", "explain", "language.formatting")),
    f"check {EXAMPLES / 'tissue.mask'}": (("numpy", "lark", "imageio", "PIL"), ("cli.checking",)),
    "eval 1+2": (("numpy", "lark"), ("cli.running",)),
    f"eval im>32 {IMAGE}": (("numpy", "lark", "imageio", "PIL"), ("cli.running",)),
    f"eval im>32 {IMAGE} --show": (("numpy", "lark", "imageio", "PIL"), ("cli.running",)),
    f"eval dilate((im>32)&~(im>64),2) {IMAGE}": (("numpy", "lark", "imageio", "PIL"), ("cli.running",)),
    f"eval reconstruct(im-9,im)>32 {IMAGE}": (
        ("numpy", "numpy.ma", "scipy", "lark", "imageio", "PIL"),
        ("cli.running",),
    ),
    f"eval area(keep(im>32,area>5)) {IMAGE}": (("numpy", "lark", "imageio", "PIL"), ("cli.running",)),
    f"eval im>32 {IMAGE} -o OUT.png": (
        ("numpy", "lark", "imageio", "PIL"),
        ("cli.running", "files.images.writing", "files.provenance"),
    ),
    f"explain im>32 {IMAGE}": (
        ("numpy", "lark", "imageio", "PIL"),
        ("cli.explaining", "explain", "language.formatting"),
    ),
}


def loaded_by(arguments: list[str], folder: Path) -> set[str]:
    """The modules that a process has when a command is done."""
    code = "import sys, os; os._exit = lambda code: None; import maskexpr.__main__ as m; m.run(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60, cwd=folder
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", IMPORTED)
def test_a_command_imports_what_it_needs(command: str, tmp_path: Path) -> None:
    libraries, rooms = IMPORTED[command]
    loaded = loaded_by(command.split(), tmp_path)
    assert loaded & LIBRARIES == set(libraries)
    ours = {name.removeprefix("maskexpr.") for name in loaded if name.startswith("maskexpr.")}
    assert ours & (set(ROOMS) | COMMANDS) == set(rooms)


def test_elementary_functions_are_imported_when_one_is_used(tmp_path: Path) -> None:
    """Their modules make tables and take some milliseconds, which most programs have no use for."""
    room = "maskexpr.kernels.elementary."
    used = {name for name in loaded_by(["eval", "log(im)>3", IMAGE], tmp_path) if name.startswith(room)}
    assert used > {room + "singles"}
    assert used & loaded_by(["eval", "im>32", IMAGE], tmp_path) == {room + "blocks"}


def test_the_version_is_the_number_alone(tmp_path: Path) -> None:
    ours = {name for name in loaded_by(["--version"], tmp_path) if name.split(".")[0] == "maskexpr"}
    assert ours == {"maskexpr", "maskexpr.__main__"}


def test_importing_maskexpr_imports_nothing_until_a_name_is_used() -> None:
    code = "import sys, maskexpr; print(*(m for m in sys.modules if m.split('.')[0] in ('maskexpr', 'numpy', 'lark')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["maskexpr"]
