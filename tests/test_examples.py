"""The examples give what NumPy and SciPy give, and the picture shown is what the tool makes."""

from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import scipy.ndimage as ndi

from maskexpr.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
Run = Callable[..., dict[str, np.ndarray]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an example in an empty folder; its files by name, its numbers as they were printed."""

    def run(name: str, *arguments: str) -> dict[str, np.ndarray]:
        monkeypatch.chdir(tmp_path)
        assert main(["run", str(EXAMPLES / name), *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()
        results: dict[str, np.ndarray] = {}
        for line in lines:
            if " = " in line:
                key, value = line.split(" = ")
                results[key] = np.float64(value)
            else:
                path = Path(line)
                results[path.stem.split("-", 1)[1]] = np.load(path) if path.suffix == ".npy" else iio.imread(path)
        return results

    return run


@pytest.fixture(scope="module")
def ankle() -> np.ndarray:
    return iio.imread(EXAMPLES / "ankle.png")


def picture(mask: np.ndarray) -> np.ndarray:
    return np.where(mask, 255, 0).astype(np.uint8)


@pytest.mark.parametrize(("low", "high", "reach"), [(32, 64, 2), (28, 70, 5)])
def test_tissue(run: Run, ankle: np.ndarray, low: int, high: int, reach: int) -> None:
    results = run("tissue.mask", "-p", f"low={low}", "-p", f"high={high}", "-p", f"reach={reach}")
    soft = (ankle > low) & ~(ankle > high)
    np.testing.assert_array_equal(results["tissue"], picture(ndi.binary_dilation(soft, iterations=reach)))
    np.testing.assert_array_equal(results["core"], picture(ndi.binary_erosion(soft, iterations=reach)))
    labels, _ = ndi.label(ankle > low)
    largest = labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
    np.testing.assert_array_equal(results["leg"], picture(largest))
    np.testing.assert_array_equal(results["bones_only"], np.where(ankle > high, ankle, 0))
    assert results["bones_only"].dtype == np.uint8
    assert results["share"] == ndi.binary_dilation(soft, iterations=reach).mean()


def test_tissue_that_is_not_there_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(EXAMPLES / "tissue.mask"), "-p", "low=255"]) == 1
    assert "no tissue found" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_picture_in_the_readme_is_the_result(run: Run) -> None:
    shown = iio.imread(EXAMPLES / "ankle-tissue.png")
    np.testing.assert_array_equal(run("tissue.mask")["tissue"], shown)


def test_ascending(run: Run) -> None:
    results = run("ascending.mask")
    im = np.arange(1, 10).reshape(3, 3)
    np.testing.assert_array_equal(results["above"], picture(im > 5))
    np.testing.assert_array_equal(results["inside"], picture((im > 3) & (im <= 7)))
    np.testing.assert_array_equal(results["same"], results["inside"])
    np.testing.assert_array_equal(results["lower"], im - 5)


def disk(reach: int) -> np.ndarray:
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    return y * y + x * x <= reach * reach


def test_specks(run: Run, ankle: np.ndarray) -> None:
    results = run("specks.mask")
    rough, element = ankle > 64, disk(3)
    opened = ndi.binary_opening(rough, element)
    closed = ndi.binary_closing(np.pad(opened, 3), element)[3:-3, 3:-3]
    np.testing.assert_array_equal(results["clean"], picture(closed))
    labels, _ = ndi.label(rough)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    by_size = ndi.binary_fill_holes(sizes[labels] >= 200)
    np.testing.assert_array_equal(results["by_size"], picture(by_size))
    both = np.count_nonzero(closed & by_size)
    assert results["agreement"] == pytest.approx(2 * both / (np.count_nonzero(closed) + np.count_nonzero(by_size)))
