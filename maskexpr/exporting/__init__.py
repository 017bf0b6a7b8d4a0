"""A program as a function of NumPy and SciPy, to be read and kept."""
