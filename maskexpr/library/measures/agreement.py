"""How well two masks agree."""

import numpy as np

from maskexpr.arguments import Mask
from maskexpr.builtin import NUMBER, WHOLE, builtin


@builtin(gives=NUMBER, halo=WHOLE, cost=3, memory=1)
def dice(a: Mask, b: Mask) -> float:
    """How well two masks agree: twice the pixels on in both over the sum of their areas, from 0 to 1.

    Two empty masks agree: 1.

    Errors: masks of different shapes.
    Source: Dice, Measures of the amount of ecologic association between species, 1945 (doi:10.2307/1932409).

    >>> evaluate("dice(im > 1, im > 2)", im=[[1, 2, 3, 3]])
    0.8
    """
    total = np.count_nonzero(a) + np.count_nonzero(b)
    return 2 * int(np.count_nonzero(a & b)) / int(total) if total else 1.0


@builtin(gives=NUMBER, halo=WHOLE, cost=3, memory=1)
def iou(a: Mask, b: Mask) -> float:
    """How well two masks agree: the pixels on in both over those on in either (intersection over union), from 0 to 1.

    Also known as the Jaccard index. Two empty masks agree: 1.

    Errors: masks of different shapes.
    Source: Jaccard, The distribution of the flora in the alpine zone, 1912 (doi:10.1111/j.1469-8137.1912.tb05611.x).

    >>> evaluate("iou(im > 1, im > 2)", im=[[1, 1, 3, 2]])
    0.5
    """
    union = int(np.count_nonzero(a | b))
    return int(np.count_nonzero(a & b)) / union if union else 1.0
