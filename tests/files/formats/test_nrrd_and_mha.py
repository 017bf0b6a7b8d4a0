"""NRRD and MetaImage. Oracles: SimpleITK and pynrrd write what is read here, and read what is written."""

import gzip
import importlib.util
import io
import os
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers import rasters
from helpers.command_shell import Shell
from helpers.each import each

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.decoding.format import Source
from maskexpr.files.images.opening import opened
from maskexpr.kinds.grid import Grid

TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]
SPACING, ORIGIN = np.array([0.5, 0.7, 2.25]), (-1.0, 2.5, 3.0)  # x, y, z
ENDINGS = [".nrrd", ".nhdr", ".mha", ".mhd"]
NO_ITK = importlib.util.find_spec("SimpleITK") is None
itk = pytest.mark.skipif(NO_ITK, reason="SimpleITK is an extra")


def noise(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).integers(0, 256, (*shape, np.dtype(dtype).itemsize), dtype=np.uint8)
    if np.dtype(dtype).kind == "f":
        return np.random.default_rng(seed).normal(0, 1e3, shape).astype(dtype)
    return raw.reshape(*shape[:-1], -1).view(dtype).reshape(shape)


def turned(seed: int = 0) -> np.ndarray:
    """A turn of space, whose columns are the directions of x, y and z."""
    found, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return found * np.sign(np.linalg.det(found))


def same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == expected.dtype
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, expected)


def ways_of(grid: Grid) -> np.ndarray:
    """The ways along x, y and z as columns."""
    return np.array([way for way in reversed(grid.steps or ()) if way is not None]).T


# --- read ------------------------------------------------------------------------------------------------------------


@itk
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_itk_writes_is_read(tmp_path: Path, ending: str, packed: bool) -> None:
    import SimpleITK as sitk

    for seed, dtype in enumerate(TYPES):
        array, turn = noise((3, 4, 5), dtype), turned(seed)
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(SPACING.tolist())
        image.SetOrigin(ORIGIN)
        image.SetDirection(turn.ravel().tolist())
        path = tmp_path / f"{dtype}{ending}"
        sitk.WriteImage(image, os.fspath(path), packed)
        pixels = images.read(path)
        same(pixels.array, array)
        assert (pixels.colour, pixels.notes) == (False, ())
        assert pixels.spacing == (Fraction("2.25"), Fraction("0.7"), Fraction("0.5"))
        assert pixels.grid is not None
        assert (pixels.grid.axes, pixels.grid.world) == ("zyx", "LPS")
        np.testing.assert_allclose(pixels.grid.origin, ORIGIN)
        np.testing.assert_allclose(ways_of(pixels.grid), turn * SPACING, atol=1e-12)


@itk
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_single_time_leaves_a_volume_at_its_place(tmp_path: Path, ending: str) -> None:
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(noise((1, 4, 3, 2), "int16"), isVector=False)
    image.SetSpacing([1.0, 2.0, 3.0, 4.0])
    image.SetOrigin([5.0, 6.0, 7.0, 8.0])
    path = tmp_path / f"volume{ending}"
    sitk.WriteImage(image, str(path))
    pixels = images.read(path)
    assert pixels.spacing is not None
    assert pixels.spacing[-3:] == (3, 2, 1)
    assert pixels.grid is not None
    assert pixels.grid.origin == (5, 6, 7)


@itk
@pytest.mark.parametrize("ending", ENDINGS)
def test_planes_series_and_vectors_of_itk(tmp_path: Path, ending: str) -> None:
    import SimpleITK as sitk

    for shape, axes, colour in [
        ((4, 5), "yx", False),
        ((4, 5, 3), "yx", True),
        ((3, 4, 5, 2), "zyx", True),
        ((2, 3, 4, 5), "tzyx", False),
    ]:
        array = noise(shape, "uint16")
        image = sitk.GetImageFromArray(array, isVector=colour)
        sitk.WriteImage(image, os.fspath(tmp_path / f"a{ending}"))
        pixels = images.read(tmp_path / f"a{ending}")
        same(pixels.array, array)
        assert pixels.colour is colour
        assert pixels.grid is not None
        assert pixels.grid.axes == axes


