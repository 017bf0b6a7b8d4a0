"""A session: statements entered one after another, the files they work on, and the values they gave; no terminal in it.

Every state of a session is a whole program, checked as one. Values are kept by what they mean, so that after a change
only what depends on it is computed again, and going back costs nothing.
"""

import os
import shlex
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from maskexpr.api import Program, compile
from maskexpr.checker import param_kind
from maskexpr.checker.binding import literal, parameter
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError, MaskError, ProgramError
from maskexpr.diagnostics.nearest import nearest
from maskexpr.engine.values import Values
from maskexpr.files import outputs, programs, provenance
from maskexpr.files.access import Access, is_within
from maskexpr.files.decoding.naming import shown
from maskexpr.functions.arguments import value_text
from maskexpr.inside import declared, stages
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.quantity import Quantity
from maskexpr.language import nodes
from maskexpr.language.limits import Limits
from maskexpr.program.declared import Means
from maskexpr.program.steps import Checked, InputInfo, ParamInfo, Step, valid_name
from maskexpr.session.scripts import (
    Line,
    flags,
    in_force,
    inlined,
    is_number,
    needed,
    relative,
    script,
    statements,
    value_of,
    with_params,
)
from maskexpr.session.states import CheckedState, Opened, Outcome, State, Wanted

_NAME, _RESULT = "session", "0"


