"""
Traffic profiles, up to the projection of what they do to a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from fuzz.archive import laid
from fuzz.command import said
from fuzz.target import Target

WORDS = (
    "name: says: classes: protocol: rate: life: gap: packets: packet_bytes: exchange: closed: unanswered: retries: burstiness: "
    "direction: destination: sources: daily: every: values: deterministic: value: exponential: mean: lognormal: sigma: pareto: "
    "shape: least: most: hyperexponential: means: weights: empirical: tcp udp other one-way request-response stream 1e308 1e-308"
).split()
SMALL = (
    b"name: x\nclasses:\n- {name: a, protocol: udp, rate: 3, life: {exponential: {mean: 2}}, exchange: stream}\n",
    b"name: x\nclasses:\n- {name: a, protocol: tcp, rate: {daily: [1, 2]}, life: {pareto: {shape: 1.5, least: 1, most: 9}}, closed: [0, 1]}\n",
    b"name: x\nclasses:\n- name: b\n  protocol: tcp\n  rate: {every: 60, values: [1, 0, 5]}\n  retries: [1, 2]\n  unanswered: 0.1\n"
    b"  gap: {lognormal: {mean: 1, sigma: 2}}\n  life: {empirical: {values: [1, 2], weights: [1, 1]}}\n  burstiness: [1, 8]\n",
)


def seeds() -> Iterator[bytes]:
    """
    Yield the bundled profiles and small ones.
    """
    yield from SMALL
    for one in sorted(files("sglint.simulator").joinpath("profiles").iterdir(), key=lambda one: one.name):
        if one.name.endswith(".yaml"):
            yield one.read_bytes()


def run(data: bytes) -> str:
    """
    Return the projection, with few flows.
    """
    with laid({"p.yaml": data}) as folder:
        out = said("simulate", "--traffic", "p.yaml", "--allowance", "2000", "--flows", "300", "--format", "json")
        return out.replace(str(folder), "HERE")


TARGET = Target("profile", seeds, run, tuple(WORDS))
