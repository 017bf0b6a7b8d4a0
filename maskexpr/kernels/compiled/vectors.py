"""Numbers side by side, as vectors that LLVM lays out for each processor: to load, to spread, to store."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils

DOUBLE = ir.DoubleType()


def pointer(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Where the numbers of an array lie."""
    return context.make_array(kind)(context, builder, array).data


def spread(builder: Any, value: Any, vector: Any) -> Any:
    """A vector of one value."""
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), vector.count), None))


def load(builder: Any, data: Any, at: Any, vector: Any) -> Any:
    """The numbers from one on, wherever it lies."""
    values = builder.load(builder.bitcast(builder.gep(data, [at]), vector.as_pointer()))
    values.align = 1
    return values


def store(builder: Any, values: Any, data: Any, at: Any) -> Any:
    """Put numbers from one on, wherever it lies; the instruction that does."""
    stored = builder.store(values, builder.bitcast(builder.gep(data, [at]), values.type.as_pointer()))
    stored.align = 1
    return stored


def fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c of vectors of doubles, rounded once."""
    vector = a.type
    kind = ir.FunctionType(vector, [vector] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{vector.count}f64")
    return builder.call(function, [a, b, c])
