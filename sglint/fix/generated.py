"""
Files that a tool makes of others: a change there is gone when it makes them again.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from sglint.finding import Edit
from sglint.fix.look import Look
from sglint.source import Source, read
from sglint.syntax import Document
from sglint.template import Mapping, Scalar, TemplateDocument

FOLDERS = {".aws-sam": "sam build", "cdktf.out": "CDKTF"}
"""What makes everything that is in a folder of this name."""

PATH = "aws:cdk:path"
"""The metadata in which CDK says of each resource which construct it comes from."""


def generated(now: Look, edits: Iterable[Edit]) -> str:
    """
    Return that a tool makes a file that is to be edited, and what is to be changed instead, "" where none does.
    """
    return next((why for one in edits for why in whence(now, one)), "")


def whence(now: Look, one: Edit) -> Iterator[str]:
    """
    Yield what makes the file of an edit.
    """
    path = one.span.path
    folder = next((part for part in posixpath.dirname(path).split("/") if part in FOLDERS), "")
    if folder:
        yield f"{path} is made by {FOLDERS[folder]}: change what it is made of"
    document = next((each for each in now.networks.documents if each.path == path), None)
    if isinstance(document, TemplateDocument) and PATH in now.text(path):
        construct = next(constructs(document, one), "")
        yield f"{path} is made by CDK: change {f'the construct {construct}' if construct else 'the app'}, and synthesise again"
    elif isinstance(document, TemplateDocument):
        manifest = read(now.networks.tree, posixpath.join(posixpath.dirname(path), "manifest.json"))
        if isinstance(manifest, Source) and "aws:cloudformation:stack" in manifest.text:
            yield f"{path} is made by CDK: change the app, and synthesise again"
    elif isinstance(document, Document) and posixpath.basename(path) == "cdk.tf.json":
        yield f"{path} is made by CDKTF: change the app, and synthesise again"


def constructs(document: TemplateDocument, one: Edit) -> Iterator[str]:
    """
    Yield the construct of the resource that an edit is in, or that it adds something behind.
    """
    resources = None if document.body is None else document.body.get("Resources")
    for entry in resources if isinstance(resources, Mapping) else ():
        if isinstance(entry.value, Mapping) and entry.span.line <= one.span.line <= entry.value.span.end_line:
            metadata = entry.value.get("Metadata")
            path = metadata.get(PATH) if isinstance(metadata, Mapping) else None
            yield from [path.text] if isinstance(path, Scalar) else []
