"""Contact sheets as pictures: tiles in rows, names below, what failed told apart."""

import numpy as np
import pytest

from maskexpr.display import pictures
from maskexpr.display.pictures import colours, contact
from maskexpr.display.pictures.compressed import decompressed, jpeg
from maskexpr.display.pictures.letters import spelled
from maskexpr.display.pictures.planes import most_outlined


def tile(colour, shape=(256, 256)):
    return jpeg(np.full((*shape, 3), colour, np.uint8), 95)


@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(0, 2, 0), (1, 2, 1), (2, 2, 1), (5, 5, 1), (7, 6, 2), (30, 6, 5)]
)
def test_tiles_lie_in_rows(count, columns, rows):
    sheet = pictures.contact_sheet([pictures.Tile("a", picture=tile((0, 200, 0)))] * count, "title")
    green = (sheet[..., 1] > 150) & (sheet[..., 0] < 60)
    assert green.sum() == count * 256 * 256
    assert sheet.shape[1] == 2 * 18 - 14 + columns * 270
    assert (sheet.shape[0] - 55) // 310 == rows


def test_what_is_no_square_lies_in_the_middle():
    sheet = pictures.contact_sheet([pictures.Tile("a", picture=tile((0, 200, 0), (100, 256)))], "")
    rows = np.flatnonzero((sheet[..., 1] > 150).sum(axis=1) > 200)
    assert len(rows) == 100
    assert rows[0] - 51 == (256 - 100) // 2


@pytest.mark.parametrize("picture", [b"", b"no picture", tile((0, 200, 0))[:300], tile((0, 200, 0))[:-200]])
def test_a_picture_that_is_none_is_left_out(picture):
    sheet = pictures.contact_sheet([pictures.Tile("a", picture=picture), pictures.Tile("b", "n = 1")], "")
    np.testing.assert_array_equal(sheet[51:307, 18:274], sheet[51:307, 288:544])


def test_what_is_written_stays_within_its_tile():
    long = "a very long name of many words " * 20
    one = pictures.contact_sheet([pictures.Tile(long, long), pictures.Tile("b", failure="x" * 5000)], long)
    ground = np.array(colours.OFF)
    for columns in (slice(0, 18), slice(18 + 256, 18 + 270), slice(one.shape[1] - 18, None)):
        assert (one[60:, columns] == ground).all()


def test_names_are_cut_in_their_middle():
    from PIL import Image, ImageDraw

    pen, letters = ImageDraw.Draw(Image.new("RGB", (9, 9))), contact.font(15)
    shown = contact._cut(pen, "scans/" + "x" * 100 + "/ankle.png", letters, 200)
    assert shown.startswith("scans/")
    assert shown.endswith("ankle.png")
    assert 150 < pen.textlength(shown, letters) <= 200
    assert contact._cut(pen, "short", letters, 200) == "short"
    assert contact._cut(pen, "short", letters, 2) == ""


def test_outlines_keep_their_colour():
    picture = np.full((64, 64, 3), 90, np.uint8)
    picture[20, 5:60] = colours.TINT
    line = decompressed(jpeg(picture, 80))[20, 10:50].mean(axis=0)
    assert np.abs(line - colours.TINT).max() < 60
    assert line[0] - line[2] > 180


def test_the_plane_that_tells_most():
    ball = np.zeros((9, 40, 40), bool)
    for z in range(9):
        ball[z, 20 - z : 20 + z, 20 - z : 20 + z] = z < 7
    assert most_outlined(ball, "mask") == (6,)
    assert most_outlined(~ball, "mask") == (6,)  # and not one that is on all over
    assert most_outlined(np.zeros((4, 6, 5, 5), bool), "mask") == (2, 3)
    assert most_outlined(ball.astype(np.int32) * 3, "labels") == (6,)
    assert most_outlined(ball[6], "mask") == ()
    assert most_outlined(np.zeros((5, 4, 4, 3)), "colour") == (2,)


def test_letters_that_the_font_lacks_are_spelled_in_those_it_has():
    """It draws a box for them, the same for each."""
    assert spelled("Schädel_Ø3 é.png") == "Schadel_?3 e.png"
    assert spelled("\u65e5\u672c-7.png") == "??-7.png"
    assert spelled("plain") == "plain"
