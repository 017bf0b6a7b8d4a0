"""Files that are read and written."""

from maskexpr.diagnostics.messages.wording import Mistake

FILE_MISSING = Mistake("file-missing", "cannot read {path}: there is no such file", "check the path")
FILE_IS_FOLDER = Mistake("file-is-folder", "cannot read {path}: it is a folder", "name a file in it")
FILE_IS_URL = Mistake("file-missing", "cannot read {path}: only local files are read", "download it first")
FILE_REFUSED = Mistake("file-refused", "cannot read {path}: {reason}", "check the path and its permissions")
FILE_EMPTY = Mistake("file-empty", "cannot read {path}: the file is empty (0 bytes)", "copy or download it again")
FILE_NO_IMAGE = Mistake(
    "file-no-image", "cannot read {path}: it is not an image of a known format", "known are {formats}"
)
FILE_BROKEN = Mistake(
    "file-broken", "cannot read {path}: the {format} data is damaged or cut short", "copy or download it again"
)
FILE_FOREIGN = Mistake(
    "file-no-image", "cannot read {path}: {format} files are not read", "convert it to TIFF or .npy first"
)
FILE_NAMES_OUTSIDE = Mistake(
    "file-names-outside",
    "cannot read {path}: it names {name}, which is not beside it or below",
    "put the two into one folder, or let it be read: --allow-read DIR",
)
FILE_NAMES_FROM_STREAM = Mistake(
    "file-names-outside",
    "cannot read {path}: its pixels are in {name}, which a stream does not lead to",
    "give the path of the file",
)
FILE_TOO_LARGE = Mistake("file-too-large", "cannot read {path}: it declares more than {limit} {what}", "{way_out}")
FILE_NEEDS_MEMORY = Mistake(
    "file-too-large", "cannot read {path}: its pixels do not fit in memory", "cut it into parts first"
)
FILE_PAGES_DIFFER = Mistake(
    "file-pages-differ", "cannot read {path}: its {count} pages are not alike ({what})", "save each page by itself"
)
FILE_PIXEL_TYPE = Mistake(
    "file-pixel-type", "cannot read {path}: it holds {type}", "save it as whole or floating numbers, grey or RGB"
)
FILE_NO_PIXELS = Mistake(
    "file-pixel-type", "cannot read {path}: it holds no pixels (its shape is {shape})", "save an image with pixels"
)
FILE_NO_ARRAY = Mistake(
    "file-no-image", "cannot read {path}: it is a zip file without a NumPy array", "save one with numpy.savez"
)
FILE_MANY_ARRAYS = Mistake(
    "file-many-arrays",
    "cannot read {path}: it holds {count} arrays ({names})",
    "name one behind the path of the file, as in FILE.npz:{first}",
)
FILE_NO_SUCH_ARRAY = Mistake(
    "file-many-arrays", "cannot read {path}: it holds no array {part}", "name one of those that it holds: {names}"
)
FILE_NO_PARTS = Mistake(
    "file-many-arrays",
    "cannot read {path}: a {format} file holds no arrays by name, such as {part}",
    "leave out :{part}",
)
FILE_TIFFFILE_UNUSABLE = Mistake(
    "file-needs-tifffile",
    "cannot read {path}: a TIFF of {type} needs the tifffile package, and the one that is there cannot be used ({why})",
    "python -m pip install --upgrade tifffile, and imagecodecs where it is there",
)
FILE_NEEDS_CODECS = Mistake(
    "file-needs-tifffile",
    "cannot read {path}: its TIFF compression ({compression}) needs the imagecodecs package",
    "pip install imagecodecs, or save it with deflate or no compression",
)
FILE_OME = Mistake(
    "file-not-decoded",
    "cannot read {path}: its OME-XML does not describe one image in it ({why})",
    "save it anew, with Bio-Formats or tifffile.imwrite(..., ome=True)",
)
FILE_ELSEWHERE = Mistake(
    "file-names-outside",
    "cannot read {path}: it is a part of an OME image whose other parts are in {names}",
    "save the image as one file, with Bio-Formats or tifffile",
)
FILE_WHITE_IS_ZERO = Mistake(
    "white-is-zero",
    "{path} is white-is-zero: its numbers are taken as they are stored, 0 for white",
    "{way_out}",
    severity="warning",
)
FILE_NOT_DECODED = Mistake(
    "file-not-decoded",
    "cannot read {path}: {decoder} does not decode this {format} ({why})",
    "save it anew as an RGB or grey PNG or TIFF, or try pip install -U {package}",
)
FILE_NEEDS_MEDICAL = Mistake(
    "file-needs-medical",
    "cannot read {path}: {format} needs the {package} package",
    "pip install 'maskexpr[medical]'",
)
FILE_ANALYZE = Mistake(
    "file-not-decoded",
    "cannot read {path}: it is Analyze 7.5, which does not say where left and right are",
    "save it as NIfTI where that is known: nibabel.save(nibabel.load(name), 'new.nii')",
)
FILE_WITHOUT_SAMPLES = Mistake(
    "file-missing",
    "cannot read {path}: its pixels are in {name}, and there is no such file beside it",
    "put the two into one folder",
)
FILE_ENCODING = Mistake(
    "file-not-decoded",
    "cannot read {path}: its samples are stored as {encoding}, and only raw and gzip are read",
    "save it anew with encoding gzip",
)
FILE_OF_MANY_FILES = Mistake(
    "file-not-decoded",
    "cannot read {path}: its pixels are spread over several files",
    "save it as one file in the program that made it",
)
FILE_MANY_AXES = Mistake(
    "file-pixel-type",
    "cannot read {path}: it is {shape}, of more axes than space, time and the numbers of a vector",
    "save one volume of it, or one series of volumes",
)
FILE_NEEDS_PILLOW = Mistake(
    "file-not-decoded",
    "cannot read {path}: Pillow {found}, by which pictures are read, is older than {oldest}",
    "pip install -U pillow",
)
INPUT_OUTSIDE = Mistake(
    "input-outside",
    "cannot read {path} for {name}: a program names files beside it or below, links followed",
    "give it yourself: {name}={given}, or allow its folder: --allow-read DIR",
)
FILE_PACKING = Mistake("file-not-decoded", "cannot read {path}: its array is {packing}", "save it with numpy.savez")
FILE_IS_PIPE = Mistake(
    "file-no-file",
    "cannot read {path}: it is {what}, not a file",
    "save what comes from it as a file, or read it as - with < {path}",
)
FILE_SUFFIX = Mistake("file-suffix", "cannot write {path}: its ending names no known format", "known are {suffixes}")
FILE_LOSSY = Mistake(
    "file-lossy", "cannot write {path}: {suffix} is lossy and would change pixels", "write .png, .tif or .npy"
)
FILE_CANNOT_HOLD = Mistake("file-cannot-hold", "cannot write {path}: {suffix} cannot hold {what}", "write {able}")
FILE_WRITER_MISSING = Mistake(
    "file-needs-medical",
    "cannot write {path}: {suffix} needs the {package} package",
    "pip install 'maskexpr[medical]'",
)
FILE_TARGET_IS_FOLDER = Mistake("file-is-folder", "cannot write {path}: it is a folder", "name a file in it")
FILE_NO_FOLDER = Mistake("file-no-folder", "cannot write {path}: there is no folder {folder}", "make the folder first")
FILE_NOT_WRITTEN = Mistake("file-refused", "cannot write {path}: {reason}", "check the path and its permissions")
FILE_PIPE_UNREAD = Mistake("file-refused", "cannot write {path}: nobody reads from this pipe", "start its reader first")
FILE_DISK_FULL = Mistake(
    "file-disk-full", "cannot write {path}: the disk is full; what was there before is untouched", "free some space"
)

