"""
Whatever goes wrong around a run: outputs are whole or as they were, the exit code is right, and no traceback is shown.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sglint.cli.options import guarded
from sglint.source.replace import replaced
from tests.command import REPOSITORY, STACKS, Run, sglint
from tests.fix.places import forwarder
from tests.test_hostile import obey_permissions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the faults are made as Linux makes them")
HUB = STACKS / "inspection-hub"
SMALL = forwarder() + 'resource "aws_security_group" "data" {\n  vpc_id = aws_vpc.hub.id\n}\n'


def shell(line: str, cwd: Path, **environment: str) -> Run:
    """
    Run a line of bash, in which `sglint` is the command, and fail when it shows a traceback.
    """
    function = f'set -o pipefail; sglint() {{ "{sys.executable}" -m sglint "$@"; }}; {line}'
    given = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **environment}
    done = subprocess.run(
        ["bash", "-c", function], cwd=cwd, env=given, capture_output=True, text=True, errors="backslashreplace", check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception ignored" not in done.stderr
    assert "internal error: " not in done.stdout + done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def left(folder: Path) -> list[str]:
    """
    Return the names of all that is there, hidden or not.
    """
    return sorted(one.name for one in folder.iterdir())


def no_room() -> None:
    """
    Let no file become longer than a few bytes, as on a full disk.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


WRITING = (
    ("check", "--format", "text", "--output", "kept", str(HUB)),
    ("check", "--format", "sarif", "--output", "kept", str(HUB)),
    ("report", "--fixes", "0", "--output", "kept", str(HUB)),
    ("inspect", "--format", "json", "--output", "kept", str(HUB)),
    ("graph", "--output", "kept", str(HUB)),
    ("baseline", "--output", "kept", str(HUB)),
    ("fix", "--unsafe", "--output", "kept", str(HUB)),
    ("simulate", "--traffic", "dns-resolver", "--flows", "0", "--output", "kept"),
)


@pytest.mark.parametrize("arguments", WRITING, ids=lambda arguments: "-".join(arguments[:3]))
def test_a_full_disk_leaves_the_output_of_the_run_before(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    there = '{"schema": 1}\n' if arguments[0] == "baseline" else "what was there\n"
    (tmp_path / "kept").write_text(there, encoding="utf-8")
    run = sglint(*arguments, cwd=tmp_path, before=no_room)
    assert run.code == 2
    assert "cannot write kept: File too large" in run.err
    assert (tmp_path / "kept").read_text(encoding="utf-8") == there
    assert left(tmp_path) == ["kept"]


def test_a_full_disk_leaves_no_half_of_a_new_output(tmp_path: Path) -> None:
    assert sglint("check", "--output", "new", HUB, cwd=tmp_path, before=no_room).code == 2
    assert left(tmp_path) == []


def test_a_full_disk_leaves_files_as_they_are_and_calls_nothing_fixed(tmp_path: Path) -> None:
    text = (HUB / "main.tf").read_text(encoding="utf-8")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    assert "\n  fixed\n" in sglint("fix", "--unsafe", cwd=tmp_path).err
    run = sglint("fix", "--unsafe", "--write", cwd=tmp_path, before=no_room)
    assert run.code == 2
    assert "cannot write main.tf: File too large; nothing is written" in run.err and "  fixed" not in run.err
    assert left(tmp_path) == ["main.tf"] and (tmp_path / "main.tf").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("sglint check {hub} > /dev/full", 2),
        ("sglint check {hub} --output /dev/full", 2),
        ("sglint explain > /dev/full", 2),
        ("sglint config > /dev/full", 2),
        ("sglint --help > /dev/full", 2),
        ("sglint version > /dev/full", 2),
        ("sglint check {hub} >&-", 2),
        ("sglint explain >&-", 2),
        ("sglint check nowhere 2>&-", 2),
        ("sglint check {hub} 2>&- > /dev/null", 1),
        ("sglint check {hub} <&- > /dev/null", 1),
        ("sglint check {hub} <&- >&- 2>&- --output all", 1),
        ("sglint check {hub} | true", 1),
        ("sglint fix {hub} 2>&1 | true", 1),
        ("sglint explain tracked-forwarder | true", 0),
        ("sglint --help | true", 0),
        ("sglint check nowhere 2>&1 | true", 2),
    ],
)
def test_a_stream_that_takes_nothing(tmp_path: Path, line: str, code: int) -> None:
    run = shell(line.format(hub=HUB), tmp_path)
    assert run.code == code
    said = "cannot write " in run.err
    assert said == (code == 2 and "2>" not in line)


