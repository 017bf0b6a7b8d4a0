"""For authors of hosts and of their functions: what checks a function, and strategies that make programs and arrays.

`check_function` runs a function that was declared with `maskexpr.function` against its own declarations. `programs`,
`texts`, `arrays` and `images` are strategies for Hypothesis, which only these need (`pip install hypothesis`).

>>> from maskexpr import testing
>>> from maskexpr.functions import MASK, Mask, function
>>> @function(gives=MASK, halo=0, cost=1, memory=0)
... def opposite(m: Mask):
...     '''All that is off.'''
...     return ~m
>>> testing.check_function(opposite)
"""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskexpr.testing.checking import check_function
    from maskexpr.testing.promises import BrokenPromises
    from maskexpr.testing.strategies import arrays, images, programs, texts
    from maskexpr.testing.writing import Example

__all__ = ["BrokenPromises", "Example", "arrays", "check_function", "images", "programs", "texts"]

_MODULE_OF = {
    **dict.fromkeys(("arrays", "images", "programs", "texts"), "maskexpr.testing.strategies"),
    "BrokenPromises": "maskexpr.testing.promises",
    "Example": "maskexpr.testing.writing",
    "check_function": "maskexpr.testing.checking",
}


def __dir__() -> list[str]:
    """What is public; without Hypothesis all but the strategies, so that `help` shows what there is."""
    has_strategies = importlib.util.find_spec("hypothesis") is not None
    return [name for name in __all__ if has_strategies or not _MODULE_OF[name].endswith(".strategies")]


def __getattr__(name: str) -> Any:
    """Imported when it is first asked for: only the strategies need Hypothesis."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'maskexpr.testing' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_MODULE_OF[name]), name)
    return value
