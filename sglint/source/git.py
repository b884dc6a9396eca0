"""
What git remembers of the files: an overlay that makes the work tree what it was, which touches neither it nor the index.

Nothing is fetched, and nothing that a repository brings along is run.
"""

# ruff: noqa: PTH112, PTH118, PTH120
# Paths are text here: they are the keys of an overlay.

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from shutil import which

from sglint.frozen import frozen
from sglint.source.ignore import work_tree
from sglint.source.text import Problem, SglintError
from sglint.source.tree import LIMIT

MOST = 500_000_000
"""How many bytes of old files are held."""

_LINK, _MODULE, _NOTHING = "120000", "160000", "000000"
_OURS = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
_RAW = ("--raw", "-z", "-M", "-l5000", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=dirty")
_SAFE = ("--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


@frozen
class Past:
    """
    What files of a work tree were at a commit: the overlay, and which paths below its top have become which.
    """

    overlay: tuple[tuple[str, str | None], ...]
    renamed: Mapping[str, str]
    problems: tuple[Problem, ...]


@frozen
class _Change:
    """
    A path whose content was another at the commit: what it was, and the path that it has become.
    """

    path: str
    mode: str
    blob: str
    new: str


def work_trees(base: str, paths: Iterable[str]) -> tuple[str, ...]:
    """
    Return the git work trees around the paths, which are as seen from `base`.
    """
    found = set()
    for path in paths:
        real = os.path.realpath(os.path.join(base, path))
        top = work_tree(real if os.path.isdir(real) else os.path.dirname(real))
        if top is None:
            raise SglintError(f"{path} lies in no git work tree, and --diff compares with what git remembers")
        found.add(top)
    return tuple(sorted(found))


def past(top: str, revision: str) -> Past:
    """
    Return what the work tree in the absolute directory `top` was where the work in it left the revision.

    That is the merge base of the revision and HEAD: what others have done since on the branch of the revision is no change of
    this one. What is not committed belongs to the change; what git ignores is the same in both.
    """
    base = merge_base(top, revision)
    out = _git(
        top, "diff-index", "--raw", "-z", "-M", "-l5000", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=dirty", base
    )
    changes = list(_changes(out.decode("utf-8", "surrogateescape").split("\0")))
    overlay: dict[str, str | None] = {}
    others = _git(top, "ls-files", "-z", "--others", "--exclude-standard").decode("utf-8", "surrogateescape")
    for path in others.split("\0"):
        if path and not path.endswith("/"):
            overlay[os.path.join(top, path)] = None
    problems = []
    wanted: list[tuple[str, bytes]] = []
    for one in changes:
        if one.new != one.path:
            overlay[os.path.join(top, one.new)] = None
    for one in changes:
        name = one.blob if one.mode != _LINK else f"{base}:{one.path}"
        if one.mode == _MODULE:
            message = f"the submodule {one.path} has changed, and what it was at {revision} is not read"
            problems.append(Problem(message, hint="check it by itself", hides=False))
        elif one.mode == _NOTHING:
            overlay[os.path.join(top, one.path)] = None
        elif one.mode != _LINK or "\n" not in one.path:
            wanted.append((one.path, name.encode("utf-8", "surrogateescape")))
    overlay.update((os.path.join(top, path), text) for path, text in _texts(top, wanted))
    renamed = {one.path: one.new for one in changes if one.new != one.path}
    return Past(tuple(sorted(overlay.items(), key=lambda item: item[0])), renamed, tuple(problems))


def merge_base(top: str, revision: str) -> str:
    """
    Return the commit where HEAD left the revision.
    """
    if not revision or revision.startswith("-") or any(ord(letter) < 32 for letter in revision):
        raise SglintError(f"--diff {revision!r} is no revision of git; give a branch, a tag or a commit")
    head = _commit(top, "HEAD")
    if head is None:
        raise SglintError(f"--diff {revision}: the repository in {top} has no commit yet")
    commit = _commit(top, revision)
    if commit is None:
        more = "; fetch it, this clone has a part of the history only" if _shallow(top) else "; see whether it is fetched"
        raise SglintError(f"--diff {revision}: git knows no such commit in {top}{more}")
    done = _run(top, "merge-base", commit, head)
    if done.returncode:
        if _shallow(top):
            more = "this clone has a part of the history only; fetch more of it (git fetch --unshallow, or fetch-depth: 0)"
        else:
            more = "their histories have nothing in common"
        raise SglintError(f"--diff {revision}: there is no commit from which HEAD and it both come: {more}")
    return done.stdout.decode("ascii").split()[0]


def _commit(top: str, name: str) -> str | None:
    done = _run(top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else None


def _shallow(top: str) -> bool:
    return _run(top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _changes(words: list[str]) -> Iterator[_Change]:
    """Yield what `git diff-index --raw -z` says: `:mode mode blob blob letter`, a path, and for a rename a second one."""
    rest = iter(words)
    for word in rest:
        if not word.startswith(":"):
            continue
        mode, _, blob, _, letter = word[1:].split(" ")
        path = next(rest)
        new = next(rest) if letter[0] in "RC" else path
        if letter[0] == "C":
            yield _Change(new, _NOTHING, blob, new)
        elif letter[0] != "U":
            yield _Change(path, mode, blob, new)


def _texts(top: str, wanted: list[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Yield the texts of objects; of one that is too large to be read no more than shows that."""
    if not wanted:
        return
    process = subprocess.Popen(  # noqa: S603 -- a list, which no shell reads
        _command(top, "cat-file", "--batch", "--follow-symlinks"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    with process:
        if process.stdin is None or process.stdout is None:
            return
        held = 0
        for path, name in wanted:
            process.stdin.write(name + b"\n")
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3 or not head[2].isdigit():
                if len(head) == 2 and head[0] in {b"symlink", b"dangling", b"loop", b"notdir"}:
                    process.stdout.read(int(head[1]) + 1)
                    continue
                process.kill()
                raise SglintError(f"git does not have what {path} was; fetch it, this clone has a part of the history only")
            size = int(head[2])
            text = process.stdout.read(min(size, LIMIT + 1))
            left = size - len(text) + 1
            while left > 0:
                left -= len(process.stdout.read(min(left, LIMIT))) or left
            held += len(text)
            if held > MOST:
                process.kill()
                raise SglintError(f"more than {MOST} bytes of files have changed; compare with a later commit")
            if head[1] == b"blob":
                yield path, text.decode("utf-8", "surrogateescape")


def _git(top: str, *arguments: str) -> bytes:
    done = _run(top, *arguments)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SglintError(f"git {arguments[0]} failed in {top}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def _run(top: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = _command(top, *arguments)
    return subprocess.run(command, capture_output=True, check=False, env=_environment())  # noqa: S603 -- as above


def _command(top: str, *arguments: str) -> tuple[str, ...]:
    git = which("git")
    if git is None:
        raise SglintError("there is no git here, and --diff needs it")
    return (git, *_SAFE, "-C", top, *arguments)


def _environment() -> dict[str, str]:
    """Return the environment for git, which looks at the work tree that it is told and asks nobody for anything."""
    given = {name: value for name, value in os.environ.items() if name not in _OURS}
    return {**given, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
