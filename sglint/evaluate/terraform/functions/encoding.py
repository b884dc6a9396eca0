"""
Functions that encode and decode: JSON, base64, CSV, URLs and character sets.
"""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import KNOWN_OR_NULL, TEXT, Function
from sglint.evaluate.terraform.number import NEGATIVE_ZERO, is_finite, normal, number_text
from sglint.evaluate.terraform.typed import list_of
from sglint.evaluate.terraform.types import ANY, STRING, Field, Object
from sglint.value import Map, Null, Seq, Unknown, Value

_JSON_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "windows-31j": "cp932",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "iso-2022-jp": "iso2022_jp",
    "big5": "big5",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "latin1": "iso8859_1",
    "ibm037": "cp037",
    "ibm437": "cp437",
    "ibm850": "cp850",
    "ibm852": "cp852",
    "ibm855": "cp855",
    "ibm860": "cp860",
    "ibm862": "cp862",
    "ibm863": "cp863",
    "ibm865": "cp865",
    "ibm866": "cp866",
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{n}": f"cp{n}" for n in (874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)},
}


def json_text(value: Value) -> str:
    """
    Return the value as JSON, spelled as Terraform spells it.
    """
    if value is None or isinstance(value, Null):
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        if not is_finite(value):
            raise EvaluationError("infinity cannot be written as json")
        return number_text(value)
    if isinstance(value, str):
        return _json_string(value)
    if isinstance(value, Seq):
        return f"[{','.join(map(json_text, value.items))}]"
    if isinstance(value, Map):
        return f"{{{','.join(f'{_json_string(key)}:{json_text(item)}' for key, item in value.items())}}}"
    raise EvaluationError("a value that is not known cannot be written as json")


def _json_string(text: str) -> str:
    return f'"{"".join(map(_json_character, text))}"'


def _json_character(character: str) -> str:
    return _JSON_ESCAPES.get(character) or (character if character >= " " else f"\\u{ord(character):04x}")


def _jsondecode(text: str) -> Value:
    try:
        decoded = json.loads(text, parse_float=Decimal, parse_int=_whole, parse_constant=_refuse_constant)
        return from_json(decoded)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise EvaluationError(f"the text is not valid json: {error}") from None


def _whole(text: str) -> int | Decimal:
    number = int(text)
    return number if number or text[0] != "-" else NEGATIVE_ZERO


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not json")


def from_json(decoded: object) -> Value:
    """
    Return what the json module read as a value.
    """
    if isinstance(decoded, dict):
        return Map.of({_mended(key): from_json(item) for key, item in decoded.items()})
    if isinstance(decoded, list):
        return Seq(tuple(map(from_json, decoded)))
    if isinstance(decoded, str):
        return _mended(decoded)
    if isinstance(decoded, (int, Decimal)) and not isinstance(decoded, bool):
        return normal(decoded)
    return decoded if isinstance(decoded, bool) else None


