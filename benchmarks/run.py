"""
Measures sglint: against checkov, and on roots that grow; in one run on one machine, CPU seconds of whole processes.

`python benchmarks/run.py` needs sglint in the environment of that Python, and a package index from which it installs checkov
into an environment of its own, once, below the temporary directory. `python benchmarks/run.py growth` needs sglint alone, and
`python benchmarks/run.py decode` (in decode.py) cfn-lint in the same environment, and `simulate` and `flow_logs` (in files of
these names) the development requirements. `table` (in table.py) measures repositories, estates and one changed file.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

PEER = "checkov==3.3.30"
FILES = 20


def generate(directory: Path, files: int) -> int:
    """
    Write one root module of so many files, each a network with an open and a tracked forwarder; return the number of lines.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lines = 0
    for number in range(files):
        text = NETWORK.replace("NUMBER", str(number))
        (directory / f"network_{number:03}.tf").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


NETWORK = """
resource "aws_vpc" "vNUMBER" {
  cidr_block = cidrsubnet("10.0.0.0/8", 8, NUMBER)
}

resource "aws_subnet" "sNUMBER" {
  for_each   = { a = 0, b = 1, c = 2 }
  vpc_id     = aws_vpc.vNUMBER.id
  cidr_block = cidrsubnet(aws_vpc.vNUMBER.cidr_block, 8, each.value)
}

resource "aws_route_table" "tNUMBER" {
  vpc_id = aws_vpc.vNUMBER.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "tNUMBER" {
  for_each       = aws_subnet.sNUMBER
  subnet_id      = each.value.id
  route_table_id = aws_route_table.tNUMBER.id
}

resource "aws_security_group" "gNUMBER" {
  for_each = { open = "0.0.0.0/0", narrow = "10.0.0.0/8" }
  name     = "${each.key}-NUMBER"
  vpc_id   = aws_vpc.vNUMBER.id

  dynamic "ingress" {
    for_each = toset(["tcp", "udp"])

    content {
      protocol    = ingress.value
      from_port   = 0
      to_port     = 65535
      cidr_blocks = [each.value]
    }
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "iNUMBER" {
  for_each               = aws_security_group.gNUMBER
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7i.large"
  subnet_id              = aws_subnet.sNUMBER["a"].id
  vpc_security_group_ids = [each.value.id]
  source_dest_check      = false
}
"""


SIZES = (10, 100, 1_000, 10_000)
OTHER = """
resource "aws_iam_role" "rNUMBER" {
  name               = "${local.prefix}-NUMBER"
  assume_role_policy = jsonencode({ Statement = [for name in local.services : { Principal = { Service = name } }] })
  tags               = merge(local.tags, { Name = format("role-%05d", NUMBER) })
}
"""
LOCALS = """
locals {
  prefix   = "growth"
  services = [for name in ["ec2", "lambda", "ecs"] : "${name}.amazonaws.com"]
  tags     = { for name in local.services : name => upper(name) }
}
"""


def generate_growth(directory: Path, resources: int) -> None:
    """
    Write one root module of so many resource blocks, six of them the network above; no file holds more than a thousand.
    """
    directory.mkdir(parents=True)
    (directory / "network.tf").write_text(NETWORK.replace("NUMBER", "0") + LOCALS, encoding="utf-8")
    for first in range(0, resources - 6, 1_000):
        numbers = range(first, min(first + 1_000, resources - 6))
        text = "".join(OTHER.replace("NUMBER", str(number)) for number in numbers)
        (directory / f"other_{first:05}.tf").write_text(text, encoding="utf-8")


def growth(rounds: int) -> None:
    """
    Measure roots of which the network stays small while the rest grows, and print a table.
    """
    with tempfile.TemporaryDirectory() as scratch:
        commands: dict[str, Sequence[str | Path]] = {}
        for size in SIZES:
            generate_growth(Path(scratch) / str(size), size)
            commands[str(size)] = [sys.executable, "-m", "sglint", "check", Path(scratch) / str(size)]
        medians = measure(commands, rounds)
    base = medians[str(SIZES[0])]
    print(f"{'resources':>9}  {'CPU s':>7}  {'ms for each above the first':>27}  (medians of {rounds} rounds)")
    for size in SIZES:
        more = (medians[str(size)] - base) / (size - SIZES[0]) * 1_000 if size > SIZES[0] else 0.0
        print(f"{size:9}  {medians[str(size)]:7.3f}  {more:27.2f}")


def peer(cache: Path) -> Path:
    """
    Return the peer's program, installed below `cache` when it is not there yet.
    """
    program = cache / "bin" / "checkov"
    if not program.exists():
        venv.create(cache, with_pip=True)
        subprocess.run([str(cache / "bin" / "pip"), "install", "-q", PEER], check=True)
    return program


def cpu_seconds(command: Sequence[str | Path]) -> float:
    """
    Return the CPU seconds, user and system, of one process and its children, which must end with 0 or, for findings, 1.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(list(map(str, command)), stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode not in {0, 1} or "Traceback" in text:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{text[-2000:]}")
    return usage.ru_utime + usage.ru_stime


def measure(commands: dict[str, Sequence[str | Path]], rounds: int) -> dict[str, float]:
    """
    Return the median CPU seconds of each command; the rounds interleave them, so that all see the same load.
    """
    for command in commands.values():
        cpu_seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(cpu_seconds(command))
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    """
    Measure, and print a table.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=["peer", "growth", "decode", "simulate", "flow_logs", "table"], default="peer"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--without-peer", action="store_true")
    if sys.argv[1:2] == ["table"]:
        subprocess.run([sys.executable, Path(__file__).with_name("table.py"), *sys.argv[2:]], check=True)
        return
    options = parser.parse_args()
    if options.what in {"simulate", "flow_logs"}:
        subprocess.run([sys.executable, Path(__file__).with_name(f"{options.what}.py")], check=True)
        return
    if options.what == "decode":
        subprocess.run([sys.executable, Path(__file__).with_name("decode.py"), "--rounds", str(options.rounds)], check=True)
        return
    if options.what == "growth":
        growth(options.rounds)
        return
    sglint = [sys.executable, "-m", "sglint"]
    with tempfile.TemporaryDirectory() as scratch:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        lines = generate(small, FILES)
        generate(large, FILES * 5)
        commands: dict[str, Sequence[str | Path]] = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "sglint --help": [*sglint, "--help"],
            f"sglint check, {FILES} files, {lines} lines": [*sglint, "check", small],
            f"sglint check, {FILES * 5} files": [*sglint, "check", large],
        }
        if not options.without_peer:
            checkov = peer(Path(tempfile.gettempdir()) / "sglint-benchmark-peer")
            quiet = ["--framework", "terraform", "--compact", "--quiet", "--skip-download"]
            commands[f"{PEER} --help"] = [checkov, "--help"]
            commands[f"{PEER}, {FILES} files"] = [checkov, "-d", small, *quiet]
        medians = measure(commands, options.rounds)
    print(f"{'CPU s':>7}  {'ratio':>6}  (to sglint check of {FILES} files; medians of {options.rounds} rounds)")
    base = medians[f"sglint check, {FILES} files, {lines} lines"]
    for name, seconds in medians.items():
        print(f"{seconds:7.3f}  {seconds / base:6.2f}  {name}")


if __name__ == "__main__":
    main()
