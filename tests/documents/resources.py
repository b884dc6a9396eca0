"""
The page that says which resources are modelled, from the tables that lowering reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sglint.lower.catalogue import MADE, NOT_MODELLED
from sglint.lower.network import TABLE
from sglint.lower.row import Words

HEAD = """# What is modelled

This page is generated from the tables in `sglint/lower`, from which the network is built; write it again with

    python -m tests.documents

Terraform is the provider `hashicorp/aws`, CloudFormation the types of templates (what CDK and SAM write among them). For each
type of CloudFormation, Terraform's Cloud Control provider (`hashicorp/awscc`) has one of its own, such as
`awscc_ec2_security_group`; all of them are modelled as the type that they stand for, and are not listed here.
The types of CloudFormation are compared with its schemas: a type with a property for subnets and one for security groups is
either here, or among those that are not modelled. What has neither is no part of the network; what a custom resource does, or a
type that is newer than these tables, is not seen.
Where a custom resource is given a route table or an attachment to a transit gateway, that is said.
"""
SERVICES = ("managed", "cluster", "lambda", "task", "vpn endpoint")
"""The nouns of services that are listed one by one, with what is read of them."""


def text() -> str:
    """
    Return the page.
    """
    return "\n".join([HEAD, *_network(), *_services(), *_made(), *_left()])


def _own(kinds: Mapping[str, object]) -> list[str]:
    """Return the types but those of the Cloud Control provider."""
    return sorted(kind for kind in kinds if not kind.removeprefix("data.").startswith("awscc_"))


def _nouns() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in _own(TABLE):
        found.setdefault(TABLE[kind].noun, []).append(kind)
    return found


def _native(kind: str) -> bool:
    return "::" in kind


def _network() -> Iterator[str]:
    yield "## The network\n"
    yield "| what | Terraform | CloudFormation |\n|---|---|---|"
    for noun, kinds in sorted(_nouns().items()):
        if noun not in SERVICES:
            sides = (", ".join(f"`{one}`" for one in kinds if _native(one) is native) for native in (False, True))
            yield f"| {noun} | {' | '.join(sides)} |"
    yield ""


def _services() -> Iterator[str]:
    yield "## Services with interfaces in your subnets\n"
    yield "Of each, where its subnets and security groups are written."
    for title, native in (("Terraform", False), ("CloudFormation", True)):
        kinds = [kind for noun in SERVICES for kind in _nouns()[noun] if _native(kind) is native]
        yield f"\n### {title}: {len(kinds)}\n"
        yield "| type | subnets | security groups |\n|---|---|---|"
        for kind in sorted(kinds):
            words = TABLE[kind].kinds[kind]
            yield f"| `{kind}` | {_written(words, 'subnets', 'subnet_group', 'cluster')} | {_written(words, 'groups')} |"
    yield ""


def _written(words: Words, *names: str) -> str:
    """Return the paths at which something is written, those in blocks with interfaces of their own included."""
    found: list[str] = []
    for key, path in sorted(words.items()):
        block, _, name = key.rpartition(".")
        if name in names:
            before = [f"{one}." for one in words.get(block, "").split("|")] if block else [""]
            found += [f"{start}{end}" for start in before for end in path.split("|")]
    return ", ".join(f"`{one.replace('[]', '')}`" for one in dict.fromkeys(found))


def _made() -> Iterator[str]:
    yield "## Groups that a service makes\n"
    yield "What such a group permits is in no text; flows of these interfaces are decided only where the written groups do.\n"
    yield "| type | group |\n|---|---|"
    yield from (f"| `{kind}` | {MADE[kind].what} |" for kind in _own(MADE))
    yield ""


def _left() -> Iterator[str]:
    yield "## Not modelled, and said so\n"
    yield "| type | because |\n|---|---|"
    yield from (f"| `{kind}` | {NOT_MODELLED[kind].why} |" for kind in _own(NOT_MODELLED))
    yield ""
