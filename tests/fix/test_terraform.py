"""
In Terraform an edit goes where the value comes from, and to no place that others share.
"""

from __future__ import annotations

import json

import pytest

from tests.fix.places import NETWORK, OPEN, Place, forwarder

CLIENTS = '["10.0.0.0/8"]'
GROUP = f"""
resource "aws_security_group" "data" {{
  vpc_id = aws_vpc.hub.id

  ingress {{
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = CLIENTS # the spokes
  }}

  ingress {{
    protocol    = "udp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = CLIENTS
  }}
{OPEN}}}
"""
VARIABLE = """
variable "clients" {
  type    = list(string)
  default = ["10.0.0.0/8"]
}
"""
OTHER = """
resource "aws_security_group" "other" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = local.clients
  }
}
"""
MODULE = f"""\
variable "vpc_id" {{
  type = string
}}

variable "rules" {{
  type = list(object({{
    description = optional(string)
    protocol    = string
    from        = number
    to          = number
    cidrs       = list(string)
  }}))
}}

resource "aws_security_group" "this" {{
  vpc_id = var.vpc_id

  dynamic "ingress" {{
    for_each = var.rules

    content {{
      description = ingress.value.description
      protocol    = ingress.value.protocol
      from_port   = ingress.value.from
      to_port     = ingress.value.to
      cidr_blocks = ingress.value.cidrs
    }}
  }}
{OPEN}}}

output "id" {{
  value = aws_security_group.this.id
}}
"""
CALLS = """
module "a" {
  source = "SOURCE"
  vpc_id = aws_vpc.hub.id

  rules = [
    {
      description = "geneve"
      protocol    = "udp"
      from        = 6081
      to          = 6081
      cidrs       = ["10.0.0.0/8"]
    },
  ]
}

module "b" {
  source = "SOURCE"
  vpc_id = aws_vpc.hub.id
  rules  = [{ protocol = "tcp", from = 22, to = 22, cidrs = ["10.0.0.0/8"] }]
}
"""
COPIES = [
    "    {",
    '      description = "everyone, so that flows are not tracked"',
    '      protocol    = "tcp"',
    "      from        = 0",
    "      to          = 65535",
    '      cidrs       = ["0.0.0.0/0"]',
    "    },",
    "    {",
    '      description = "everyone, so that flows are not tracked"',
    '      protocol    = "udp"',
    "      from        = 0",
    "      to          = 65535",
    '      cidrs       = ["0.0.0.0/0"]',
    "    },",
]


def rule(protocol: str) -> list[str]:
    """
    Return the lines of a block that opens a protocol to everyone, with the empty line before it.
    """
    body = [f'protocol    = "{protocol}"', "from_port   = 0", "to_port     = 65535", 'cidr_blocks = ["0.0.0.0/0"]']
    return ["", "  ingress {", *(f"    {line}" for line in body), "  }"]


def changes(diff: str) -> dict[str, tuple[list[str], list[str]]]:
    """
    Return the lines that a diff takes out and puts in, by file.
    """
    found: dict[str, tuple[list[str], list[str]]] = {}
    name = ""
    for line in diff.splitlines():
        if line.startswith("+++ b/"):
            name = line[6:]
            found[name] = ([], [])
        elif line.startswith(("-", "+")) and not line.startswith("--- "):
            found[name][line[0] == "+"].append(line[1:])
    return found


def assert_added(diff: str, lines: list[str]) -> None:
    """
    Assert that main.tf gets these lines and nothing else changes; a diff may begin with any of several empty lines.
    """
    ((name, (old, new)),) = changes(diff).items()
    assert (name, old, sorted(new)) == ("main.tf", [], sorted(lines))


def swapped(line: str) -> tuple[list[str], list[str]]:
    """
    Return the change of a line that names everyone instead of 10.0.0.0/8.
    """
    return [line], [line.replace("10.0.0.0/8", "0.0.0.0/0")]


