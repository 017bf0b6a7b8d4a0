"""Summaries and pictures."""

import numpy as np
import pytest
from helpers.each import each

from maskexpr.display import pictures, results, terminal
from maskexpr.display.terminal import Abilities
from maskexpr.kinds.kind import Kind


def mask_kind(mask: np.ndarray) -> Kind:
    return Kind("mask", mask.shape, mask.dtype)


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (0, "0% on (0 pixels), 0 regions"),
        (1, "<0.1% on (1 pixel), 1 region"),
        (9999, ">99.9% on (9,999 pixels), 1 region"),
        (10000, "100% on (10,000 pixels), 1 region"),
    ],
)
def test_a_summary_never_rounds_to_none_or_all(on: int, text: str) -> None:
    mask = np.zeros((100, 100), bool)
    mask.reshape(-1)[:on] = True
    assert results.summary(mask, mask_kind(mask)) == f"mask 100x100, {text}"


def test_summaries_of_other_kinds() -> None:
    im = np.array([[1, 250]], np.uint8)
    assert results.summary(im, Kind("image", (1, 2))) == "image 1x2 uint8, values 1 to 250"
    holes = np.array([[1.5, np.nan, np.inf, 2]])
    assert results.summary(holes, Kind("image", (1, 4))) == "image 1x4 float64, values 1.5 to 2.0, 2 not finite"
    long = np.array([[39.9140000001, 254.85580000000002]])
    assert results.summary(long, Kind("image", (1, 2))) == "image 1x2 float64, values 39.914 to 254.856"
    assert results.summary(holes[:, 1:2], Kind("image", (1, 1))) == "image 1x1 float64, no finite values"
    labels = np.array([[0, 2]], np.int32)
    assert results.summary(labels, Kind("labels", (1, 2))) == "labels 1x2, 1 label"
    assert results.summary(im[0], Kind("samples")) == "samples 2 uint8, values 1 to 250"
    assert results.summary(im[0] > 3, Kind("mask samples")) == "mask samples 2, 50.0% on (1 pixel)"
    assert results.summary(True, Kind("truth")) == "true"
    assert results.summary([[1, 2], [0.0, 0.5]], Kind("list")) == "[[1, 2], [0.0, 0.5]]"


@pytest.mark.parametrize(
    ("numbers", "count"),
    [([0, 0, 0], "0 labels"), ([1, 3, 3], "2 labels"), ([7, 0, 2_000_000_000], "2 labels"), ([], "0 labels")],
)
def test_labels_are_counted_and_not_the_highest_number_told(numbers: list[int], count: str) -> None:
    labels = np.array([numbers], np.int32)
    assert results.summary(labels, Kind("labels", labels.shape)) == f"labels 1x{len(numbers)}, {count}"


