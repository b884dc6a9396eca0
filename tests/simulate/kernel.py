"""
Replays UDP flows in one direction against the kernel's connection table, inside a network namespace of its own.

`python kernel.py RATE SECONDS TIMEOUT`, run by `unshare -Urn`, prints as JSON when each flow was sent and, at times, how many
entries there were. Live entries are the lines of a dump: the kernel's own count includes those that have expired.
"""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time

RULES = "table inet t {\n  chain pre {\n    type filter hook prerouting priority -150;\n    ct state new counter\n  }\n}\n"


def main(rate: float, seconds: float, timeout: int) -> None:
    """
    Send the flows at random times, and look at the table twice a second.
    """
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
    with open("/proc/sys/net/netfilter/nf_conntrack_udp_timeout", "w", encoding="ascii") as file:  # noqa: PTH123 -- it is a switch
        file.write(str(timeout))
    generator, sender = random.Random(7), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # noqa: S311
    sent: list[float] = []
    seen: list[tuple[float, int]] = []
    start = time.monotonic()
    due, look = generator.expovariate(rate), 0.5
    while (now := time.monotonic() - start) < seconds:
        if now >= look:
            dump = subprocess.run(["conntrack", "-L", "-p", "udp"], capture_output=True, check=True).stdout
            seen.append(((now + time.monotonic() - start) / 2, dump.count(b"\n")))
            look += 0.5
        while due <= time.monotonic() - start:
            sender.sendto(b"x", ("127.0.0.1", 1024 + len(sent)))
            sent.append(time.monotonic() - start)
            due += generator.expovariate(rate)
        time.sleep(max(0.0, min(due, look) - (time.monotonic() - start)))
    print(json.dumps({"sent": sent, "seen": seen}))  # noqa: T201 -- this is its answer


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
