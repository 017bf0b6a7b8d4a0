"""How much of a step's time is one call that nothing can stop.

Most steps on whole images are, for the most part, one call of another library, which goes on till its end. Those named
here work in pieces, between which a run that is not wanted any more ends.
"""

from collections.abc import Iterable, Mapping

from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, PLANNED
from maskexpr.planner.plan import Task

_OPENCV = "OpenCV"  # which does all in one call
_PIECES = 0.02  # of the time, of what is done in many pieces


def _shares(in_pieces: Iterable[str], partly: Mapping[str, float]) -> dict[Function, float]:
    named = {**dict.fromkeys(in_pieces, _PIECES), **partly}
    return {
        records[name]: share for name, share in named.items() for records in (CATALOGUE, PLANNED) if name in records
    }


SHARES = _shares(
    (
        *("gaussian", "mean_filter", "local_mean", "niblack", "sauvola", "enough in windows"),
        *("median_filter", "rank_filter", "percentile_filter", "entropy", "correlate"),
        *("area_open", "area_close", "area_open within", "area_close within"),
    ),
    # What these do in one call: the distances, or to find the levels.
    {
        **{"watershed": 0.1, "watershed of data": 0.1, "split": 0.3, "split within": 0.3, "medial_axis": 0.4},
        **{"reconstruct": 0.05, "skeleton": 0.1, "nearest": 0.05},
        **dict.fromkeys(("h_maxima", "h_minima", "hull"), 0.2),
    },
)
"""The part of the time that is one call, of those functions of which it is not all."""


def share_of(task: Task) -> float:
    """Of the time that a step takes, the part of its longest call."""
    if task.method.word == _OPENCV or task.step.function is None:
        return 1.0
    return SHARES.get(task.step.function, 1.0)