def test_what_is_no_regular_file_stays_what_it_is(tmp_path: Path) -> None:
    line = f"mkfifo fifo; (cat fifo > got) & sglint check --output fifo {HUB}; wait; test -p fifo && sglint check {HUB} > same"
    shell(line, tmp_path)
    assert (tmp_path / "got").read_bytes() == (tmp_path / "same").read_bytes() != b""
    both = shell(f"(echo before; sglint check --output /dev/fd/1 {HUB}; echo after) > all; cat all", tmp_path).out
    assert both == f"before\n{(tmp_path / 'same').read_text(encoding='utf-8')}after\n"
    assert sglint("check", "--output", "/dev/null", HUB).code == 1
    assert shell(f"sglint check --output /dev/stdout {HUB} | cat", tmp_path).out.encode() == (tmp_path / "same").read_bytes()


def test_an_output_keeps_its_mode_and_the_link_to_it(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "out", tmp_path / "link"
    target.parent.mkdir()
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    replaced(str(link), b"new")
    assert (link.is_symlink(), target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (True, b"new", 0o640)
    before = os.umask(0o027)
    try:
        replaced(str(tmp_path / "fresh"), b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "replace", "chmod"])
def test_a_file_is_as_it_was_when_a_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    def failing(*given: object) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "out").write_bytes(b"old")
    monkeypatch.setattr(os, call, failing)
    with pytest.raises(OSError, match=os.strerror(number)):
        replaced(str(tmp_path / "out"), b"new")
    assert ((tmp_path / "out").read_bytes(), left(tmp_path)) == (b"old", ["out"])


def test_a_file_that_cannot_be_replaced_is_written_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*given: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    out = tmp_path / "out"
    out.write_bytes(b"what was there")
    monkeypatch.setattr(os, "replace", busy)
    for text in (b"new", b"longer than all that was there before"):
        replaced(str(out), text)
        assert (out.read_bytes(), left(tmp_path)) == (text, ["out"])
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        replaced(str(out), b"x" * 1000)
    assert out.read_bytes() == text


@pytest.mark.parametrize("name", ["no/such/folder", "folder", "new/", "a" * 300, "a/" * 3000, "file/below"])
def test_an_output_that_cannot_be_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    run = sglint("graph", "-o", name, HUB, cwd=tmp_path)
    assert (run.code, f"cannot write {name}: " in run.err) == (2, True)
    assert left(tmp_path) == ["file", "folder"]


def test_a_folder_in_which_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"old")
    tmp_path.chmod(0o555)
    try:
        run = sglint("graph", "--output", "new", HUB, cwd=tmp_path, before=obey_permissions)
        over = sglint("graph", "--output", "kept", HUB, cwd=tmp_path, before=obey_permissions)
    finally:
        tmp_path.chmod(0o755)
    assert (run.code, "cannot write new: Permission denied" in run.err) == (2, True)
    assert (over.code, left(tmp_path)) == (0, ["kept"])
    assert (tmp_path / "kept").read_text(encoding="utf-8") == sglint("graph", HUB, cwd=tmp_path).out


