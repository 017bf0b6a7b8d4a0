"""Elementary functions compiled: what decides nearly all that a NumPy kernel is given, in one pass. The rest is left to
that kernel, which rounds once; so bits are the same whatever a first stage is made of."""

import functools
from typing import Any

import numpy as np

from maskexpr.kernels.compiled.elementary import angles, circle, exponentials, lengths, logarithms, powers
from maskexpr.kernels.compiled.elementary.walking import Loops, apply
from maskexpr.kernels.elementary.angles import angle_table
from maskexpr.kernels.elementary.blocks import Array
from maskexpr.kernels.elementary.circle import QUARTER, circle_table
from maskexpr.kernels.elementary.exponentials import short_table, steps, table_of_singles
from maskexpr.kernels.elementary.logarithms import Base, binary, decimal, inverses, natural
from maskexpr.kernels.elementary.short_angles import ARCTAN2, COS, HYPOT, SIN, TAN
from maskexpr.kernels.elementary.singles import EXP, LOG, LOG2, LOG10, POWER
from maskexpr.kernels.elementary.turns import far_pieces

Tables = tuple[Any, ...]


def exp(x: Any, out: Array | None = None) -> Any:
    return apply(EXP, _EXP, (x,), out)


def log(x: Any, out: Array | None = None) -> Any:
    return apply(LOG, _LOG, (x,), out)


def log2(x: Any, out: Array | None = None) -> Any:
    return apply(LOG2, _LOG2, (x,), out)


def log10(x: Any, out: Array | None = None) -> Any:
    return apply(LOG10, _LOG10, (x,), out)


def power(a: Any, b: Any, out: Array | None = None) -> Any:
    return apply(POWER, _POWER, (a, b), out)


def sin(x: Any, out: Array | None = None) -> Any:
    return apply(SIN, _SIN, (x,), out)


def cos(x: Any, out: Array | None = None) -> Any:
    return apply(COS, _COS, (x,), out)


def tan(x: Any, out: Array | None = None) -> Any:
    return apply(TAN, _TAN, (x,), out)


def arctan2(y: Any, x: Any, out: Array | None = None) -> Any:
    return apply(ARCTAN2, _ARCTAN2, (y, x), out)


def hypot(a: Any, b: Any, out: Array | None = None) -> Any:
    return apply(HYPOT, _HYPOT, (a, b), out)


# --- what the loops take ---------------------------------------------------------------------------------------------


@functools.cache
def _for_exp() -> Tables:
    per_one, step, *rest = steps()
    return *short_table(), np.array([per_one, step, sum(rest)])


@functools.cache
def _for_exp_of_singles() -> Tables:
    per_one, *step = steps()
    return table_of_singles(), np.array([per_one, sum(step)])


def _for_log(base: Base) -> Tables:
    return inverses(), base.table, base.table_low, np.array([*base.two, *base.scale, *base.series])


def _for_log_of_singles(base: Base) -> Tables:
    return inverses(), base.table_of_singles, np.array([sum(base.two), base.long_scale[0], *base.series])


def _logarithm(base: Any) -> Loops:
    wide, single = (functools.cache(lambda f=f: f(base())) for f in (_for_log, _for_log_of_singles))
    return Loops(logarithms.log, wide, logarithms.log_of_singles, single)


@functools.cache
def _for_wave(turn: int) -> Tables:
    table = circle_table(turn)
    columns = np.stack([table.high, table.low, table.half, table.rest], axis=1)
    return np.array(far_pieces()), columns, turn == 0


@functools.cache
def _for_tangent() -> Tables:
    return *_for_wave(0)[:2], _for_wave(QUARTER)[1]


@functools.cache
def _for_wave_of_singles(which: int) -> Tables:
    table = circle_table()
    return np.array(far_pieces()), np.stack([table.high, table.half + table.rest], axis=1), which


def _wave(turn: int, which: int) -> Loops:
    short = functools.partial(_for_wave_of_singles, which)
    return Loops(circle.wave, functools.partial(_for_wave, turn), circle.wave_of_singles, short)


_EXP = Loops(exponentials.exp, _for_exp, exponentials.exp_of_singles, _for_exp_of_singles)
_LOG, _LOG2, _LOG10 = map(_logarithm, (natural, binary, decimal))
_POWER = Loops(
    powers.power,
    lambda: (*_for_log(natural()), *_for_exp()),
    powers.power_of_singles,
    lambda: (*_for_log_of_singles(natural()), *_for_exp_of_singles()),
)
_SIN, _COS = _wave(0, 0), _wave(QUARTER, 1)
_TAN = Loops(circle.tangent, _for_tangent, circle.wave_of_singles, functools.partial(_for_wave_of_singles, 2))
_ARCTAN2 = Loops(angles.arctan2, angle_table, angles.arctan2_of_singles, angle_table)
_HYPOT = Loops(lengths.hypot, tuple, lengths.hypot_of_singles, tuple)
