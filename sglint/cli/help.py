"""
The help of a command, laid out like a page of a manual: what it does, its options by what they are for, exit codes, examples.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import click

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "What to read": ("paths", "root", "plan", "config", "diff"),
    "Values": ("var", "var_file", "var_env", "workspace", "parameter", "parameter_file", "no_defaults"),
    "Rules": ("select", "ignore", "rules", "maybe", "fail_on", "baseline", "fixes"),
    "Traffic": ("traffic", "flow_logs", "engine", "shares"),
    "The instance": ("instance_type", "allowance", "ethtool", "knees", "loaded", "bandwidth", "packet_rate"),
    "Its timeouts": ("tcp_established", "udp", "udp_stream", "reap_lag", "closing", "half_open", "stream_after"),
    "How many instances": ("minimum", "headroom", "price"),
    "What is asked": (
        "address",
        "interfaces",
        "peer",
        "sender",
        "allowed",
        "protocol",
        "port",
        "unsafe",
        "writes",
        "prune",
        "flows",
        "seed",
    ),
    "Output": ("formats", "output", "color"),
}
"""The options by what they are for, in the order of the page; what is named nowhere stands in the last section."""
REST = "Other"
PURPOSES: Mapping[str, str] = {
    "check": "Find the flows that EC2 tracks and need not.",
    "report": "Write a page of HTML for those who decide.",
    "inspect": "Show every interface, its flows, and why; or follow one flow.",
    "explain": "List the rules, or print the page of one.",
    "fix": "Print or make the changes that make findings go away.",
    "baseline": "Accept the findings that there are, so that only new ones fail.",
    "config": "Show what is configured, and where.",
    "graph": "Write the network as Mermaid, Graphviz, GraphML or JSON.",
    "version": "Print the version, and what to say in a report of a bug.",
    "simulate": "Say what traffic does to a connection table.",
}
"""What each command is for, in the list of commands."""
EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "check": (
        ("sglint check", "all root modules and templates below this folder"),
        ("sglint check network --maybe --fail-on never", "also what depends on values that are not known"),
        ("sglint check --format text --format sarif -o sglint.sarif", "for a person and for code scanning"),
        ("sglint check --plan plan.json prod", "what a plan says there will be"),
    ),
    "report": (
        ("sglint report -o report.html network", "one page about what is in a folder"),
        ("sglint report -o - --traffic web-front-end > page.html", "with the traffic of another profile"),
    ),
    "inspect": (
        ("sglint inspect network", "every interface, and why its flows are tracked"),
        ("sglint inspect network --interface ApplianceInterface1 --to 10.1.2.3 --port 443", "one flow, hop by hop"),
    ),
    "explain": (("sglint explain", "the rules"), ("sglint explain tracked-forwarder", "the page of one")),
    "fix": (
        ("sglint fix network", "the changes that let nothing new in"),
        ("sglint fix network --from 10.0.0.0/8", "and what is open to everyone for nothing narrowed to these"),
        ("sglint fix network --unsafe | git apply --stat -", "what all changes come to"),
    ),
    "baseline": (
        ("sglint baseline network", "what there is today is no reason to fail"),
        ("sglint baseline network --prune", "take off the list what is gone"),
    ),
    "version": (("sglint version --verbose", "what to put into a report of a bug"),),
    "config": (("sglint config", "the values that hold, and where each comes from"),),
    "graph": (
        ("sglint graph network", "for Mermaid"),
        ("sglint graph network --format dot -o network.dot", "for Graphviz"),
    ),
    "simulate": (
        ("sglint simulate --traffic web-front-end --instance-type m7i.large", "a bundled profile on a type of instance"),
        ("sglint simulate --traffic dns-resolver --ethtool eth0.txt --flows 0", "with a measured allowance, by formulas"),
    ),
}
_CODES = "Exit codes:"


class Helped(click.Command):
    """
    A command whose help groups its options and ends with exit codes and examples.
    """

    def get_short_help_str(self, limit: int = 45) -> str:
        """
        Return what the command is for, in a line.
        """
        return PURPOSES.get(self.name or "") or super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- of click
        """
        Write what the command does, without its exit codes.
        """
        text, _ = _parted(self.help or "")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """
        Write the options by what they are for.
        """
        options = {one.name or "": one for one in self.get_params(ctx) if isinstance(one, click.Option)}
        known = {name for names in SECTIONS.values() for name in names}
        rest = tuple(name for name in options if name not in known)
        for title, names in {**SECTIONS, REST: rest}.items():
            rows = [options[name].get_help_record(ctx) for name in names if name in options]
            told = [row for row in rows if row is not None]
            if told:
                with formatter.section(title):
                    formatter.write_dl(told)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- of click
        """
        Write what the exit codes mean, and examples.
        """
        _, codes = _parted(self.help or "")
        if codes:
            with formatter.section("Exit codes"):
                formatter.write_text(codes)
        examples = EXAMPLES.get(self.name or "", ())
        if examples:
            with formatter.section("Examples"):
                for command, says in examples:
                    formatter.write(f"{' ' * formatter.current_indent}{command}\n")
                    with formatter.indentation():
                        formatter.write_text(says)


def _parted(text: str) -> tuple[str, str]:
    """Return what the command does, and what its exit codes mean."""
    does, _, codes = inspect.cleandoc(text).partition(_CODES)
    return does.strip(), codes.strip()


class Listed(click.Group):
    """
    A group that lists its commands in the order in which one needs them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- of click
        """
        Return the names of the commands as they were added.
        """
        return list(self.commands)
