"""
Says which flows EC2 connection tracking will track, from the Terraform, before it is deployed.

    >>> import sglint
    >>> sglint.lint(["fixtures/stacks/clean"]).findings
    ()
    >>> found = sglint.simulate("web-front-end", instance_type="m7i-flex.large", flows=0)
    >>> found.today.sustainable.least < found.today.rate < found.advised.sustainable.least
    True

`lint`, `inspect` and `simulate` do what the commands `check`, `inspect` and `simulate` do; what they return is in
`sglint.finding`, `sglint.model` and `sglint.simulator.projection`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from os import PathLike
from types import MappingProxyType
from typing import TypeAlias

from sglint.finding import Report
from sglint.model import Network
from sglint.request import request
from sglint.simulator.projection import Projection

__version__ = "0.1.0"
__all__ = ["__version__", "inspect", "lint", "simulate"]

Given: TypeAlias = float | tuple[float, float] | None
"""A value, its least and its most, or nothing."""
NOTHING: Mapping[str, str] = MappingProxyType({})


def lint(  # noqa: PLR0913 -- one keyword for each thing that can be given
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
    parameters: Mapping[str, str] = NOTHING,
    parameter_files: Iterable[str] = (),
    config: str | PathLike[str] | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """
    Return what the rules find in the root modules and templates among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths. `config` is the file of the
    configuration, else the nearest one from the current folder upwards.
    """
    from sglint.pipeline import lint as run
    from sglint.rule import choose, load

    rules = load()
    wanted = request(
        paths,
        variables=variables,
        variable_files=variable_files,
        workspace=workspace,
        plan=plan,
        parameters=parameters,
        parameter_files=parameter_files,
        config=config,
    )
    select = tuple(select)
    wanted = replace(wanted, selected=bool(select))
    return run(wanted, choose(rules, select, ignore), rules)


def inspect(  # noqa: PLR0913 -- one keyword for each thing that can be given
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
    parameters: Mapping[str, str] = NOTHING,
    parameter_files: Iterable[str] = (),
    config: str | PathLike[str] | None = None,
) -> tuple[Network, ...]:
    """
    Return the network of each root module and template among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths. `config` is the file of the
    configuration, else the nearest one from the current folder upwards.
    """
    from sglint.pipeline import judge

    wanted = request(
        paths,
        variables=variables,
        variable_files=variable_files,
        workspace=workspace,
        plan=plan,
        parameters=parameters,
        parameter_files=parameter_files,
        config=config,
    )
    return tuple(one.network for one in judge(wanted).judged)


def simulate(  # noqa: PLR0913 -- one keyword for each thing that can be given
    traffic: str | PathLike[str] | None = None,
    *,
    flow_logs: Iterable[str | PathLike[str]] = (),
    engine: str = "duckdb",
    instance_type: str | None = None,
    allowance: float | None = None,
    ethtool: Iterable[str | PathLike[str]] = (),
    loaded: Iterable[str | PathLike[str]] = (),
    knees: str | PathLike[str] | None = None,
    tcp_established: float | None = None,
    udp: float | None = None,
    udp_stream: float | None = None,
    reap_lag: Given = None,
    closing: Given = None,
    half_open: Given = None,
    stream_after: Given = None,
    shares: Mapping[str, Iterable[float]] = MappingProxyType({}),
    bandwidth: float | None = None,
    packet_rate: float | None = None,
    minimum: int = 1,
    headroom: float = 0.25,
    price: float | None = None,
    flows: int = 20_000_000,
    seed: int = 1,
    progress: Callable[[float], bool] | None = None,
) -> Projection:
    """
    Return what traffic does to the connection table of an instance, today and with its security groups opened.

    `traffic` is the name of a bundled profile or the path of one; or there are `flow_logs`, which `engine` reads: duckdb, or
    spark, in the session of the program where it has one. Each of `ethtool` and `loaded` is a file for each interface. What
    is given as a number is taken as measured, and AWS publishes hardly any of it, so that most answers are ranges. `shares`
    are those of a class, by name, that are tracked by the groups, automatically, and asymmetric: 1, 0, 0 if not given.
    `flows` is how many are run through a full table at most, 0 for formulas only. `progress` is told which share is done, and
    ends the simulation when it returns False.

    Raises `sglint.source.SglintError` for anything that cannot be.
    """
    from sglint.simulator.study import Question, answer

    question = Question(
        None if traffic is None else str(traffic),
        tuple(map(str, flow_logs)),
        engine,
        instance_type,
        allowance,
        tuple(map(str, ethtool)),
        tuple(map(str, loaded)),
        None if knees is None else str(knees),
        tcp_established,
        udp,
        udp_stream,
        reap_lag,
        closing,
        half_open,
        stream_after,
        tuple((name, tuple(values)) for name, values in shares.items()),
        bandwidth,
        packet_rate,
        minimum,
        headroom,
        price,
        flows,
        seed,
    )
    return answer(question, progress)