@pytest.mark.parametrize("space", ["right-anterior-superior", "RAS", "left-anterior-superior", "LPS"])
def test_worlds_of_nrrd(space: str) -> None:
    signs = {"r": (-1, -1, 1), "l": (1, -1, 1), "L": (1, 1, 1), "R": (-1, -1, 1)}[space[0]]
    lines = [
        *("type: short", "dimension: 3", f"space: {space}", "sizes: 2 3 4", "endian: big", "encoding: raw"),
        *("space directions: (1,0,0) (0,2,0) (0,0,3)", 'space units: "cm" "cm" "cm"', "space origin: (1, 2, 3)"),
    ]
    array = noise((4, 3, 2), "int16")
    pixels = images.read(io.BytesIO(nrrd_of(lines, array.astype(">i2").tobytes())))
    same(pixels.array, array)
    assert pixels.spacing == (30, 20, 10)
    assert pixels.grid is not None
    assert pixels.grid.world == "LPS"
    assert pixels.grid.origin == tuple(sign * value for sign, value in zip(signs, (10, 20, 30), strict=True))
    np.testing.assert_array_equal(ways_of(pixels.grid), np.diag(signs) * [10, 20, 30])


def nrrd_of(lines: list[str], samples: bytes = b"") -> bytes:
    return "\n".join(["NRRD0004", *lines, "", ""]).encode() + samples


def mha_of(lines: list[str], samples: bytes = b"") -> bytes:
    return "\n".join([*lines, "ElementDataFile = LOCAL", ""]).encode() + samples


PLAIN = ["type: uchar", "dimension: 3", "sizes: 4 3 2", "encoding: raw"]
PLAIN_MHA = ["ObjectType = Image", "NDims = 3", "DimSize = 4 3 2", "ElementType = MET_UCHAR"]
VOLUME = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@each(
    "more",
    [
        ([], None, "zyx"),
        (["spacings: 0.1 0.2 nan"], None, "zyx"),
        (["spacings: 0.1 0.2 0.3"], ("0.3", "0.2", "0.1"), "zyx"),
        (["spacings: 100 200 300", 'units: "um" "um" "um"'], ("0.3", "0.2", "0.1"), "zyx"),
        (['units: "s" "mm" "mm"', "spacings: 1 2 3"], None, "zyx"),
        (["spacings: 0 -1 3"], None, "zyx"),
        (["kinds: domain domain time", "spacings: 1 2 9"], ("1", "2", "1"), "tyx"),
        (["kinds: time space space", "spacings: 9 2 3"], ("1", "3", "2"), "tyx"),
        (["kinds: list domain domain", "spacings: nan 2 3"], ("3", "2"), "yx"),
        (["kinds: RGBA-color domain domain"], None, "yx"),
    ],
)
def test_axes_and_sizes_that_a_nrrd_states(more: tuple[list[str], tuple[str, ...] | None, str]) -> None:
    lines, spacing, axes = more
    pixels = images.read(io.BytesIO(nrrd_of(PLAIN + lines, VOLUME.tobytes())))
    assert pixels.spacing == (spacing and tuple(map(Fraction, spacing)))
    assert pixels.grid is not None
    assert pixels.grid.axes == axes
    assert not pixels.grid.is_placed
    assert pixels.colour is (len(axes) == 2)
    if lines[:1] == ["kinds: time space space"]:
        same(pixels.array, np.moveaxis(VOLUME, 2, 0))
    else:
        same(pixels.array, np.moveaxis(VOLUME, 2, -1) if len(axes) == 3 else VOLUME)


def test_layers_of_a_segmentation_are_channels_whose_segments_are_named() -> None:
    lines = [
        *("type: uchar", "dimension: 4", "space: left-posterior-superior", "sizes: 2 4 3 2", "encoding: raw"),
        *("kinds: list domain domain domain", "space directions: none (1,0,0) (0,1,0) (0,0,1)"),
        *("Segment0_Name:=Tumor", "Segment0_LabelValue:=1", "Segment0_Layer:=1"),
        *("Segment1_Name:=Liver", "Segment1_LabelValue:=4", "Segment1_Layer:=0"),
    ]
    array = noise((2, 3, 4, 2), "uint8")
    pixels = images.read(io.BytesIO(nrrd_of(lines, array.tobytes())))
    same(pixels.array, array)
    assert pixels.colour is True
    assert "segments: 1 of channel 1 is Tumor, 4 of channel 0 is Liver" in pixels.notes
    single = [lines[0], "dimension: 3", "sizes: 4 3 2", "encoding: raw", *lines[7:9]]
    assert images.read(io.BytesIO(nrrd_of(single, bytes(24)))).notes == ("segments: 1 is Tumor",)


