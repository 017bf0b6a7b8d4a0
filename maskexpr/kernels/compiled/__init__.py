"""Kernels compiled by Numba, each in a module of the name of the NumPy kernel that it stands for, with the same bits.

They are fixed: nothing in them follows from a program. `building` says how they are compiled and kept;
`choosing`, among the NumPy kernels, when they run.
"""
