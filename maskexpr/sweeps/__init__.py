"""Params tried on images with a truth: which values there are, how good each is, and the program with the best."""
