"""What a person sees of a session: what came of each line, with pictures, the table of names, mistakes in colour."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maskexpr.display.results import drawn, line
from maskexpr.display.terminal import Abilities, draw_histogram, resized
from maskexpr.functions.arguments import value_text
from maskexpr.kinds.kind import SEGMENTATIONS
from maskexpr.session import Outcome, Session

_COLOURS = {"error": "31", "warning": "33", "title": "1", "quiet": "2"}
_LINES_LEFT = 4  # of the window, beside a picture: the line above it, the prompt, the bar at the bottom
_CODE = re.compile(r"\x1b\[[\d;]*m")
_LARGEST_NAME = 24  # of a column; longer names push the rest aside


@dataclass(slots=True)
class Screen:
    """What outcomes are shown on, in what mode, and whether with their times; and the last one, to show it again.

    What is not a terminal, a pipe say, gets words and no pictures.
    """

    abilities: Abilities
    mode: str = "overlay"
    timed: bool = True
    last: Outcome | None = None

    @property
    def columns(self) -> int:
        """How many characters a line may have."""
        return max(20, self.abilities.columns - 1)

    def outcomes(self, session: Session, outcomes: Sequence[Outcome]) -> str:
        """A line for each outcome, and one picture: of the last mask or labels, else of the last image; or the rows of
        the last table, if that is the last of all."""
        named = {id(r.value) for r in outcomes if r.name and is_seen(r)}
        outcomes = [r for r in outcomes if r.name or id(r.value) not in named]  # a look at what is shown anyway
        arrays = [r for r in outcomes if is_seen(r)]
        masks = [r for r in arrays if r.kind.name in SEGMENTATIONS]
        last_is_table = bool(arrays) and arrays[-1].kind.name == "table"
        pictured = (arrays if last_is_table else masks or [r for r in arrays if r.kind.is_array])[-1:]
        self.last = next(iter([*pictured, *outcomes[-1:]]), self.last)
        lines = [self.line(outcome) for outcome in outcomes if outcome not in pictured]
        return "\n".join([*lines, *(self.picture(session, outcome, len(lines)) for outcome in pictured)])

    def words(self, outcome: Outcome) -> str:
        """What an outcome is."""
        return self._words(outcome, None)

    def _words(self, outcome: Outcome, seconds: float | None) -> str:
        if outcome.value is None:  # it has a meaning in other expressions only
            return "list of masks" if outcome.kind.name == "masks" else str(outcome.kind)
        if isinstance(outcome.value, str):
            return value_text(outcome.value)
        return line(outcome.value, outcome.kind, self.abilities, seconds, outcome.valid)

    def line(self, outcome: Outcome) -> str:
        """An outcome in a line: its name, what it is, the time it took."""
        return self._folded(_title(outcome) + self._words(outcome, self._seconds(outcome)))

    def picture(self, session: Session, outcome: Outcome, lines_above: int = 0) -> str:
        """An outcome in a line and as a picture, on the image that it came from."""
        ground = session.value(outcome.on) if outcome.on in session.names else None
        on = (ground.value, ground.kind) if ground is not None else None
        words = self.line(outcome)
        lines_left = min(_LINES_LEFT + lines_above + words.count("\n"), self.abilities.lines // 2)
        valid = outcome.valid
        shown = drawn(outcome.value, outcome.kind, self.abilities, on, self.mode, lines_left=lines_left, valid=valid)
        return words + "".join(shown.partition("\n")[1:])

    def _folded(self, text: str) -> str:
        """A line as lines that fit the window, broken between words."""
        if not self.abilities.is_terminal:
            return text
        lines = [""]
        for gap, word in re.findall(r"( *)([^ ]+)", text):
            if lines[-1] and len(_CODE.sub("", lines[-1] + gap + word)) > self.columns:
                lines.append("    " + word)
            else:
                lines[-1] += gap + word
        return "\n".join(lines)

    def _seconds(self, outcome: Outcome) -> float | None:
        """The time it took; none for what was there already."""
        return outcome.seconds if self.timed and outcome.seconds > 0 else None

    def histogram(self, image: Outcome, marks: Mapping[str, float], mask: Outcome | None) -> str:
        """How often the values of an image occur, of all pixels and of those in a mask."""
        values, on = image.value, mask.value if mask is not None else None
        if image.valid is not None:
            values, on = values[image.valid], None if on is None else on[image.valid]
        part = values[on] if on is not None else None
        names = ("all", f"in {mask.name}") if mask is not None else ("all", "")
        return draw_histogram(values, self.abilities, marks, part, names=names)

    def fit(self) -> None:
        """Take the window as it is now."""
        if self.abilities.is_terminal:
            self.abilities = resized(self.abilities)

    def painted(self, text: str, colour: str) -> str:
        """A text in colour, where there are colours."""
        if not self.abilities.colours or not text:
            return text
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"

    def mistakes(self, text: str, severity: str) -> str:
        """Errors or warnings as they are written everywhere, the causes and the carets in colour."""
        return "\n".join(
            line if line.startswith(" ") and not re.fullmatch(r" +\^+", line) else self.painted(line, severity)
            for line in text.split("\n")
        )


def _title(outcome: Outcome) -> str:
    if not outcome.name:
        return ""
    return f"{outcome.name}: " if is_seen(outcome) else f"{outcome.name} = "


def is_seen(outcome: Outcome) -> bool:
    """Whether there is more to see of a value than a line says."""
    return outcome.kind.is_array or outcome.kind.name == "table"


def table(rows: Sequence[tuple[str, str, str]], columns: int, *, fold: bool = True) -> str:
    """Rows of a name, what it is, and how it was defined, which goes to lines of its own where one does not fit.
    Nothing is cut off; without `fold` no line is broken either."""
    if not rows:
        return ""
    widths = [min(_LARGEST_NAME, max(len(row[0]) for row in rows)), max(len(row[1]) for row in rows)]
    lines = [f"{name:<{widths[0]}}  {what:<{widths[1]}}  {how}".rstrip() for name, what, how in rows]
    if max(map(len, lines)) <= columns:
        return "\n".join(lines)
    indent = " " * (widths[0] + 2)
    lines = []
    for name, what, how in rows:
        for whole in (f"{name:<{widths[0]}}  {what}", indent + how):
            folded = textwrap.fill(whole, columns, subsequent_indent=indent, break_on_hyphens=False)
            lines.append(folded if fold else whole)
    return "\n".join(lines)