@each(
    "more",
    [
        (["ElementSize = 1 2 3"], (3, 2, 1), False),
        (["ElementSpacing = 1 2 3", "Offset = 1 2 3"], (3, 2, 1), True),
        (["ElementSpacing = 1 2 3", "Position = 1 2 3", "Orientation = 0 1 0 1 0 0 0 0 1"], (3, 2, 1), True),
        (["Offset = 1 2 3"], None, False),
        (["ElementSpacing = 1 1 0"], None, False),
        (["ElementByteOrderMSB = True"], None, False),
    ],
)
def test_sizes_and_places_that_a_metaimage_states(more: tuple[list[str], tuple[int, ...] | None, bool]) -> None:
    lines, spacing, placed = more
    pixels = images.read(io.BytesIO(mha_of(PLAIN_MHA + lines, VOLUME.tobytes())))
    same(pixels.array, VOLUME)
    assert pixels.spacing == spacing
    assert pixels.grid is not None
    assert pixels.grid.is_placed is placed
    if len(lines) == 3:
        assert pixels.grid.steps == ((0, 0, 3), (2, 0, 0), (0, 1, 0))


@itk
@each(
    "lines",
    [
        ["ElementSize = 1 2 3"],
        ["ElementSpacing = 1 -2 3", "Offset = 1 2 3"],
        ["ElementSpacing = 1 2 3", "Position = 1 2 3", "Rotation = 0 1 0 1 0 0 0 0 1", "CenterOfRotation = 5 5 5"],
        ["ElementSpacing = 1 2 3", "Offset = 1 2 3", "AnatomicalOrientation = RAI"],
        ["HeaderSize = 20"],
        ["HeaderSize = -1"],
        ["ElementToIntensityFunctionSlope = 2"],
    ],
)
def test_what_metaimages_state_is_taken_as_itk_takes_it(lines: list[str]) -> None:
    import SimpleITK as sitk

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.mha")
        Path(path).write_bytes(mha_of(PLAIN_MHA + lines, VOLUME.tobytes()))
        image, pixels = sitk.ReadImage(path), images.read(path)
    same(pixels.array, sitk.GetArrayFromImage(image))
    if pixels.spacing:
        assert pixels.spacing[::-1] == image.GetSpacing()
    if pixels.grid and pixels.grid.is_placed:
        assert pixels.grid.origin == image.GetOrigin()
        directions = np.reshape(image.GetDirection(), (3, 3))
        np.testing.assert_array_equal(ways_of(pixels.grid), directions * image.GetSpacing())


@pytest.mark.parametrize("skip", [0, 7])
def test_samples_behind_bytes_that_are_passed_over(tmp_path: Path, skip: int) -> None:
    (tmp_path / "a.raw").write_bytes(b"one\ntwo\n" + bytes(skip) + VOLUME.tobytes())
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(skip) + VOLUME.tobytes()) + bytes(3))
    for number, text in enumerate(
        [
            nrrd_of([*PLAIN, "line skip: 2", f"byte skip: {skip}", "data file: a.raw"]),
            nrrd_of([*PLAIN, "byteskip: -1", "datafile: a.raw"]),
            nrrd_of([*PLAIN[:3], "encoding: gz", f"byte skip: {skip}", "data file: a.gz"]),
            mha_of([*PLAIN_MHA, f"HeaderSize = {8 + skip}"]).replace(b"LOCAL", b"a.raw"),
            mha_of([*PLAIN_MHA, "HeaderSize = -1"]).replace(b"LOCAL", b"a.raw"),
        ]
    ):
        (tmp_path / str(number)).write_bytes(text)
        same(images.read(tmp_path / str(number)).array, VOLUME)


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_a_window_is_a_part_of_the_whole(tmp_path: Path, ending: str) -> None:
    array = noise((2, 3, 4, 5, 3), "int16")
    rasters.write(tmp_path / f"a{ending}", array, kind="colour")
    window = (slice(1, 2), slice(0, 3, 2), slice(None), slice(1, 4))
    with opened(tmp_path / f"a{ending}") as file:
        source: Source = file.format.open(file, None)
        assert (source.shape, source.dtype) == (array.shape, array.dtype)
        same(source.read(window).array, array[window])
        same(source.read(None).array, array)


