"""Times maskexpr and its peers in turn, in one table: `python tests/bench`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import catalogue.command
import growth
import memory
import peers
import table
import timing
import works
from images import Images

ROUNDS = 7
QUICK_ROUNDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--catalogue" in given:
        given.remove("--catalogue")
        return catalogue.command.main(given)
    options = _options(given)
    images = Images(options.quick, options.image, options.volume)
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    heading = table.machine()
    for key, value in heading.items():
        print(f"{key}: {value}")
    print(f"medians of {rounds} rounds, in ms{'; small images, these times mean nothing' if options.quick else ''}\n")
    measure = _growth if options.growth else _table
    found = measure(images, rounds, options.only)
    if peers.missing():
        print(f"\nnot installed, so left out: {', '.join(peers.missing())}")
    problems = [peer for work in found.get("works", []) for peer in work["peers"] if peer["problem"]]
    if problems:
        print(f"\n!!! {len(problems)} peers gave no answer like ours and were not timed: see above !!!")
    if options.json:
        options.json.write_text(json.dumps({**heading, "rounds": rounds, "quick": options.quick, **found}, indent=1))
    return 1 if problems else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench", description=__doc__)
    parser.add_argument("--image", type=Path, metavar="FILE", help="a grey image in place of the radiograph")
    parser.add_argument("--volume", type=Path, metavar="FILE.npy", help="a volume in place of the synthetic one")
    parser.add_argument("--rounds", type=int, help=f"{ROUNDS} by default, {QUICK_ROUNDS} with --quick")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORDS", help="the rows whose name holds one of these")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything measured to this file too")
    parser.add_argument("--quick", action="store_true", help="small images: tries the benchmarks, measures nothing")
    parser.add_argument("--growth", action="store_true", help="how times grow with the image and the reach, instead")
    parser.add_argument("--catalogue", action="store_true", help="every function of the language; has its own --help")
    options = parser.parse_args(arguments)
    rows: list[Any] = [*growth.GROWTHS] if options.growth else [*works.WORKS, *works.MEMORY]
    if not works.chosen(rows, options.only):
        parser.error(f"no row is called so; there are {', '.join(row.name for row in rows)}")
    return options


def _table(images: Images, rounds: int, words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"works": [], "memory": []}
    shortest = 0.0 if images.quick else timing.SHORTEST_SAMPLE
    timed = works.chosen(works.WORKS, words)
    if timed:
        print(f"{table.HEADINGS}\n{'-' * len(table.HEADINGS)}")
    for work in timed:
        result = timing.measure(work, images, rounds, shortest=shortest)
        found["works"].append(asdict(result))
        print(table.work_lines(result), flush=True)
    measured = works.chosen(works.MEMORY, words)
    if measured:
        print("\nmemory beside inputs and outputs")
    for row in measured:
        used = memory.measure(row.name, row.expression, row.inputs(images), row.wanted_mb)
        found["memory"].append(asdict(used))
        print(table.memory_line(used), flush=True)
    return found


def _growth(images: Images, rounds: int, words: list[str]) -> dict[str, Any]:
    print("our times at each side of a square image or at each reach; exponent of the pixels or of the reach")
    found = []
    for row in works.chosen(growth.GROWTHS, words):
        result = growth.measure(row, images, rounds)
        found.append(asdict(result))
        print(table.growth_line(result), flush=True)
    return {"growth": found}


if __name__ == "__main__":
    raise SystemExit(main())
