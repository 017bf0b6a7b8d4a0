"""The record of one function, and the decorator that makes it from a Python function.

Everything that must be known of a function is declared where its body is: the annotations say what its arguments may
be, the decorator says what it gives, how far it looks around a pixel and what it costs. The checker, the evaluation,
`explain` and the docs all read that one record.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from maskexpr.functions.arguments import Parameter, Refused, Surroundings
from maskexpr.functions.declaring import WHOLE as WHOLE
from maskexpr.functions.declaring import refuse_nonsense
from maskexpr.functions.docstrings import doc_of
from maskexpr.functions.gives import Gives, Kinds
from maskexpr.functions.signatures import parameters_of
from maskexpr.kinds.kind import SAMPLED, Kind

Settings = Mapping[str, Any]
Body = TypeVar("Body", bound=Callable[..., Any])

Halo = int | Literal["whole"] | Callable[[Settings, int], tuple[int, ...]]
Border = str | Mapping[str, str]
Estimate = float | Callable[[Settings, int], float]
Derived = str | Callable[[Kind, Settings], str]
Parts = Literal["pixelwise", "window", "whole"]
SpoiltBy = Literal["", "nan", "inf"]
# What is made of pixels without data: rules of `checker.outside`, where "" is told from the kinds and the halo.
WithoutData = Literal[
    "",
    "everywhere",
    "cross",
    "grey",
    "ball",
    "samples",
    "within",
    "counted",
    "range",
    "both",
    "negatives",
    "own",
    "choice",
    "distance",
    "holes",
    "border",
    "levels",
    "peaks",
    "zones",
    "areas",
    "flood",
    "split",
    "measured",
    "painted",
    "part",
    "taken",
    "valid",
    "fill",
    "stored",
]
Remark = Callable[[Settings, tuple[int, ...]], Refused | None]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """One function of the language.

    What the planner may do with a function stands in the last ones. A function that does not declare them is taken for
    the one that allows least, and still gives the right values.

    Attributes
    ----------
    halo
        How far the result looks around a pixel: 0, a reach per axis from the settings and the number of axes, or WHOLE.
    cost, memory
        Estimated elementary operations per pixel, and bytes of scratch per pixel beside the result.
    border
        The rule in force outside the image, in words, or such words by what is given as `border`, else by the kind of
        the result; "" where none applies.
    bare
        Written without brackets, as a name.
    total
        The body has a result whatever the pixels are, so that a step nobody needs can be left out unnoticed; or this by
        the kinds of the operands. Numbers out of a parameter's bounds are seen to apart from it.
    transposes
        Operands with their axes in reverse give the result with its axes in reverse, bit for bit: of each pixel by
        itself, extremes over symmetric shapes, counts; not what goes by scan order, or sums floats axis by axis.
    keeps_empty
        Of an operand `m` that is off everywhere it gives just that; or this by the settings.
    extensive
        All that is on in `m` is on in the result; or this by the settings.
    derived
        The function as an expression of others, over its own parameters, or such expressions by the kind of the result
        and the settings. It is put in the function's place before a plan is made, and gives the same bits as the body,
        float16 aside, which bodies may compute in a wider type.

    What is done about pixels without data is written into the steps before there is a plan; bodies never see it.

    Attributes
    ----------
    without_data
        By which rule. Without a word it follows from the rest: each pixel by itself, masks that are off outside,
        windows that hold data everywhere; what looks at whole images needs a word, or is refused those that lack data.

    The last ones are for calls, and for warnings.

    Attributes
    ----------
    places
        Parameters that are a place, in the order of the axes. Without names they are given in this order, after the
        first one of all; a plane has no first axis, so it is left out where fewer are given.
    compares
        How numbers are compared with the first operand, by the parameters that take them.
    spoilt_by
        "nan" where a nan among the values of the first operand makes the number it gives nan; "inf" where an infinity
        makes it nan or infinite, too.
    by_channel
        Of a colour image as `im`, each channel is taken by itself, and the results are such an image again.
    remark
        What is suspicious, if anything is, in numbers and settings by parameter, beside images of that shape.
    """

    name: str
    group: str
    parameters: tuple[Parameter, ...]
    gives: Gives
    body: Callable[..., Any]
    halo: Halo
    cost: Estimate
    memory: Estimate
    border: Border
    aliases: Mapping[str, str]
    check: Callable[[Settings, Surroundings], None] | None
    filled_in: frozenset[str]
    bare: bool
    total: bool | Callable[[Kinds], bool]
    transposes: bool
    keeps_empty: bool | Callable[[Settings], bool]
    extensive: bool | Callable[[Settings], bool]
    derived: Derived
    without_data: WithoutData
    places: tuple[str, ...]
    compares: Mapping[str, str]
    spoilt_by: SpoiltBy
    remark: Remark | None
    by_channel: bool = False

    @property
    def doc(self) -> str:
        return doc_of(self.body)

    @property
    def summary(self) -> str:
        return first_sentence(self.doc)

    @property
    def signature(self) -> str:
        texts = [p.text for p in self.parameters if p.name not in self.places[:1]]
        if self.places:
            texts[1] = f"[{self.places[0]},] {texts[1]}"
        return self._called(", ".join(texts))

    def in_order(self, count: int) -> list[str]:
        """The parameters in the order in which so many arguments without names are theirs."""
        first, *others = [p.name for p in self.parameters if not p.named] or [""]
        if not first:
            return []
        if count > len(self.places) > 0:
            return [first, *self.places, *(name for name in others if name not in self.places)]
        return [first, *others]

    def border_for(self, kind: Kind, settings: Settings) -> str:
        """The border rule in force for a result of this kind."""
        if isinstance(self.border, str):
            return self.border
        return self.border.get(settings.get("border", ""), self.border.get(kind.name, ""))

    @property
    def is_of_host(self) -> bool:
        """Whether it was not declared in the library."""
        return not (self.body.__module__ or "").startswith(_LIBRARY)

    @property
    def parts(self) -> Parts:
        """How the plain body may be run on parts of an image: on any of them by itself, with as much around it as the
        halo says, or on nothing less than all of it."""
        if self.halo == WHOLE or "grid" in self.filled_in:
            return "whole"
        return "pixelwise" if self.halo == 0 else "window"

    def looks(self, settings: Settings, ndim: int) -> tuple[int, ...] | Literal["whole"]:
        """How far it looks around a pixel along each axis; what goes on with the other side of the image looks at all
        of it."""
        if self.halo == WHOLE or settings.get("border") == "wrap":
            return WHOLE
        return self.halo(settings, ndim) if callable(self.halo) else (int(self.halo),) * ndim

    def accepts(self, parameter: Parameter) -> frozenset[str]:
        """The kinds that an argument may have: what works on each pixel by itself takes samples too."""
        kinds = parameter.takes.kinds
        return kinds | {SAMPLED[k] for k in kinds if k in SAMPLED} if self.parts == "pixelwise" else kinds

    def never_refuses(self, kinds: Kinds) -> bool:
        """Whether there is a result for all operands of these kinds, whatever their pixels are."""
        bounded = [p for p in self.parameters if p.takes.is_bounded and p.name in kinds]
        if not all(kinds[p.name].is_constant for p in bounded):  # constants were held to their bounds by the checker
            return False
        return self.total(kinds) if callable(self.total) else self.total

    def is_kept_empty(self, settings: Settings) -> bool:
        return self.keeps_empty(settings) if callable(self.keeps_empty) else self.keeps_empty

    def is_extensive(self, settings: Settings) -> bool:
        return self.extensive(settings) if callable(self.extensive) else self.extensive

    def expression(self, kind: Kind, settings: Settings) -> str:
        """The expression of others that it stands for; "" if it is its own."""
        return self.derived(kind, settings) if callable(self.derived) else self.derived

    @property
    def call(self) -> str:
        """How it is called with what it needs."""
        needed = [p.name for p in self.parameters if p.required]
        return self._called(", ".join(needed) + (", ..." if len(needed) < len(self.parameters) else ""))

    def _called(self, arguments: str) -> str:
        return self.name if self.bare else f"{self.name}({arguments})"

    @property
    def title(self) -> str:
        """The signature with what it gives."""
        return f"{self.signature} -> {self.gives.text}"

    def parameter(self, name: str) -> Parameter | None:
        name = self.aliases.get(name, name)
        return next((p for p in self.parameters if p.name == name), None)

    def __reduce__(self) -> Any:
        return (_find, (self.body.__module__ or "", self.name))


_LIBRARY = "maskexpr.library."
CATALOGUE: dict[str, Function] = {}
_RECORDS: dict[tuple[str, str], Function] = {}


def _find(module: str, name: str) -> Function:
    __import__(module)
    return _RECORDS[module, name]


def function(
    *,
    gives: Gives,
    halo: Halo,
    cost: Estimate,
    memory: Estimate,
    border: Border = "",
    name: str = "",
    aliases: Mapping[str, str] | None = None,
    check: Callable[[Settings, Surroundings], None] | None = None,
    bare: bool = False,
    total: bool | Callable[[Kinds], bool] = False,
    transposes: bool = False,
    keeps_empty: bool | Callable[[Settings], bool] = False,
    extensive: bool | Callable[[Settings], bool] = False,
    derived: Derived = "",
    without_data: WithoutData = "",
    places: tuple[str, ...] = (),
    compares: Mapping[str, str] | None = None,
    spoilt_by: SpoiltBy = "",
    remark: Remark | None = None,
    by_channel: bool = False,
    catalogue: dict[str, Function] | None = None,
) -> Callable[[Body], Body]:
    """Declare a function of the language; the Python function stays what it is, so that bodies can call it.

    The keyword arguments are those of `Function`. Each parameter is annotated with a type of `maskexpr.functions`: it
    says what may be given for it and what the body gets, or, where the user does not write it, what is filled in:
    `kind: ResultKind`, `spacing: PixelSpacing`. `name` overrides the function's own name. What is declared in the
    library is in the language, in the `catalogue` of its operators if so asked; a host's own functions are handed to
    `maskexpr.compile(..., functions=[...])`.

    A host's function must follow from its arguments alone, and change none of them: it is run on many threads, and on
    parts of an image as its halo allows: any part by itself with 0, with so many pixels around it, or on all at once
    with "whole", which is always right. What it raises is a RunError with the code "host-function", of which
    the exception is the cause; `refusal(cause, way)` is what it raises for a fault of the arguments or the pixels.
    `check` is called with the settings, and what is known of the arrays, before there is a pixel.

    >>> from maskexpr.functions import SAME_IMAGE, Axes, Image, Reach, ResultKind, function, refusal
    >>> def reach(settings, ndim):
    ...     axes = settings["axes"] or range(ndim)
    ...     return tuple(settings["n"].reach(axis) if axis in axes else 0 for axis in range(ndim))
    >>> def at_most_9(settings, around):
    ...     if settings["n"].radius > 9:
    ...         raise refusal(f"n is {settings['n']}", "give at most 9", argument="n")
    >>> @function(
    ...     gives=SAME_IMAGE, halo=reach, check=at_most_9, border="the value at the border goes on",
    ...     cost=lambda settings, ndim: 4 * ndim, memory=16,
    ... )
    ... def spread_of(im: Image, n: Reach = 1, axes: Axes = None, *, kind: ResultKind):
    ...     '''The most of the values a reach before and behind, less the least.'''
    ...     most = least = im
    ...     for axis in axes or range(im.ndim):
    ...         by = n.reach(axis)
    ...         padded = np.pad(im, [(by, by) if a == axis else (0, 0) for a in range(im.ndim)], "edge")
    ...         for start in (0, 2 * by):
    ...             part = np.take(padded, range(start, start + im.shape[axis]), axis)
    ...             most, least = np.maximum(most, part), np.minimum(least, part)
    ...     return (most - least).astype(kind.dtype)
    >>> program = maskexpr.compile('spread_of(im, 1, axes="x") > 3', functions=[spread_of])
    >>> program(im=np.array([[1, 2, 9, 9]], np.uint8))
    array([[False,  True,  True, False]])
    >>> try:
    ...     maskexpr.compile("spread_of(im, 12)", functions=[spread_of]).explain(im=((3, 4), "uint8"))
    ... except maskexpr.ProgramError as error:
    ...     print(error.message, "-", error.hint)
    n is 12 - give at most 9
    """

    def register(body: Body) -> Body:
        if not inspect.isfunction(body):
            raise TypeError(f"what is declared is a function, not a {type(body).__name__}")
        own_name = name or body.__name__.rstrip("_")
        parameters, filled_in = parameters_of(body, own_name)
        if bare and parameters:
            raise TypeError(f"{own_name}: a bare function takes no parameters")
        module = body.__module__ or ""  # code without a module has none
        group = _subject(module)
        record = Function(
            name=own_name,
            group=group,
            parameters=parameters,
            gives=gives,
            body=body,
            halo=halo,
            cost=cost,
            memory=memory,
            border=border,
            aliases=aliases or {},
            check=check,
            filled_in=filled_in,
            bare=bare,
            total=total,
            transposes=transposes,
            keeps_empty=keeps_empty,
            extensive=extensive,
            derived=derived,
            without_data=without_data,
            places=places,
            compares=compares or {},
            spoilt_by=spoilt_by,
            remark=remark,
            by_channel=by_channel,
        )
        if record.is_of_host:
            refuse_nonsense(record)
        _RECORDS[module, own_name] = record
        if catalogue is not None:
            catalogue[own_name] = record
        elif module.startswith(_LIBRARY):
            CATALOGUE[own_name] = record
        body.record = record  # type: ignore[attr-defined]  # lets hosts hand the function itself to compile()
        return body

    return register


def _subject(module: str) -> str:
    """The file or folder of `library` that a function is declared in; of a host's function the module."""
    names = module.split(".")
    return names[names.index("library") + 1] if "library" in names[:-1] else names[-1]


def first_sentence(doc: str) -> str:
    """What a docstring says first, without its full stop."""
    paragraph = " ".join(doc.split("\n\n", 1)[0].split())
    return re.split(r"(?<!\.)\. ", paragraph, maxsplit=1)[0].removesuffix(".")  # "1, 2, 3..." goes on
