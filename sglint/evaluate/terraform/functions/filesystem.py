"""
Functions over paths and files. Files are read only through the Context, which refuses what lies outside the scan.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.crypto import digest
from sglint.evaluate.terraform.functions.signature import PARTLY, TEXT, Context, Function
from sglint.evaluate.terraform.functions.string import template_variables
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.typed import is_null
from sglint.evaluate.terraform.types import BOOL, STRING, Collection
from sglint.value import Unknown, Value


def _abspath(path: str) -> Value:
    if path.startswith("/"):
        return _clean(path)
    return Unknown("the working directory differs between machines", type=STRING)


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path) if path else "."
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _basename(path: str) -> Value:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def _dirname(path: str) -> Value:
    return _clean(path[: path.rfind("/") + 1])


def _pathexpand(path: str) -> Value:
    if not path.startswith("~"):
        return path
    if path != "~" and not path.startswith("~/"):
        raise EvaluationError("pathexpand cannot expand the home directory of another user")
    return Unknown("the home directory differs between machines", type=STRING)


def _file(context: Context, path: str) -> Value:
    return context.read_text(path)


def _filebase64(context: Context, path: str) -> Value:
    return base64.b64encode(context.read_bytes(path)).decode()


def _fileexists(context: Context, path: str) -> Value:
    return context.exists(path)


def _fileset(context: Context, path: str, pattern: str) -> Value:
    return set_of(context.fileset(path, pattern), STRING)


def _hex(algorithm: str) -> Callable[[Context, str], Value]:
    return lambda context, path: digest(algorithm, context.read_bytes(path)).hex()


def _base64(algorithm: str) -> Callable[[Context, str], Value]:
    return lambda context, path: base64.b64encode(digest(algorithm, context.read_bytes(path))).decode()


def _templatefile(context: Context, path: str, variables: Value) -> Value:
    rendered = context.render(context.read_text(path), path, template_variables(variables))
    if is_null(rendered):
        raise EvaluationError("the template comes to null")
    return rendered


FUNCTIONS = {
    "abspath": Function(_abspath, (TEXT,), returns=STRING),
    "basename": Function(_basename, (TEXT,), returns=STRING),
    "dirname": Function(_dirname, (TEXT,), returns=STRING),
    "file": Function(_file, (TEXT,), context=True, returns=STRING),
    "filebase64": Function(_filebase64, (TEXT,), context=True, returns=STRING),
    "filebase64sha256": Function(_base64("sha256"), (TEXT,), context=True, returns=STRING),
    "filebase64sha512": Function(_base64("sha512"), (TEXT,), context=True, returns=STRING),
    "fileexists": Function(_fileexists, (TEXT,), context=True, returns=BOOL),
    "filemd5": Function(_hex("md5"), (TEXT,), context=True, returns=STRING),
    "fileset": Function(_fileset, (TEXT, TEXT), context=True, returns=Collection("set", STRING)),
    "filesha1": Function(_hex("sha1"), (TEXT,), context=True, returns=STRING),
    "filesha256": Function(_hex("sha256"), (TEXT,), context=True, returns=STRING),
    "filesha512": Function(_hex("sha512"), (TEXT,), context=True, returns=STRING),
    "pathexpand": Function(_pathexpand, (TEXT,), returns=STRING),
    "templatefile": Function(_templatefile, (TEXT, PARTLY), context=True),
}
