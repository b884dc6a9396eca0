"""
Functions that hash, and those whose result differs on every run.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import TEXT, WHOLE, Function
from sglint.evaluate.terraform.types import STRING
from sglint.value import Number, Unknown, Value


def digest(algorithm: str, content: bytes) -> bytes:
    """
    Return the hash of the content.
    """
    import hashlib

    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _hex(algorithm: str) -> Callable[[str], Value]:
    return lambda text: digest(algorithm, text.encode()).hex()


def _base64(algorithm: str) -> Callable[[str], Value]:
    return lambda text: base64.b64encode(digest(algorithm, text.encode())).decode()


def _bcrypt(text: str, *cost: Number) -> Value:
    if len(cost) > 1:
        raise EvaluationError("bcrypt takes one or two arguments")
    return Unknown("bcrypt differs on every run", type=STRING)


def _uuid() -> Value:
    return Unknown("uuid differs on every run", type=STRING)


def _uuidv5(namespace: str, name: str) -> Value:
    import uuid

    named = {"dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL, "oid": uuid.NAMESPACE_OID, "x500": uuid.NAMESPACE_X500}
    space = named.get(namespace)
    if space is None:
        try:
            space = uuid.UUID(namespace)
        except ValueError:
            raise EvaluationError(f'uuidv5 does not have the namespace "{namespace[:60]}"') from None
    return str(uuid.uuid5(space, name))


def _rsadecrypt(text: str, key: str) -> Value:
    if "-----BEGIN " not in key:
        raise EvaluationError("the key of rsadecrypt is not a PEM text")
    return Unknown("secrets are not decrypted", type=STRING)


FUNCTIONS = {
    "base64sha256": Function(_base64("sha256"), (TEXT,), returns=STRING),
    "base64sha512": Function(_base64("sha512"), (TEXT,), returns=STRING),
    "bcrypt": Function(_bcrypt, (TEXT,), WHOLE, returns=STRING),
    "md5": Function(_hex("md5"), (TEXT,), returns=STRING),
    "rsadecrypt": Function(_rsadecrypt, (TEXT, TEXT), returns=STRING),
    "sha1": Function(_hex("sha1"), (TEXT,), returns=STRING),
    "sha256": Function(_hex("sha256"), (TEXT,), returns=STRING),
    "sha512": Function(_hex("sha512"), (TEXT,), returns=STRING),
    "uuid": Function(_uuid, returns=STRING),
    "uuidv5": Function(_uuidv5, (TEXT, TEXT), returns=STRING),
}
