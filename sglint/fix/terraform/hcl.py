"""
HCL as text: new blocks and values, written by python-hcl2 and laid out as `terraform fmt` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from sglint.frozen import frozen

LIST = re.compile(r"\[\n((?:[ ]*+[^\n\]{}][^\n{}]*,\n)++)[ ]*+\]")
"""A list of plain values, as the writer spreads it over lines."""

INDENT = re.compile(r"^(?:  )+", re.MULTILINE)
"""The indentation that the writer makes."""


@frozen
class Raw:
    """
    An expression that is written as it stands: `aws_vpc.main.id`.
    """

    text: str


Plain: TypeAlias = "str | int | bool | Raw | Sequence[str | int | Raw] | Mapping[str, Plain]"
"""A value to write; a text is one in quotes."""


def block(
    kind: str, labels: Iterable[str], values: Mapping[str, Plain], inner: Iterable[tuple[str, Mapping[str, Plain]]] = ()
) -> str:
    """
    Return a block with its attributes, and the blocks in it, with `\\n` at the end of each line.

    >>> print(block("ingress", (), {"protocol": "tcp", "to_port": 0, "cidr_blocks": ["::/0"]}), end="")
    ingress {
      protocol    = "tcp"
      to_port     = 0
      cidr_blocks = ["::/0"]
    }
    """
    import hcl2

    body: dict[str, object] = {"__is_block__": True, **{key: written(value) for key, value in values.items()}}
    for name, found in inner:
        nested: dict[str, object] = {"__is_block__": True, **{key: written(value) for key, value in found.items()}}
        body.setdefault(name, [])
        listed = body[name]
        if isinstance(listed, list):
            listed.append(nested)
    for label in reversed(tuple(labels)):
        body = {quote(label): body}
    return tidy(hcl2.dumps({kind: [body]}))


def tidy(text: str) -> str:
    """
    Return what the writer wrote with short lists on one line, and one empty line where there are several.
    """
    lines = [line.rstrip() for line in LIST.sub(on_one_line, text.strip("\n")).splitlines()]
    kept = [line for number, line in enumerate(lines) if line or lines[number - 1]]
    return "\n".join(kept) + "\n"


def attributes(values: Mapping[str, Plain]) -> str:
    """
    Return attributes, their signs aligned, one on each line.
    """
    import hcl2

    return tidy(hcl2.dumps({key: written(value) for key, value in values.items()}))


def on_one_line(found: re.Match[str]) -> str:
    """
    Return a list on one line.
    """
    items = (line.strip().rstrip(",") for line in found[1].splitlines())
    return f"[{', '.join(items)}]"


def written(value: Plain) -> object:
    """
    Return a value as the writer takes it: expressions in `${}`, texts in quotes.
    """
    if isinstance(value, Raw):
        return "${" + value.text + "}"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Mapping):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, (int, bool)):
        return value
    return [written(item) for item in value]


def quote(text: str) -> str:
    r"""
    Return a text as HCL writes it in quotes.

    >>> quote('a"${b}')
    '"a\\"$${b}"'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def value(found: Plain) -> str:
    """
    Return a value as an expression on one line.

    >>> value(["10.0.0.0/8", Raw("var.x")]), value(True), value(5)
    ('["10.0.0.0/8", var.x]', 'true', '5')
    """
    if isinstance(found, Raw):
        return found.text
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int):
        return str(found)
    if isinstance(found, str):
        return quote(found)
    if isinstance(found, Mapping):
        return "{ " + ", ".join(f"{key} = {value(item)}" for key, item in found.items()) + " }"
    return "[" + ", ".join(value(item) for item in found) + "]"


def laid(text: str, indent: str, newline: str) -> str:
    """
    Return lines of text with an indentation and the line ends of a file; empty lines stay empty.

    >>> laid("a {\\n  b = 1\\n}", "\\t", "|")
    '\\ta {|\\t\\tb = 1|\\t}|'
    """
    if "\t" in indent:
        text = INDENT.sub(lambda found: "\t" * (len(found[0]) // 2), text)
    return "".join(f"{indent}{line}{newline}" if line else newline for line in text.splitlines())
