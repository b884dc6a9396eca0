"""
From a module call to the directory that it leads to.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from sglint.evaluate.terraform.module import is_local, source_of
from sglint.evaluate.terraform.run import Run
from sglint.source import Problem
from sglint.syntax import Block

MAX_DEPTH = 50
"""How deep module calls may nest."""


def located(run: Run, key: str, call: Block, base: str, chain: Sequence[str]) -> str | None:
    """
    Return the directory that a call in the directory `base` leads to; None, and a Problem, when it cannot be read.

    `key` is the path of the call's names (`a.b`), `chain` the directories of the modules that lead here.
    """
    source = source_of(call)
    name = key.rpartition(".")[2]
    attribute = call.attribute("source")
    span = attribute.expr.span if attribute is not None else call.header
    if source is None:
        run.unread(Problem(f"module.{name} has no source that is a plain string, so what it contains is missing", span))
        return None
    directory = run.manifest.get(key)
    if is_local(source) and directory is None:
        directory = posixpath.normpath(posixpath.join(base, source))
    if directory is None:
        full = f"module.{key.replace('.', '.module.')}"
        message = f'{full} comes from "{source}", which is not in this scan, so what it contains is missing'
        run.unread(Problem(message, span, "run terraform init first; sglint then reads .terraform/modules"))
        return None
    if len(chain) > MAX_DEPTH and directory not in chain:
        message = f"module.{name} is called through more than {MAX_DEPTH} others, so what it contains is missing"
        run.unread(Problem(message, span, "call it nearer to the root"))
        return None
    if directory in chain:
        run.problem(Problem(f"module.{name} calls itself through {source}", span, "break the cycle"))
        return None
    if run.library.load(directory) is None:
        message = (
            f'module.{name} comes from "{source}", but no Terraform file can be read there, so what it contains is missing'
        )
        run.unread(Problem(message, span, "check the path; directories outside the scanned tree are not read (--root)"))
        return None
    return directory