class Session:
    """Statements, files and values. What changes something either succeeds whole or changes nothing, and raises a
    MaskError for what is wrong, with places in the session's own text, whose lines count from 1."""

    def __init__(
        self,
        *,
        spacings: Sequence[str] = (),
        nodata: Sequence[str] = (),
        fast: bool = False,
        limits: Limits | None = None,
        access: Access | None = None,
    ) -> None:
        self._access = access or Access()
        self.fast, self.limits = fast, limits or Limits()
        self._values = Values(self.limits)
        self._versions = 0
        self._before: list[CheckedState] = []
        self._after: list[CheckedState] = []
        self._warnings: list[Diagnostic] = []
        self._now = self._left = self._checked(State(spacings=tuple(spacings), nodata=tuple(nodata)))

    # --- what is there -----------------------------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[str, ...]:
        """The program as far as it was entered, one statement a line."""
        return self._now.state.lines

    @property
    def names(self) -> dict[str, Kind]:
        """The names that have a value: inputs, params, then what was assigned, in order."""
        inputs = {name: step.kind for name, step in self._inputs().items()}
        params = {info.name: param_kind(info, self._param(info)) for info in self._now.checked.params}
        return {**inputs, **params, **{name: step.kind for name, step in self._now.bound.items()}}

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions defined here, and in the files that are used."""
        return tuple(line.declares for line in self._whole() if isinstance(line.node, nodes.Def))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious in what the last change added."""
        return tuple(self._warnings)

    def value(self, name: str) -> Outcome:
        """The value of a name."""
        if name in self._now.bound:
            return self._outcome(self._now, name, self._now.bound[name])
        info = next((info for info in self._now.checked.params if info.name == name), None)
        if info is not None:
            return Outcome(name, param_kind(info, self._param(info)), self._param(info))
        inputs = self._inputs()
        if name not in inputs:
            raise self._unknown(name)
        return self._outcome(self._now, name, inputs[name])

    def definition(self, name: str) -> str:
        """How a name got its value, as it was written; "" for one that is not there."""
        lines = [line for line in self._whole() if name in (line.defines, line.declares)]
        return in_force(lines[-1], self._now.state.params) if lines else ""

    def _whole(self) -> list[Line]:
        return inlined(statements(self.lines), dict(declared(self._now.program).used))

    def _inputs(self) -> dict[str, Step]:
        named = {step.name: step for step in self._now.checked.steps if step.function is None and step.name}
        return {name: step for name, step in named.items() if name.isidentifier()}

    def _param(self, info: ParamInfo) -> Any:
        return self._now.checked.values.get(info.name, info.default)

    def _unknown(self, name: str) -> InputError:
        near = nearest(name, self.names)
        mistake = messages.SESSION_UNKNOWN if near else messages.SESSION_UNKNOWN_FAR
        return InputError(mistake.anywhere(name=shown(name), near=near))

    # --- changes -----------------------------------------------------------------------------------------------------

    def enter(self, text: str) -> list[Outcome]:
        """Add statements; what they gave. A bare expression is looked at and not kept: nothing can depend on it."""
        state, added = replace(self._now.state, what=text), statements([text])
        again = {line.declares for line in added} - {""}
        lines, old = list(self.lines), [line.declares for line in statements(self.lines)]
        if [line.text for line in added] != [text] and not again & set(old):
            self._program_of(replace(state, lines=(*lines, text)))  # mistakes are shown as they were typed
        state = self._with_files(state, added, Path())
        params = {name: value for name, value in state.params.items() if name not in again}
        new = []
        for line in added:  # a def, param or input that was there is another from now on, for what came after it too
            if line.declares and line.declares in old:
                lines[old.index(line.declares)] = line.text
            else:
                new.append(line)
        state = replace(state, lines=(*lines, *(line.text for line in new)), params=params)
        last, kept = _last(new), self._kept(new)
        outcomes = self._change(state, lambda at: [*self._changed_before(at, new), *last(at)])
        self._warnings.extend(kept)
        return outcomes

    def _kept(self, new: Sequence[Line]) -> list[Diagnostic]:
        """What to say of values that were made of a number which a new line changes: they stay as they are."""
        lines, found = statements(self.lines), list[Diagnostic]()
        again = {line.defines for line in new}
        for line in new:
            old = next((other for other in reversed(lines) if line.defines and other.defines == line.defines), None)
            if old is None or not (is_number(old) and is_number(line)) or old.text == line.text:
                continue
            names = [n for n in self._now.bound if n not in again and any(o is old for o in needed(lines, [n]))]
            if names:
                fields = {"name": line.defines, "value": value_of(old), "new": value_of(line)}
                found.append(messages.SESSION_KEPT.anywhere(names=", ".join(names), **fields))
        return found

    def load(self, name: str, path: str, spacing: str | None = None) -> list[Outcome]:
        """Load a file under a name, or make a number a param; it, and what depends on it and so has another value."""
        number = None if os.path.exists(path) else _number(path)
        text = f"input {name} = {value_text(path)}" if number is None else f"param {name} = {value_text(number)}"
        try:
            self._program_of(State((text,)))  # is it a name?
        except ProgramError:
            if number is None and not path.isprintable():  # what may not stand in a program
                raise InputError(messages.SESSION_PATH.anywhere(path=path)) from None
            raise
        state = replace(self._now.state, what=f":load {name} {path}")
        if number is None:
            state = self._opened(state, name, path, spacing, None)
        lines, old = list(self.lines), [line.declares for line in statements(self.lines)]
        if name in old:
            lines[old.index(name)] = text
        else:
            lines.append(text)
        outcomes = self._change(replace(state, lines=tuple(lines)), self._changed)
        return [self.value(name), *outcomes]

    def set(self, name: str, text: str) -> list[Outcome]:
        """Give a name another value where it got its last one; what depends on it follows. The values that changed."""
        state = replace(self._now.state, what=f":set {name} {text}")
        info = next((info for info in self._now.checked.params if info.name == name), None)
        if info is not None:
            return self._change(replace(state, params={**state.params, name: parameter(info, text)}), self._changed)
        defined = [line.defines for line in statements(self.lines)]
        if name not in defined and name in self.names:
            raise InputError(messages.SESSION_SET_INPUT.anywhere(name=name))
        if name not in defined:
            raise self._unknown(name)
        lines = list(self.lines)
        lines[len(lines) - 1 - defined[::-1].index(name)] = f"{name} = {text}"
        return self._change(replace(state, lines=tuple(lines)), self._changed)

    def run(self, path: str) -> list[Outcome]:
        """Add the statements of a file, and load the files of its inputs but for those that are loaded already; its
        params and `def`s take the place of older ones."""
        text, folder = programs.program_text(path, self._access), Path(path).parent
        self._program_of(State((text,), folders=(folder,)), path)  # its own mistakes, in its own lines
        params = {info.name for info in self._now.checked.params}
        added = [
            line
            for line in statements([text])
            if line.declares not in self._now.state.opened
            and not (isinstance(line.node, nodes.Input) and line.declares in params)  # a number that was given
        ]
        state = replace(self._now.state, folders=(*self._now.state.folders, folder), what=f":run {path}")
        state = self._with_files(state, added, folder)
        again = {line.declares for line in added} - {""}
        kept = [line.text for line in statements(self.lines) if not {line.declares, line.defines} & again]
        return self._change(replace(state, lines=(*kept, *(line.text for line in added))), _last(added))

    def _changed_before(self, at: CheckedState, new: Sequence[Line]) -> list[tuple[str, Step]]:
        """The names that have another value although no new line gives them one."""
        assigned = {line.defines for line in new}
        return [(name, step) for name, step in self._changed(at) if name not in assigned and name in self._now.bound]

    def begin(self) -> None:
        """What was done up to now is where undo ends."""
        self._before.clear()

    def undo(self) -> str:
        """Go back to the state before the last change; what was undone, "" if there is nothing."""
        if not self._before:
            return ""
        self._left = self._now
        self._after.append(self._now)
        self._now = self._before.pop()
        return self._left.state.what

    def redo(self) -> str:
        """Take back an undo; what was done again, "" if there is nothing."""
        if not self._after:
            return ""
        self._left = self._now
        self._before.append(self._now)
        self._now = self._after.pop()
        return self._now.state.what

    def moved(self) -> list[Outcome]:
        """The values that are others since the last undo or redo."""
        return [self._outcome(self._now, name, step) for name, step in self._now.others_than(self._left)]

    def _change(self, state: State, wanted: Wanted) -> list[Outcome]:
        new = self._checked(state)
        self._values.take_said()
        outcomes = [self._outcome(new, name, step) for name, step in wanted(new)]
        known = self._now.state.opened.values()
        self._warnings = [d for opened in state.opened.values() if opened not in known for d in opened.warned]
        self._warnings += [
            d for d in new.checked.diagnostics if d.code != "unused" and _is_after(d, self._now.state.text)
        ]
        self._warnings += self._values.take_said()
        kept = tuple(line.text for line in statements(state.lines) if not isinstance(line.node, nodes.Bare))
        if kept != state.lines:
            new = self._checked(replace(state, lines=kept))
        if (kept, state.opened, state.params) != (self.lines, self._now.state.opened, self._now.state.params):
            self._before.append(self._now)
            self._after.clear()
            self._now = new
        self._values.forget({new.meanings[step] for step in new.bound.values() if step in new.meanings})
        return [outcome for outcome in outcomes if outcome.value is not None or outcome.name]

    def _changed(self, new: CheckedState) -> list[tuple[str, Step]]:
        """The names whose values are not what they were."""
        return new.others_than(self._now)

    # --- programs and values -----------------------------------------------------------------------------------------

    def _with_files(self, state: State, lines: Sequence[Line], folder: Path) -> State:
        """The state with the default files of declared inputs loaded."""
        for line in lines:
            node = line.node
            if isinstance(node, nodes.Input) and node.default is not None:
                kind = node.kind.text if node.kind else None
                path = self._default(InputInfo(line.declares, kind, node.default.value), folder)
                state = self._opened(state, line.declares, str(path), None, kind)
        return state

    def _default(self, info: InputInfo, folder: Path) -> Path:
        try:
            return self._access.default(info, folder)
        except FileError as error:
            text = messages.SESSION_LOAD.format(name=info.name).replace("FILE", shown(folder / (info.default or "")))
            raise FileError([replace(diagnostic, hint=text) for diagnostic in error.diagnostics]) from None

    def _opened(self, state: State, name: str, path: str, spacing: str | None, kind: str | None) -> State:
        pixels, digest = programs.read_input(InputInfo(name, kind), Path(path), self._access)
        if not pixels.array.flags.writeable:  # mapped: others may write the file anew while the session lasts
            pixels = replace(pixels, array=pixels.array.copy())
        size, nodata = spacing or programs.spacing_for(name, state.spacings), programs.spacing_for(name, state.nodata)
        self._versions += 1
        image = programs.as_image(pixels, size, nodata, path)
        opened = Opened(image, Path(path), pixels.notes, size, nodata, self._versions, digest, pixels.warned)
        return replace(state, opened={**state.opened, name: opened})

    def _program_of(self, state: State, name: str = _NAME) -> Program:
        resolver = self._access.beside(Path(), *state.folders)
        # The last line is a program's result, and not all that has a name can be one, a length say.
        text = f"{state.text}\n{_RESULT}"
        return compile(text, name=name, limits=self.limits, fast=self.fast, resolver=resolver)

    def _checked(self, state: State) -> CheckedState:
        program = self._program_of(state)
        try:
            inner = stages(program, state.given_to(program))
        except MaskError as error:
            raise type(error)([_advised(diagnostic, state) for diagnostic in error.diagnostics]) from None
        versions = {name: opened.version for name, opened in state.opened.items()}
        versions |= {valid_name(name): version for name, version in versions.items()}
        checked = inner.checked
        bound = {name: step for name, step in checked.bindings if name}
        return CheckedState(state, program, checked, inner.arrays, self._values.meanings(checked, versions), bound)

    def _outcome(self, at: CheckedState, name: str, step: Step) -> Outcome:
        known, began = step.function is None or self._values.known(at.meanings.get(step, -1)), time.perf_counter()
        value: Any = None  # of what is only used by others: an assert, a list of masks
        if step.kind.name in ("length", "size"):
            value = Quantity(step.kind.constant, step.kind.power)
        elif step in at.meanings:
            value = self._value(at, step)
        valid_step = at.checked.domain.valid.get(step) if at.checked.domain and step.kind.is_array else None
        seconds = 0.0 if known else time.perf_counter() - began
        if step.function is not None and step.function.name == "assert":
            value = None
        origin = step.kind.input_name
        on = origin if origin in at.state.opened and origin != name else ""
        valid = self._value(at, valid_step) if valid_step is not None else None
        return Outcome(name, step.kind, value, seconds, on, valid)

    def _value(self, at: CheckedState, step: Step) -> Any:
        return self._values.value(step, at.meanings, at.arrays, Means(self.fast), at.checked.finite, at.checked.domain)

    # --- what leads somewhere ----------------------------------------------------------------------------------------

    def script(self, folder: Path, names: Iterable[str] | None = None) -> str:
        """A program for a file in a folder that gives the session's masks, labels, images and tables, or some names,
        their values, when it is run with `arguments`."""
        names = self._worth_keeping() if names is None else list(names)
        state, arguments = self._now.state, self.arguments(folder, names)
        paths = {name: relative(opened.path, folder) for name, opened in state.opened.items()}
        note = f"# Run it with {shlex.join(arguments)}\n" if arguments else ""
        return note + script(with_params(needed(self._whole(), names), names), names, state.params, paths)

    def arguments(self, folder: Path, names: Iterable[str] | None = None) -> list[str]:
        """What a script in a folder does not say itself, for the command line: the images it takes that are not beside
        it or below, and the size of their pixels."""
        names = self._worth_keeping() if names is None else list(names)
        taken = {line.declares for line in needed(self._whole(), names) if isinstance(line.node, nodes.Input)}
        opened = {name: opened for name, opened in self._now.state.opened.items() if name in taken}
        given = [f"{n}={opened.path}" for n, opened in opened.items() if not is_within(opened.path, folder)]
        sizes = flags("--spacing", {name: opened.spacing for name, opened in opened.items()})
        return [*given, *sizes, *flags("--nodata", {name: opened.nodata for name, opened in opened.items()})]

    def _worth_keeping(self) -> list[str]:
        """The masks, labels, images and tables that were named; where there are none, whatever was."""
        found = [name for name, step in self._now.bound.items() if step.kind.is_array or step.kind.name == "table"]
        return found or list(self._now.bound)

    def save(self, name: str, path: str) -> Outcome:
        """Write the value of a name to a file, with the record of the lines that led to it."""
        outcome = self.value(name)
        if not (outcome.kind.is_array or outcome.kind.word in ("table", "list", "column")):
            raise InputError(messages.SESSION_NO_ARRAY.anywhere(name=name, kind=outcome.kind.name))
        outputs.refuse_unfit(name, outcome.kind, path)
        all_opened = self._now.state.opened.items()
        loaded = programs.Loaded(
            {},
            {name: opened.path for name, opened in all_opened if opened.digest is None},
            {name: opened.digest for name, opened in all_opened if opened.digest is not None},
        )
        outputs.check_targets({name: path}, self._access)
        program = self.program([name])
        bound = stages(program, self._now.state.given_to(program))
        results, numbers = bound.watched(Checked.numbers)
        outputs.write(results[name], path, provenance.record(bound, loaded, numbers, name), name)
        return outcome

    def program(self, names: Iterable[str]) -> Program:
        """The lines that lead to some names, as a program."""
        text = script(statements(self.lines), names, self._now.state.params, {})
        resolver = self._access.beside(Path(), *self._now.state.folders)
        return compile(text, name=_NAME, limits=self.limits, fast=self.fast, resolver=resolver)

    def given(self, program: Program) -> dict[str, Any]:
        """What a program made of the session's lines runs on."""
        return self._now.state.given_to(program)

    def thresholds(self, name: str) -> dict[str, float]:
        """The numbers that an image is compared with, by name where they have one, else by how they are written."""
        at = self._now
        steps = {**self._inputs(), **at.bound}
        if name not in steps:
            raise self._unknown(name)
        image, found = at.meanings.get(steps[name]), dict[str, float]()
        called = {at.meanings[step]: n for n, step in at.bound.items() if step in at.meanings}
        for compared, text, number in at.checked.compared():
            if at.meanings[compared] == image:
                text = called.get(at.meanings[number]) or text
                found[text] = self._value(at, number)
        return found