def test_a_summary_names_the_largest_of_several_regions() -> None:
    mask = np.zeros((9, 9), bool)
    mask[0, :3] = mask[4:6, 4:8] = mask[8, 8] = True
    assert results.summary(mask, mask_kind(mask)) == "mask 9x9, 14.8% on (12 pixels), 3 regions, largest 8"
    noise = np.indices((40, 40)).sum(axis=0) % 2 == 0  # of so many runs that pixels are labelled instead
    assert results.summary(noise, mask_kind(noise)) == "mask 40x40, 50.0% on (800 pixels), 800 regions, largest 1"
    assert results.summary(np.array(True), Kind("mask", ())).endswith(", 0 regions")  # there is no axis to count along


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0000004, "0 us"), (0.00085, "850 us"), (0.0021, "2.1 ms"), (0.25, "250 ms"), (1.26, "1.3 s"), (200, "200 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert results.duration_text(seconds) == text


# --- in a terminal ---------------------------------------------------------------------------------------------------

BLOCKS = Abilities(40, 12, colours=256, protocol="blocks")
PIPE = Abilities()
IM = np.arange(64, dtype=np.uint8).reshape(8, 8)
IMAGE = (IM, Kind("image", IM.shape, IM.dtype))
MASK = IM > 30


def drawn(picture: np.ndarray, abilities: Abilities = BLOCKS) -> str:
    return terminal.draw(picture, abilities)


@pytest.mark.parametrize("mode", pictures.MODES)
def test_a_mask_is_shown_on_its_image(mode: str) -> None:
    text = results.drawn(MASK, mask_kind(MASK), BLOCKS, IMAGE, mode, lines_left=4)
    words, _, picture = text.partition("\n")
    assert words == "mask 8x8, 51.6% on (33 pixels), 1 region"
    assert picture == drawn(pictures.render(MASK, "mask", IM, "image", mode, (16, 39)))


def test_an_image_of_another_shape_or_kind_is_not_used() -> None:
    alone = results.drawn(MASK, mask_kind(MASK), BLOCKS)
    colour = np.zeros((8, 8, 3), np.uint8)
    assert results.drawn(MASK, mask_kind(MASK), BLOCKS, (IM[1:], Kind("image", (7, 8)))) == alone
    assert results.drawn(MASK, mask_kind(MASK), BLOCKS, (MASK, mask_kind(MASK))) == alone
    assert results.drawn(MASK, mask_kind(MASK), BLOCKS, (3, Kind("number"))) == alone
    assert results.drawn(MASK, mask_kind(MASK), BLOCKS, (colour, Kind("colour", (8, 8), channels=3))) != alone


def test_an_image_is_shown_with_a_small_histogram() -> None:
    text = results.drawn(IM, IMAGE[1], BLOCKS, seconds=0.5)
    assert text.startswith("image 8x8 uint8, values 0 to 63  ████████████████  \x1b[2m500 ms\x1b[0m\n")
    plain = Abilities(40, 12, protocol="text", unicode=False)
    assert results.drawn(IM, IMAGE[1], plain).startswith("image 8x8 uint8, values 0 to 63\n")
    thirds = IM / 3
    assert "values 0.0 to 21.0 " in results.line(thirds, Kind("image", IM.shape), BLOCKS)
    assert "values 0.333333 to 0.333333 " in results.line(thirds[:1, 1:2], Kind("image", (1, 1)), BLOCKS)


def test_labels_are_shown_in_colours() -> None:
    labels = (IM // 20).astype(np.int32)
    text = results.drawn(labels, Kind("labels", labels.shape), BLOCKS, IMAGE)
    assert text.startswith("labels 8x8, 3 labels\n")
    assert text.count("▀") + text.count("▄") + text.count("█") > 10


def test_of_a_stack_the_slice_that_is_shown_is_named() -> None:
    stack = np.zeros((9, 8, 8), bool)
    stack[6, 2:5, 2:5] = True
    text = results.drawn(stack, mask_kind(stack), BLOCKS)
    assert text.split("\n")[1] == "slice [6] of it:"
    chosen = results.drawn(stack, mask_kind(stack), BLOCKS, plane=6)
    assert chosen.split("\n")[1:] == text.split("\n")[2:]


def test_plain_text_shows_the_mask_itself() -> None:
    text = Abilities(40, 12, protocol="text")
    assert results.drawn(MASK, mask_kind(MASK), text, IMAGE) == results.drawn(MASK, mask_kind(MASK), text)
    assert "\x1b" not in results.drawn(MASK, mask_kind(MASK), text, IMAGE, seconds=1)
    assert "░" in results.drawn(MASK, mask_kind(MASK), text, IMAGE, "side")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (True, "truth", "true"),
        (0.1, "number", "0.1"),
        ([1, 2], "list", "[1, 2]"),
        (list(range(300)), "list", "[0, 1, 2, 3, ... 300 in all]"),
        ([list(range(30)), [0.5] * 31], "list", "[[0, 1, 2, 3, ... 30 in all], [0.5, 0.5, 0.5, 0.5, ... 31 in all]]"),
        ("disk", "text", "disk"),
    ],
)
def test_what_is_no_array_is_shown_as_itself(value: object, kind: str, text: str) -> None:
    assert results.drawn(value, Kind(kind), BLOCKS, IMAGE) == text
    assert results.drawn(value, Kind(kind), BLOCKS, seconds=2) == f"{text}  \x1b[2m2.0 s\x1b[0m"


def test_without_a_terminal_there_are_words_only() -> None:
    for value, kind in ((MASK, mask_kind(MASK)), IMAGE, (list(range(300)), Kind("list"))):
        assert results.drawn(value, kind, PIPE, IMAGE) == results.summary(value, kind)


@each("shape", [(0, 4), (1,), (5,), (1, 1), (2, 2, 2, 2)])
@each("protocol", terminal.PROTOCOLS)
def test_any_shape_can_be_shown_by_any_protocol(shape: tuple[int, ...], protocol: str) -> None:
    window = Abilities(30, 9, colours=256, protocol=protocol)
    for value, name in ((np.ones(shape, bool), "mask"), (np.ones(shape, np.float32), "image")):
        words = results.summary(value, Kind(name, shape, value.dtype)) if value.size else name
        assert results.drawn(value, Kind(name, shape, value.dtype), window).startswith(words)
