"""A sweep in words: what was tried, what is best, and what the program says today."""

import math
from collections.abc import Mapping

from maskexpr.files.decoding.naming import shown
from maskexpr.sweeps.choosing import Summary, mean
from maskexpr.sweeps.tried import Tried


def report(tried: Tried) -> str:
    """Some lines for a person."""
    images = f" on {len(tried.images)} images" if len(tried.images) > 1 else ""
    order = "highest" if tried.higher else "lowest"
    taken = "".join(
        f", {name} as a mask" if kind == "mask" else f", {name} as {kind}" for name, kind in tried.taken.items()
    )
    lines = [f"{tried.goal}{taken}, {order} of {tried.grid.says}{images}"]
    if tried.is_in_vain:
        on = " on all images" if images else ""
        return "\n".join([*lines, f"no values have a finite score{on}"])
    rows = [
        ("best", said_of_best(tried), _scores(tried, tried.summary)),
        ("defaults", said_of_defaults(tried), _scores(tried, tried.default_summary)),
    ]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    lines += [f"{title:<{widths[0]}}  {params:<{widths[1]}}  {scores}" for title, params, scores in rows]
    lines.append(_gain(tried))
    if tried.folds is not None:
        lines += _folds(tried)
    return "\n".join(line for line in lines if line)


def said_of_best(tried: Tried) -> str:
    """The params of the best run, as they are written."""
    return _params(tried.grid.texts(tried.index))


def said_of_defaults(tried: Tried) -> str:
    """The same params as the program has them."""
    return _params(tried.default_texts)


def number(value: float) -> str:
    """A score with the digits that tell."""
    return f"{value:.6g}"


def _params(texts: Mapping[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in texts.items())


def _scores(tried: Tried, found: Summary) -> str:
    if len(tried.images) == 1:
        return number(found.mean)
    if math.isnan(found.mean):
        return f"no score on {shown(tried.images[found.at])}"
    worst = f"worst {number(found.worst)} ({shown(tried.images[found.at])})"
    return f"mean {number(found.mean)}  median {number(found.median)}  {worst}"


def _gain(tried: Tried) -> str:
    """Whether what was found is any better than what the program says."""
    better, today = tried.score, tried.default_score
    if math.isnan(today):
        return ""
    if better == today:
        return "no better than the defaults"
    if (better > today) == tried.higher:
        return f"better than the defaults by {number(abs(better - today))}"
    return f"worse than the defaults by {number(abs(better - today))}: these are not among what was tried"


def _folds(tried: Tried) -> list[str]:
    """How the choice does on images that it was not made by."""
    folds = tried.folds or ()
    lines = [
        f"{len(folds)} folds: mean {number(tried.held_out)} on images that were held back, "
        f"{number(tried.score)} on those that the params were chosen by"
    ]
    for position, fold in enumerate(folds, 1):
        held = f"{len(fold.images)} {'image' if len(fold.images) == 1 else 'images'}"
        params = "no values have a score" if fold.index is None else _params(tried.grid.texts(fold.index))
        lines.append(f"  {position}: {params}  on {held} {number(mean(fold.scores))}")
    return lines