@each(
    "case",
    [
        (nrrd_of([*PLAIN[1:], "type: block"]), "samples of type block"),
        (nrrd_of([*PLAIN[:3], "encoding: bzip2"]), "its samples are stored as bzip2, and only raw and gzip are read"),
        (nrrd_of([*PLAIN, "kinds: complex domain domain"], bytes(24)), "complex numbers"),
        (nrrd_of([*PLAIN, "data file: LIST"]), "spread over several files"),
        (nrrd_of([*PLAIN, "data file: a%03d.raw 1 2 1"]), "spread over several files"),
        (nrrd_of([*PLAIN, "kinds: list list domain"], bytes(24)), "it is 4 x 3 x 2, of more axes than"),
        (nrrd_of([*PLAIN, "kinds: domain"], bytes(24)), "damaged or cut short"),
        (nrrd_of(["type: short", *PLAIN[1:]], bytes(48)), "damaged or cut short"),
        (nrrd_of([*PLAIN, "sizes: 4 3 0"], bytes(24)), "its shape is 0 x 3 x 4"),
        (nrrd_of(PLAIN, bytes(23)), "damaged or cut short"),
        (mha_of([*PLAIN_MHA, "BinaryData = False"]), "its samples are stored as text"),
        (mha_of(["ObjectType = Scene", *PLAIN_MHA[1:]]), "a MetaObject of type Scene"),
        (mha_of([*PLAIN_MHA, "ElementType = MET_STRING"]), "elements of type MET_STRING"),
        (mha_of(PLAIN_MHA).replace(b"LOCAL", b"LIST"), "spread over several files"),
        (mha_of(PLAIN_MHA).replace(b"LOCAL", b"a.%03d 1 2 1"), "spread over several files"),
        (mha_of([*PLAIN_MHA, "NDims = 5", "DimSize = 1 1 1 1 1"]), "of more axes than"),
        (mha_of(PLAIN_MHA, bytes(23)), "damaged or cut short"),
    ],
)
def test_what_is_not_read_is_named(case: tuple[bytes, str]) -> None:
    with pytest.raises(FileError) as caught:
        images.read(io.BytesIO(case[0]))
    assert case[1] in str(caught.value)
    assert "\n" not in str(caught.value)


# --- files that they name --------------------------------------------------------------------------------------------

NAMING: dict[str, Callable[[str], bytes]] = {
    "a.nhdr": lambda name: nrrd_of([*PLAIN, f"data file: {name}"]),
    "a.mhd": lambda name: mha_of(PLAIN_MHA).replace(b"LOCAL", name.encode()),
}


@pytest.mark.parametrize("header", NAMING)
def test_a_header_names_what_is_beside_it_and_below(tmp_path: Path, header: str, monkeypatch, capsys) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    for folder in (home, other, home / "below"):
        folder.mkdir()
        (folder / "a.raw").write_bytes(VOLUME.tobytes())
    (home / "link.raw").symlink_to(other / "a.raw")
    os.mkfifo(home / "pipe")
    monkeypatch.chdir(home)
    shell = Shell(home, capsys)
    for name in ("a.raw", "./below/a.raw", "below/../a.raw"):
        Path(header).write_bytes(NAMING[header](name))
        assert shell("eval", "sum(im)", f"im={header}") == (0, "276\n", "")
    for name in ("../other/a.raw", f"{other}/a.raw", "link.raw", "/dev/zero", "/dev/stdin"):
        Path(header).write_bytes(NAMING[header](name))
        code, out, err = shell("eval", "sum(im)", f"im={header}")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert f"it names {name}, which is not beside it or below" in err
        if not name.startswith("/dev"):
            assert shell("eval", "sum(im)", f"im={header}", "--allow-read", "../other")[:2] == (0, "276\n")
        with pytest.raises(FileError, match="not beside it or below"):
            images.read(header)
    for name, said in {
        "pipe": "it is a pipe",
        "below": "below is a folder",
        "https://example.com/a.raw": "there is no such file",
        "none.raw": "its pixels are in none.raw, and there is no such file beside it",
        "a\0.raw": "",
    }.items():
        Path(header).write_bytes(NAMING[header](name))
        code, out, err = shell("eval", "sum(im)", f"im={header}")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err
    with pytest.raises(FileError, match="which a stream does not lead to"):
        images.read(io.BytesIO(NAMING[header]("a.raw")))


