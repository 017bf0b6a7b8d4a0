"""Helpers of exported programs: plain NumPy and SciPy, copied into their texts, without anything of maskexpr."""
