"""
The page in a real browser: it fetches nothing, its console is silent, it needs no mouse, and axe-core finds nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sglint.finding import Fix, Label, Report, Severity, Status
from sglint.model import Role
from sglint.output.html import Pictures, node_id, render
from sglint.rule import Judged
from sglint.source import Source
from tests.command import STACKS, sglint
from tests.output.browser import Browser, axe, browser, chromium
from tests.output.made import PROJECTIONS, UNTRACKED, at, finding, full, interface, judged, judgement
from tests.output.made import verdict as flow
from tests.output.test_html import EVIL, many, network, seen

MISSING = "NO CHROMIUM HERE: the report is not looked at in a browser; tests/output/get-browser puts it there"

WIDTHS = {"light": (1280, False), "dark": (1280, True), "narrow": (390, False), "narrow dark": (390, True)}

NODE = node_id(".", "interface", "aws_instance.app")
HUB = node_id(".", "target", "transit-gateway aws_ec2_transit_gateway.hub")
DRAWING = f"""
<div class="map" tabindex="0" role="group" aria-label="The network">
<svg viewBox="0 0 300 60" role="img" aria-label="Two nodes and another one">
<g data-edge="{NODE} {HUB}"><path d="M 40 20 L 200 20" stroke="currentColor"/></g>
<g data-node="{NODE}"><circle cx="30" cy="20" r="9"/></g>
<g data-node="{HUB}"><circle cx="210" cy="20" r="9"/></g>
<g data-node="nother"><circle cx="260" cy="20" r="9"/></g>
</svg></div>
"""


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        warnings.warn(pytest.PytestWarning(MISSING), stacklevel=1)
        pytest.skip(MISSING)
    with browser(program, tmp_path_factory.mktemp("profile")) as found:
        yield found


def everything() -> tuple[Report, Judged]:
    """
    Return a report with one of everything, about a network with one of every state.
    """
    diff = "--- a/main.tf\n+++ b/main.tf\n@@ -1,2 +1,2 @@\n   from_port = 1\n-  to_port = 2\n+  to_port = 65535\n"
    told = full()
    fixed = finding(
        fix=Fix(diff=diff, admits=("UDP 53 from 10.0.0.0/8",), steps=("apply it at night",)), projections=PROJECTIONS
    )
    stuck = finding(
        "nothing helps", fix=Fix(blocked="the group is made elsewhere"), severity=Severity.ERROR, rule="open-to-internet"
    )
    safe = finding("joined", fix=Fix(diff=diff, safe=True), severity=Severity.WARNING, roots=("other",))
    net = judged(
        judgement(flow(), flow(automatic=("NAT gateway",)), flow(state=UNTRACKED), of=interface()),
        *network(True, False, role=Role.FORWARDER).judgements,
    )
    old = finding("long known", status=Status.BASELINE)
    findings = (*told.findings, fixed, stuck, safe, old)
    return Report(findings, told.problems, seen(3, 3), told.sources, (".", "other")), net


def written(folder: Path, told: Report, net: Judged, **more: Any) -> Path:
    """
    Return the file of the page.
    """
    path = folder / "report.html"
    path.write_text(render(told, (net,), version="1.2.3", **more), encoding="utf-8", newline="\n")
    return path


def texts(chrome: Browser, selector: str) -> list[str]:
    """
    Return the texts of all elements that can be seen.
    """
    found: list[str] = chrome.run(
        f"[...document.querySelectorAll({selector!r})].filter((one) => one.checkVisibility())"
        ".map((one) => one.innerText.trim())"
    )
    return found


def eventually(chrome: Browser, condition: str) -> None:
    """
    Wait until the condition holds on the page.
    """
    chrome.run(
        f"new Promise((done, failed) => {{ const until = performance.now() + 20000; const look = () => ({condition}) ? done() :"
        " performance.now() > until ? failed(new Error('never')) : requestAnimationFrame(look); look(); })"
    )


def quiet(chrome: Browser, page: Path) -> None:
    """
    Assert that the page asked for nothing but itself, and that nothing was said about it.
    """
    assert chrome.complaints() == []
    assert chrome.fetched() == [page.as_uri()]
    assert chrome.run("performance.getEntriesByType('resource').length") == 0


def test_the_page_fetches_nothing_and_the_console_is_silent(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    page = written(tmp_path, *everything(), pictures=Pictures(DRAWING))
    chrome.open(page)
    assert "2 of 3 interfaces behind a transit gateway" in texts(chrome, "h1")[0]
    assert len(texts(chrome, "article")) == 9
    assert (
        chrome.run("getComputedStyle(document.querySelector('#finding-1 .excerpt li:last-child'), '::before').content")
        == '"10"'
    )
    quiet(chrome, page)


def test_names_of_strangers_are_only_ever_text(chrome: Browser, tmp_path: Path) -> None:
    one = finding(
        EVIL, subjects=(EVIL,), labels=(Label(at(1, 1, 9), EVIL),), rule=EVIL, roots=(EVIL,), fix=Fix(diff=f"+{EVIL}")
    )
    told = Report((one,) * 2, (), seen(1, 1), (Source("main.tf", EVIL),), (EVIL, "b"))
    page = written(tmp_path, told, judged(judgement(flow(), of=interface(EVIL))), static=1)
    chrome.open(page)
    chrome.click("#interface-table button")
    assert EVIL[:30] in texts(chrome, "#finding-2 h3")[0]
    assert EVIL[:30] in texts(chrome, "#interface-table th code")[0]
    assert chrome.run("document.querySelectorAll('img, script:not(#data)').length") == 1
    quiet(chrome, page)


def test_findings_are_filtered_and_the_number_is_told(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.open(written(tmp_path, *everything()))
    assert texts(chrome, "#finding-count") == ["9 of 9 findings"]
    assert chrome.run("document.querySelector('#finding-count').ariaLive") == "polite"
    chrome.click("#finding-filters input[value=note]")
    eventually(chrome, "document.querySelector('#finding-count').innerText === '3 of 9 findings'")
    assert {one.split()[0] for one in texts(chrome, "article")} == {"error", "warning"}
    chrome.click("#finding-filters button[type=reset]")
    eventually(chrome, "document.querySelector('#finding-count').innerText === '9 of 9 findings'")
    for name, value, left in (("rule", "open-to-internet", 1), ("root", "other", 1)):
        chrome.run(
            f"{{ const one = document.querySelector('#finding-filters [name={name}]'); one.value = {value!r};"
            " one.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
        eventually(chrome, f"document.querySelector('#finding-count').innerText === '{left} of 9 findings'")
        chrome.click("#finding-filters button[type=reset]")
        eventually(chrome, "document.querySelector('#finding-count').innerText === '9 of 9 findings'")
    chrome.run(
        "{ const one = document.querySelector('#finding-filters [name=sort]'); one.value = 'severity';"
        " one.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    eventually(chrome, "document.querySelector('article').classList.contains('error')")
    chrome.click("#finding-filters input[value=certain]")
    eventually(chrome, "document.querySelector('#finding-count').innerText === '3 of 9 findings'")
    assert all(any(said in one for said in ("may hold", "set aside", "in the baseline")) for one in texts(chrome, "article"))


def test_a_link_to_a_finding_that_is_filtered_away_brings_it_back(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    told, net = many(120)
    chrome.open(written(tmp_path, told, net))
    assert texts(chrome, "#finding-pages")[0].split("\n")[0].startswith("Previous")
    assert len(texts(chrome, "article")) == 50
    chrome.run("location.hash = '#finding-120'")
    eventually(chrome, "document.querySelector('#finding-120')?.checkVisibility()")
    assert texts(chrome, "#finding-pages span") == ["101 to 120 of 120"]


def test_a_way_is_lit_in_the_picture(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    page = written(tmp_path, *everything(), pictures=Pictures(DRAWING))
    chrome.open(page)
    chrome.click(".way + button")
    lit = chrome.run("[...document.querySelectorAll('.map .lit')].map((one) => one.dataset.node ?? one.dataset.edge)")
    assert lit == [f"{NODE} {HUB}", NODE, HUB]
    assert float(chrome.run("getComputedStyle(document.querySelector('[data-node=nother]')).opacity")) < 1
    assert chrome.run("document.activeElement.className") == "map live dimmed"
    quiet(chrome, page)


def test_the_picture_is_moved_and_made_larger_by_mouse_and_keys(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.open(written(tmp_path, *everything(), pictures=Pictures(DRAWING)))
    view = "document.querySelector('.map svg').getAttribute('viewBox').split(' ').map(Number)"
    assert chrome.run(view) == [0, 0, 300, 60]
    chrome.click(".tools button")
    larger = chrome.run(view)
    assert 200 < larger[2] < 300 and larger[0] > 0
    chrome.run("document.querySelector('.map').focus()")
    chrome.press("ArrowRight")
    moved = chrome.run(view)
    assert moved[0] > larger[0] and moved[1:] == larger[1:]
    chrome.click(".tools button:nth-of-type(3)")
    assert chrome.run(view) == [0, 0, 300, 60]
    chrome.drag(".map svg", 200)
    assert chrome.run(view)[0] < 0
    chrome.click(".tools button:nth-of-type(3)")
    chrome.click(f"[data-node={HUB}]")
    lit = "[...document.querySelectorAll('.map .lit')].map((one) => one.dataset.node).filter(Boolean)"
    assert chrome.run(lit) == [NODE, HUB]
    chrome.run("document.querySelector('.map').focus()")
    chrome.press("Escape")
    assert chrome.run(lit) == []


def test_without_a_mouse(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.open(written(tmp_path, *everything()))
    chrome.press("Tab")
    assert texts(chrome, ":focus") == ["Skip to what to change"]
    chrome.press("Enter")
    assert chrome.run("document.activeElement.id") == "main"
    chrome.run("document.querySelector('#interface-table button').focus()")
    chrome.press("Enter")
    assert chrome.run("document.activeElement.ariaExpanded") == "true"
    assert "only 10.0.0.0/8 is let in" in texts(chrome, "#interface-table .flows")[0]
    chrome.press(" ")
    assert texts(chrome, "#interface-table .flows") == []
    chrome.run("document.querySelector('#finding-5 summary').focus()")
    chrome.press("Enter")
    assert chrome.run("document.querySelector('#finding-5 details').open") is True


def test_the_interfaces_are_shown_with_letters_and_filtered(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.open(written(tmp_path, *everything()))
    assert texts(chrome, "#interface-count") == ["3 of 3 interfaces"]
    assert texts(chrome, "#interface-table tbody:first-of-type .st") == ["T", "A", "U"]
    assert "tracked automatically" in chrome.run("document.querySelector('#interface-table tbody td .st-A + .vh').textContent")
    chrome.run(
        "{ const one = document.querySelector('#interface-filters [name=state]'); one.value = 'A tracked automatically';"
        " one.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    eventually(chrome, "document.querySelector('#interface-count').innerText === '1 of 3 interfaces'")


def test_the_script_makes_the_same_articles_as_the_template(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    told, net = everything()
    plain = (
        "(() => { const bare = (one) => { for (const each of [...one.childNodes]) if (each.nodeType === 3) {"
        " each.data = each.data.replace(/\\s+/g, ' ').trim(); if (!each.data) each.remove(); } else bare(each); return one; };"
        " return [...document.querySelectorAll('article')].map((one) => bare(one.cloneNode(true)).outerHTML); })()"
    )
    shown = []
    for static in (0, 50):
        chrome.open(written(tmp_path, told, net, static=static))
        shown.append(chrome.run(plain))
    assert len(shown[0]) == len(told.findings)
    assert shown[0] == shown[1]


def test_without_its_script_the_page_shows_the_verdict_the_findings_and_a_note(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chrome.open(written(tmp_path, *everything(), static=5))
        assert texts(chrome, "h1")[0].startswith("2 of 3 interfaces")
        assert len(texts(chrome, "article")) == 5
        assert texts(chrome, "noscript") != []
        said = " ".join(texts(chrome, "noscript"))
        assert "the others need JavaScript" in said and "sglint inspect" in said
        assert texts(chrome, "form, button") == []
    finally:
        chrome.send("Emulation.setScriptExecutionDisabled", value=False)


def faults(chrome: Browser) -> list[str]:
    """
    Return what axe-core has against the page, with everything on it open.
    """
    script = axe()
    if script is None:
        pytest.skip("NO AXE-CORE HERE: accessibility is not checked; tests/output/get-browser puts it there")
    chrome.run("for (const one of document.querySelectorAll('details')) one.open = true")
    chrome.click("#interface-table button")
    chrome.run(script.read_text(encoding="utf-8"))
    found: list[str] = chrome.run(
        "axe.run().then(({violations}) =>"
        " violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((each) => each.html)}`))"
    )
    return found


@pytest.mark.parametrize("kind", WIDTHS)
def test_axe_finds_nothing_and_nothing_is_cut_off(chrome: Browser, tmp_path: Path, kind: str) -> None:
    width, dark = WIDTHS[kind]
    chrome.look(width=width, dark=dark)
    chrome.open(written(tmp_path, *everything(), pictures=Pictures(DRAWING)))
    assert faults(chrome) == []
    assert chrome.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", ["light", "narrow dark"])
def test_the_report_of_the_example_is_sound_and_its_way_can_be_seen(chrome: Browser, tmp_path: Path, kind: str) -> None:
    width, dark = WIDTHS[kind]
    page = tmp_path / "report.html"
    sglint("report", STACKS / "inspection-hub" / "main.tf", "-o", page)
    chrome.look(width=width, dark=dark)
    chrome.open(page)
    chrome.click(".way + button")
    lit = chrome.run("[...document.querySelectorAll('[data-node].lit')].map((one) => one.textContent)")
    assert any("aws_ec2_transit_gateway.core" in one for one in lit) and len(lit) >= 4
    assert faults(chrome) == []
    assert chrome.run("document.documentElement.scrollWidth") <= width
    quiet(chrome, page)


def test_on_paper_all_is_open_and_nothing_is_there_to_press(chrome: Browser, tmp_path: Path) -> None:
    chrome.open(written(tmp_path, *everything()))
    chrome.look(paper=True)
    assert texts(chrome, "form, button") == []
    assert len(texts(chrome, ".excerpt")) >= 8
    assert len(chrome.send("Page.printToPDF")["data"]) > 10_000
    chrome.look()


def test_ten_thousand_interfaces_open_and_filter(chrome: Browser, tmp_path: Path) -> None:
    chrome.look()
    chrome.open(written(tmp_path, *many(10_000)))
    assert texts(chrome, "#interface-count") == ["10,000 of 10,000 interfaces"]
    chrome.run(
        "new Promise((done) => { const count = document.querySelector('#finding-count');"
        " new MutationObserver(done).observe(count, {childList: true});"
        " const one = document.querySelector('#finding-filters [name=text]');"
        " one.value = 'app[9999]'; one.dispatchEvent(new Event('input', {bubbles: true})) })"
    )
    assert texts(chrome, "#finding-count") == ["1 of 10,000 findings"]