FILE_WITHOUT_RECORD = Mistake(
    "no-record",
    "{path} does not say how it was made",
    "PNG, TIFF, NIfTI and Parquet files say so that maskexpr wrote with run or -o",
)
NODATA_FORM = Mistake(
    "nodata-form", "--nodata {text} is no number", "write --nodata -9999, --nodata nan, or --nodata im=none for none"
)
NO_DATA_OFF = Mistake(
    "no-data",
    "{name} is {off} at {count:pixel|pixels} without data, and the file does not say which",
    "write valid({name}) to a file of its own, say",
    "warning",
)
NO_DATA_OFF_IN_SOME = Mistake(
    "no-data",
    "{names} are off, or 0, where they lack data, at up to {count:pixel|pixels} each, and the files do not say where",
    "write valid({name}) to a file of its own, say",
    "warning",
)
WRITE_NO_ARRAY = Mistake(
    "write-kind", "the array cannot be written: it is a {found}", "give an array of one or more axes"
)
WRITE_LIKE_SHAPE = Mistake(
    "write-shape",
    "the array is {array}, and like is {like}",
    "give the image that the array was made from, or the array without like",
)
WRITE_LIKE_PLACE = Mistake(
    "write-place",
    "the array lies elsewhere than like: {difference}",
    "bring it there first, with resample(array, like=...), or write it without like",
)
WRITE_NODATA = Mistake(
    "write-nodata",
    "the array lacks data, and no number of {dtype} was said to stand for that",
    "write it with one: maskexpr.Image(array, nodata=0), or fill it first",
)
TABLE_NEEDS_PANDAS = Mistake(
    "needs-pandas",
    "a DataFrame needs the pandas package",
    "pip install pandas, or take the columns: dict(table)",
)
FILE_NO_TABLE = Mistake(
    "file-suffix", "cannot write {path}: its ending names no format that holds a table", "write {endings}"
)
FILE_OF_TABLES = Mistake(
    "file-suffix", "cannot write {path}: {ending} is for tables, not for {kind:a}", "write .png, .tif or .npy, say"
)
FILE_NEEDS_TABLES = Mistake(
    "file-needs-tables",
    "cannot write {path}: {ending} needs the pyarrow package",
    "pip install 'maskexpr[tables]', or write .csv",
)
FILE_LIST_OF_LISTS = Mistake(
    "file-suffix", "cannot write {path}: {name} holds lists, which are no column", "take one of them: {name}[0], say"
)
WRITE_TABLE_PLAIN = Mistake("write-kind", "a table has no kind and no place", "leave out kind and like")
FILE_NOT_TABLE = Mistake(
    "file-no-table", "cannot read {path}: it holds no table of regions", "write one: maskexpr eval ... -o cells.csv"
)
