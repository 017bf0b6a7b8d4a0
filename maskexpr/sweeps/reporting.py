"""A sweep in words: what was tried, what is best, and what the program says today."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from maskexpr.files.decoding.naming import shown
from maskexpr.sweeps.axes import text_of
from maskexpr.sweeps.choosing import Summary, summary

if TYPE_CHECKING:
    from maskexpr.sweeps.sweep import Sweep


def report(sweep: "Sweep") -> str:
    """Some lines for a person."""
    images = f" on {len(sweep.images)} images" if len(sweep.images) > 1 else ""
    order = "highest" if sweep.higher else "lowest"
    lines = [f"{sweep.goal}, {order} of {sweep.grid.says}{images}"]
    if np.isnan(sweep.means).all():
        return "\n".join([*lines, "no values have a score on all images"])
    texts = sweep.grid.texts(sweep.index)
    defaults = {i.name: text_of(i, i.default) for i in sweep.original.params if i.name in texts}
    rows = [
        ("best", _params(texts), _scores(sweep, sweep.summary)),
        ("defaults", _params(defaults), _scores(sweep, summary(sweep.today, higher=sweep.higher))),
    ]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    lines += [f"{title:<{widths[0]}}  {params:<{widths[1]}}  {scores}" for title, params, scores in rows]
    lines.append(_gain(sweep))
    if sweep.folds is not None:
        lines += _folds(sweep)
    return "\n".join(line for line in lines if line)


def number(value: float) -> str:
    """A score with the digits that tell."""
    return f"{value:.6g}"


def _params(texts: Mapping[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in texts.items())


def _scores(sweep: "Sweep", found: Summary) -> str:
    if len(sweep.images) == 1:
        return number(found.mean)
    if math.isnan(found.mean):
        return f"no score on {shown(sweep.images[found.at])}"
    worst = f"worst {number(found.worst)} ({shown(sweep.images[found.at])})"
    return f"mean {number(found.mean)}  median {number(found.median)}  {worst}"


def _gain(sweep: "Sweep") -> str:
    """Whether what was found is any better than what the program says."""
    better, today = sweep.score, sweep.default_score
    if math.isnan(today):
        return ""
    if better == today:
        return "no better than the defaults"
    if (better > today) == sweep.higher:
        return f"better than the defaults by {number(abs(better - today))}"
    return f"worse than the defaults by {number(abs(better - today))}: these are not among what was tried"


def _folds(sweep: "Sweep") -> list[str]:
    """How the choice does on images that it was not made by."""
    folds = sweep.folds or ()
    lines = [
        f"{len(folds)} folds: mean {number(sweep.held_out)} on images that were held back, "
        f"{number(sweep.score)} on those that the params were chosen by"
    ]
    for position, fold in enumerate(folds, 1):
        held = f"{len(fold.images)} {'image' if len(fold.images) == 1 else 'images'}"
        params = "no values have a score" if fold.index is None else _params(sweep.grid.texts(fold.index))
        lines.append(f"  {position}: {params}  on {held} {number(math.fsum(fold.scores) / len(fold.scores))}")
    return lines
