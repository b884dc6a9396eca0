"""
A grammar of Terraform's expressions, from which they are made at random.

An expression is made to be of a kind, so that most of them mean something; now and then a part is of another kind, is null,
or is called with the wrong number of arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

TEXT = "s"
NUMBER = "n"
BOOL = "b"
KINDS = "snblLSmoa"
"""
The kinds of expressions: string, number, bool, list of texts (l), list of anything (L), set, map of texts (m), object, and
anything at all (a). Further letters, below, stand for texts and numbers of a certain meaning.
"""

POOLS = {
    "s": '"" "a" "b" "ab" "Hello World" "  x  " "10" "-1.5" "true" "é" "日本" "a,b,c" "a-b-c" "vpc" "eu-west-1a" "%" "$${a}" '
    '"a\\nb" "\\"q\\"" "0x1F" "1e3" "Zz9" "\\\\" "a/b/c.txt" "null"',
    "n": "0 1 2 3 -1 -2 10 255 0.5 1.5 -2.75 1e3 1e-3 100000000000000000000 3.0 0.1 7",
    "b": "true false",
    "i": "0 1 2 3 4 -1 16 1.5 20",
    "c": '"10.0.0.0/8" "10.0.0.0/16" "10.1.2.0/24" "192.168.1.7/28" "2001:db8::/32" "fd00::/8" "0.0.0.0/0" "10.0.0.1/32" '
    '"10.0.0.0" "300.0.0.0/8" "::/0"',
    "r": '"a" "[a-z]+" "(a)(b)?" "(?P<x>[a-z])(?P<y>.*)" "^$" "\\\\d+" "[" "(?i)HELLO" "b|c" "\\\\s*" "." "x*"',
    "j": '"{}" "[]" "[1, 2.5, null]" "{\\"a\\": {\\"b\\": [true]}}" "\\"x\\"" "1" "nope" "null" "{\\"a\\":1,\\"a\\":2}"',
    "y": '"a: 1" "[a, b]" "- 1\\n- x" "a: {b: ~}" "---\\nx" "a: yes" "a: 0x10" "- 1.50" "\'q\'" "a: [" "a: |\\n  b\\n  c\\n"',
    "v": '"a,b\\n1,2\\n" "a\\n" "a,b\\n1\\n" "x,y\\n\\"p,q\\",2\\n3,4" ""',
    "t": '"2020-02-28T23:59:59Z" "2021-01-01T00:00:00+05:30" "1999-12-31T12:30:45-08:00" "now" "2020-13-01T00:00:00Z"',
    "d": '"1h" "-24h" "90m" "1.5s" "1h30m" "x" "0"',
    "D": '"YYYY-MM-DD" "hh:mm:ss ZZZ" "DD MMM YYYY AA" "EEEE, \'at\' h" "Z" "\'open" "YYYYY" "MMMM D, YY"',
    "f": '"%s" "%d" "%v" "%q" "%5s|" "%-5s|" "%05d" "%.2f" "%x" "%#v" "%%" "%t" "%s-%s" "%[2]s %[1]s" "%e" "%g" "%b" "%o" "%X" '
    '"%+d" "%*d" "%y" "%"',
    "k": '"aGk=" "aGk" "//8=" "" "YSBi"',
    "p": '"hello.txt" "dir/nested.txt" "no.txt" "other.txt" "./hello.txt"',
    "e": '"UTF-8" "UTF-16LE" "windows-1252" "nope"',
    "u": '"dns" "url" "6ba7b810-9dad-11d1-80b4-00c04fd430c8" "x"',
    "q": '"a" "b" "k" "x" "zz"',
    "h": '"." "dir" "" "no"',
    "z": '"greeting.tftpl" "list.tftpl" "single.tftpl" "no.tftpl"',
    "g": '"*.txt" "[" "{hello,x}*" "h?llo.txt" "" "\\\\" "**/*.txt" "*[" "d*/*"',
}
EMPTY = (
    """
tolist([])|toset([])|tomap({})|tostring(null)|tonumber(null)|tobool(null)|tolist(null)|toset(null)|tomap(null)
compact([])|sort([])|keys(tomap({}))|values(tomap({}))|tolist([null])|toset([null])|tomap({a = null})|[null]
{a = null}|range(0)|split(",", "")|one([])|[tostring(null)]|{a = tostring(null)}|tolist([tostring(null)])|setunion([])
toset(compact([]))|one(tolist([]))|regexall("x", "")|regexall("(x)", "")|tolist([[]])|tolist([{}])|merge()
csvdecode("a,b")|slice(sort(["a"]), 0, 0)|tolist([])[*]|toset([])[*].a|null[*]|tostring(null)[*]|zipmap([], [])
zipmap([], tolist([]))|transpose({})|setproduct([], [])|setproduct([], toset(["a"]))|chunklist([], 2)
formatlist("%s", [])|distinct([])|reverse([])|matchkeys([], [], [])|jsondecode("[]")|yamldecode("~")
{for v in [] : v => v}
""".strip()
    .replace("\n", "|")
    .split("|")
)
"""Expressions for nothing at all, each of another type."""
NUMBERS = (
    """