def test_an_attribute(place: Place) -> None:
    place.write({"main.tf": forwarder() + GROUP.replace("CLIENTS", CLIENTS)})
    old, new = changes(place.fix().diff)["main.tf"]
    assert old == ['    cidr_blocks = ["10.0.0.0/8"] # the spokes', '    cidr_blocks = ["10.0.0.0/8"]']
    assert new == ['    cidr_blocks = ["0.0.0.0/0"] # the spokes', '    cidr_blocks = ["0.0.0.0/0"]']
    assert place.fix().diff == ""


def test_a_local_value(place: Place) -> None:
    text = forwarder() + GROUP.replace("CLIENTS", "local.clients")
    place.write({"main.tf": text, "locals.tf": 'locals {\n  clients = [\n    # them\n    "10.0.0.0/8",\n  ]\n}\n'})
    assert changes(place.fix().diff) == {"locals.tf": swapped('    "10.0.0.0/8",')}


def test_a_local_value_that_another_group_uses_stays_and_rules_are_added(place: Place) -> None:
    text = forwarder() + GROUP.replace("CLIENTS", "local.clients") + OTHER + '\nlocals {\n  clients = ["10.0.0.0/8"]\n}\n'
    place.write({"main.tf": text})
    assert_added(place.fix().diff, rule("tcp") + rule("udp"))


def test_the_default_of_a_variable(place: Place) -> None:
    place.write({"main.tf": forwarder() + GROUP.replace("CLIENTS", "var.clients"), "variables.tf": VARIABLE})
    assert changes(place.fix().diff) == {"variables.tf": swapped('  default = ["10.0.0.0/8"]')}


def test_the_file_of_variables_that_wins(place: Place) -> None:
    files = {"terraform.tfvars": 'clients = ["10.0.0.0/8"]\n', "b.auto.tfvars": 'clients = ["10.0.0.0/8"] # now\n'}
    place.write({"main.tf": forwarder() + GROUP.replace("CLIENTS", "var.clients") + VARIABLE, **files})
    assert changes(place.fix().diff) == {"b.auto.tfvars": swapped('clients = ["10.0.0.0/8"] # now')}


def test_a_value_of_the_command_line_stands_in_no_file(place: Place) -> None:
    place.write({"main.tf": forwarder() + GROUP.replace("CLIENTS", "var.clients") + VARIABLE})
    fixed = place.fix(assignments=(("var", 'clients=["10.1.0.0/16"]'),))
    assert_added(fixed.diff, rule("tcp") + rule("udp"))


def test_an_entry_among_the_arguments_of_a_module_call(place: Place) -> None:
    place.write({"main.tf": forwarder("module.a.id") + CALLS.replace("SOURCE", "./group"), "group/main.tf": MODULE})
    assert changes(place.fix().diff) == {"main.tf": ([], COPIES)}


def remote(module: str) -> dict[str, str]:
    """
    Return what `terraform init` leaves of a module that two calls get from elsewhere.
    """
    rows = [{"Key": "", "Dir": "."}, *({"Key": one, "Source": "x/y/z", "Dir": f".terraform/modules/{one}"} for one in "ab")]
    files = {f".terraform/modules/{one}/main.tf": module for one in "ab"}
    return {".terraform/modules/modules.json": json.dumps({"Modules": rows}), **files}


def test_a_remote_module_is_given_other_arguments_and_stays(place: Place) -> None:
    place.write({"main.tf": forwarder("module.a.id") + CALLS.replace("SOURCE", "x/y/z"), **remote(MODULE)})
    assert changes(place.fix().diff) == {"main.tf": ([], COPIES)}


FIXED = (
    MODULE[: MODULE.index('  dynamic "ingress"')]
    + GROUP[GROUP.index("  ingress") : GROUP.index("  egress")]
    + MODULE[MODULE.index("  egress") :]
)


@pytest.mark.parametrize("source", ["x/y/z", "./group"])
def test_a_module_that_fixes_its_rules_and_that_others_call_or_keep_stays(place: Place, source: str) -> None:
    module = FIXED.replace("CLIENTS", CLIENTS)
    local = {"group/main.tf": module} if source == "./group" else remote(module)
    place.write({"main.tf": forwarder("module.a.id") + CALLS.replace("SOURCE", source), **local})
    fixed = place.fix()
    assert fixed.diff == ""
    ((_, made, done),) = fixed.findings
    said = "comes from elsewhere" if source == "x/y/z" else "module.b.aws_security_group.this too"
    assert said in made.blocked
    assert not done


