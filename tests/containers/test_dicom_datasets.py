"""Datasets of pydicom: what is taken of them is what is read of their files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

import maskexpr

FILES = Path(pydicom.__file__).parent / "data" / "test_files"
NAMES = [
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "JPEG2000.dcm",
    "examples_palette.dcm",
    "examples_rgb_color.dcm",
    "examples_ybr_color.dcm",
    "examples_overlay.dcm",
    "liver_1frame.dcm",
    "rtdose.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "image_dfl.dcm",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_is_taken_as_its_file(name: str) -> None:
    if not (FILES / name).exists():
        pytest.skip("it is not among the files of this version")
    read, dataset = maskexpr.read(FILES / name), pydicom.dcmread(FILES / name)
    for text in ("valid(im)", "im"):
        one, other = (maskexpr.compile(text).bind(im=im) for im in (dataset, read))
        assert one.kinds["result"].grid == other.kinds["result"].grid
        assert str(one.kinds["result"]) == str(other.kinds["result"])
        found, expected = one.run()["result"], other.run()["result"]
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, expected)


def series(heights: list[float]) -> list[Any]:
    """Slices of a CT, at some heights."""
    slices = []
    for height in heights:
        dataset = pydicom.dcmread(FILES / "CT_small.dcm")
        dataset.ImagePositionPatient = [-100, -80, height]
        slices.append(dataset)
    return slices


def test_a_list_of_datasets_is_one_series(tmp_path: Path) -> None:
    slices = series([10, 12.5, 15])
    for number, dataset in enumerate(slices):
        dataset.save_as(tmp_path / f"{number}.dcm")
    read = maskexpr.read(tmp_path)
    one, other = (maskexpr.compile("im").bind(im=im) for im in (slices, read))
    assert one.kinds["result"] == replace(other.kinds["result"], origin="im")
    np.testing.assert_array_equal(one.run()["result"], other.run()["result"])
    hounsfield = slices[0].pixel_array.astype(int) + int(slices[0].RescaleIntercept)
    np.testing.assert_array_equal(one.run()["result"][1], hounsfield)


def test_what_is_no_one_series_in_its_order_is_refused() -> None:
    with pytest.raises(maskexpr.InputError, match="in another order than they lie in; sort them: ") as caught:
        maskexpr.evaluate("im", im=series([15, 12.5, 10]))
    im = series([15, 12.5, 10])
    sorted_by = eval(caught.value.hint.removeprefix("sort them: "), {"numpy": np, "im": im})
    assert maskexpr.compile("im").kind(im=sorted_by).shape == (3, 128, 128)
    with pytest.raises(maskexpr.InputError, match=r"of slices 2\.5 mm apart, 2 are missing"):
        maskexpr.evaluate("im", im=series([10, 12.5, 20, 22.5]))
    other = series([10, 12.5])
    other[1].Rows = 64
    with pytest.raises(maskexpr.InputError, match="of several series, sizes or directions"):
        maskexpr.evaluate("im", im=other)
    with pytest.raises(maskexpr.InputError, match="it has no pixels"):
        maskexpr.evaluate("im", im=[*series([10]), np.ones((128, 128))])


def test_what_pydicom_cannot_decode_is_said() -> None:
    dataset = pydicom.dcmread(FILES / "CT_small.dcm")
    dataset.PixelData = dataset.PixelData[:99]
    with pytest.raises(maskexpr.InputError, match=r"cannot be an image: The number of bytes of pixel data is less"):
        maskexpr.evaluate("im", im=dataset)
    dataset.PhotometricInterpretation = "CMYK"
    with pytest.raises(maskexpr.InputError, match="its pixels are 1 of CMYK"):
        maskexpr.evaluate("im", im=dataset)
