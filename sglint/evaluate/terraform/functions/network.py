"""
Functions over IP prefixes.
"""

from __future__ import annotations

import ipaddress
import re

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import TEXT, WHOLE, Function, whole
from sglint.evaluate.terraform.number import whole_of
from sglint.evaluate.terraform.typed import list_of
from sglint.evaluate.terraform.types import STRING, Collection
from sglint.frozen import frozen
from sglint.value import Number, Value

_IPV4 = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})", re.ASCII)


@frozen
class _Prefix:
    address: int
    length: int
    bits: int

    def __str__(self) -> str:
        mapped = self.bits == 128 and self.address >> 32 == 0xFFFF and self.length >= 96
        return f"{_address_text(self.address, self.bits)}/{self.length - 96 if mapped else self.length}"


def _address_text(address: int, bits: int) -> str:
    if bits == 32:
        return str(ipaddress.IPv4Address(address))
    if address >> 32 == 0xFFFF:
        return str(ipaddress.IPv4Address(address & 0xFFFFFFFF))
    return str(ipaddress.IPv6Address(address))


def _parse(text: str) -> _Prefix:
    """
    Return the prefix, with the host bits cleared; leading zeros in IPv4 numbers mean nothing.
    """
    address, slash, length = text.partition("/")
    number, bits = _address(address)
    if number is None or not slash or not re.fullmatch(r"[0-9]{1,6}", length, re.ASCII) or int(length) > bits:
        raise EvaluationError(f'"{text[:60]}" is not a CIDR prefix')
    hosts = bits - int(length)
    return _Prefix(number >> hosts << hosts, int(length), bits)


def _address(text: str) -> tuple[int | None, int]:
    found = _IPV4.fullmatch(text)
    if found is not None:
        parts = [int(part) for part in found.groups()]
        return (int.from_bytes(bytes(parts), "big") if max(parts) < 256 else None), 32
    try:
        return (int(ipaddress.IPv6Address(text)) if "%" not in text else None), 128
    except ValueError:
        return None, 128


def _cidrhost(prefix: str, host: Number) -> Value:
    network = _parse(prefix)
    number = _whole(host, "the host number")
    size = 1 << (network.bits - network.length)
    if _low_bits(number) >= size if number >= 0 else -number > size:
        raise EvaluationError(f"a prefix of {network.length} bits has no host number {number}")
    return _address_text(_fitting(network.address | (number if number >= 0 else size + number), network.bits), network.bits)


def _low_bits(number: int) -> int:
    """
    Return what Terraform compares with the largest number: the 64 lowest bits, with the highest of them as the sign.
    """
    low = number & (2**64 - 1)
    return low - 2**64 if low >> 63 else low


def _fitting(address: int, bits: int) -> int:
    if address >> bits:
        raise EvaluationError("the address lies outside the address space")
    return address


def _whole(value: Number, what: str) -> int:
    value = value or 0
    if not isinstance(value, int):
        raise EvaluationError(f"{what} must be a whole number")
    return whole_of(value)


def _cidrnetmask(prefix: str) -> Value:
    network = _parse(prefix)
    if network.bits != 32:
        raise EvaluationError("an IPv6 prefix has no netmask")
    hosts = 32 - network.length
    return _address_text((1 << 32) - (1 << hosts), 32)


def _cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> Value:
    network = _parse(prefix)
    extra, number = whole(newbits, "the number of new bits"), _whole(netnum, "the network number")
    length = network.length + extra
    if length < 0 and number == 0:
        return "<nil>"
    if not 0 <= length <= network.bits:
        raise EvaluationError(f"a prefix of {network.length} bits cannot be extended by {extra}")
    most = 2**extra - 1 if 0 <= extra < 64 else 2**64 - 1
    if abs(number) & (2**64 - 1) > most:
        raise EvaluationError(f"extending a prefix by {extra} bits makes no subnet number {number}")
    address = abs(network.address | (number << (network.bits - length)))
    return str(_Prefix(_fitting(address, network.bits), length, network.bits))


def _cidrsubnets(prefix: str, *newbits: Number) -> Value:
    network = _parse(prefix)
    position = network.address
    end = network.address + (1 << (network.bits - network.length))
    result: list[Value] = []
    if newbits and not network.address:
        raise EvaluationError(f"cidrsubnets cannot divide {prefix}, which starts at the first address of all")
    for bits in newbits:
        extra = whole(bits, "the number of new bits")
        length = network.length + extra
        if not 1 <= extra <= 32 or length > network.bits:
            raise EvaluationError(f"a prefix of {network.length} bits cannot be extended by {extra} bits here")
        size = 1 << (network.bits - length)
        start = -(-position // size) * size
        if start + size > end:
            raise EvaluationError(f"{prefix} has not enough space left for a subnet with a prefix of {length} bits")
        result.append(str(_Prefix(start, length, network.bits)))
        position = start + size
    return list_of(result, STRING)


FUNCTIONS = {
    "cidrhost": Function(_cidrhost, (TEXT, WHOLE), returns=STRING),
    "cidrnetmask": Function(_cidrnetmask, (TEXT,), returns=STRING),
    "cidrsubnet": Function(_cidrsubnet, (TEXT, WHOLE, WHOLE), returns=STRING),
    "cidrsubnets": Function(_cidrsubnets, (TEXT,), WHOLE, returns=Collection("list", STRING)),
}
