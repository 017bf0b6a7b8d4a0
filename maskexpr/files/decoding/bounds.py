"""How much a file may ask for: each bound is tested as its header or structure is walked, before the work it bounds.

A decoder's time and memory are to grow with the bytes of a file, not with what a few of them claim. Real pictures lie
far below these bounds.
"""

from dataclasses import dataclass

_PARTS = "cut it into parts first"
_ANEW = "open it in a program that shows it, and save it anew"


@dataclass(frozen=True, slots=True)
class Bound:
    """The most of something in one file, and what leads on where there is more."""

    most: int
    what: str
    way_out: str = _ANEW


PIXELS = Bound(2**31, "pixels", _PARTS)
"""Over all pages and frames: with 8 bytes a pixel, 16 GB."""
FRAMES = Bound(4096, "frames", _PARTS)
"""Of a GIF, each painted on a whole canvas by calls of their own, however small it is."""
PAGES = Bound(2**15, "pages", _PARTS)
"""Directories of a TIFF, where one can be 18 bytes long: stacks over time have some ten thousand."""
PILLOWS_PAGES = Bound(2**13, "pages of this kind", _PARTS)
"""Of those that Pillow must decode: for each it looks through all before, 4 seconds for 8,000 and 30 for 32,000."""
TAGS = Bound(2**21, "tags")
"""Over all directories of a TIFF: they may lie over one another, so that each byte counts many times."""
TAG_VALUES = Bound(2**20, "values of one tag")
"""Numbers that a decoder makes objects of: places of tiles, say, of which 2^31 pixels have some ten thousand."""
METADATA = Bound(2**26, "bytes beside its pixels")
"""In a PNG, the extensions of a GIF or one TIFF directory: decoders keep profiles, texts and places of strips."""
OME = Bound(2**24, "bytes of OME-XML")
"""Beside the pixels of a TIFF: what it says of a thousand planes, exposure and place of each, is a megabyte."""
JOINED = Bound(2**20, "bytes beside its pixels")
"""In the EXIF of a JPEG, which comes in pieces: Pillow copies all it has with each, 100 MB take three minutes."""
CHUNKS = Bound(2**16, "chunks")
"""Of a PNG, and one more for each `CHUNK_BYTES` of the file: encoders cut samples into 8 kB and more."""
CHUNK_BYTES = 2**10
SCANS = Bound(128, "scans")
"""Of a JPEG: one of ten bytes goes over the whole picture again. Encoders make about ten."""
SEGMENTS = Bound(2**16, "segments")
"""Of a JPEG: Pillow goes through them one by one, and they may be empty."""
BETWEEN = Bound(2**16, "bytes between its segments")
"""Of a JPEG before its first scan, where Pillow passes over one by one what means nothing: 100 MB take a minute."""
HEADER_BYTES = Bound(10_000, "bytes of header", "save it with numpy.save")
"""Of a .npy array, which NumPy reads whole before it looks at its length; NumPy's own limit."""
TEXT_HEADER = Bound(2**20, "bytes of header")
"""In words, of NRRD and MetaImage: a study of diffusion has a line for each of its directions."""
AXES = Bound(64, "axes", "reshape it first")
"""Of a .npy array: NumPy's own limit."""
ZIP_READ = Bound(2**20, "bytes of zip directory or of header", "save it with numpy.savez")
"""That are read at once from a .npz file: its directory has about 60 an array and is read whole."""
STREAM = Bound(2**31, "bytes through a pipe", "save them as a file first")
"""That are held to be decoded: what a file has on the disk, a pipe has in memory, and it may have no end."""
INFLATED = Bound(2**30, "bytes behind its compression", _ANEW)
"""Of a DICOM file that is deflated as a whole: pydicom unpacks all of it at once."""
FILES = Bound(2**15, "files", "name some of them by a pattern")
"""Of a folder or a pattern: a scan has some thousand slices."""
MOST_TEXT = 4 * 2**20
"""The longest text of ours in a picture that is written or read."""
RECORD_DEPTH = 16
"""How deep lists and objects nest in such a text: ours come to four."""
RECORD_VALUES = 2**18
"""How many values, and brackets around them, it may hold: a histogram of 16 bits has 65,536 counts and edges."""
