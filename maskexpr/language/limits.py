"""Bounds on what a program may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on programs and their runs: what is over one is an error, before work starts where that can be told.

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
    axes : int
        Most axes of an array.
    pixels : float
        Most pixels of an array, be it given or made on the way.
    memory : float
        Most bytes that a run may hold at once, inputs included: `Bound.cost().memory` before it.
    operations : float
        Most elementary operations of a run: `Bound.cost().operations`.
    seconds : float
        Longest time that a run may take: `Bound.cost().seconds` before it, and the clock while it goes on.
    output_bytes : float
        Most bytes of all results together.

    With the defaults no text takes longer than a second to compile, nor more than some 100 MB.
    """

    source_bytes: int = 1_000_000
    tokens: int = 20_000
    depth: int = 100
    nodes: int = 20_000
    axes: int = 16
    pixels: float = 2**32
    memory: float = 2**36
    operations: float = 1e15
    seconds: float = 3600.0
    output_bytes: float = 2**35
