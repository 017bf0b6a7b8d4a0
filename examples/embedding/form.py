"""A form made from `program.schema()`: a field for each param, with its range, step, choices, doc and default.

python examples/embedding/form.py examples/tissue.mask > form-of-tissue.html
"""

import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import maskexpr

_WIDEST = 10_000_000  # interval that a slider is any use for


def form(schema: Mapping[str, Any]) -> str:
    """The fields of a form, in the order that the program declares them; each is named as its param."""
    required, fields = schema["required"], []
    for name, field in schema["properties"].items():
        more = field["x-maskexpr"]
        words = escape(field.get("description", ""))
        if more["role"] == "input":
            needed = "" if name in required else ", may be left out"
            said = f"<output>{escape(', '.join(more['takes']))}{needed}</output>"
            fields.append(f'<label data-role="input"><b>{name}</b> <small>{words}</small>{said}</label>')
        else:
            fields.append(f"<label><b>{name}</b> <small>{words}</small>{_field(name, field)}</label>")
    return "\n".join(fields)


def _field(name: str, field: Mapping[str, Any]) -> str:
    """The element of one param; `data-type` says how its value is written in JSON."""
    default, kind = field.get("default"), field["type"]
    named = f'name="{name}" data-type="{kind}"'
    if kind == "boolean":
        return f'<input type="checkbox" {named}{" checked" * bool(default)}>'
    if "enum" in field:
        options = (f"<option{' selected' * (o == default)}>{escape(o)}</option>" for o in field["enum"])
        return f"<select {named}>{''.join(options)}</select>"
    if kind == "string":
        return f'<input type="text" {named} value="{escape(str(default))}">'
    low, high = field.get("minimum"), field.get("maximum")
    step = field["x-maskexpr"]["step"]
    bounds = f'value="{default}" step="{step}"' + "".join(
        f' {word}="{bound}"' for word, bound in (("min", low), ("max", high)) if bound is not None
    )
    if low is None or high is None or high - low > _WIDEST:
        return f'<input type="number" {named} {bounds}>'
    return f'<input type="range" {named} {bounds}><output>{default}</output>'


if __name__ == "__main__":
    try:
        program = maskexpr.compile(Path(sys.argv[1]).read_text("utf-8"), name=sys.argv[1])
    except maskexpr.MaskError as error:
        sys.exit(str(error))
    print(f"<!doctype html>\n<meta charset=utf-8>\n<form>\n{form(program.schema())}\n</form>")
