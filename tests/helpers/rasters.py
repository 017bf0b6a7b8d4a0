"""Arrays written as results are, where a test says no more of them than their kind."""

from maskexpr.files import images


def write(path, array, *, kind, text="", **known):
    images.write(path, images.Raster(array, kind, **known), text=text)


def encode(array, kind, suffix, *, text="", **known):
    return images.encode(images.Raster(array, kind, **known), suffix, text=text)


def suffix_for(array, kind, **known):
    return images.suffix_for(images.Raster(array, kind, **known))
