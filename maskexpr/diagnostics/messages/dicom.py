"""DICOM files, and folders and patterns that stand for many files."""

from maskexpr.diagnostics.messages.wording import Mistake

FOLDER_NO_SERIES = Mistake(
    "file-is-folder",
    "cannot read {path}: it is a folder, and none of its {count:file|files} is a DICOM image",
    "name a file in it",
)
PATTERN_NO_FILE = Mistake("file-missing", "cannot read {path}: no file has such a name", "check the pattern")
PATTERN_NO_SERIES = Mistake(
    "file-many-arrays",
    "cannot read {path}: it stands for {count:file|files}, and they are no DICOM series",
    "name one of them",
)

DICOM_NEEDS_PYDICOM = Mistake(
    "file-needs-medical", "cannot read {path}: DICOM needs the pydicom package", "pip install 'maskexpr[medical]'"
)
DICOM_NEEDS_DECODER = Mistake(
    "file-needs-medical", "cannot read {path}: its pixels are packed as {syntax}, which needs {package}", "{way_out}"
)
DICOM_SYNTAX = Mistake(
    "file-not-decoded",
    "cannot read {path}: its pixels are packed as {syntax}, which is not read",
    "save it without compression, by gdcmconv --raw say",
)
DICOM_DIRECTORY = Mistake(
    "file-no-image",
    "cannot read {path}: a DICOMDIR lists other files and holds no pixels",
    "name the folder of one series, or its files by a pattern",
)
DICOM_NO_PIXELS = Mistake(
    "file-pixel-type", "cannot read {path}: it is DICOM without pixels ({what})", "name an image of the same study"
)
DICOM_SEVERAL = Mistake(
    "file-pages-differ",
    "cannot read {path} as one series: it holds {count} ({series})",
    "choose one by a pattern of its files' names, or put its files into a folder: {example}",
)
DICOM_GAP = Mistake(
    "file-pages-differ",
    "cannot read {path} as one volume: of slices {step} mm apart, {missing:is|are} missing ({places})",
    "add the missing files, or name those on one side of a gap by a pattern",
)
DICOM_UNEVEN = Mistake(
    "file-pages-differ",
    "cannot read {path} as one volume: its slices are {least} to {most} mm apart",
    "name those that are evenly apart by a pattern",
)
DICOM_TWICE = Mistake(
    "file-pages-differ",
    "cannot read {path} as one volume: two slices lie at one place ({first}, {second})",
    "name the files of one pass by a pattern, or remove the copies",
)
DICOM_UNPLACED = Mistake(
    "file-pages-differ",
    "cannot read {path} as one volume: its {count} files do not say where they lie",
    "name one of them",
)
DICOM_SEGMENTS = Mistake(
    "file-many-arrays",
    "cannot read {path}: it holds {count} segments ({segments}), which may lie over one another",
    "save one of them by itself",
)
DICOM_NOT_WRITTEN = Mistake(
    "file-suffix",
    "cannot write {path}: {suffix} files are only read",
    "write .nii.gz, which lies in the patient as they do, or .tif",
)
DICOM_FRACTIONS = Mistake(
    "file-pixel-type",
    "cannot read {path}: it is a segmentation of fractions, not of on and off",
    "save it as a binary one",
)
