"""
Open vSwitch's connection table under virtual time: a real table, driven packet by packet over its control socket.

The daemon runs with dummy ports, as whoever runs the tests; nothing leaves it. Time moves on command only. Packets are
processed asynchronously, so after each injection we wait until all have been counted, or two runs would differ.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.command import REPOSITORY

ROOT = REPOSITORY / ".openvswitch" / "root"
QUEUE = 80
"""How many packets are injected at once; the queue of a dummy port holds 100."""
SERVER = bytes([192, 0, 2, 2])
FLOWS = """
table=0,priority=100,in_port=1,ip,ct_state=-trk,actions=ct(zone=1,table=1)
table=0,priority=100,in_port=2,ip,ct_state=-trk,actions=ct(zone=1,table=1)
table=1,priority=100,in_port=1,ip,ct_state=+trk+new,actions=ct(commit,zone=1),output:2
table=1,priority=100,in_port=1,ip,ct_state=+trk+est,actions=output:2
table=1,priority=100,in_port=2,ip,ct_state=+trk+est,actions=output:1
table=1,priority=0,actions=drop
"""


def missing() -> str:
    """
    Return why there is no Open vSwitch to run, empty when there is.
    """
    program = ROOT / "usr" / "lib" / "openvswitch-switch" / "ovs-vswitchd"
    if not program.exists():
        return "NOT CHECKED AGAINST A REAL CONNECTION TABLE: run tests/simulate/get-tables first"
    environment = os.environ | {"LD_LIBRARY_PATH": libraries()}
    done = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, check=False)
    return f"NOT CHECKED AGAINST A REAL CONNECTION TABLE: {done.stderr.strip()}" if done.returncode else ""


def libraries() -> str:
    """
    Return where the unpacked libraries are, for any processor.
    """
    return os.pathsep.join(str(path) for top in ("usr/lib", "lib") for path in sorted((ROOT / top).glob("*-linux-gnu*")))


@dataclass(slots=True)
class Switch:
    """
    A running switch with the ports p1 (clients) and p2 (the server), whose files are in `home`, a short path.
    """

    home: Path
    text: str = ""
    asked: int = 0
    sent: int = 0
    base: int = 0
    control: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_UNIX))

    def environment(self) -> dict[str, str]:
        """
        Return what its programs need to find each other.
        """
        run = str(self.home)
        paths = [ROOT / "usr/bin", ROOT / "usr/sbin", ROOT / "usr/lib/openvswitch-switch"]
        return os.environ | {
            "LD_LIBRARY_PATH": libraries(),
            "PATH": os.pathsep.join([*map(str, paths), os.environ["PATH"]]),
            **{f"OVS_{name}DIR": run for name in ("RUN", "LOG", "DB", "SYSCONF")},
            "OVS_PKGDATADIR": str(ROOT / "usr/share/openvswitch"),
        }

    def run(self, *command: str, text: str = "") -> None:
        """
        Run one of its programs to its end.
        """
        done = subprocess.run(
            command, env=self.environment(), input=text, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, (command, done.stderr)

    def start(self) -> None:
        """
        Start the database and the daemon, make the bridge, and stop time.
        """
        base, daemon = f"{self.home}/conf.db", ("--detach", "--no-chdir", "--pidfile", "--log-file")
        self.run("ovsdb-tool", "create", base, str(ROOT / "usr/share/openvswitch/vswitch.ovsschema"))
        self.run("ovsdb-server", base, *daemon, f"--remote=punix:{self.home}/db.sock")
        self.run("ovs-vsctl", "--no-wait", "init")
        self.run("ovs-vswitchd", f"unix:{self.home}/db.sock", "--enable-dummy=override", "--disable-system", *daemon)
        ports = [word for n in "12" for word in ("--", "add-port", "br0", f"p{n}", "--", "set", "Interface", f"p{n}",
                                                 "type=dummy", f"ofport_request={n}")]  # fmt: skip
        bridge = ("--", "add-br", "br0", "--", "set", "bridge", "br0", "datapath-type=dummy", "fail-mode=secure")
        self.run("ovs-vsctl", *bridge, *ports)
        path = ("--", "--id=@m", "create", "Datapath", "datapath_version=0")
        self.run("ovs-vsctl", *path, "--", "set", "Open_vSwitch", ".", "datapaths:dummy=@m")
        self.run("ovs-ofctl", "add-flows", "br0", "-", text=FLOWS)
        pid = (self.home / "ovs-vswitchd.pid").read_text().strip()
        self.control.connect(f"{self.home}/ovs-vswitchd.{pid}.ctl")
        self.ask("time/stop")
        self.base = self.received()

    def stop(self) -> None:
        """
        End both processes.
        """
        self.control.close()
        for name in ("ovs-vswitchd", "ovsdb-server"):
            file = self.home / f"{name}.pid"
            if file.exists():
                os.kill(int(file.read_text()), signal.SIGTERM)

    def ask(self, method: str, *parameters: str) -> str:
        """
        Send a command to the daemon (JSON-RPC without frames), and return its answer.
        """
        self.asked += 1
        self.control.sendall(json.dumps({"id": self.asked, "method": method, "params": parameters}).encode())
        while True:
            try:
                reply, end = json.JSONDecoder().raw_decode(self.text.lstrip())
            except ValueError:
                more = self.control.recv(1 << 20)
                assert more, "the switch has ended"
                self.text += more.decode()
                continue
            self.text = self.text.lstrip()[end:]
            assert not reply.get("error"), reply
            return str(reply["result"])

    def received(self) -> int:
        """
        Return how many packets have been processed.
        """
        return sum(map(int, re.findall(r"packets received: (\d+)", self.ask("dpif-netdev/pmd-stats-show"))))

    def send(self, port: str, packets: list[str]) -> None:
        """
        Inject packets at a port, and wait until they are through.
        """
        for first in range(0, len(packets), QUEUE):
            part = packets[first : first + QUEUE]
            self.ask("netdev-dummy/receive", port, *part)
            self.sent += len(part)
            limit = time.monotonic() + 60
            while self.received() - self.base < self.sent:
                assert time.monotonic() < limit, "packets were lost on the way into the switch"

    def warp(self, milliseconds: int) -> None:
        """
        Let so much time pass at once.
        """
        self.ask("time/warp", str(milliseconds), str(milliseconds))

    def live(self, marker: str) -> int:
        """
        Return the number of entries whose line has the marker.
        """
        return self.ask("dpctl/dump-conntrack").count(marker)

    def refused(self) -> int:
        """
        Return how many connections found the table full.
        """
        return int(self.ask("coverage/read-counter", "conntrack_full"))

    def empty(self, room: int = 3_000_000) -> None:
        """
        Forget all entries, and set the number that there is room for.
        """
        self.ask("dpctl/flush-conntrack")
        self.ask("dpctl/ct-set-maxconns", str(room))

    def timeouts(self, tcp_established: int) -> None:
        """
        Set the idle timeouts, in seconds; those of UDP are EC2's defaults.
        """
        self.run("ovs-vsctl", "--if-exists", "del-zone-tp", "dummy", "zone=1")
        self.run("ovs-vsctl", "add-zone-tp", "dummy", "zone=1", "udp_first=30", "udp_single=30", "udp_multiple=180",
                 f"tcp_established={tcp_established}", "tcp_syn_sent=30", "tcp_syn_recv=30")  # fmt: skip
        for _ in range(5):
            self.warp(1000)

    def forget(self, flow: int) -> None:
        """
        Remove the entry of a UDP flow.
        """
        address, port = client(flow)
        words = f"ct_nw_src={socket.inet_ntoa(address)},ct_nw_dst=192.0.2.2,ct_nw_proto=17,ct_tp_src={port},ct_tp_dst=53"
        self.ask("dpctl/flush-conntrack", "zone=1", words)


def client(flow: int) -> tuple[bytes, int]:
    """
    Return an address and a port that no other flow has.
    """
    return struct.pack("!I", 0x0A000001 + flow // 60_000), 1024 + flow % 60_000


def checksum(data: bytes) -> int:
    """
    Return the checksum of the internet protocols.
    """
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(protocol: int, source: bytes, destination: bytes, payload: bytes) -> str:
    """
    Return an Ethernet frame in hexadecimal.
    """
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, source, destination)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return (bytes.fromhex("50540000000a5054000000090800") + head + payload).hex()


def udp(flow: int) -> str:
    """
    Return the one packet of a UDP flow.
    """
    address, port = client(flow)
    return frame(17, address, SERVER, struct.pack("!HHHH", port, 53, 12, 0) + b"abcd")


def segment(source: tuple[bytes, int], destination: tuple[bytes, int], numbers: tuple[int, int], flags: int) -> str:
    """
    Return a TCP segment with these sequence and acknowledgement numbers.
    """
    tcp = struct.pack("!HHIIBBHHH", source[1], destination[1], *numbers, 0x50, flags, 8192, 0, 0)
    total = checksum(source[0] + destination[0] + struct.pack("!BBH", 0, 6, len(tcp)) + tcp)
    return frame(6, source[0], destination[0], tcp[:16] + struct.pack("!H", total) + tcp[18:])


def handshakes(switch: Switch, flows: Iterable[int]) -> None:
    """
    Open TCP connections with all three segments.
    """
    web, listed = (SERVER, 8080), list(flows)
    switch.send("p1", [segment(client(flow), web, (1000, 0), 0x02) for flow in listed])
    switch.send("p2", [segment(web, client(flow), (5000, 1001), 0x12) for flow in listed])
    switch.send("p1", [segment(client(flow), web, (1001, 5001), 0x10) for flow in listed])
