"""Kernels compiled by Numba, each in a module named as the NumPy kernel it stands for, with the same bits."""
