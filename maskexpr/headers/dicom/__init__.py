"""What elements of DICOM say of frames: where they lie, how large their pixels are, what the numbers mean."""
