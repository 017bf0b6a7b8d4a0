"""A program run with many values of its params, against a truth: which are tried, how well each does, and the best."""