-0|pow(2, 0.5)|log(10, 3)|pow(10, 20)|length("ab")|parseint("ff", 16)|9007199254740993|18446744073709551616|1 / 3|0.30|1e-7
123456789012345678901234567890.123456789|length([1]) / length("abc")|sum([1, 2]) / 7|1 / 0
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
"""Numbers of few and of many bits, and those that are none."""
FUNCTIONS = """
abs:n:n ceil:n:n floor:n:n signum:n:n log:n:nn pow:n:ni min:n:nn max:n:nnn parseint:n:si sum:n:L
alltrue:b:L anytrue:b:L contains:b:La contains:b:ls startswith:b:ss endswith:b:ss strcontains:b:ss can:b:a fileexists:b:p
length:n:l length:n:o length:n:s length:n:S index:n:ls index:n:La timecmp:n:tt
chomp:s:s lower:s:s upper:s:s title:s:s strrev:s:s trimspace:s:s trim:s:ss trimprefix:s:ss trimsuffix:s:ss indent:s:is
substr:s:sii replace:s:sss replace:s:srs join:s:sl join:s:sS format:s:fa format:s:faa formatlist:l:fl formatlist:l:fls
split:l:ss
regex:s:rs regex:a:rs regexall:L:rs urlencode:s:s base64encode:s:s base64decode:s:k base64sha256:s:s
base64sha512:s:s md5:s:s sha1:s:s sha256:s:s sha512:s:s uuidv5:s:us textencodebase64:s:se textdecodebase64:s:ke
basename:s:s dirname:s:s file:s:p filebase64:s:p filemd5:s:p fileset:S:ss jsonencode:s:a yamlencode:s:a jsondecode:a:j
yamldecode:a:y csvdecode:L:v jsondecode:a:s timeadd:s:td formatdate:s:Dt
cidrhost:s:cn cidrnetmask:s:c cidrsubnet:s:cii cidrsubnets:l:cii cidrsubnets:l:ciii
coalesce:s:ss coalesce:a:aa coalescelist:L:LL coalescelist:l:ll compact:l:l concat:L:LL concat:l:ll distinct:L:L distinct:l:l
chunklist:L:li element:s:li element:a:Li flatten:L:L flatten:L:a keys:l:m keys:l:o values:L:o values:l:m lookup:s:mqs
lookup:a:oqa matchkeys:l:lll merge:m:mm merge:o:oo merge:o:om one:a:L one:s:l range:L:i range:L:ii range:L:iii
reverse:L:L reverse:l:l
ephemeralasnull:a:a issensitive:b:a filebase64sha256:s:p filebase64sha512:s:p filesha1:s:p
filesha256:s:p filesha512:s:p fileset:S:hg  templatefile:s:zo lookup:s:mq lookup:a:oqa setproduct:L:LlS
coalesce:a:aaa merge:o:omo concat:L:lL concat:L:LLl
setintersection:S:SS setproduct:L:lL setproduct:L:SS setsubtract:S:SS setunion:S:SS slice:l:lii slice:L:Lii sort:l:l
tobool:b:s tobool:b:a tolist:l:l tolist:L:S tomap:m:o tomap:m:m tonumber:n:s tonumber:n:a toset:S:l toset:S:L tostring:s:n
tostring:s:a transpose:o:o try:a:aa try:s:ss zipmap:o:lL zipmap:m:ll nonsensitive:a:a templatestring:s:so
"""


