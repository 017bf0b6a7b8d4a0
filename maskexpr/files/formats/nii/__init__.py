"""NIfTI: one .nii file, or an .hdr file whose samples are in an .img file beside it. nibabel knows its headers."""

from maskexpr.files.decoding.format import Format, Writing
from maskexpr.files.formats.nii.encoding import encode, holds
from maskexpr.files.formats.nii.headers import begins_header
from maskexpr.files.formats.nii.volumes import open_volume, read_text

FORMAT = Format(
    "NIfTI",
    (".nii", ".hdr"),
    begins=begins_header,
    open=open_volume,
    writing=Writing(holds, encode, on=1, is_medical=True),
    text=read_text,
)
