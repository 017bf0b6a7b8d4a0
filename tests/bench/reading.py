"""How long it takes to read a volume and take a threshold of it, beside what nibabel and pydicom take for the same.

`python tests/bench/reading.py` makes a 512x512x200 NIfTI file, packed and not, and a series of 200 DICOM slices in a
temporary folder, runs each way in turn in this process, and says medians and ratios (theirs over ours); then the peak
memory of ours in a process of its own, less that of one which only imports (Linux: other systems count the process
before it, too).
"""

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

import maskexpr

LOW = 300
PEAK = (
    "import re, sys, maskexpr, numpy; from maskexpr.files import programs; import nibabel, pydicom;"
    "paths = sys.argv[1:]; maskexpr.evaluate('im > 300', im=numpy.zeros((9, 9), 'i2'));"
    "masks = [maskexpr.evaluate('im > 300', im=maskexpr.read(path)) for path in paths];"
    "print(int(re.search('VmHWM: *(.*) kB', open('/proc/self/status').read().replace(chr(9), ' '))[1]) / 1024)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--shape", type=int, nargs=3, default=[512, 512, 200], metavar=("X", "Y", "Z"))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        works = made(Path(folder), tuple(options.shape))
        for name, (path, theirs) in works.items():
            ours_s, theirs_s = in_turn((partial(ours, path), partial(theirs, path)), options.rounds)
            ratio = f"{theirs_s * 1000:8.1f}, ratio {theirs_s / ours_s:.2f}"
            print(f"{name:12} ours {ours_s * 1000:8.1f} ms, theirs {ratio}; {peak([path]) - peak([]):.0f} MiB at most")
    return 0


def made(folder: Path, shape: tuple[int, ...]) -> dict[str, tuple[str, Callable[[str], Any]]]:
    """The files, each with its peer's way to read it and take the threshold."""
    volume = np.asfortranarray(np.random.default_rng(0).integers(-1000, 2000, shape, np.int16))
    image = nibabel.Nifti1Image(volume, np.diag([-0.5, -0.5, 1, 1]))
    for ending in (".nii", ".nii.gz"):
        nibabel.save(image, folder / f"volume{ending}")
    series = folder / "series"
    series.mkdir()
    uid = generate_uid()
    for z in range(shape[2]):
        a_slice(uid, z, volume[..., z].T).save_as(series / f"{(z * 37) % shape[2]:04}.dcm", enforce_file_format=True)
    return {
        "NIfTI": (str(folder / "volume.nii"), by_nibabel),
        "NIfTI, gzip": (str(folder / "volume.nii.gz"), by_nibabel),
        "DICOM": (str(series), by_pydicom),
    }


def a_slice(series: str, z: int, values: Any) -> Dataset:
    found, meta = Dataset(), FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    found.file_meta, found.Modality = meta, "CT"
    found.SOPClassUID, found.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    found.SeriesInstanceUID = found.StudyInstanceUID = series
    found.Rows, found.Columns = values.shape
    found.PixelSpacing, found.ImageOrientationPatient = [0.5, 0.5], [1, 0, 0, 0, 1, 0]
    found.ImagePositionPatient = [0, 0, z]
    found.SamplesPerPixel, found.PhotometricInterpretation = 1, "MONOCHROME2"
    found.BitsAllocated, found.BitsStored, found.HighBit, found.PixelRepresentation = 16, 16, 15, 1
    found.PixelData = np.ascontiguousarray(values).astype("<i2").tobytes()
    return found


def ours(path: str) -> Any:
    return maskexpr.evaluate(f"im > {LOW}", im=maskexpr.read(path))


def by_nibabel(path: str) -> Any:
    return np.asanyarray(nibabel.load(path).dataobj) > LOW


def by_pydicom(path: str) -> Any:
    slices = sorted(map(pydicom.dcmread, Path(path).iterdir()), key=lambda s: s.ImagePositionPatient[2])
    return np.stack([s.pixel_array for s in slices]) > LOW


def in_turn(ways: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """Median seconds of each."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds + 1):
        for way, taken in zip(ways, times, strict=True):
            gc.collect()
            began = time.perf_counter()
            way()
            taken.append(time.perf_counter() - began)
    return [statistics.median(taken[1:]) for taken in times]


def peak(paths: Sequence[str]) -> float:
    done = subprocess.run([sys.executable, "-c", PEAK, *paths], capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
