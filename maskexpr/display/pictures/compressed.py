"""Pictures in few bytes, for pages to look through: JPEG with colours as fine as greys, so that outlines stay."""

import io

import numpy as np

from maskexpr.display.pictures.rendering import Raster


def jpeg(picture: Raster, quality: int) -> bytes:
    """A JPEG file of a picture of shape (M, N, 3)."""
    from PIL import Image  # only where pages are made

    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality, subsampling=0, optimize=True)
    return stream.getvalue()


def decompressed(data: bytes) -> Raster | None:
    """The picture of what `jpeg` made; None if these bytes are not, or not whole."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            return np.array(picture.convert("RGB"))
    except (OSError, SyntaxError):  # as decoders say it
        return None
