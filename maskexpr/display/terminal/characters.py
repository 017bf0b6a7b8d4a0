"""Pictures in plain characters, without any code: masks in half-blocks, images in shades."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_HALVES = np.array([" ", "▀", "▄", "█"])  # by the upper half's bit 1 and the lower's bit 2
_HALVES_ASCII = np.array([" ", '"', "_", "#"])
_SHADES = np.array([" ", "░", "▒", "▓", "█"])
_SHADES_ASCII = np.array(list(" .:-=+*#%@"))


def draw_text(picture: Array, unicode: bool = True) -> str:
    """A picture of shape (M, N, 3) in lines of at most N characters, two rows each.

    One of two colours, such as a mask, has the lighter of them as on; of others the light is shown. Ends of lines
    without any are left out.
    """
    red, green, blue = np.moveaxis(picture, 2, 0)
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    if len(light) % 2:
        light = np.vstack([light, light[-1:] if _levels(light) > 2 else np.full((1, light.shape[1]), light.min())])
    if _levels(light) <= 2:
        lowest = light.min()
        on = light > (lowest if lowest < light.max() else 127)
        characters = (_HALVES if unicode else _HALVES_ASCII)[on[::2] + 2 * on[1::2]]
    else:
        shades = _SHADES if unicode else _SHADES_ASCII
        mean = (light[::2] + light[1::2]) / 2
        characters = shades[np.minimum((mean * len(shades) / 256).astype(int), len(shades) - 1)]
    return "\n".join("".join(row).rstrip() for row in characters.tolist())


def _levels(light: Array) -> int:
    """How many there are, or that they are more than two."""
    lowest, highest = light.min(), light.max()
    if lowest == highest:
        return 1
    return 2 if ((light == lowest) | (light == highest)).all() else 3