def test_a_current_folder_that_is_gone(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from sglint.__main__ import run; run()"
    (tmp_path / "program").write_text(program, encoding="utf-8")
    (tmp_path / "gone").mkdir()
    for command, code in (("check", 2), ("config", 2), (f"report {HUB}", 2), ("explain", 0)):
        run = shell(
            f"cd gone; rmdir ../gone; {sys.executable} {tmp_path}/program {command}; code=$?; mkdir ../gone; exit $code",
            tmp_path,
        )
        assert run.code == code
        assert ("the current folder is not there any more" in run.err) == (code == 2)


@pytest.mark.parametrize(
    "environment",
    [
        "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0",
        "PYTHONIOENCODING=ascii",
        "LC_ALL=POSIX",
        "LC_ALL=xx_YY.nothing",
        "PYTHONIOENCODING=latin-1",
    ],
)
def test_no_locale_and_no_home(tmp_path: Path, environment: str) -> None:
    folder = tmp_path / "größe"
    folder.mkdir()
    (folder / "main.tf").write_bytes((HUB / "main.tf").read_bytes())
    (folder / "ü.tf").write_text('module "ü" {\n  source = "./ö"\n}\n', encoding="utf-8")
    start = f'env -i PYTHONPATH="{REPOSITORY}" {environment} "{sys.executable}" -m sglint'
    run = shell(f"{start} check --format text --format json -o all.json gr*", tmp_path)
    assert (run.code, "tracked-forwarder" in run.out) == (1, True)
    assert (tmp_path / "all.json").read_text(encoding="utf-8").endswith("}\n")
    assert shell(f"{start} explain tracked-forwarder", tmp_path).code == 0
    assert shell(f"{start} check --help", tmp_path).code == 0


NAMES = (b"new\nline", b"not utf-8 \xff\xfe", b"\x1b[31m", b"a" * 200, b"'\"<&>|", b"-o", b"$(touch x)")


def test_names_that_nobody_would_choose(tmp_path: Path) -> None:
    for name in NAMES:
        folder = tmp_path / os.fsdecode(name)
        folder.mkdir()
        (folder / f"{os.fsdecode(name)}.tf").write_bytes((HUB / "main.tf").read_bytes())
    formats = ("json", "sarif", "junit", "github", "gitlab", "markdown")
    each = [word for one in formats for word in ("--format", one, "--output", f"out.{one}")]
    assert sglint("check", "--format", "text", *each, cwd=tmp_path).out.count("warning[tracked-forwarder]") == len(NAMES)
    for one in formats:
        assert "tracked-forwarder" in (tmp_path / f"out.{one}").read_bytes().decode("utf-8")
    assert len(json.loads((tmp_path / "out.json").read_bytes())["findings"]) == len(NAMES)
    for command in (("report", "--fixes", "1"), ("graph",), ("inspect",), ("baseline",), ("fix", "--unsafe")):
        assert sglint(*command, cwd=tmp_path).code in {0, 1}
    assert sglint("check", "--baseline", "sglint-baseline.jsonl", cwd=tmp_path).code == 0
    assert "x" not in left(tmp_path)


MOMENTS = {
    "looking for files": "os.scandir",
    "opening a file": "os.open",
    "writing": "os.fsync",
    "renaming": "os.replace",
}
INTERRUPTED = """
import os, signal, sys
sys.path.insert(0, {repository!r})
real = {call}
def interrupted(*given, **more):
    {call} = real
    signal.raise_signal(signal.{name})
    return real(*given, **more)
from sglint.__main__ import run
import sglint.cli, sglint.pipeline, sglint.fix, sglint.rule.load, sglint.source.tree
{call} = interrupted
run()
"""


@pytest.mark.parametrize(
    ("moment", "name"), [*((one, "SIGINT") for one in MOMENTS), ("writing", "SIGTERM"), ("writing", "SIGHUP")]
)
def test_an_interrupted_run_ends_by_its_signal_and_leaves_nothing_behind(tmp_path: Path, moment: str, name: str) -> None:
    (tmp_path / "out").write_bytes(b"old")
    program = INTERRUPTED.format(repository=str(REPOSITORY), call=MOMENTS[moment], name=name)
    done = subprocess.run(
        [sys.executable, "-c", program, "graph", "--output", "out", str(HUB)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-getattr(signal, name), "", "Error: interrupted\n")
    assert ((tmp_path / "out").read_bytes(), left(tmp_path)) == (b"old", ["out"])


def test_an_interruption_while_a_class_is_made_is_one() -> None:
    class End(BaseException):
        pass

    class Named:
        def __set_name__(self, owner: type, name: str) -> None:
            raise End

    with pytest.raises(End), guarded(debug=False):
        type("Made", (), {"one": Named()})
    with pytest.raises(click.exceptions.Exit), click.Context(click.Command("x")), guarded(debug=False):
        raise RuntimeError


def test_an_interruption_that_is_to_be_ignored_is(tmp_path: Path) -> None:
    run = shell(
        f"trap '' HUP; {sys.executable} -c \"$PROGRAM\" graph --output out {HUB}",
        tmp_path,
        PROGRAM=INTERRUPTED.format(repository=str(REPOSITORY), call="os.fsync", name="SIGHUP"),
    )
    assert (run.code, run.said, left(tmp_path)) == (0, "", ["out"])


def test_ten_runs_at_once_write_one_whole_output(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "sglint", "graph", "--format", "json", "--output", "out", str(HUB)]
    runs = [subprocess.Popen(command, cwd=tmp_path, env=environment) for _ in range(10)]
    assert [one.wait(timeout=300) for one in runs] == [0] * 10
    assert left(tmp_path) == ["out"]
    assert (tmp_path / "out").read_text(encoding="utf-8") == sglint("graph", "--format", "json", HUB, cwd=tmp_path).out
