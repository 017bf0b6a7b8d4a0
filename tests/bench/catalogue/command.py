"""`python tests/bench --catalogue`: every row, each side in a process of its own, told as it goes and in tables."""

import argparse
import contextlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import table as heading
import timing
from peers import LIBRARIES, missing

from . import ROWS, plot, report
from .contest import SHORTEST_SAMPLE, Entry, RowResult, Side, measure
from .rows import EVERYWHERE
from .worker import EXTRAS, FAST, PEERS, PLAIN, Remote, Setting, environment

ROUNDS = 7


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    machine = {key: value for key, value in heading.machine().items() if key != "our threads"}
    machine["threads"] = f"{options.threads}, ours and those of peers that have any"
    for key, value in machine.items():
        print(f"{key}: {value}")
    if FAST in settings(options) and not options.quick:
        warm(options.threads)
    sides = {name: Remote(setting) for name, setting in settings(options).items()}
    results: list[RowResult] = []
    with contextlib.suppress(KeyboardInterrupt):  # what was measured by then is told
        for result in _measured(options, sides):
            results.append(result)
            _told(result, options)
    for side in sides.values():
        side.close()
    tables = (
        report.table(results, scene, of, options.by) for scene in options.scenes for of in report.contests(results)
    )
    print(*filter(None, tables), sep="\n")
    problems = [f"{one.scene}: {one.name}: {text}" for one in results for text in one.problems]
    print("".join(f"\n!!! {text} !!!" for text in problems))
    print(f"not installed, so left out: {', '.join(missing())}")
    if options.json:
        rows = [asdict(one) for one in results]
        told = {**machine, "by": options.by, "summaries": report.summaries(results, options.by), "rows": rows}
        options.json.write_text(json.dumps(told, indent=1))
    if options.plot:
        options.plot.write_text(plot.svg(results, options.by))
    return 1 if problems else 0


def settings(options: argparse.Namespace) -> dict[str, Setting]:
    """Ours with extras only where one of these is installed."""
    roles = [PLAIN, PEERS]
    if not options.plain and any(importlib.util.find_spec(name) for name in EXTRAS):
        roles.insert(1, FAST)
    common = (options.threads, options.quick, options.image, options.volume, tuple(options.peers))
    return {role: Setting(role, *common) for role in roles}


def warm(threads: int) -> None:
    """Have kernels compiled before anything is timed, where there are such."""
    command = [sys.executable, "-m", "maskexpr", "warm"]
    found = subprocess.run(command, env=environment(threads), capture_output=True, text=True, check=False)
    if not found.returncode:
        print(f"compiled kernels: {found.stdout.strip().splitlines()[-1]}")


def _measured(options: argparse.Namespace, sides: dict[str, Side]) -> Iterator[RowResult]:
    shortest = 0.0 if options.quick else SHORTEST_SAMPLE
    for scene in options.scenes:
        for row in ROWS:
            if scene not in row.on or not _wanted(row.name, options.only):
                continue
            try:
                yield measure(row, scene, sides, options.rounds, shortest=shortest)
            except RuntimeError as error:  # ours failed: that is told with the problems, and the run goes on
                yield RowResult(row.name, scene, row.expression, [Entry(PLAIN, problem=str(error))])


def _told(result: RowResult, options: argparse.Namespace) -> None:
    best, ours = result.best(report.EVERY, options.by), result.of(PLAIN)
    if best and ours and not options.quiet:
        ratio = best.seconds(options.by) / ours.seconds(options.by)
        print(f"{result.scene:<16} {result.name:<30} {ratio:>7.3g} {best.who}", flush=True)


def _wanted(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench --catalogue", description=__doc__)
    parser.add_argument("--scenes", nargs="+", default=EVERYWHERE, choices=EVERYWHERE, help="sizes and types; all")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORDS", help="the rows whose name holds one of these")
    parser.add_argument("--peers", nargs="+", default=list(LIBRARIES), choices=list(LIBRARIES), metavar="NAME")
    parser.add_argument("--plain", action="store_true", help="ours without extras alone")
    parser.add_argument("--threads", type=int, default=min(2, timing.thread_counts()[-1]), help="for all; 2 by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--by", choices=("wall", "cpu"), default="wall", help="the time that ratios are of")
    parser.add_argument("--image", type=Path, metavar="FILE", help="a grey image in place of the radiograph")
    parser.add_argument(
        "--volume", type=Path, metavar="FILE", help="a volume (NIfTI, .npy) in place of the synthetic one"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything measured to this file too")
    parser.add_argument("--plot", type=Path, metavar="OUT.svg", help="draw the ratios")
    parser.add_argument("--quick", action="store_true", help="tiny images: tries all, measures nothing")
    parser.add_argument("--quiet", action="store_true", help="no line for each row as it goes")
    return parser.parse_args(arguments)
