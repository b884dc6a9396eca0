"""
`Fn::Cidr`: a network cut into equal blocks.
"""

from __future__ import annotations

from ipaddress import ip_network

from sglint.evaluate.cloudformation.text import known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Seq, Value

_MOST = 256


def cidr(block: Value, count: Value, bits: Value) -> Value:
    """
    Return the first `count` blocks of a network, each with so many bits for its hosts.
    """
    number = _integer(count, "the count", 1, _MOST)
    host_bits = _integer(bits, "cidrBits", 1, 127)
    if number is None:
        return merged((block, count, bits))
    text = known_text(block)
    if text is None or host_bits is None:
        if isinstance(block, Seq):
            raise EvaluationError("Fn::Cidr takes one CIDR block, and this is a list")
        return Seq((merged((block, bits)),) * number, "list")
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise EvaluationError(f"Fn::Cidr: {text!r} is no CIDR block") from None
    prefix = network.max_prefixlen - host_bits
    if prefix < network.prefixlen or number > 1 << (prefix - network.prefixlen):
        raise EvaluationError(f"Fn::Cidr: {text} has no room for {number} blocks with {host_bits} bits")
    first, step = int(network.network_address), 1 << host_bits
    address = type(network.network_address)
    return Seq(tuple(f"{address(first + step * place)}/{prefix}" for place in range(number)), "list")


def _integer(value: Value, what: str, least: int, most: int) -> int | None:
    """Return the whole number that the value is, None when it is not known."""
    if not isinstance(value, (str, int)):
        return None
    text = known_text(value)
    if text is None:
        return None
    if not text.strip().isdecimal() or not least <= int(text[:9]) <= most:
        raise EvaluationError(f"Fn::Cidr: {what} must be a number from {least} to {most}, not {text!r}")
    return int(text)
