"""The Python interface: compile a program once, run it on arrays many times."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from maskexpr import compiled as programs
from maskexpr.bound import Bound, explained, swept, warn
from maskexpr.checker import binding, offered
from maskexpr.checker.binding import Image
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.diagnostics.source import Source
from maskexpr.engine import calling
from maskexpr.engine.kept import Kept, Ready
from maskexpr.engine.prepared import Prepared, Result, Stages, check_outputs
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import Kind
from maskexpr.language.limits import Limits, limits_or_defaults
from maskexpr.language.parser import Parsed, parse
from maskexpr.planner.costs import Cost
from maskexpr.program import identity
from maskexpr.program.declared import Declared, Means
from maskexpr.program.schema import schema
from maskexpr.program.steps import Checked, InputInfo, ParamInfo

__all__ = ["Bound", "Image", "Program", "Result", "compile", "evaluate", "rewritten", "swept"]


class Program:
    """A compiled program: immutable, safe to share between threads, picklable.

    Call it with its inputs and params by name. One output gives its value, several an ordered mapping.

    Programs are equal, and have one hash, if they say the same: the same outputs by name, computed in the same way from
    the same inputs and params, and the same asserts. Inputs and params count with all that they declare, and in their
    order, docs included; so do limits, functions, constants, `fast` and `compiled`. Comments, layout, brackets that
    change nothing, the name of the text, and names and order of defs and of lines that are no outputs do not count; nor
    does the order of what `&`, `|` and `^` join, where that is of one input. Programs that only happen to compute the
    same, `2 * im` and `im + im`, are not equal. A pickle of a program holds its texts, limits and constants as plain
    values, and its functions by their names: it is compiled anew.

    >>> program = maskexpr.compile("param low = 2 in 0..9; area(im > low)")
    >>> program(im=np.array([[1, 2, 3, 4]]))
    2
    >>> program(im=np.array([[1, 2, 3, 4]]), low=3)
    1
    """

    __slots__ = (
        *("__weakref__", "_catalogue", "_declared", "_inputs", "_kept", "_look", "_meaning", "_open", "_parsed"),
        "_ready",
    )

    _declared: Declared
    _parsed: Parsed
    _open: Checked  # against any inputs it could have
    _catalogue: Mapping[str, Function]
    _kept: Kept
    _ready: dict[Any, Ready]
    _look: Callable[[Mapping[str, Any]], Any]
    _inputs: tuple[InputInfo, ...] | None  # with what each may be, once that was asked for
    _meaning: tuple[Any, ...] | None  # what it is compared by, once it was

    def __init__(self, declared: Declared, parsed: Parsed, checked: Checked) -> None:
        kept = Kept()
        parts = {
            "_declared": declared,
            "_parsed": parsed,
            "_open": checked,
            "_catalogue": programs.catalogue_of(declared),
            "_kept": kept,
            "_ready": kept.ready,
            "_look": calling.looking([info.name for info in checked.inputs if info.kind == "labels"]),
            "_inputs": None,
            "_meaning": None,
        }
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a program does not change: {name} cannot be set; compile another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a program does not change: {name} cannot be deleted; compile another one")

    @property
    def source(self) -> str:
        """The program text."""
        return self._declared.source.text

    @property
    def name(self) -> str:
        """What messages call the program text."""
        return self._declared.source.name

    @property
    def inputs(self) -> tuple[InputInfo, ...]:
        """The inputs as a form would show them: declared ones first, then free names in the order of their first use.

        >>> maskexpr.compile("input im: image \'the radiograph\'; (im > low) & m").inputs
        (<input im: image, "the radiograph">, <input low: image or labels or number>, <input m: mask or truth>)
        """
        if self._inputs is None:
            check_with = functools.partial(self._check, params={}, supposed=True)
            infos = programs.with_what_they_take(self._declared, self._open, check_with)
            object.__setattr__(self, "_inputs", infos)
        return self._inputs or ()

    @property
    def params(self) -> tuple[ParamInfo, ...]:
        """The params, with their defaults and intervals or choices.

        >>> (low,) = maskexpr.compile("param low = 0.5 in 0..1 \'lower end\'; im > low").params
        >>> low
        <param low: number = 0.5 in 0..1, "lower end">
        >>> low.kind, low.default, low.low, low.high, low.step
        ('number', 0.5, 0, 1, Decimal('0.01'))
        """
        return self._open.params

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs, in order; "result" where the program ends with a bare expression."""
        return tuple(name for name, _ in self._open.outputs)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious but no error, as far as it is known without inputs; `Bound.warnings` may know more."""
        return self._open.diagnostics

    def schema(self) -> dict[str, Any]:
        """What a request may hold, as JSON Schema (draft 2020-12), for forms and to check requests with.

        Params are properties with type, minimum and maximum, or the texts they may be; what it accepts, the program
        accepts. Of lengths and sizes it accepts those written with a unit and up to 12 digits before the point: "2mm".
        An input that may be a number or truth is one; where it may be an array it is a text, of which the host knows
        which array it stands for, and nobody else. `x-maskexpr` says more of each: "role" (input or param), "takes" and
        "axes" of inputs, "kind", "step" and "unit" of params.

        >>> schema = maskexpr.compile("param low = 32 in 0..255 \'lower end\'; im > low").schema()
        >>> schema["required"], schema["properties"]["low"]["maximum"]
        (['im'], 255)
        """
        return schema(self.inputs, self.params)

    def __call__(self, /, **given: Any) -> Any:
        """Run the program; what is suspicious in it, and what only the pixels tell, comes as `maskexpr.MaskWarning`
        through Python's `warnings`.

        Parameters
        ----------
        **given
            Arrays, numbers or `maskexpr.Image` for the inputs; values for the params. Arrays are read where they lie,
            in any order and read-only too; only those of another byte order, labels that are not int32, and masks that
            are no bools of 0 and 1 are copied. Images of SimpleITK, ITK and
            nibabel, and datasets of pydicom, one or a list of a series, are taken with the size and place of their
            pixels, in the order t, z, y, x; of all else what NumPy makes an array of, if that has the shape it states.

        Returns
        -------
        ndarray, image of another library, number, bool or list, or a dict of them by output name
            Masks are bool arrays, labels int32, images the smallest type that holds their values. New arrays: never the
            given ones, nor views of them. Inputs in Fortran order may give results in it, as in NumPy.
            Where pixels are without data, masks are off, labels 0, and images hold the number for it of an input, if no
            pixel that has data holds it, else nan. Masked arrays give masked arrays.
            The first image that says where it lies also says what those come back as that lie somewhere: an image of
            SimpleITK or ITK as such, one of nibabel as NIfTI with x first, masks of uint8 there, and an `Image`
            with `axes` as an array with its axes in that order. What such an image cannot express is a plain array, as
            a plane in space of SimpleITK.

        Raises
        ------
        InputError
            An input is missing, unknown, or cannot be what the program needs.
        ProgramError
            The program does not fit these inputs; no pixel was touched.
        RunError
            An assert failed, or a step has no answer for these pixels; or whole numbers have none left for those that
            are without data.
        LimitError
            The run would be over a bound of the `Limits` that the program was compiled with, and no pixel was touched;
            or it took longer than `Limits.seconds`, and was stopped.
        """
        ready = self._ready.get(self._look(given))
        if ready is None or (ready.masks and not calling.are_as_bits(given, ready.masks)):
            return self._run(given)
        ready.is_asked_for = True
        return ready.run(given)

    def _run(self, given: Mapping[str, Any]) -> Any:
        """Run the program on what was not seen before, and keep how to do that at once."""
        check_outputs(self._declared, self._open)
        bound = self._bound(given, run=True)
        warn(bound.checked.diagnostics)
        values = bound.run(warn)
        key = self._look(given)
        run = calling.ready(given, bound, warn) if key is not None else None
        if run is not None:
            self._kept.keep_ready(key, Ready(run, bound.prepared, calling.wanted_as_bits(given, bound.plan)))
        return next(iter(values.values())) if len(values) == 1 else values

    def bind(self, /, **given: Any) -> Bound:
        """The program with its inputs and params: what can be asked of it, run included, looks at them once.

        Parameters
        ----------
        **given
            As for a call; or (shape, dtype) for arrays, which answers all that takes no pixels. Values of 64-bit
            integers, which arrays are measured for, are then taken to fit 32 bits.

        Raises
        ------
        InputError, ProgramError
            As for a call.

        >>> bound = maskexpr.compile("output m = im > 2; output n = area(m)").bind(im=np.array([[1, 2, 3, 4]]))
        >>> bound.run()
        {'m': array([[False, False,  True,  True]]), 'n': 2}
        >>> {name: str(kind) for name, kind in bound.kinds.items()}
        {'m': 'mask 1x4', 'n': 'number'}
        """
        return Bound(self._bound(given, run=False), self._prepared)

    def kind(self, /, **given: Any) -> Any:
        """The kind of the result, or a dict of kinds by output name, for inputs as for `bind`; nothing is run.

        >>> str(maskexpr.compile("dilate(im > 32, 2)").kind(im=((880, 380), "uint8")))
        'mask 880x380'
        """
        kinds = self.bind(**given).kinds
        return next(iter(kinds.values())) if len(kinds) == 1 else kinds

    def cost(self, /, **given: Any) -> Cost:
        """Estimated operations, peak bytes and seconds of a run, as `Bound.cost` says, for inputs as for `bind`."""
        return self.bind(**given).cost()

    def explain(self, /, **given: Any) -> str:
        """The program line by line with kinds, shapes and the defaults in force, and the plan by which it runs; inputs
        as for `bind`, or none, which leaves out the plan."""
        if self.inputs and not given:
            return explained(self._open)
        return self.bind(**given).explain()

    def to_python(self, /, **given: Any) -> str:
        """The program as the text of a Python module: one function of NumPy and SciPy that computes the same, without
        maskexpr; and what helpers it needs.

        Inputs are its arguments, params keyword arguments with their defaults. One output is what it returns, several
        are a dict. Asserts, and what it cannot take, are a ValueError. Masks, labels and whole numbers are equal;
        floating values are equal up to rounding, as plain NumPy rounds sums, exponentials and Gaussians otherwise.

        Parameters
        ----------
        **given
            As for `bind`: types and axes decide how it is written, and it is right for those alone. Of params the
            values that are to be the defaults.

        Raises
        ------
        InputError
            An input is not given, or does not fit.
        ProgramError
            The program does not fit these inputs, or has a function that cannot be written so.

        >>> print(maskexpr.compile("im > 32").to_python(im=((880, 380), "uint8")).splitlines()[-1])
            return im > 32
        """
        check_outputs(self._declared, self._open)
        return programs.written_down(self._parsed, self._declared, self._catalogue, self._open, given)

    def profile(self, /, **given: Any) -> str:
        """What `explain` says, with the time that each step takes; runs the program some times on real arrays."""
        return Bound(self._bound(given, run=True), self._prepared).profile()

    def _bound(self, given: Mapping[str, Any], *, run: bool) -> Stages:
        source = self._declared.source
        arrays, kinds, params = binding.bind(self._open, source, self._catalogue, given, run=run)
        is_masked = any(map(binding.is_masked, given.values()))
        return Stages(
            self._declared, self._prepared(kinds, params), kinds, arrays, is_masked, binding.giver(given, kinds), params
        )

    def _prepared(self, kinds: Mapping[str, Kind], params: Mapping[str, Any]) -> Prepared:
        """The program checked against these kinds; kept, so that a second run does not check again."""
        key = identity.of_inputs(kinds, params)
        found = self._kept.find(key)
        if found is None:
            checked = self._check(kinds, params)
            programs.raise_errors(checked)
            found = Prepared(checked, self._declared.means)
            self._kept.keep(key, found)
        return found

    def _check(self, kinds: Mapping[str, Kind], params: Mapping[str, Any], *, supposed: bool = False) -> Checked:
        used = dict(self._declared.used).__getitem__
        return programs.checked(self._parsed, self._declared, self._catalogue, used, kinds, params, supposed=supposed)

    def _compared_by(self) -> tuple[Any, ...]:
        if self._meaning is None:
            meaning = programs.meaning(self._parsed, self._declared, self._catalogue, self._open)
            object.__setattr__(self, "_meaning", meaning)
        return self._meaning or ()

    def __eq__(self, other: object) -> bool:
        return self._compared_by() == other._compared_by() if isinstance(other, Program) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._compared_by())

    def __repr__(self) -> str:
        return f"maskexpr.compile({self.source!r})"

    def __reduce__(self) -> Any:
        own = self._declared
        limits = {field.name: getattr(own.limits, field.name) for field in fields(own.limits)}
        withheld = tuple(sorted(own.withheld))
        texts = (own.source.text, own.source.name, own.used)
        means = own.means.fast, own.means.compiled
        return (restored, (*texts, limits, own.functions, dict(own.constants), withheld, *means))


# --- for our own rooms -----------------------------------------------------------------------------------------------


def rewritten(program: Program, text: str) -> Program:
    """Another text, with all that a program was compiled with."""
    own = program._declared
    return _compile(replace(own, source=Source(text, own.source.name)))


def restored(
    text: str,
    name: str,
    used: tuple[tuple[str, str], ...],
    limits: Mapping[str, Any],
    functions: tuple[Function, ...],
    constants: Mapping[str, Any],
    withheld: tuple[str, ...],
    fast: bool,
    compiled: bool,
) -> Program:
    """A program that was pickled: the one thing of ours that a pickle of one names, beside a host's functions."""
    means = Means(fast, compiled)
    own = Declared(Source(text, name), Limits(**limits), functions, used, means, dict(constants), frozenset(withheld))
    return _compile(own)