LISTED = """\
variable "vpc_id" {}
variable "rules" {}

resource "aws_security_group" "this" {
  count  = 1
  vpc_id = var.vpc_id
}

resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.this[0].id
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "geneve" {
  security_group_id = aws_security_group.this[0].id
  type              = "ingress"
  protocol          = "udp"
  from_port         = 6081
  to_port           = 6081
  cidr_blocks       = ["10.0.0.0/8"]
}

output "id" {
  value = aws_security_group.this[*].id
}
"""


def test_rules_beside_the_call_of_a_module_name_one_group_of_the_list_that_it_puts_out(place: Place) -> None:
    place.write({"main.tf": forwarder("module.a.id[0]") + CALLS.replace("SOURCE", "x/y/z"), **remote(LISTED)})
    fixed = place.fix()
    assert fixed.complete
    assert fixed.diff.count("+  security_group_id = module.a.id[0]\n") == 2


SHARER = """
resource "aws_instance" "other" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.data.id
  vpc_security_group_ids = [aws_security_group.data.id]
}
"""


def test_a_group_that_another_interface_has_stays(place: Place) -> None:
    listed = "\nlocals {\n  groups = [aws_security_group.data.id]\n}\n"
    text = forwarder().replace("= [aws_security_group.data.id]", "= local.groups")
    place.write({"main.tf": text + GROUP.replace("CLIENTS", CLIENTS) + SHARER + listed})
    ((_, made, _),) = place.fix().findings
    assert made.blocked == (
        "aws_security_group.data is the group of aws_instance.other too, which is to stay as it is: give one of them its own"
    )


@pytest.mark.parametrize(
    ("held", "old", "first"),
    [
        ("[ID]", ["  security_groups   = [ID]"], ["  security_groups   = [ID, MORE]"]),
        ("[\n    ID, # all\n  ]", [], ["    MORE,"]),
        ("[\n    ID # all\n  ]", ["    ID # all"], ["    ID, # all", "    MORE"]),
    ],
)
def test_an_interface_gets_a_group_more_where_another_one_has_its_own_too(
    place: Place, held: str, old: list[str], first: list[str]
) -> None:
    def named(text: str) -> str:
        return text.replace("ID", "aws_security_group.data.id").replace("MORE", "aws_security_group.data_2.id")

    text = forwarder().replace("[aws_security_group.data.id]", named(held))
    place.write({"main.tf": text + GROUP.replace("CLIENTS", CLIENTS) + SHARER})
    fixed = place.fix()
    gone, new = changes(fixed.diff)["main.tf"]
    assert (gone, new[: len(first)]) == ([named(one) for one in old], [named(one) for one in first])
    assert [line for line in new if "description" in line] == [
        '  description = "Rules for data alone, beside those of its other groups"'
    ]
    assert sum(line == "  ingress {" for line in new) == 2
    ((_, made, done),) = fixed.findings
    assert (made.safe, bool(made.admits), done) == (False, True, True)
    assert place.fix().findings == ()


RULES = """
resource "aws_security_group" "data" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_security_group_rule" "in" {
  for_each          = { tcp = 65535, udp = 65535 }
  type              = "ingress"
  security_group_id = aws_security_group.data.id
  protocol          = each.key
  from_port         = 1024
  to_port           = each.value
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "out" {
  type              = "egress"
  security_group_id = aws_security_group.data.id
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["10.0.0.0/8"]
}
"""


UNANSWERED = "that it cannot answer, as no route leads back"