def _number(text: str) -> Any:
    """A number, truth, length or size as the language writes it; None if the text is none of these."""
    try:
        value = literal(text)
    except ValueError:
        return None
    return None if isinstance(value, str) else value


def _last(added: Sequence[Line]) -> Wanted:
    """What the last lines of a program computed."""
    count = sum(line.body is not None for line in added)
    return lambda at: at.checked.bindings[:-1][-count:] if count else ()


def _is_after(diagnostic: Diagnostic, text: str) -> bool:
    return diagnostic.span is not None and diagnostic.span.start >= len(text)


def _advised(diagnostic: Diagnostic, state: State) -> Diagnostic:
    """What is missing is loaded in a session, not given to a call."""
    if diagnostic.code == messages.SPACING_UNKNOWN.code and diagnostic.hint == messages.SPACING_UNKNOWN.hint:
        name, opened = next(iter(state.opened.items()), ("im", None))
        path = shlex.quote(shown(str(opened.path))) if opened else "FILE"
        return replace(diagnostic, hint=messages.SESSION_SPACING.format(name=name, path=path))
    if diagnostic.code != "input-missing" or not diagnostic.hint.startswith("give it"):
        return diagnostic
    name = diagnostic.message.split()[1]
    return replace(diagnostic, hint=messages.SESSION_LOAD.format(name=name))
