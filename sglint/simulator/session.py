"""
From records of flow logs to sessions, as expressions that compile to the SQL of DuckDB, Spark or Athena.

A record is what one direction of a flow did in one window of aggregation. Both directions are put together, and what one
five-tuple of an interface did is one session while its pauses are shorter than the idle timeout: a session is what takes an
entry. Gaps inside a window are not seen, and times are whole seconds.
"""

from __future__ import annotations

from functools import reduce

import ibis
from ibis import Table, Value

from sglint.frozen import frozen

TCP, UDP = 6, 17
"""The numbers of the protocols that have ports."""
SYN, ENDS = 2, 5
"""The bits of tcp-flags: SYN, and FIN or RST."""
KINDS = ("tcp", "udp-one-way", "udp-request-response", "udp-stream", "other")


SESSIONS = ibis.table(
    {
        "kind": "string",
        **dict.fromkeys(("start", "end", "packets", "bytes"), "int64"),
        **dict.fromkeys(("syn", "closed", "unanswered"), "boolean"),
    },
    name="sessions",
)
"""What `sessions` gives, once it is kept as a table."""


@frozen
class Idle:
    """
    Idle timeouts in whole seconds, which say how long a pause inside one session may be.
    """

    tcp: int
    udp: int
    udp_stream: int
    other: int

    def of(self, kind: str) -> int:
        """
        Return the timeout of flows of that kind, the kinds being those of `KINDS`.
        """
        return {"tcp": self.tcp, "udp-stream": self.udp_stream, "other": self.other}.get(kind, self.udp)


def records(raw: Table, *more: str) -> Table:
    """
    Return the records of a table with one column for each field of the log, in the same columns whatever the log's format is.

    Packet-level addresses are taken where the log has them, as only they name both ends of what an appliance forwards.
    """

    def field(name: str, kind: str = "string") -> Value:
        if name not in raw.columns:
            return ibis.null(kind)
        return raw[name].cast("int64") if kind == "int64" else raw[name].cast("string").nullif("-")

    numbers = {name: field(name, "int64") for name in ("protocol", "packets", "bytes", "start", "end", "tcp_flags")}
    ports = {name: field(name, "int64") for name in ("srcport", "dstport")}
    ported = numbers["protocol"].isin([TCP, UDP])
    empty = field("log_status").isnull() & numbers["packets"].isnull() & field("srcaddr").isnull()
    return raw.select(
        *more,
        **numbers,
        **{name: ibis.cases((ported, port), else_=ibis.literal(0, "int64")) for name, port in ports.items()},
        interface=ibis.coalesce(field("interface_id"), ""),
        src=ibis.coalesce(field("pkt_srcaddr"), field("srcaddr")),
        dst=ibis.coalesce(field("pkt_dstaddr"), field("dstaddr")),
        action=ibis.coalesce(field("action"), "ACCEPT"),
        status=ibis.coalesce(field("log_status"), ibis.cases((empty, "NODATA"), else_="OK")),
    )


def wrong(table: Table) -> Value:
    """
    Return whether a record is none that AWS writes: a value missing or negative, or one that ends before it starts.
    """
    needed = [table[name].isnull() for name in ("src", "dst", "srcport", "dstport", "protocol", "packets", "bytes")]
    negative = [table[name] < 0 for name in ("packets", "bytes", "protocol", "srcport", "dstport")]
    beyond = [table.srcport > 65_535, table.dstport > 65_535, table.protocol > 255]
    values = reduce(lambda left, right: left | right, [*needed, *negative, *beyond])
    times = table.start.isnull() | table.end.isnull() | (table.end < table.start) | (table.start < 0)
    words = table.status.notin(["OK", "NODATA", "SKIPDATA"]) | table.action.notin(["ACCEPT", "REJECT"])
    return ibis.coalesce(times | words | ((table.status == "OK") & values), True)


def overview(table: Table) -> Table:
    """
    Return one row: when the records begin and end, and how many there are of each kind.
    """
    carried = table.status == "OK"
    return table.aggregate(
        begin=table.start.min(),
        end=table.end.max(),
        accepted=(carried & (table.action == "ACCEPT")).sum(),
        rejected=(carried & (table.action == "REJECT")).sum(),
        flagged=(carried & (table.protocol == TCP) & table.tcp_flags.notnull()).sum(),
        tcp=(carried & (table.protocol == TCP)).sum(),
        skipped=ibis.cases((table.status == "SKIPDATA", table.end - table.start), else_=0).sum(),
        interfaces=table.interface.nunique(),
    )