@pytest.mark.parametrize("header", NAMING)
def test_what_a_header_names_is_read_and_not_written_over(tmp_path: Path, header: str, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.npy").write_bytes(VOLUME.tobytes())
    Path(header).write_bytes(NAMING[header]("a.npy"))
    code, _, err = Shell(tmp_path, capsys)("eval", "im > 3", f"im={header}", "-o", "a.npy")
    assert code == 2
    assert "a.npy" in err
    assert Path("a.npy").read_bytes() == VOLUME.tobytes()


# --- written ---------------------------------------------------------------------------------------------------------

PLACES = [
    ((3, 4, 5), "mask", "bool", "zyx"),
    ((3, 4, 5), "labels", "int32", "zyx"),
    ((3, 4, 5), "image", "float32", "zyx"),
    ((3, 4, 5, 3), "colour", "uint8", "zyx"),
    ((2, 3, 4, 5), "image", "int16", "tzyx"),
    ((4, 5), "mask", "bool", "yx"),
]


def placed(axes: str) -> tuple[Grid, tuple[Fraction, ...]]:
    spacing = tuple(Fraction(f"{size:g}") for size in reversed(SPACING))
    if axes == "yx":
        return Grid(axes, (1.0, 2.0, 0.0), ((0.0, 0.7, 0.0), (0.5, 0.0, 0.0))), spacing[1:]
    ways = tuple(tuple(way.tolist()) for way in (turned(7) * SPACING).T[::-1])
    timed = (None,) * (len(axes) - 3)
    return Grid(axes, ORIGIN, (*timed, *ways), "LPS"), (*(Fraction(1) for _ in timed), *spacing)


@itk
@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
@each("case", PLACES)
def test_what_is_written_lies_where_it_lay(
    tmp_path: Path, ending: str, case: tuple[tuple[int, ...], str, str, str]
) -> None:
    import SimpleITK as sitk

    shape, kind, dtype, axes = case
    array = noise(shape, "uint8") > 127 if dtype == "bool" else noise(shape, dtype) % 99
    (grid, spacing), path = placed(axes), tmp_path / f"a{ending}"
    rasters.write(path, array, kind=kind, grid=grid, spacing=spacing)
    stored = array.astype({"bool": np.uint8}.get(dtype, np.uint8 if kind == "labels" else array.dtype))
    pixels = images.read(path)
    same(pixels.array, stored)
    assert (pixels.spacing, pixels.colour) == (spacing, kind == "colour")
    assert pixels.grid is not None
    assert (pixels.grid.axes, pixels.grid.world) == (axes, grid.world)
    assert grid.difference(pixels.grid, array.shape[: len(axes)]) == ""
    np.testing.assert_allclose(ways_of(pixels.grid), ways_of(grid), atol=1e-12)
    image = sitk.ReadImage(os.fspath(path))
    same(sitk.GetArrayFromImage(image), stored)
    index = [0, 1, 2, 1][: len(axes)]
    place = np.add(grid.origin, ways_of(grid) @ index[: ways_of(grid).shape[1]])
    np.testing.assert_allclose(image.TransformIndexToPhysicalPoint(index)[:3], place[: min(len(axes), 3)], atol=1e-9)


@each("case", PLACES)
def test_pynrrd_reads_what_is_written(tmp_path: Path, case: tuple[tuple[int, ...], str, str, str]) -> None:
    nrrd = pytest.importorskip("nrrd")
    shape, kind, dtype, axes = case
    array = noise(shape, "uint8" if dtype == "bool" else dtype) % 99
    grid, spacing = placed(axes)
    rasters.write(
        tmp_path / "a.nrrd", array, kind="colour" if kind == "colour" else "image", grid=grid, spacing=spacing
    )
    found, header = nrrd.read(os.fspath(tmp_path / "a.nrrd"), index_order="C")
    np.testing.assert_array_equal(found, array)
    np.testing.assert_allclose(header["space origin"][: len(grid.origin or ())], (grid.origin or ())[: len(axes)])


def test_pynrrds_own_files_are_read(tmp_path: Path) -> None:
    nrrd = pytest.importorskip("nrrd")
    path = os.fspath(tmp_path / "a.nrrd")
    for encoding in ("raw", "gzip"):
        array = noise((3, 4, 5), "float64")
        header = {
            "encoding": encoding,
            "space": "RAS",
            "space directions": np.diag([1, 2, 3]),
            "space origin": [1, 2, 3],
        }
        nrrd.write(path, array, header, index_order="C")
        pixels = images.read(path)
        same(pixels.array, array)
        assert pixels.spacing == (3, 2, 1)
        assert pixels.grid is not None
        assert pixels.grid.origin == (-1, -2, 3)


@pytest.mark.parametrize("ending", [".nrrd", ".mha"])
def test_sizes_alone_and_nothing_are_kept_too(tmp_path: Path, ending: str) -> None:
    for spacing in (None, (Fraction(2), Fraction(1, 2), Fraction(1, 10))):
        rasters.write(tmp_path / f"a{ending}", VOLUME, kind="image", spacing=spacing)
        pixels = images.read(tmp_path / f"a{ending}")
        same(pixels.array, VOLUME)
        assert pixels.spacing == spacing
    for array, kind in ((np.zeros((2, 2), np.float16), "image"), (np.zeros((1, 1, 2, 2, 2)), "image")):
        with pytest.raises(FileError, match="cannot hold"):
            rasters.write(tmp_path / f"a{ending}", array, kind=kind)