# --- from a text to a program ----------------------------------------------------------------------------------------


def compile(
    source: str,
    /,
    *,
    limits: Limits | None = None,
    functions: Iterable[Callable[..., Any] | Function] | None = None,
    constants: Mapping[str, Any] | None = None,
    allow: Iterable[str] | None = None,
    deny: Iterable[str] | None = None,
    resolver: Callable[[str], str] | None = None,
    name: str = "expression",
    fast: bool = False,
    compiled: bool = True,
) -> Program:
    """Compile a program text.

    Parameters
    ----------
    source : str
        An expression, or a whole program.
    limits : Limits, optional
        Bounds on the program and its runs; safe defaults.
    functions : iterable, optional
        More functions, declared with `maskexpr.function`; they go before those of the catalogue.
    constants : mapping, optional
        Numbers, truths and texts of the host's that programs, their defs too, may name. What a program declares or
        assigns by such a name, and properties and columns where those are meant, hide them.
    allow, deny : iterables of str, optional
        Functions that programs may call, and may not: names, and groups of them ("morphology"). By default all are
        allowed. To call another one is an error that says so. Operators are always there, the properties that `measure`
        and `keep` look at are theirs, and `functions` need not be allowed.
    resolver : callable, optional
        Gives the text of the file named in a `use`. Without one, `use` is an error: no file is ever opened here.
    name : str
        What messages call the text.
    fast : bool
        Whether OpenCV may compute filters and distances where it is installed: several times as fast, but the last bits
        of floating results may be others. Results are the same everywhere without it.
    compiled : bool
        Whether compiled kernels may run where there are some (`maskexpr warm`). Results are the same to the last bit.

    Returns
    -------
    Program

    Raises
    ------
    ProgramError
        All mistakes of the program that do not depend on its inputs.
    TypeError, ValueError
        Functions, constants or names of functions that are none.

    >>> maskexpr.compile("dilate((im > 32) & ~(im > 64), 2)").outputs
    ('result',)
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be a str, not {type(source).__name__}")
    programs.refuse_others(name, resolver)
    text = source.removeprefix("\ufeff").replace("\r\n", "\n")
    remembering = programs.Remembering(resolver) if resolver else None
    records = tuple(programs.records(functions or ()))
    known, withheld = offered.constants(constants), offered.withheld(allow, deny, records)
    own = Declared(Source(text, name), limits_or_defaults(limits), records, (), Means(fast, compiled), known, withheld)
    return _compile(own, remembering)


def _compile(declared: Declared, resolver: programs.Remembering | None = None) -> Program:
    source, limits = declared.source, declared.limits
    parsed = parse(source, limits)
    known = dict(declared.used)
    resolve = resolver or (known.__getitem__ if known else None)
    checked = programs.checked(parsed, declared, programs.catalogue_of(declared), resolve)
    programs.raise_errors(checked)
    if resolver:
        declared = replace(declared, used=tuple(resolver.texts.items()))
    return Program(declared, parsed, checked)


# By the text alone, from which a program follows: the last 128, each with what it keeps of its own.
@functools.lru_cache(maxsize=128)
def _compiled(source: str) -> Program:
    return compile(source)


def evaluate(source: str, /, **given: Any) -> Any:
    """Compile and run a program; the compiled program is kept for the next call with the same text.

    Parameters and errors as for `compile` and `Program`.

    >>> evaluate("(im > 2) & ~(im > 4)", im=np.array([[1, 2, 3, 4, 5]]))
    array([[False, False,  True,  True, False]])
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be a str, not {type(source).__name__}")
    return _compiled(source)(**given)
