"""How the cores of the machine are shared among workers."""

from maskexpr.kernels.threads import cores, threads


def threads_of_each(jobs: int) -> int:
    """How many threads each of some workers has: as many as one process would, if the cores go that far."""
    return max(1, min(threads(), cores() // jobs))
