"""
The JSON schema of the configuration, for editors; made from `KEYS`, so that it never says something else.

Run as `python -m sglint.config.schema`, it prints what docs/sglint.schema.json holds.
"""

from __future__ import annotations

import json
import sys

from sglint.config.keys import ANY, EACH, KEYS, Key

TITLE = "What sglint.toml, or [tool.sglint] in pyproject.toml, may say"


def schema() -> dict[str, object]:
    """
    Return the schema: every key with what it does, and no others.
    """
    tree: dict[str, object] = {}
    for pattern, key in KEYS.items():
        here = tree
        *above, last = pattern.split(".")
        for name in above:
            below = here.setdefault(name, {})
            assert isinstance(below, dict)  # noqa: S101 -- no key is a part of another one
            here = below
        here[last] = key
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": TITLE, **_node(tree)}


def _node(tree: object) -> dict[str, object]:
    if isinstance(tree, Key):
        said = f"{tree.says}; {tree.default} when not given" if tree.default else tree.says
        return {"description": said, **tree.kind.schema}
    assert isinstance(tree, dict)  # noqa: S101 -- a tree is made of keys and trees
    if EACH in tree:
        item = _node(tree[EACH])
        properties = item["properties"]
        assert isinstance(properties, dict)  # noqa: S101 -- a table has keys
        return {"type": "array", "items": {**item, "required": ["paths"]} if "paths" in properties else item}
    if ANY in tree:
        return {"type": "object", "additionalProperties": _node(tree[ANY])}
    properties = {name: _node(tree[name]) for name in sorted(tree)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def render() -> str:
    """
    Return the schema as text.
    """
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
