"""A few elements found quickly are those that pydicom finds."""

from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from maskexpr.diagnostics.errors import MaskError
from maskexpr.files.formats.dicom.skimming import skimmed
from maskexpr.files.images import several

FOLDER = Path(get_testdata_file("CT_small.dcm", download=False)).parent
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.suffix in (".dcm", ""))
SERIES, ROWS, COLUMNS = 0x0020000E, 0x00280010, 0x00280011
DATA = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()[:4096]


@pytest.mark.filterwarnings("ignore:Expected explicit VR")
def test_real_files():
    quick = 0
    for path in FILES:
        try:
            found = several.member_of(str(path))
        except MaskError:
            continue
        try:
            expected = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        except Exception:
            continue
        is_image = bool(expected.get("Rows")) and bool(expected.get("Columns"))
        if found is None:
            assert not is_image, path
        elif is_image:
            assert found == str(expected.get("SeriesInstanceUID") or ""), path
        known = skimmed(path.read_bytes()[: 2**16], (SERIES, ROWS, COLUMNS), COLUMNS)
        quick += known is not None
        if known and ROWS in known:
            assert int.from_bytes(known[ROWS], "little") == expected.Rows, path
    assert quick > 50


def test_nested_sequences_of_no_stated_length(tmp_path):
    """What is in them is not taken for the file's own."""
    found = pydicom.dcmread(FOLDER / "CT_small.dcm")
    inner = pydicom.Dataset()
    inner.SeriesInstanceUID = "1.2.3"
    for _ in range(3):
        outer = pydicom.Dataset()
        outer.SeriesInstanceUID = "1.2.4"
        outer.ReferencedSeriesSequence = [inner, inner]
        outer["ReferencedSeriesSequence"].is_undefined_length = True
        inner = outer
    found.ReferencedSeriesSequence = [inner]
    found["ReferencedSeriesSequence"].is_undefined_length = True
    path = tmp_path / "a.dcm"
    found.save_as(path)
    assert skimmed(path.read_bytes(), (SERIES,), COLUMNS) is not None
    assert several.member_of(str(path)) == found.SeriesInstanceUID


@given(st.integers(132, 2000), st.binary(min_size=1, max_size=8), st.integers(0, 4096))
def test_damaged_files_raise_nothing(place, other, length):
    data = (DATA[:place] + other + DATA[place + len(other) :])[:length]
    known = skimmed(data, (SERIES, ROWS, COLUMNS), COLUMNS)
    assert known is None or known.keys() <= {SERIES, ROWS, COLUMNS}
