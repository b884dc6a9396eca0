"""
What a change shows of the lines around it: nothing that may be a secret.
"""

from __future__ import annotations

from sglint.output.diff import OMITTED, shown


def test_what_is_changed_is_shown_with_its_block() -> None:
    diff = "--- a/main.tf\n+++ b/main.tf\n@@ -2,3 +2,4 @@\n   ingress {\n-    to_port = 1\n+    to_port = 2\n   }\n }\n"
    assert shown(diff) == diff.splitlines()


def test_the_blocks_before_and_after_are_left_out() -> None:
    diff = '@@ -1,5 +1,6 @@\n     key = "hunter2"\n   }\n }\n+resource "a" "b" {}\n }\n variable "p" {\n   key = "hunter2"\n'
    found = shown(diff)
    assert "hunter2" not in "".join(found)
    assert found[1:6] == [OMITTED, OMITTED, " }", '+resource "a" "b" {}', " }"]
    assert found[6:] == [OMITTED, OMITTED]


def test_defaults_are_stars_whatever_their_form() -> None:
    for text in (
        '   default = "hunter2"',
        "   Default: hunter2",
        '   "Default": "hunter2",',
        '   password = sensitive("hunter2")',
        '   default = {\n     a = "hunter2"\n   }',
        "   default = <<EOT\n hunter2\n EOT",
        "   Default: >\n     hunter2\n",
    ):
        assert "hunter2" not in "".join(shown(f"@@ -1 +1 @@\n{text}\n+  to_port = 2\n"))