def _mended(text: str) -> str:
    """
    Return the text with halves of surrogate pairs replaced, which are no characters.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _base64encode(text: str) -> Value:
    return base64.b64encode(text.encode()).decode()


def _base64_bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split("\n")).replace("\r", "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise EvaluationError("the text is not valid base64") from None


def _base64decode(text: str) -> Value:
    try:
        return _base64_bytes(text).decode()
    except UnicodeDecodeError:
        raise EvaluationError("what the base64 text decodes to is not valid utf-8") from None


def _base64gzip(text: str) -> Value:
    return Unknown("how base64gzip compresses differs between implementations", type=STRING)


def _codec(name: str) -> str:
    codec = _CODECS.get(name.lower())
    if codec is None and name.lower() != "utf-16":
        raise EvaluationError(f'"{name[:60]}" is not a supported character encoding')
    return codec or "utf-16"


def _textencodebase64(text: str, encoding: str) -> Value:
    codec = _codec(encoding)
    try:
        encoded = b"\xfe\xff" + text.encode("utf-16-be") if codec == "utf-16" else text.encode(codec)
    except UnicodeEncodeError:
        raise EvaluationError(f"the text has characters that {encoding} cannot represent") from None
    return base64.b64encode(encoded).decode()


def _textdecodebase64(text: str, encoding: str) -> Value:
    codec = _codec(encoding)
    content = _base64_bytes(text)
    if codec == "utf-16" and content[:2] not in (b"\xfe\xff", b"\xff\xfe"):
        raise EvaluationError("the utf-16 text has no byte order mark")
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        raise EvaluationError(f"the text has bytes that {encoding} does not define") from None


def _urlencode(text: str) -> Value:
    from urllib.parse import quote_plus

    return quote_plus(text, safe="-_.~")


def _csvdecode(text: str) -> Value:
    rows = _csv_rows(text.replace("\r\n", "\n"))
    if not rows:
        raise EvaluationError("the csv text has no header line")
    header = rows[0]
    if len(set(header)) != len(header):
        raise EvaluationError("the csv text has two columns of one name")
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise EvaluationError(f"row {number} of the csv text has {len(row)} fields, but the header has {len(header)}")
    kind = Object(tuple(Field(name, STRING) for name in sorted(header)))
    return list_of((Map.of(zip(header, row, strict=True)) for row in rows[1:]), kind)


def _csv_rows(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    position = 0
    while position < len(text):
        if text[position] == "\n":
            position += 1
            continue
        row, position = _csv_row(text, position)
        rows.append(row)
    return rows


def _csv_row(text: str, position: int) -> tuple[list[str], int]:
    row: list[str] = []
    while True:
        field, position = _csv_field(text, position)
        row.append(field)
        if not text.startswith(",", position):
            return row, position + 1
        position += 1


def _csv_field(text: str, position: int) -> tuple[str, int]:
    if text.startswith('"', position):
        return _csv_quoted(text, position + 1)
    ends = [end for end in (text.find(",", position), text.find("\n", position)) if end >= 0]
    end = min(ends, default=len(text))
    if '"' in text[position:end]:
        raise EvaluationError("the csv text has a quote inside a field that is not quoted")
    return text[position:end], end


def _csv_quoted(text: str, position: int) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        end = text.find('"', position)
        if end < 0:
            raise EvaluationError("the csv text has a quoted field without an end")
        parts.append(text[position:end])
        if not text.startswith('""', end):
            break
        parts.append('"')
        position = end + 2
    if end + 1 < len(text) and text[end + 1] not in ",\n":
        raise EvaluationError("the csv text has something after the end of a quoted field")
    return "".join(parts), end + 1


def _yamlencode(value: Value) -> Value:
    from sglint.evaluate.terraform.functions.yaml_text import yaml_text

    return yaml_text(value)


def _yamldecode(text: str) -> Value:
    from sglint.evaluate.terraform.functions.yaml import from_yaml

    return from_yaml(text)


FUNCTIONS = {
    "base64decode": Function(_base64decode, (TEXT,), returns=STRING),
    "base64encode": Function(_base64encode, (TEXT,), returns=STRING),
    "base64gzip": Function(_base64gzip, (TEXT,), returns=STRING),
    "csvdecode": Function(_csvdecode, (TEXT,), returns=ANY),
    "jsondecode": Function(_jsondecode, (TEXT,), returns=ANY),
    "jsonencode": Function(json_text, (KNOWN_OR_NULL,), returns=STRING),
    "textdecodebase64": Function(_textdecodebase64, (TEXT, TEXT), returns=STRING),
    "textencodebase64": Function(_textencodebase64, (TEXT, TEXT), returns=STRING),
    "urlencode": Function(_urlencode, (TEXT,), returns=STRING),
    "yamldecode": Function(_yamldecode, (TEXT,), returns=ANY),
    "yamlencode": Function(_yamlencode, (KNOWN_OR_NULL,), returns=STRING),
}
