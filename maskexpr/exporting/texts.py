"""Lines of Python: comments, docstrings and statements, laid out as formatters lay them out."""

import ast
import io
import tokenize
import unicodedata

WIDTH = 100
INDENT = "    "


def visible(text: str) -> str:
    """A text on one line, whatever is in it: what is no character to be seen is written as an escape."""
    return "".join(c if c == " " or _is_seen(c) else c.encode("unicode_escape").decode("ascii") for c in text)


def _is_seen(c: str) -> bool:
    return unicodedata.category(c)[0] in "LMNPS"


def comment(text: str) -> str:
    """A comment of a program as one of Python."""
    found = visible(text).strip()
    return f"# {found}" if found else "#"


def docstring(paragraphs: list[str], indent: str = INDENT) -> list[str]:
    """The lines of a docstring; within a paragraph lines are kept."""
    lines = "\n\n".join(paragraphs).split("\n")
    safe = [_in_docstring(line) for line in lines]
    if len(safe) == 1:
        return [f'{indent}"""{safe[0]}"""']
    return [f'{indent}"""{safe[0]}', *(f"{indent}{line}".rstrip() for line in safe[1:]), f'{indent}"""']


def _in_docstring(text: str) -> str:
    found = visible(text).replace("\\", "\\\\")
    ends_it = '"""' in found or found.endswith('"')
    return found.replace('"', '\\"') if ends_it else found


def statement(node: ast.stmt | ast.expr, indent: str = INDENT) -> list[str]:
    """A statement as lines of Python that are not too long."""
    text = double_quoted(ast.unparse(ast.fix_missing_locations(node)))
    return _wrapped(text, indent)


def double_quoted(text: str) -> str:
    """Texts in double quotes, as formatters prefer them."""
    parts, row = text.split("\n"), 0
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.STRING]
    for token in reversed(tokens):
        row, start = token.start
        if token.end[0] != row:
            continue
        value = token.string
        if value.startswith("'") and '"' not in value and "\\" not in value:
            line = parts[row - 1]
            parts[row - 1] = f'{line[:start]}"{value[1:-1]}"{line[token.end[1] :]}'
    return "\n".join(parts)


def _wrapped(text: str, indent: str) -> list[str]:
    found = []
    for line in text.split("\n"):
        inner = indent + line[: len(line) - len(line.lstrip())]
        found.extend(_broken(line.strip(), inner))
    return found


def _broken(line: str, indent: str) -> list[str]:
    """A line, or, where it is too long, several: broken at its outermost brackets."""
    if len(indent) + len(line) <= WIDTH:
        return [indent + line]
    pairs = _outermost(line)
    if not pairs:
        return [indent + line]
    start, stop = pairs[-1]
    if not line[start + 1 : stop].strip():
        return [indent + line]
    head, body, tail = line[: start + 1], line[start + 1 : stop], line[stop:]
    is_call = start > 0 and (line[start - 1].isalnum() or line[start - 1] in "_)]")
    parts = _parted(body)
    inner = indent + INDENT
    if len(inner) + len(body) <= WIDTH and (len(parts) == 1 or is_call):
        return [indent + head, inner + body, indent + tail]
    lines = [indent + head]
    if len(parts) == 1 and not body.rstrip().endswith(","):
        lines.extend(_broken(body, inner))
    else:
        for part in parts:
            broken = _broken(part, inner)
            broken[-1] += ","
            lines.extend(broken)
    return [*lines, indent + tail]


def _outermost(line: str) -> list[tuple[int, int]]:
    """Where brackets open and close that are in no others."""
    pairs, depth, opened = [], 0, 0
    for i, c in _outside_texts(line):
        if c in "([{":
            if not depth:
                opened = i
            depth += 1
        elif c in ")]}":
            depth -= 1
            if not depth:
                pairs.append((opened, i))
    return pairs


def _parted(body: str) -> list[str]:
    """A list at its commas."""
    depth, start, parts = 0, 0, []
    for i, c in _outside_texts(body):
        depth += (c in "([{") - (c in ")]}")
        if c == "," and not depth:
            parts.append(body[start:i].strip())
            start = i + 1
    rest = body[start:].strip()
    return [*parts, rest] if rest else parts


def _outside_texts(line: str) -> list[tuple[int, str]]:
    """The characters that are in no text in quotes."""
    found, quote, i = [], "", 0
    while i < len(line):
        c = line[i]
        if quote:
            if c == "\\":
                i += 1
            elif c == quote:
                quote = ""
        elif c in "'\"":
            quote = c
        else:
            found.append((i, c))
        i += 1
    return found
