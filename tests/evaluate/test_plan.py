"""
Plans and states: what they know wins, what they do not know is what the configuration says, and bad ones are refused.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sglint.evaluate.plan.lay import lay
from sglint.evaluate.plan.read import LATE
from sglint.output.inspect import interface_json
from sglint.pipeline import Networks, judge
from sglint.request import Request
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.command import REPOSITORY, STACKS, sglint

PLANS = REPOSITORY / "fixtures" / "plans"
TGW = "tgw-0123456789abcdef0"
Row = dict[str, object]


def inspected(networks: Networks) -> dict[str, Row]:
    """
    Return every interface as `inspect --format json` gives it, by address.
    """
    found = [interface_json(one.network.root, each) for one in networks.judged for each in one.judgements]
    return {str(one["address"]): one for one in found}


def states(interface: Row) -> dict[str, str]:
    """
    Return the states of the flows of an interface, by direction, protocol, ports and peer.
    """
    flows = interface["flows"]
    assert isinstance(flows, list)
    return {f"{flow['direction']} {flow['protocol']} {flow['ports']} {flow['peer']}": flow["state"] for flow in flows}


def recorded(name: str) -> dict[str, object]:
    """
    Return a recorded plan.
    """
    found = json.loads((PLANS / name / "plan.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def write(directory: Path, document: object, name: str = "plan.json") -> str:
    """
    Write a document, and return its path.
    """
    path = directory / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def resource(address: str, values: Mapping[str, object], module: str = "") -> Row:
    """
    Return a resource as the values of a plan or state hold it.
    """
    kind, name = address.removeprefix(f"{module}.").removeprefix("data.").split(".")
    row: Row = {"address": address, "mode": "data" if "data." in address else "managed", "type": kind, "name": name}
    return {**row, "values": values, "sensitive_values": {}}


def state(resources: Sequence[Row]) -> Row:
    """
    Return a state that holds these resources.
    """
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": resources}}}


def changed(row: Row, before: object, unknown: object = None) -> Row:
    """
    Return a resource as the changes of a plan hold it.
    """
    actions = ["create"] if before is None else ["update"]
    change = {"actions": actions, "before": before, "after": row["values"], "after_unknown": unknown or {}}
    return {**{key: row[key] for key in ("address", "mode", "type", "name")}, "change": change}


def plan(changes: Sequence[Row], configuration: Mapping[str, object] | None = None) -> Row:
    """
    Return a plan that makes these changes.
    """
    found: Row = {"format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": changes}
    return {**found, "configuration": {"root_module": configuration or {}}}


NETWORK = [
    resource("aws_vpc.v", {"id": "vpc-0123456789abcdef0", "cidr_block": "10.1.0.0/16"}),
    resource(
        "aws_subnet.s",
        {"id": "subnet-0123456789abcdef0", "vpc_id": "vpc-0123456789abcdef0", "cidr_block": "10.1.0.0/24"},
    ),
    resource("aws_ec2_transit_gateway.t", {"id": TGW}),
    resource(
        "aws_route_table.r",
        {
            "id": "rtb-0123456789abcdef0",
            "vpc_id": "vpc-0123456789abcdef0",
            "route": [{"cidr_block": "0.0.0.0/0", "transit_gateway_id": TGW, "gateway_id": ""}],
        },
    ),
    resource(
        "aws_route_table_association.a",
        {
            "id": "rtbassoc-0123456789abcdef0",
            "route_table_id": "rtb-0123456789abcdef0",
            "subnet_id": "subnet-0123456789abcdef0",
        },
    ),
    resource(
        "aws_network_interface.n",
        {"id": "eni-0123456789abcdef0", "subnet_id": "subnet-0123456789abcdef0", "security_groups": ["sg-0123456789abcdef0"]},
    ),
]
OPEN = {"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"], "self": False, "security_groups": []}


def group(**rules: object) -> Row:
    """
    Return the security group of the interface.
    """
    return resource("aws_security_group.g", {"id": "sg-0123456789abcdef0", "vpc_id": "vpc-0123456789abcdef0", **rules})


# -- a plan beside its configuration ------------------------------------------------------------------------------------------


def test_a_plan_says_what_its_configuration_says() -> None:
    root = str(STACKS / "nested-modules")
    values = (("var", "ami=ami-1"), ("var", f"transit_gateway_id={TGW}"))
    written = judge(Request((f"{root}/main.tf",), values))  # type: ignore[arg-type] # literals in a tuple
    planned = judge(Request((root,), plan=str(PLANS / "nested-modules" / "plan.json")))
    assert inspected(planned) == inspected(written)
    assert len(inspected(planned)) > 1
    assert planned.problems == ()


def test_what_a_data_source_found_is_known() -> None:
    root = str(PLANS / "lookup")
    networks = judge(Request((root,), plan=f"{root}/plan.json"))
    (endpoint,) = inspected(networks).values()
    assert endpoint["subnets"] == [f'aws_subnet.dns["us-east-1{zone}"]' for zone in "abc"]
    assert endpoint["in_scope"] is True
    found = states(endpoint)
    assert found["in tcp 53 10.172.0.0/16"] == "tracked"
    assert found["in udp 53 aws_security_group.client"] == "tracked"


def test_places_are_those_of_the_blocks_whatever_the_order_of_the_plan() -> None:
    root = PLANS / "lookup"
    text = (root / "main.tf").read_text(encoding="utf-8").splitlines()
    (endpoint,) = inspected(judge(Request((str(root),), plan=f"{root}/plan.json"))).values()
    flows = endpoint["flows"]
    assert isinstance(flows, list)
    lines = {flow["peer"]: text[flow["reasons"][0]["line"] - 1].strip() for flow in flows if flow["ports"] == "53"}
    assert lines == {
        "10.172.0.0/16": "cidr_blocks = [data.aws_vpc.shared.cidr_block]",
        "aws_security_group.client": "security_groups = [aws_security_group.client.id]",
    }


@pytest.mark.parametrize("command", [["inspect"], ["inspect", "--format", "json"], ["check", "--maybe"]])
@pytest.mark.parametrize("beside", [True, False])
def test_a_sensitive_value_is_not_shown(command: list[str], beside: bool, tmp_path: Path) -> None:
    assert "198.51.100.0" in json.dumps(recorded("lookup"))
    run = sglint(*command, PLANS / "lookup" if beside else tmp_path, "--plan", PLANS / "lookup" / "plan.json")
    assert "198.51.100" not in run.said
    irrelevant = command[0] == "check" and beside  # as the text says that the rule is about another port than that of DNS
    assert ("is sensitive" in run.said) is not irrelevant


def test_instances_are_those_of_the_plan(tmp_path: Path) -> None:
    document = recorded("nested-modules")
    changes = document["resource_changes"]
    assert isinstance(changes, list)
    gone = next(row for row in changes if row["type"] == "aws_network_interface")
    changes.remove(gone)
    more = copy.deepcopy(gone)
    more["address"], more["name"] = f"{gone['module_address']}.aws_network_interface.more", "more"
    more.pop("index", None)
    changes.append(more)
    document["planned_values"] = {}
    networks = judge(Request((str(STACKS / "nested-modules"),), plan=write(tmp_path, document)))
    found = inspected(networks)
    assert gone["address"] not in found
    assert str(found[more["address"]]["file"]).endswith("plan.json")


def test_values_of_variables_are_those_of_the_plan() -> None:
    root = str(PLANS / "lookup")
    run = sglint("inspect", root, "--plan", f"{root}/plan.json", "--var", "partner_cidr=0.0.0.0/0")
    assert run.code == 0
    assert "wherever --var and --var-file say otherwise" in run.out


def test_a_plan_shows_what_a_module_contains_that_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'module "net" {\n  source = "example/net/aws"\n}\n\n'
        'resource "aws_network_interface" "n" {\n  subnet_id = module.net.subnet_id\n}\n'
    )
    subnet = resource("module.net.aws_subnet.s", {"cidr_block": "10.0.0.0/24"}, "module.net")
    inner = {"outputs": {"subnet_id": {"expression": {"references": ["aws_subnet.s.id", "aws_subnet.s"]}}}}
    document = plan(
        [
            {**changed(subnet, None, {"id": True, "vpc_id": True}), "module_address": "module.net"},
            changed(resource("aws_network_interface.n", {}), None, {"id": True, "subnet_id": True}),
        ],
        {"module_calls": {"net": {"source": "example/net/aws", "module": inner}}},
    )
    networks = judge(Request((str(tmp_path),), plan=write(tmp_path, document)))
    assert inspected(networks)["aws_network_interface.n"]["subnets"] == ["module.net.aws_subnet.s"]
    assert not any(problem.hides for problem in networks.problems)


def test_one_root_must_be_meant() -> None:
    run = sglint("check", STACKS, "--plan", PLANS / "lookup" / "plan.json")
    assert run.code == 2
    assert "--plan is of one root module, and there are" in run.err
    assert "fixtures/stacks/clean" in run.err


# -- without a configuration --------------------------------------------------------------------------------------------------


def test_a_state_is_joined_by_its_ids(tmp_path: Path) -> None:
    document = state([*NETWORK, group(ingress=[OPEN], egress=[OPEN])])
    networks = judge(Request((str(tmp_path),), plan=write(tmp_path, document)))
    interface = inspected(networks)["aws_network_interface.n"]
    assert interface["subnets"] == ["aws_subnet.s"]
    assert interface["security_groups"] == ["aws_security_group.g"]
    assert interface["in_scope"] is True
    assert states(interface)["in tcp 0-65535 0.0.0.0/0"] == "untracked"
    assert not any(problem.hides for problem in networks.problems)


def test_places_in_a_plan_alone_are_where_it_names_the_resource(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps(state([*NETWORK, group()]), indent=2), encoding="utf-8")
    interface = inspected(judge(Request((str(tmp_path),), plan=str(path))))["aws_network_interface.n"]
    lines = path.read_text(encoding="utf-8").splitlines()
    line = interface["line"]
    assert isinstance(line, int)
    assert lines[line - 1].strip() == '"address": "aws_network_interface.n",'


RULES: Mapping[str, Row] = {
    "aws_security_group_rule": {
        "type": "ingress",
        "protocol": "all",
        "from_port": 0,
        "to_port": 65535,
        "cidr_blocks": ["0.0.0.0/0"],
    },
    "aws_vpc_security_group_ingress_rule": {"ip_protocol": "-1", "from_port": None, "to_port": None, "cidr_ipv4": "0.0.0.0/0"},
}


@pytest.mark.parametrize("kind", [*RULES, ""])
def test_a_rule_that_the_plan_takes_away_is_gone_and_one_that_is_made_elsewhere_stays(kind: str, tmp_path: Path) -> None:
    """
    The group records the rule that another resource made, which the plan deletes, or which is in no plan.
    """
    now = group(ingress=[OPEN], egress=[OPEN])
    expressions = {"egress": {"constant_value": [OPEN]}}
    configuration = {"resources": [{"address": "aws_security_group.g", "expressions": expressions}]}
    routes = {"route": {"constant_value": NETWORK[3]["values"]["route"]}}  # type: ignore[index] # a dict by construction
    configuration["resources"].append({"address": "aws_route_table.r", "expressions": routes})
    changes = [changed(row, row["values"]) for row in (*NETWORK, now)]
    if kind:
        before: Row = {"security_group_id": "sg-0123456789abcdef0", **RULES[kind]}
        gone = {"actions": ["delete"], "before": before, "after": None}
        changes.append({"address": f"{kind}.r", "mode": "managed", "type": kind, "name": "r", "change": gone})
    document = plan(changes, configuration)
    interface = inspected(judge(Request((str(tmp_path),), plan=write(tmp_path, document))))["aws_network_interface.n"]
    assert interface["in_scope"] is True
    found = states(interface)
    assert found["in tcp 0-65535 0.0.0.0/0"] == ("denied" if kind else "untracked")
    assert found["out tcp 0-65535 0.0.0.0/0"] == ("tracked" if kind else "untracked")


def test_a_dynamic_block_that_the_plan_holds_counts(tmp_path: Path) -> None:
    """
    The configuration in a plan leaves dynamic blocks out; an instance that gets an existing interface has none of its own.
    """
    row = resource("aws_instance.i", {"network_interface": [{"device_index": 0}]})
    unknown = {"id": True, "network_interface": [{"network_interface_id": True}]}
    configuration = {"resources": [{"address": "aws_instance.i", "expressions": {}}]}
    document = plan([changed(row, None, unknown)], configuration)
    found = inspected(judge(Request((str(tmp_path),), plan=write(tmp_path, document))))
    assert all(interface["exists"] == "maybe" for interface in found.values())


def test_references_in_a_plan_alone_are_followed_through_modules(tmp_path: Path) -> None:
    subnet = resource("module.net.aws_subnet.s", {"cidr_block": "10.0.0.0/24"}, "module.net")
    interface = resource("module.box.aws_network_interface.n", {}, "module.box")
    net = {"outputs": {"id": {"expression": {"references": ["aws_subnet.s.id", "aws_subnet.s"]}}}}
    box = {"resources": [{"address": "aws_network_interface.n", "expressions": {"subnet_id": {"references": ["var.subnet"]}}}]}
    calls = {
        "net": {"module": net},
        "box": {"module": box, "expressions": {"subnet": {"references": ["module.net.id", "module.net"]}}},
    }
    document = plan(
        [
            {**changed(subnet, None, {"id": True}), "module_address": "module.net"},
            {**changed(interface, None, {"id": True, "subnet_id": True}), "module_address": "module.box"},
        ],
        {"module_calls": calls},
    )
    found = inspected(judge(Request((str(tmp_path),), plan=write(tmp_path, document))))
    assert found["module.box.aws_network_interface.n"]["subnets"] == ["module.net.aws_subnet.s"]


def test_a_choice_between_references_is_not_made(tmp_path: Path) -> None:
    rows = [resource(f"aws_subnet.{name}", {}) for name in "ab"]
    interface = resource("aws_network_interface.n", {})
    names = ["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"]
    setting = {"address": "aws_network_interface.n", "expressions": {"subnet_id": {"references": names}}}
    changes = [changed(row, None, {"id": True, "subnet_id": True}) for row in (*rows, interface)]
    document = plan(changes, {"resources": [setting]})
    found = inspected(judge(Request((str(tmp_path),), plan=write(tmp_path, document))))
    assert found["aws_network_interface.n"]["subnets"] == []


# -- files that are no plans ---------------------------------------------------------------------------------------------------

STATE = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}
LOG = b'{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info","@message":"Plan: 1 to add"}\n'
BAD: dict[str, tuple[bytes, str]] = {
    "binary": (b"PK\x03\x04rest", "is a binary plan"),
    "empty": (b"", "is empty"),
    "truncated": (json.dumps(recorded("lookup")).encode()[:-100], "ends in the middle"),
    "stored state": (json.dumps(STATE).encode(), "is a state as Terraform stores it"),
    "old": (b'{"format_version": "0.2", "planned_values": {}}', "has format 0.2, and only 1.x can be read"),
    "new": (b'{"format_version": "2.0", "planned_values": {}}', "has format 2.0, and only 1.x can be read"),
    "log": (LOG, "is the log of a run"),
    "schemas": (b'{"format_version": "1.0", "provider_schemas": {}}', "is neither a plan nor a state"),
    "list": (b"[]", "is neither a plan nor a state"),
    "text": (b"Plan: 1 to add", "is not JSON"),
    "latin-1": (b'{"format_version": "1.0\xe4"}', "is not JSON"),
    "deep": (b"[" * 100_000, "is nested too deeply"),
    "deep and whole": (b'{"format_version": "1.0", "values": ' + b"[" * 300 + b"]" * 300 + b"}", "is nested too deeply"),
    "not a number": (b'{"format_version": "1.0", "values": NaN}', "is not JSON"),
    "endless number": (b'{"format_version": "1.0", "values": 1e999999999}', "is not JSON"),
    "long number": (b'{"format_version": "1.0", "values": ' + b"9" * 5000 + b"}", "is not JSON"),
    "no object": (b'{"format_version": "1.0", "values": 1}', "values is not an object"),
    "no list": (b'{"format_version": "1.0", "values": {"root_module": {"resources": {}}}}', "resources is not a list"),
    "no address": (b'{"format_version": "1.0", "values": {"root_module": {"resources": [{}]}}}', "has no address"),
    "failed": (b'{"format_version": "1.2", "planned_values": {}, "errored": true}', "is of a plan that failed"),
    "partial": (b'{"format_version": "1.2", "planned_values": {}, "complete": false}', "is not a complete plan"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_whole_plan_is_a_problem(name: str, tmp_path: Path) -> None:
    content, message = BAD[name]
    (tmp_path / "plan").write_bytes(content)
    run = sglint("check", tmp_path, "--plan", tmp_path / "plan")
    assert run.code == 2
    assert message in run.out


def test_a_plan_must_be_a_file(tmp_path: Path) -> None:
    for path, message in ((tmp_path, "this is a directory"), (tmp_path / "none.json", "there is no such file")):
        run = sglint("check", tmp_path, "--plan", path)
        assert run.code == 2
        assert message in run.err


def test_the_encoding_of_another_shell_is_read(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(json.dumps(state([*NETWORK, group()])).encode("utf-16"))
    assert "aws_network_interface.n" in inspected(judge(Request((str(tmp_path),), plan=str(tmp_path / "plan.json"))))


JUNK: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 0, -1, 10**20, "", "x", "module.a[", 'a["', [], [[]], {}, {"": {}}, [None], {"a": [1]}]
)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_plan_ends_in_a_bug(data: st.DataObject, tmp_path: Path) -> None:
    """
    Whatever stands in the place of any part of a plan, it is read or refused.
    """
    document = recorded("lookup")
    place: object = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        inner = place[key]  # type: ignore[index] # a key of this dict or list
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.integers(0, 5)) == 0:
            place[key] = data.draw(JUNK)  # type: ignore[index] # as above
            break
        place = inner
    networks = judge(Request((str(PLANS / "lookup"),), plan=write(tmp_path, document), debug=True))
    assert not [problem.hint for problem in networks.problems if problem.message.startswith("internal error")]


# -- laying --------------------------------------------------------------------------------------------------------------------

SCALARS = st.one_of(st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b", "10.0.0.0/8"]))
KNOWN = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: Seq(tuple(items), "list")),
        st.dictionaries(st.sampled_from("xyz"), inner, min_size=1).map(Map.of),
    ),
    max_leaves=8,
)
UNKNOWN = st.sampled_from([Ref("aws_vpc.v", "id"), Unknown("it is so"), LATE, None])
ANYTHING = st.recursive(
    st.one_of(SCALARS, UNKNOWN),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Seq(tuple(items), "list")),
        st.dictionaries(st.sampled_from("xyz"), inner).map(Map.of),
    ),
    max_leaves=8,
)


def bag(value: object) -> object:
    """
    Return a value in which the order of lists does not count.
    """
    if isinstance(value, Seq):
        return ("list", sorted(repr(bag(item)) for item in value.items))
    if isinstance(value, Map):
        return ("map", [(key, bag(item)) for key, item in value.items()])
    return value


@given(KNOWN, ANYTHING)
def test_what_a_plan_knows_is_what_comes_out(known: Value, beside: Value) -> None:
    assert bag(lay(known, beside)) == bag(known)


LISTS = st.lists(SCALARS, max_size=3).map(lambda items: Seq(tuple(items), "list"))
ROW = st.dictionaries(st.sampled_from("xyz"), st.one_of(SCALARS, LISTS), min_size=1).map(Map.of)
ROWS = st.lists(ROW, max_size=3).map(lambda items: Seq(tuple(items), "list"))
PLANNED = st.dictionaries(st.sampled_from("xyz"), st.one_of(SCALARS, st.just(LATE), LISTS, ROWS)).map(Map.of)
"""What plans hold: of one type in a list, and what is not known stands by itself."""


@given(PLANNED, ANYTHING)
def test_laying_again_changes_nothing(planned: Value, beside: Value) -> None:
    laid = lay(planned, beside)
    assert bag(lay(planned, laid)) == bag(laid)


def rule(port: Value, group: Value) -> Map:
    """
    Return a block with these attributes.
    """
    return Map.of([("port", port), ("group", group)])


def test_blocks_of_a_set_find_the_configuration_that_they_come_from() -> None:
    one = rule(1, Ref("aws_security_group.one", "id"))
    two = rule(2, Ref("aws_security_group.two", "id"))
    planned = Seq((rule(2, LATE), rule(1, LATE)), "list")
    assert lay(planned, Seq((one, two), "list")) == Seq((one, two), "list")


def test_blocks_that_cannot_be_told_apart_stay_unknown() -> None:
    one = rule(Unknown("x"), Ref("aws_security_group.one", "id"))
    two = rule(Unknown("y"), Ref("aws_security_group.two", "id"))
    planned = Seq((rule(2, LATE), rule(1, LATE), rule(1, None)), "list")
    laid = lay(planned, Seq((one, two), "list"))
    assert "aws_security_group" not in repr(laid)
