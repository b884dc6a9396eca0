"""
Whether a text is a CloudFormation template, told from its text and without parsing it.

A template has `AWSTemplateFormatVersion` at its top, or `Resources` there and something of a type like `AWS::EC2::VPC` below.
Kubernetes manifests, workflows, compose files, charts and API descriptions have neither; the deployment specification of
CodeDeploy has `Resources` too, but they are a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDEST = 40
"""How far a template as a whole may be indented."""

_VERSION = b"AWSTemplateFormatVersion"
_TYPE = re.compile(rb"""\bType["']?\s*+:\s*+["']?[A-Za-z0-9]++::[A-Za-z0-9]""")
_BLANK = rb"(?:[ \t\n]++|#[^\n]*+)*+"
_LIST = re.compile(_BLANK + rb"[\[-]")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_INDENT = re.compile(rb"^(?![ \t]*+(?:#|$)|---|%)( *+)", re.MULTILINE)
_TOKEN = re.compile(rb'[{}\[\]]|"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\Z)\s*+(:?)|\b([A-Za-z]++)[ \t]*+:', re.DOTALL)


def is_template(content: bytes) -> bool:
    """
    Return whether the content of a file is a template, whatever the file is called.
    """
    content = _normal(content)
    if _VERSION not in content and not (b"Resources" in content and _TYPE.search(content)):
        return False
    keys = _json_keys if content.lstrip().startswith(b"{") else _yaml_keys
    return any(key == _VERSION or not _LIST.match(content, after) for key, after in keys(content))


def resembles_template(content: bytes) -> bool:
    """
    Return whether a text that is no template has something of one, so that its author may take it for one.
    """
    content = _normal(content)
    return _VERSION in content or _TYPE.search(content) is not None


def _normal(content: bytes) -> bytes:
    """
    Return the content with one sort of line end and without byte order mark; of UTF-16 what is ASCII.
    """
    wide = content[:2] in _MARKS or b"\0" in content[:2]
    for mark in _MARKS:
        content = content.removeprefix(mark)
    if wide:
        content = content.replace(b"\0", b"")
    return content.replace(b"\r", b"\n") if b"\r" in content else content


def _json_keys(content: bytes) -> Iterator[tuple[bytes, int]]:
    """
    Yield those keys of the outermost object that tell, and where they end.
    """
    depth = 0
    for found in _TOKEN.finditer(content):
        if found[0] in {b"{", b"["}:
            depth += 1
        elif found[0] in {b"}", b"]"}:
            depth -= 1
        elif depth == 1 and (found[2] or found[3]):
            key = found[3] or found[1]
            if key in {_VERSION, b"Resources"}:
                yield key, found.end()


def _yaml_keys(content: bytes) -> Iterator[tuple[bytes, int]]:
    """
    Yield those keys of the outermost mapping that tell, and where they end.
    """
    first = _INDENT.search(content)
    if first is None or len(first[1]) > _WIDEST:
        return
    key = re.compile(rb"^" + first[1] + rb"""["']?(AWSTemplateFormatVersion|Resources)["']?[ \t]*+:""", re.MULTILINE)
    for found in key.finditer(content):
        yield found[1], found.end()