def _table() -> dict[str, tuple[tuple[str, str], ...]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for row in FUNCTIONS.split():
        name, kind, arguments = row.split(":")
        table.setdefault(kind, []).append((name, arguments))
    return {kind: tuple(rows) for kind, rows in table.items()}


TABLE = _table()
ALL = tuple(row for rows in TABLE.values() for row in rows)


def _pool(kind: str) -> tuple[str, ...]:
    """Return the literals of a pool; a blank inside quotes does not end one."""
    found: list[str] = []
    for piece in POOLS[kind].split(" "):
        if found and (found[-1].count('"') - found[-1].count('\\"')) % 2:
            found[-1] += " " + piece
        else:
            found.append(piece)
    return tuple(found)


LITERALS = {kind: _pool(kind) for kind in POOLS}


@dataclass(frozen=True, slots=True)
class Maker:
    """
    What an expression is made with: the source of chance, how deep it may still get, and the names bound here by their kind.
    """

    random: Random
    depth: int
    names: tuple[tuple[str, str], ...] = ()
    atoms: tuple[str, ...] = ()

    def make(self, kind: str) -> str:
        """
        Return an expression of this kind, and now and then one of another.
        """
        chance = self.random.random()
        if chance < 0.04:
            kind = self.random.choice(KINDS)
        elif chance < 0.055:
            return "null"
        elif chance < 0.075:
            return self.random.choice(EMPTY)
        elif kind == "n" and chance < 0.12:
            return f"({self.random.choice(NUMBERS)})"
        elif self.atoms and chance < 0.15:
            return self.random.choice(self.atoms)
        if kind == "a":
            kind = self.random.choice("snblLSmo")
        inner = replace(self, depth=self.depth - 1)
        if self.depth <= 0 or (kind in LITERALS and self.random.random() < 0.25):
            return self._leaf(kind)
        if kind in "icrjyvtdDfkpeuqzgh" and (kind not in "ic" or self.random.random() < 0.8):
            return self._leaf(kind)
        kind = {"i": "n", "c": "s"}.get(kind, kind)
        ways = WAYS[kind]
        return self.random.choice(ways)(inner)

    def some(self, kinds: str = "snb") -> str:
        """
        Return an expression of one of these kinds.
        """
        return self.make(self.random.choice(kinds))

    def bind(self, *names: tuple[str, str]) -> Maker:
        """
        Return a maker that knows these names too.
        """
        return replace(self, names=(*self.names, *names))

    def _leaf(self, kind: str) -> str:
        fitting = [name for name, of in self.names if of in (kind, "a")]
        if fitting and self.random.random() < 0.6:
            return self.random.choice(fitting)
        if kind in LITERALS:
            return self.random.choice(LITERALS[kind])
        plain = replace(self, depth=0)
        return {"l": _texts, "L": _tuple, "S": _set, "m": _map, "o": _object}[kind](plain)


def _call(kind: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        name, arguments = m.random.choice(TABLE[kind])
        parts = [m.make(argument) for argument in arguments]
        chance = m.random.random()
        if chance < 0.01:
            parts = parts[:-1]
        elif chance < 0.02:
            parts.append(m.some(KINDS))
        elif chance < 0.06:
            parts[-1] = f"{m.some('lLS')}..."
        return f"{name}({', '.join(parts)})"

    return way


def _any_call(m: Maker) -> str:
    name, arguments = m.random.choice(ALL)
    return f"{name}({', '.join(m.make(argument) for argument in arguments)})"


def _items(m: Maker, kind: str, most: int = 3) -> str:
    return ", ".join(m.make(kind) for _ in range(m.random.randint(0, most)))


def _texts(m: Maker) -> str:
    return f"[{_items(m, 's')}]"


def _list(m: Maker) -> str:
    return f"tolist([{_items(m, m.random.choice('sssnbmo'))}])"


def _tuple(m: Maker) -> str:
    return f"[{', '.join(m.some('snblLmoa') for _ in range(m.random.randint(0, 3)))}]"


def _set(m: Maker) -> str:
    return f"toset([{_items(m, m.random.choice('sssnbm'), 4)}])"


def _map(m: Maker) -> str:
    body = ", ".join(f"{m.random.choice('abkx')} = {m.make('s')}" for _ in range(m.random.randint(0, 3)))
    return f"tomap({{{body}}})" if m.random.random() < 0.4 else f"{{{body}}}"


def _object(m: Maker) -> str:
    entries = []
    for _ in range(m.random.randint(0, 3)):
        key = m.random.choice(["a", "b", "x", '"k"', '"a b"', "1", "(1 + 1)", f"({m.make('s')})", '"${"a"}b"'])
        entries.append(f"{key} {m.random.choice('=:')} {m.some('snblLSmo')}")
    return f"{{{', '.join(entries)}}}"


def _conditional(kind: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        other = kind if m.random.random() < 0.9 else m.random.choice(KINDS)
        return f"({m.make('b')} ? {m.make(kind)} : {m.make(other)})"

    return way


def _binary(operators: str, kinds: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        kind = m.random.choice(kinds)
        text = f"{m.make(kind)} {m.random.choice(operators.split())} {m.make(kind)}"
        return text if m.random.random() < 0.2 else f"({text})"

    return way


def _unary(operator: str, kind: str) -> Callable[[Maker], str]:
    return lambda m: f"{operator}{m.make(kind)}"


def _template(m: Maker) -> str:
    parts = [m.random.choice([_shown, _written, _chosen, _repeated])(m) for _ in range(m.random.randint(1, 3))]
    return f'"{"".join(parts)}"'


def _strip(m: Maker) -> str:
    return m.random.choice(["", "", "", "~"])


def _shown(m: Maker) -> str:
    return f"${{{_strip(m)} {m.some()} {_strip(m)}}}"


def _written(m: Maker) -> str:
    return m.random.choice([" ", "x", " - ", "$", "%", "\\t", "$${", "%%{", "é"])


def _chosen(m: Maker) -> str:
    left, right = _strip(m), _strip(m)
    return f"%{{{left} if {m.make('b')} {right}}} {_plain(m)} %{{ else {right}}}n%{{{left} endif }}"


def _repeated(m: Maker) -> str:
    left, right = _strip(m), _strip(m)
    pair = m.random.random() < 0.5
    inner = m.bind(("v", "a"), *([("k", "s")] if pair else []))
    return f"%{{ for {'k, ' if pair else ''}v in {m.some('lLSmo')} {right}}} {_plain(inner)}, %{{{left} endfor }}"


def _plain(m: Maker) -> str:
    return f"${{{m.some()}}}"


def _heredoc(m: Maker) -> str:
    mark = m.random.choice(["<<", "<<-"])
    lines = [m.random.choice(["", "  ", "    "]) + m.random.choice(["x", _plain(m), '"q"', "", "a\\nb"]) for _ in range(2)]
    if m.random.random() < 0.4:
        strip = m.random.choice(["", "~"])
        lines.insert(1, f"  %{{ if {m.make('b')} {strip}}}\n  {_plain(m)}\n  %{{ endif {strip}}}")
    return f"[{mark}EOT\n" + "\n".join(lines) + "\n  EOT\n][0]"


def _for_tuple(kind: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        pair = m.random.random() < 0.5
        inner = m.bind(("v", "a"), *([("k", "s")] if pair else []))
        test = f" if {inner.make('b')}" if m.random.random() < 0.3 else ""
        return f"[for {'k, ' if pair else ''}v in {m.some('lLSmo')} : {inner.some(kind)}{test}]"

    return way


def _for_object(kind: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        pair = m.random.random() < 0.6
        inner = m.bind(("v", "a"), *([("k", "s")] if pair else []))
        key = m.random.choice(["k", "k", "v", '"x${k}"'] if pair else ["v", '"${v}"', inner.make("s")])
        test = f" if {inner.make('b')}" if m.random.random() < 0.3 else ""
        group = "..." if m.random.random() < 0.25 else ""
        return f"{{for {'k, ' if pair else ''}v in {m.some('lSmoL')} : {key} => {inner.some(kind)}{group}{test}}}"

    return way


def _splat(m: Maker) -> str:
    thing = m.random.choice([m.some("lLSo"), f"[{m.make('o')}, {m.make('o')}]", "null", m.make("s")])
    return f"{thing}{m.random.choice(['[*]', '[*].a', '.*', '.*.a', '[*].a[0]', '[*][0]', '[*].b.x', '.*.a[0]'])}"


def _index(m: Maker) -> str:
    chance = m.random.random()
    if chance < 0.5:
        return f"{m.some('lL')}[{m.make('i')}]"
    if chance < 0.75:
        return f"{m.some('mo')}[{m.make('q')}]"
    return f"{m.some('mo')}.{m.random.choice('abkx')}"


def _round(kind: str) -> Callable[[Maker], str]:
    def way(m: Maker) -> str:
        return f"{m.random.choice(['json', 'yaml'])}decode({m.random.choice(['json', 'yaml'])}encode({m.make(kind)}))"

    return way


WAYS: dict[str, tuple[Callable[[Maker], str], ...]] = {
    "s": (_template, _template, _heredoc, _conditional("s"), _index, *[_call("s")] * 5),
    "n": (_binary("+ - * / %", "n"), _binary("+ - * / %", "n"), _unary("-", "n"), _conditional("n"), *[_call("n")] * 3),
    "b": (
        _binary("== !=", "snblLSmoa"),
        _binary("< > <= >=", "n"),
        _binary("&& ||", "b"),
        _unary("!", "b"),
        _conditional("b"),
        *[_call("b")] * 2,
    ),
    "l": (_texts, _list, _for_tuple("s"), _conditional("l"), _splat, *[_call("l")] * 4),
    "L": (_tuple, _list, _for_tuple("snboL"), _conditional("L"), _splat, _round("L"), *[_call("L")] * 5),
    "S": (_set, _conditional("S"), *[_call("S")] * 3),
    "m": (_map, _for_object("s"), _conditional("m"), *[_call("m")] * 2),
    "o": (_object, _for_object("snblo"), _conditional("o"), _round("o"), *[_call("o")] * 2),
}


def expressions(seed: int, count: int, atoms: tuple[str, ...] = ()) -> Iterator[str]:
    """
    Yield so many expressions; one in ten is an arbitrary call, which Terraform often refuses.
    """
    random = Random(seed)  # noqa: S311
    for _ in range(count):
        maker = Maker(random, random.choice([1, 1, 2, 2, 3]), atoms=atoms)
        yield _any_call(maker) if random.random() < 0.1 else maker.make("a")
