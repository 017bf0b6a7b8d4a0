"""OpenCV is used where it works; one that is there and does not is as none."""

import builtins
import importlib
import sys
import types
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from scipy import ndimage

import maskexpr
from maskexpr.kernels import opencv

IM = np.random.default_rng(3).integers(0, 256, (300, 300), np.uint8)


@pytest.fixture(autouse=True)
def asked_anew() -> Any:
    """Each test finds another OpenCV, and leaves none behind."""
    opencv.usable.cache_clear()
    yield
    opencv.usable.cache_clear()


def broken_by(error: Exception) -> Any:
    def refuse(name: str, package: str | None = None) -> Any:
        if name == "cv2":
            print("A module that was compiled using NumPy 1.x cannot be run", file=sys.stderr)
            raise error
        return importlib.__import__(name, fromlist=["*"])

    return refuse


def unusable() -> dict[str, Any]:
    """What has been found by that name on other people's machines."""
    wrong = types.ModuleType("cv2")
    vars(wrong).update({name: lambda im, *given, **more: im for name in ("medianBlur", "GaussianBlur")})
    return {
        "built for another NumPy": broken_by(ImportError("numpy.core.multiarray failed to import")),
        "without a library": broken_by(ImportError("libGL.so.1: cannot open shared object file")),
        "with another fault": broken_by(AttributeError("_ARRAY_API not found")),
        "a module without functions": types.ModuleType("cv2"),
        "a mock": mock.MagicMock(),
        "wrong answers": wrong,
        "none": None,
    }


@pytest.mark.parametrize("what", unusable())
def test_an_opencv_that_does_not_work_is_as_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    found = unusable()[what]
    if isinstance(found, types.FunctionType):
        monkeypatch.setattr(importlib, "import_module", found)
    else:
        monkeypatch.setitem(sys.modules, "cv2", found)
    assert opencv.usable() is None
    for fast in (False, True):
        program = maskexpr.compile("output a = median_filter(im, 5); output b = gaussian(im, 1)", fast=fast)
        results = program(im=IM)
        np.testing.assert_array_equal(results["a"], ndimage.median_filter(IM, 11, mode="reflect"))
        np.testing.assert_array_equal(results["b"], maskexpr.evaluate("gaussian(im, 1)", im=IM))
    assert capsys.readouterr() == ("", "")


def test_an_empty_folder_of_its_name_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cv2").mkdir()
    for name in [name for name in sys.modules if name.partition(".")[0] == "cv2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *(p for p in sys.path if not Path(p, "cv2").is_dir())])
    assert opencv.usable() is None


def test_it_is_imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, asked = builtins.__import__, []
    monkeypatch.setattr(importlib, "import_module", lambda name: asked.append(name) or plain("no_such_package"))
    assert [opencv.usable(), opencv.usable(), asked] == [None, None, ["cv2"]]


def test_the_one_that_is_installed_works() -> None:
    assert opencv.usable() is pytest.importorskip("cv2")
