"""
The picture of a network: interfaces, subnets, route tables, destinations and targets, in tiers from left to right.

It shows what the verdicts rest on: an interface is joined to the table that its paths go by, also where that is the main one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from markupsafe import Markup, escape

from sglint.frozen import frozen
from sglint.graph import Noun, Path, layout
from sglint.model import Link, TargetKind
from sglint.output.html.data import letter
from sglint.output.html.finding import kind_name
from sglint.output.html.name import at, node_id
from sglint.output.plain import clean, counted
from sglint.rule import Judged
from sglint.space import Protocol
from sglint.track import Judgement

INTERFACES = 40
"""How many interfaces of one root are drawn."""
BOXES = 56
"""So many boxes of one root are drawn at most, where its interfaces have little in common."""
ROOTS = 12
"""How many roots are drawn, those with the most interfaces behind a transit gateway or Gateway Load Balancer."""

ROW = 46
HEIGHT = 36
WIDTHS = (250, 210, 210, 130, 270)
GAP = 44
MARGIN = 8
LETTERS_WIDE = 30
MONO = 7.3
"""How wide a letter of an address is, all in units of the picture."""

SAYS = (
    "From left to right: interfaces with the states of their TCP and UDP flows, subnets, route tables, destinations, targets."
    " Dashed is what the text does not decide."
)

UNDRAWN = (TargetKind.LOCAL, TargetKind.ANY, TargetKind.NONE)


@frozen
class Box:
    """
    A node: its name on the page, its tier, what it is, its address, and the letters of its flows.
    """

    name: str
    tier: int
    noun: str
    address: str
    letters: str = ""
    place: str = ""


@frozen
class Picture:
    """
    The boxes of one root by their names, what joins them, and the destinations between tables and targets.
    """

    boxes: Mapping[str, Box]
    edges: tuple[tuple[str, str], ...]
    routes: Mapping[tuple[str, str], tuple[str, ...]]


def topology(networks: Iterable[Judged]) -> Markup:
    """
    Return the pictures of the roots, none where no interface is in scope.
    """
    counts = [(sum(one.in_scope.most for one in net.judgements), net) for net in networks]
    worth = [net for behind, net in sorted(counts, key=lambda item: (-item[0], item[1].network.root)) if behind]
    parts = [figure(net, opened=place == 0) for place, net in enumerate(worth[:ROOTS])]
    if len(worth) > ROOTS:
        left_out = counted(len(worth) - ROOTS, "more root")
        parts.append(Markup("<p>{} not drawn; <code>sglint graph</code> has all.</p>").format(left_out))
    return Markup("\n").join(parts)


def figure(net: Judged, *, opened: bool) -> Markup:
    """
    Return the picture of one root.
    """
    chosen = sorted(net.judgements, key=lambda one: (not one.in_scope.most, not one.in_scope.least))
    drawn = [one for one in chosen if one.in_scope.most][:INTERFACES]
    drawn += chosen[len(drawn) : INTERFACES] if len(chosen) <= INTERFACES else []
    made = picture(net.network.root, drawn)
    if len(made.boxes) > BOXES:
        drawn = drawn[: max(1, len(drawn) * BOXES // len(made.boxes))]
        made = picture(net.network.root, drawn)
    left = len(net.judgements) - len(drawn)
    named = "this folder" if net.network.root == "." else clean(net.network.root)
    said = f"{counted(len(drawn), 'interface')} of {named}, with subnets, route tables and what routes lead to"
    rest = f" {counted(left, 'more interface')} of it not drawn." if left else ""
    return Markup(
        '<details class="root"{}><summary>{}</summary>\n<p class="dim">{}{}</p>\n'
        '<div class="map" tabindex="0" role="group" aria-label="{}">\n{}\n</div></details>'
    ).format(
        Markup(" open") if opened else "",
        f"{counted(len(net.judgements), 'interface')} of {named}",
        SAYS,
        rest,
        f"Picture of {named}",
        svg(made, clean(said)),
    )


def picture(root: str, judgements: Sequence[Judgement]) -> Picture:
    """
    Return what is to be drawn of these interfaces.
    """
    boxes: dict[str, Box] = {}
    edges: dict[tuple[str, str], None] = {}
    routes: dict[tuple[str, str], dict[str, None]] = {}
    for judgement in judgements:
        one = judgement.interface
        start = node_id(root, Noun.INTERFACE.value, one.address)
        span = one.origin.span
        boxes[start] = Box(start, 0, one.role.value, one.address, letters(judgement), f"{span.path}:{span.line}")
        for path in judgement.paths:
            ways = [target for target in path.targets if target.kind not in UNDRAWN]
            subnet, table = (box(root, noun, link) for noun, link in ((Noun.SUBNET, path.subnet), (Noun.TABLE, table_of(path))))
            for each in (subnet, table):
                boxes.setdefault(each.name, each)
            edges.update({(start, subnet.name): None, (subnet.name, table.name): None})
            for target in ways:
                end = node_id(root, Noun.TARGET.value, f"{target.kind.value} {target.address}".strip())
                boxes.setdefault(end, Box(end, 4, kind_name(target.kind), target.address))
                doubt = " ?" if len(path.targets) > 1 else ""
                routes.setdefault((table.name, end), {}).setdefault(f"{path.destination}{doubt}")
    return Picture(boxes, tuple(edges), {ends: tuple(said) for ends, said in routes.items()})


def table_of(path: Path) -> Link:
    """
    Return the table of the path, or a name for the main table that the VPC comes with.
    """
    return path.table if path.table != "" else "main table of the VPC"


def box(root: str, noun: Noun, link: Link) -> Box:
    """
    Return the box of a subnet or table, one for all that are not known.
    """
    address = link if isinstance(link, str) else "not known"
    return Box(node_id(root, noun.value, address), 1 if noun is Noun.SUBNET else 2, noun.value, address)


def letters(judgement: Judgement) -> str:
    """
    Return the letters of the states that TCP and UDP flows of the interface have, the most doubtful first.
    """
    found = {letter(one) for one in judgement.verdicts if one.protocol in {Protocol.TCP, Protocol.UDP}}
    return "".join(each for each in "?TAUD" if each in found)


def svg(made: Picture, said: str) -> Markup:
    """
    Return the drawing.
    """
    tiers = {name: one.tier for name, one in sorted(made.boxes.items(), key=lambda item: (item[1].tier, item[1].address))}
    joints = {ends: f"{ends[0]} {ends[1]}" for ends in made.routes}
    joined = [*made.edges, *((table, joint) for (table, _), joint in joints.items())]
    joined += [(joint, target) for (_, target), joint in joints.items()]
    rows = layout({**tiers, **dict.fromkeys(joints.values(), 3)}, joined)
    height = (max(rows.values(), default=0) + 1) * ROW
    lines = [edge(ends, [(ends[0], ends[1])], rows, tiers) for ends in made.edges]
    lines += [
        edge(ends, [(ends[0], joint), (joint, ends[1])], rows, {**tiers, joint: 3}, label(joint, made.routes[ends], rows))
        for ends, joint in joints.items()
    ]
    shapes = [node(made.boxes[name], rows[name]) for name in tiers]
    size = (-MARGIN, -MARGIN, left(len(WIDTHS)) - GAP + 2 * MARGIN, height + 2 * MARGIN)
    return Markup('<svg viewBox="{}" role="img" aria-label="{}">\n{}\n</svg>').format(
        " ".join(map(at, size)), said, Markup("\n").join([*lines, *shapes])
    )


def edge(
    ends: tuple[str, str],
    lines: Iterable[tuple[str, str]],
    rows: Mapping[str, float],
    tiers: Mapping[str, int],
    text: Markup | None = None,
) -> Markup:
    """
    Return what joins two boxes, with what stands on it.
    """
    curves = []
    for start, end in lines:
        x, y = left(tiers[start]) + WIDTHS[tiers[start]], middle(rows[start])
        to, down = left(tiers[end]), middle(rows[end])
        half = at((x + to) / 2)
        start_at, end_at = (f"{at(across)} {at(height)}" for across, height in ((x, y), (to, down)))
        curves.append(f"M{start_at}C{half} {at(y)} {half} {at(down)} {end_at}")
    return Markup('<g data-edge="{} {}"><path d="{}"/>{}</g>').format(*ends, "".join(curves), text or "")


def label(joint: str, destinations: Sequence[str], rows: Mapping[str, float]) -> Markup:
    """
    Return the destinations that a table leads to a target, the first of them in full.
    """
    shown = destinations[0] + (f" +{len(destinations) - 1}" if len(destinations) > 1 else "")
    doubt = " maybe" if any(one.endswith("?") for one in destinations) else ""
    return Markup('<g class="to{}"><title>{}</title><text x="{}" y="{}">{}</text></g>').format(
        doubt, ", ".join(destinations), at(left(3) + WIDTHS[3] / 2), at(middle(rows[joint]) + 4), cut(shown, WIDTHS[3])
    )


def node(one: Box, row: float) -> Markup:
    """
    Return one box: what it is, its address, and for an interface the letters of its flows.
    """
    x, y = left(one.tier), middle(row) - HEIGHT / 2
    beside = LETTERS_WIDE if one.letters else 0
    title = ", ".join(filter(None, (one.noun, clean(one.address), one.place, one.letters and f"flows: {one.letters}")))
    parts = [
        Markup("<title>{}</title>").format(title),
        Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(at(x), at(y), WIDTHS[one.tier], HEIGHT),
        Markup('<text class="noun" x="{}" y="{}">{}</text>').format(at(x + 8), at(y + 14), one.noun),
        Markup('<text class="name" x="{}" y="{}">{}</text>').format(
            at(x + 8), at(y + 29), cut(clean(one.address) or "not known", WIDTHS[one.tier] - beside)
        ),
    ]
    if one.letters:
        parts.append(
            Markup('<text class="letters" x="{}" y="{}">{}</text>').format(
                at(x + WIDTHS[one.tier] - 8), at(y + 15), one.letters
            )
        )
    worst = one.letters[:1].replace("?", "q")
    return Markup('<g data-node="{}" class="{}">{}</g>').format(
        one.name, f"box {'s-' + worst if worst else ''}".strip(), Markup("").join(parts)
    )


def left(tier: int) -> float:
    """
    Return where a tier begins.
    """
    return sum(islice(WIDTHS, tier)) + tier * GAP


def middle(row: float) -> float:
    """
    Return the height of the middle of a row.
    """
    return (row + 0.5) * ROW


def cut(text: str, width: float) -> Markup:
    """
    Return as much of the end of the text as has room, from the beginning of a name on where one fits.
    """
    most = int((width - 16) / MONO)
    if len(text) <= most:
        return escape(text)
    rest = text[-most + 1 :]
    begin = re.search(r"(?<=\.)[\w-].{3,}", text[-most:])
    return escape(f"…{rest if begin is None else begin[0]}")
