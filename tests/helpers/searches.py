"""How long random tests search: MASKEXPR_EXAMPLES sets how many examples each tries; a soak takes tens of thousands."""

import os
import random
from collections.abc import Callable

from hypothesis import HealthCheck, settings

_EXAMPLES = int(os.environ.get("MASKEXPR_EXAMPLES", "0"))


def tried(least: int) -> settings:
    """Settings for a test that tries so many examples, more in a soak."""
    return settings(max_examples=_EXAMPLES or least, deadline=None, suppress_health_check=list(HealthCheck))


def try_seeds(least: int, check: Callable[[int], object]) -> None:
    """Examples that are small as they are and need not be made smaller: each from a number, which a failure names.

    The same numbers each time, in a soak that many new ones.
    """
    seeds = random.SystemRandom().sample(range(2**32), _EXAMPLES) if _EXAMPLES else range(least)
    for seed in seeds:
        try:
            check(seed)
        except BaseException as error:
            error.add_note(f"for seed {seed}")
            raise
