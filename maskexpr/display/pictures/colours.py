"""Colours that tell apart for colour-blind people too, on dark and light grounds."""

import numpy as np

Colour = tuple[int, int, int]

# Of a mask: alone, and on an image. No grey looks like the tint; a stained slide has few greens as bright as the other.
ON: Colour = (240, 240, 240)
OFF: Colour = (30, 30, 30)
TINT: Colour = (255, 110, 0)
TINT_ON_COLOUR: Colour = (0, 230, 150)

# Where an image holds no number: blue, which orange is the surest opposite of.
NOT_FINITE: Colour = (0, 90, 200)
# Between two pictures.
GAP: Colour = (110, 110, 110)

# Of labels, by their numbers, again from the first after the last. Chosen on a grid of colours so that the closest two
# lie far apart, and none comes close to a grey, to normal, deuteranopic and protanopic eyes; ordered so that neighbours
# in number differ most. tests/test_pictures.py measures it.
LABELS: tuple[Colour, ...] = (
    (255, 165, 0),
    (180, 45, 15),
    (60, 150, 240),
    (210, 255, 150),
    (225, 105, 75),
    (30, 60, 255),
    (45, 210, 255),
    (165, 15, 150),
)


# Of regions by a value, from low to high: as much lighter at each step as at any other (in OKLab), so that it can be
# told in greys and by colour-blind people, from violet by blue and green to yellow.
RAMP: tuple[Colour, ...] = (
    (94, 33, 143),
    (87, 52, 164),
    (76, 70, 181),
    (58, 90, 191),
    (32, 109, 195),
    (3, 126, 190),
    (6, 141, 185),
    (10, 155, 183),
    (2, 169, 181),
    (9, 183, 178),
    (9, 197, 171),
    (44, 210, 159),
    (93, 221, 141),
    (137, 229, 122),
    (180, 234, 105),
    (220, 237, 94),
    (255, 239, 97),
)
# Of those whose value is nan.
NO_VALUE: Colour = (230, 0, 90)


def label_colours(labels: np.ndarray) -> np.ndarray:
    """The colour of each label; of background, what a mask is where it is off."""
    table = np.array([OFF, *LABELS], np.uint8)
    numbers = (labels - 1) % len(LABELS) + 1
    return table.take(np.where(labels > 0, numbers, 0), axis=0)