def test_a_rule_that_live_untracked_flows_depend_on_is_not_changed_but_joined_by_another(place: Place) -> None:
    ports = GROUP.replace("CLIENTS", '["0.0.0.0/0"]').replace(
        "from_port   = 0\n    to_port     = 65535", "from_port   = 1024\n    to_port     = 65535"
    )
    place.write({"main.tf": forwarder() + ports})
    fixed = place.fix()
    assert_added(fixed.diff, rule("tcp") + rule("udp"))
    ((finding, made, _),) = fixed.findings
    assert finding.rule == "reply-ports-narrow"
    assert made.admits == (
        "packets to TCP and UDP 0-1023 of aws_network_interface.data from 10.0.0.0/8 that no connection asked for",
        f"packets to TCP and UDP 0-1023 of aws_network_interface.data from 0.0.0.0/0 but 10.0.0.0/8 {UNANSWERED}",
    )
    assert "rules are only added, which cuts nothing" in made.steps[0]


def test_rules_of_their_own_get_more_of_their_kind(place: Place) -> None:
    place.write({"main.tf": forwarder() + RULES})
    old, new = changes(place.fix().diff)["main.tf"]
    assert old == ["  from_port         = 1024"]
    assert new[0] == "  from_port         = 0"
    assert [line for line in new if line.startswith("resource")] == [
        'resource "aws_security_group_rule" "data_egress_tcp" {',
        'resource "aws_security_group_rule" "data_egress_udp" {',
    ]
    assert new.count('  type              = "egress"') == 2
    assert place.fix().diff == ""


