"""
Text from strangers, made fit to print: names and lines come from files that anybody may have written.
"""

from __future__ import annotations

import unicodedata

STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "bold": "1",
    "dim": "2",
    "line": "34",
    "untracked": "32",
    "tracked": "33",
}


def figure(value: float) -> str:
    """
    Return a number that has few digits already, as a person writes it.

    >>> figure(1300.0), figure(3.0), figure(0.25)
    ('1,300', '3', '0.25')
    """
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}"


def clean(text: str) -> str:
    r"""
    Return the text with every control and direction character written out, so that it can only be read.

    >>> clean("a\x1b[31mb\tc")
    'a\\x1b[31mb c'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(written(character) for character in text)


def written(character: str) -> str:
    """
    Return one character as it may be printed.
    """
    if character in "\t\n":
        return " "
    if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{{{code:x}}}"


def width(text: str) -> int:
    """
    Return how many columns of a terminal the text takes.

    >>> width("aé世")
    4
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)


def paint(text: str, style: str, *, color: bool) -> str:
    """
    Return the text in a style, or as it is without colour.
    """
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if color and style in STYLES else text


def counted(number: int, noun: str, many: str = "") -> str:
    """
    Return a number with its noun.

    >>> counted(1, "file"), counted(0, "file"), counted(2, "entry", "entries")
    ('1 file', 'no files', '2 entries')
    """
    return f"{number or 'no'} {noun if number == 1 else many or noun + 's'}"


def root_name(path: str) -> str:
    """
    Return what a root is, and its path: a template is a file, a root module a directory.

    >>> root_name("network"), root_name("network/hub.yaml")
    ('root module network', 'template network/hub.yaml')
    """
    return f"{'template' if path.endswith(('.yaml', '.yml', '.json', '.template')) else 'root module'} {path}"
