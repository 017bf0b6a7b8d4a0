"""Results as text."""

import os
import platform
import statistics
from pathlib import Path

import peers
from growth import GrowthResult
from memory import MemoryResult
from timing import PeerResult, WorkResult, thread_counts

import maskexpr

HEADINGS = f"{'work':<18} {'ours ms':>9}   {'peer':<13} {'threads':>7} {'ms':>9} {'ratio':>7} {'wanted':>7}"


def machine() -> dict[str, str]:
    ours = os.environ.get("MASKEXPR_THREADS", "as it chooses")
    packages = ", ".join(f"{name} {version}" for name, version in peers.versions().items())
    return {
        "machine": f"{thread_counts()[-1]} cores, {_processor()}, {platform.system()} {platform.machine()}",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "versions": f"maskexpr {maskexpr.__version__}, Python {platform.python_version()}, {packages}",
        "our threads": f"{ours} (MASKEXPR_THREADS)",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor unknown"
    )


def work_lines(result: WorkResult) -> str:
    """A line for each peer; ours stands in the first."""
    head = f"{result.name:<18} {milliseconds(result.seconds):>9}"
    lines = [_peer_line(peer) for peer in result.peers] or ["no peer installed"]
    return "\n".join(f"{head if i == 0 else '':<28}   {line}".rstrip() for i, line in enumerate(lines))


def _peer_line(peer: PeerResult) -> str:
    if peer.ratio is None:
        return f"{peer.library:<13} !!! {peer.problem} !!!"
    wanted = "" if peer.wanted is None else f"{peer.wanted:g}"
    verdict = "" if peer.wanted is None else "  ok" if peer.ratio >= peer.wanted else "  MISSED"
    threads = "-" if peer.threads is None else str(peer.threads)
    line = f"{peer.library:<13} {threads:>7} {milliseconds(peer.seconds):>9} {peer.ratio:>7.3g} {wanted:>7}{verdict}"
    return f"{line}\n{'':<4}another answer: {peer.differs}" if peer.differs else line


def memory_line(result: MemoryResult) -> str:
    verdict = "ok" if result.megabytes <= result.wanted_mb else "MISSED"
    method = "" if result.high_water_reset else " (no less than this: the high-water mark cannot be reset here)"
    return f"{result.name:<26} {result.megabytes:>8.1f} MB   wanted <= {result.wanted_mb:g} MB  {verdict}{method}"


def growth_line(result: GrowthResult) -> str:
    times = "  ".join(f"{n}: {milliseconds([s])}" for n, s in zip(result.sizes, result.seconds, strict=True))
    return f"{result.name:<21} exponent {result.exponent:>5.2f}   {times}"


def milliseconds(seconds: list[float]) -> str:
    value = 1000 * statistics.median(seconds)
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"