def test_blocks_that_are_written_as_an_attribute_get_one_more_object(place: Place) -> None:
    names = ("ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
    rest = "".join(f"      {name:16} = []\n" for name in names) + "      self             = false\n"
    start = '  ingress = [\n    {\n      description      = "x"\n      protocol         = "udp"\n'
    ports = '      from_port        = 6081\n      to_port          = 6081\n      cidr_blocks      = ["10.0.0.0/8"]\n'
    group = (
        f'\nresource "aws_security_group" "data" {{\n  vpc_id = aws_vpc.hub.id\n\n{start}{ports}{rest}    }},\n  ]\n{OPEN}}}\n'
    )
    place.write({"main.tf": forwarder() + group})
    old, new = changes(place.fix().diff)["main.tf"]
    assert old == []
    assert [line.strip() for line in new if "protocol" in line or "cidr_blocks  " in line] == [
        'protocol         = "tcp"',
        'cidr_blocks      = ["0.0.0.0/0"]',
        'protocol         = "udp"',
        'cidr_blocks      = ["0.0.0.0/0"]',
    ]


def test_comments_under_each_other_stay_so(place: Place) -> None:
    before = '    to_port     = 65535          # all\n    cidr_blocks = ["10.0.0.0/8"] # who\n'
    rest = GROUP.partition("    to_port     = 65535\n    cidr_blocks = CLIENTS # the spokes\n")
    place.write({"main.tf": forwarder() + (rest[0] + before + rest[2]).replace("CLIENTS", CLIENTS)})
    _, new = changes(place.fix().diff)["main.tf"]
    assert new[:2] == ["    to_port     = 65535         # all", '    cidr_blocks = ["0.0.0.0/0"] # who']


def test_line_ends_and_the_first_sign_of_a_file_stay(place: Place) -> None:
    text = (forwarder() + GROUP.replace("CLIENTS", CLIENTS).replace('"udp"', '"icmp"')).rstrip("\n").replace("\n", "\r\n")
    place.write({"main.tf": text})
    place.fix()
    after = place.read("main.tf")
    assert "\n" not in after.replace("\r\n", "")
    assert not after.endswith("\n")
    assert 'protocol    = "udp"' in after


def test_json_of_terraform_is_not_added_to(place: Place) -> None:
    group = {"resource": {"aws_security_group": {"data": {"vpc_id": "${aws_vpc.hub.id}"}}}}
    place.write({"main.tf": forwarder(), "group.tf.json": json.dumps(group)})
    fixed = place.fix()
    assert fixed.diff == ""


def test_a_network_without_findings_has_no_diff(place: Place) -> None:
    place.write({"main.tf": NETWORK})
    fixed = place.fix()
    assert (fixed.diff, fixed.findings, fixed.complete) == ("", (), True)


COUNTED = """
resource "aws_security_group" "data" {
  count  = 2
  vpc_id = aws_vpc.hub.id
}

resource "aws_vpc_security_group_ingress_rule" "spokes" {
  count             = 2
  security_group_id = aws_security_group.data[count.index].id
  ip_protocol       = "icmp"
  from_port         = -1
  to_port           = -1
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_vpc_security_group_egress_rule" "everywhere" {
  count             = 2
  security_group_id = aws_security_group.data[count.index].id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
"""


def test_all_groups_that_a_block_makes_get_one_block_of_rules(place: Place) -> None:
    interface = forwarder("aws_security_group.data[count.index].id")
    interface = interface.replace('"data" {\n  subnet_id         =', '"data" {\n  count             = 2\n  subnet_id         =')
    place.write({"main.tf": interface + COUNTED})
    old, new = changes(place.fix("tracked-forwarder", "tracked-workload").diff)["main.tf"]
    assert old == []
    assert [line for line in new if line.startswith("resource")] == [
        'resource "aws_vpc_security_group_ingress_rule" "data_ingress_tcp" {',
        'resource "aws_vpc_security_group_ingress_rule" "data_ingress_udp" {',
    ]
    assert new.count("  count             = 2") == 2
    assert new.count("  security_group_id = aws_security_group.data[count.index].id") == 2
    assert place.fix().diff == ""


def test_rules_for_a_group_that_may_not_be_there_are_not_there_either(place: Place) -> None:
    group = """
resource "aws_security_group" "data" {
  count  = 1
  vpc_id = aws_vpc.hub.id
}

resource "aws_security_group_rule" "out" {
  security_group_id = aws_security_group.data[0].id
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
}
"""
    place.write({"main.tf": forwarder("aws_security_group.data[0].id") + group})
    _, new = changes(place.fix("tracked-forwarder", "tracked-workload").diff)["main.tf"]
    assert new.count("  count             = length(aws_security_group.data)") == 2
    assert new.count("  security_group_id = aws_security_group.data[count.index].id") == 2


@pytest.mark.parametrize("ignored", ["all", "[tags, ingress]", '["ingress"]'])
def test_what_terraform_leaves_as_it_is_is_not_changed(place: Place, ignored: str) -> None:
    kept = GROUP.replace("CLIENTS", CLIENTS).rstrip()[:-1] + f"\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}\n}}\n"
    place.write({"main.tf": forwarder() + kept})
    told = "\n".join(place.fix("tracked-forwarder").told())
    assert "aws_security_group.data cannot be changed, so aws_network_interface.data gets a group more" in told
    assert kept in place.read("main.tf")
    fixed_list = "\n  lifecycle {\n    ignore_changes = [security_groups]\n  }\n}\n"
    place.write({"main.tf": forwarder().rstrip()[:-1] + fixed_list + kept})
    told = "\n".join(place.fix("tracked-forwarder").told())
    assert "Terraform leaves ingress of aws_security_group.data as it is, by ignore_changes in its lifecycle" in told
    place.write({"main.tf": forwarder() + kept.replace(ignored, "[tags, name]")})
    _, new = changes(place.fix("tracked-forwarder").diff)["main.tf"]
    assert not any(line.startswith("resource") for line in new)


def test_a_list_that_has_its_items_on_lines_keeps_them_so_and_the_comments_between(place: Place) -> None:
    spread = '[\n      # the spokes\n      "10.0.0.0/8", # here\n      "192.168.0.0/16",\n    ] # end'
    place.write({"main.tf": forwarder() + GROUP.replace("CLIENTS", spread)})
    assert changes(place.fix().diff)["main.tf"] == (
        2 * ['      "10.0.0.0/8", # here', '      "192.168.0.0/16",'],
        2 * ['      "0.0.0.0/0",'],
    )


def test_an_entry_whose_peer_is_named_elsewhere_shows_how_rules_are_written(place: Place) -> None:
    data = """
locals {
  groups = {
    one = { dns = { from = 0, to = 65535, protocol = "udp", cidrs = ["${var.spokes}"] } }
    two = { dns = { from = 53, to = 53, protocol = "udp", cidrs = ["${var.spokes}"] } }
  }
}

resource "aws_security_group" "data" {
  for_each = local.groups
  vpc_id   = aws_vpc.hub.id

  dynamic "ingress" {
    for_each = each.value

    content {
      protocol    = ingress.value.protocol
      from_port   = ingress.value.from
      to_port     = ingress.value.to
      cidr_blocks = ingress.value.cidrs
    }
  }
%s}

variable "spokes" {
  default = "10.0.0.0/8"
}
"""
    place.write({"main.tf": forwarder('aws_security_group.data["one"].id') + data % OPEN})
    _, new = changes(place.fix("tracked-workload", "tracked-forwarder").diff)["main.tf"]
    entry = '%s_in = { from = 0, to = 65535, protocol = "%s", cidrs = ["0.0.0.0/0"] }'
    assert len(new) == 1
    assert new[0].endswith(f'["${{var.spokes}}"] }}, {entry % ("tcp", "tcp")}, {entry % ("udp", "udp")} }}')


def test_a_new_block_has_its_attributes_in_the_order_of_the_others(place: Place) -> None:
    group = """
resource "aws_security_group" "data" {
  vpc_id = aws_vpc.hub.id

  ingress {
    description = "spokes"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }

  ingress {
    self      = true
    protocol  = "icmp"
    from_port = -1
    to_port   = -1
  }
"""
    place.write({"main.tf": forwarder() + group + OPEN + "}\n"})
    _, new = changes(place.fix("tracked-workload").diff)["main.tf"]
    assert [line.split()[0] for line in new if "=" in line] == 2 * ["from_port", "to_port", "protocol", "cidr_blocks"]


def test_what_is_found_only_after_a_change_is_fixed_with_it(place: Place) -> None:
    group = """
resource "aws_security_group" "data" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol  = "tcp"
    from_port = 8443
    to_port   = 8443
    self      = true
  }

  egress {
    protocol    = "udp"
    from_port   = 1024
    to_port     = 65535
    cidr_blocks = ["10.1.0.0/16"]
  }
}
"""
    place.write({"main.tf": forwarder() + group})
    assert place.fix("tracked-workload").complete
    assert place.fix("tracked-workload", "reply-ports-narrow", "no-egress-rule").findings == ()


def test_new_entries_of_a_map_are_aligned_with_each_other(place: Place) -> None:
    data = """
locals {
  rules = {
    web = { from = 443, to = 443, protocol = "tcp", cidrs = ["10.0.0.0/8"] }
    dns = { from = 53, to = 53, protocol = "udp", cidrs = ["10.0.0.0/8"] }
  }
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.hub.id
%s
  dynamic "ingress" {
    for_each = local.rules

    content {
      protocol    = ingress.value.protocol
      from_port   = ingress.value.from
      to_port     = ingress.value.to
      cidr_blocks = ingress.value.cidrs
    }
  }
}
"""
    place.write({"main.tf": forwarder() + (data % OPEN).replace("web", "a1_22222").replace("dns =", "dns      =")})
    _, new = changes(place.fix("tracked-workload").diff)["main.tf"]
    assert [line[:14] for line in new] == ["    tcp_in   =", "    udp_in   ="]
    place.write({"main.tf": forwarder() + data % OPEN})
    _, new = changes(place.fix("tracked-workload").diff)["main.tf"]
    assert [line[:12] for line in new] == ["", "    tcp_in =", "    udp_in ="]


def test_findings_about_one_group_are_fixed_together_where_neither_can_be_alone(place: Place) -> None:
    group = """
resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.hub.id

  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"""
    endpoint = """
resource "aws_route53_resolver_endpoint" "%s" {
  direction          = "%s"
  security_group_ids = [aws_security_group.dns.id]

  ip_address {
    subnet_id = aws_subnet.data.id
  }
}
"""
    place.write({"main.tf": NETWORK + group + endpoint % ("asked", "INBOUND") + endpoint % ("asks", "OUTBOUND")})
    fixed = place.fix()
    assert [(one.rule, made.blocked, done) for one, made, done in fixed.findings] == [("no-egress-rule", "", True)] * 2
    assert place.fix().findings == ()
