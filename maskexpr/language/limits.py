"""Bounds on what a program may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before work starts.

    Parameters
    ----------
    source_bytes : int
        Longest program text, in bytes of UTF-8, with the files that it uses.
    tokens : int
        Most words, numbers, texts, signs and line breaks of a program, with the files that it uses. They are counted
        before anything is made of them.
    depth : int
        Deepest nesting of operators and calls, calls of `def`s included. Chains such as `a & b & c` count once.
    nodes : int
        Most steps a program may have once its `def`s are filled in.

    With the defaults no text takes longer than a second to compile, nor more than some 100 MB.
    """

    source_bytes: int = 1_000_000
    tokens: int = 20_000
    depth: int = 100
    nodes: int = 20_000
