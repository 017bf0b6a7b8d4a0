"""A host in twenty lines: a stranger's expression, and values for its params, on an image of the host's.

python examples/embedding/host.py 'param low = 32 in 0..255 "how bright"; area(im > low)' low=40
"""

import json
import sys
from pathlib import Path

import maskexpr

IMAGE = maskexpr.read(Path(__file__).parents[1] / "ankle.png")
LIMITS = maskexpr.Limits(source_bytes=20_000, nodes=2_000, memory=1e9, seconds=2)


def main(text: str, *values: str) -> None:
    with maskexpr.Sandbox(workers=1, limits=LIMITS) as box:
        try:
            program = box.compile(text, name="your expression")
            for name, field in program.schema()["properties"].items():  # what a form would show
                print(f"{name}: {field.get('description', field.get('default', ''))}", file=sys.stderr)
            given = {name: json.loads(value) for name, _, value in (value.partition("=") for value in values)}
            print(program(im=IMAGE, **given))
        except (maskexpr.MaskError, ValueError) as error:  # a value that is no JSON is a ValueError
            sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