def sessions(table: Table, idle: Idle) -> Table:
    """
    Return one row for each session: its kind, first and last second, packets, bytes, and how it began and ended.

    A TCP session also ends when its five-tuple sends a SYN after a FIN or RST, and a UDP session that had more than one request
    and response may pause for as long as a stream.
    """
    merged = _merged(table)
    key = [merged[name] for name in ("interface", "protocol", "a", "port_a", "b", "port_b")]
    order = [merged.start, merged.end, merged.syn.desc()]
    before = merged.end.max().over(ibis.window(group_by=key, order_by=order, preceding=(None, 1)))
    fresh = before.isnull() | (merged.start - before >= _patience(merged, idle)) | (merged.syn & (merged.start > before))
    pieces = _joined(merged.mutate(fresh=fresh))

    key = [pieces[name] for name in ("interface", "protocol", "a", "port_a", "b", "port_b")]
    rows = ibis.window(group_by=key, order_by=[pieces.start])
    last, ended = pieces.end.lag().over(rows), ibis.coalesce(pieces.ends.lag().over(rows), False)
    stream = ibis.coalesce(_stream(pieces).lag().over(rows), False)
    longest = ibis.cases((stream, idle.udp_stream), else_=_patience(pieces, idle))
    new = last.isnull() | (pieces.start - last >= longest) | (pieces.syn & ended)
    whole = _joined(pieces.mutate(fresh=new))
    udp = whole.protocol == UDP
    kind = ibis.cases(
        (whole.protocol == TCP, "tcp"),
        (udp & ~_both(whole), "udp-one-way"),
        (udp & (whole.packets <= 2), "udp-request-response"),
        (udp, "udp-stream"),
        else_="other",
    )
    return whole.select(
        "start",
        "end",
        "packets",
        "bytes",
        "syn",
        kind=kind,
        closed=whole.ends & (whole.protocol == TCP),
        unanswered=whole.lone & ~_both(whole) & (whole.protocol == TCP),
    )


def lives(table: Table, counted_from: dict[str, int], open_after: dict[str, int]) -> Table:
    """
    Return how many of the sessions that are counted last for how many seconds, and what they carry.

    What happens after a second of each kind is not looked at, as more may follow the log: a session that has a packet after it
    is `unfinished`, and lasts until then at least.
    """
    begins, late = _by_kind(table, counted_from), _by_kind(table, open_after)
    new = table.mutate(late=late).filter((table.start >= begins) & (table.start <= late))
    new = new.mutate(span=ibis.least(new.end, new.late) - new.start, unfinished=new.end > new.late)
    found = new.group_by("kind", "span", "unfinished").aggregate(
        flows=new.count(),
        packets=new.packets.sum(),
        bytes=new.bytes.sum(),
        closed=new.closed.sum(),
        going=(new.unfinished & ~new.closed).sum(),
        unanswered=new.unanswered.sum(),
        syn=new.syn.sum(),
    )
    return found.order_by("kind", "span", "unfinished")


def lasting(table: Table, before: int, open_after: dict[str, int]) -> Table:
    """
    Return, in one row, how many sessions are there before a second and may go on after the log.
    """
    late = _by_kind(table, open_after)
    found = table.filter((table.start < before) & (table.end > late) & ~table.closed)
    return found.aggregate(flows=found.count())


def starts(table: Table) -> Table:
    """
    Return how many sessions of each kind begin in each second in which there are any.
    """
    return table.group_by("kind", "start").aggregate(flows=table.count()).order_by("kind", "start")


def _merged(table: Table) -> Table:
    """
    Return the accepted records with the two ends of a flow in one order, whichever of them sent.
    """
    kept = table.filter((table.status == "OK") & (table.action == "ACCEPT"))
    forth = (kept.src < kept.dst) | ((kept.src == kept.dst) & (kept.srcport <= kept.dstport))
    flags = ibis.coalesce(kept.tcp_flags, 0)
    tcp = kept.protocol == TCP
    return kept.select(
        "interface",
        "protocol",
        "start",
        "end",
        "packets",
        "bytes",
        a=forth.ifelse(kept.src, kept.dst),
        port_a=forth.ifelse(kept.srcport, kept.dstport),
        b=forth.ifelse(kept.dst, kept.src),
        port_b=forth.ifelse(kept.dstport, kept.srcport),
        forth=forth,
        back=~forth,
        syn=tcp & ((flags & SYN) != 0),
        ends=tcp & ((flags & ENDS) != 0),
        lone=tcp & (flags == SYN),
    )


def _joined(table: Table) -> Table:
    """
    Return one row for each run of rows of a five-tuple of which only the first is `fresh`.

    Of rows at the same time at most one is, and it comes first: so no engine may choose which run a row belongs to.
    """
    names = ("interface", "protocol", "a", "port_a", "b", "port_b")
    rows = ibis.window(
        group_by=[table[name] for name in names],
        order_by=[table.start, table.end, table.fresh.desc()],
        preceding=None,
        following=0,
    )
    numbered = table.mutate(number=table.fresh.cast("int64").sum().over(rows))
    return numbered.group_by(*names, "number").aggregate(
        start=numbered.start.min(),
        end=numbered.end.max(),
        packets=numbered.packets.sum(),
        bytes=numbered.bytes.sum(),
        forth=numbered.forth.any(),
        back=numbered.back.any(),
        syn=numbered.syn.any(),
        ends=numbered.ends.any(),
        lone=numbered.lone.all(),
    ).drop("number")  # fmt: skip


def _by_kind(table: Table, values: dict[str, int]) -> Value:
    return ibis.cases(*[(table.kind == kind, value) for kind, value in values.items()], else_=0)


def _both(table: Table) -> Value:
    return table.forth & table.back


def _stream(table: Table) -> Value:
    return (table.protocol == UDP) & _both(table) & (table.packets > 2)


def _patience(table: Table, idle: Idle) -> Value:
    return ibis.cases((table.protocol == TCP, idle.tcp), (table.protocol == UDP, idle.udp), else_=idle.other)
