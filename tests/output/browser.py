"""
A real Chromium without a window, spoken to over two pipes: no driver, no port, no library.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.command import REPOSITORY

NAMES = ("chromium", "chromium-browser", "google-chrome")

LAUNCH = """
import os, sys
read, write = (os.dup(int(one)) for one in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.set_inheritable(3, True)
os.set_inheritable(4, True)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""Chromium reads commands from file 3 and writes answers to file 4."""

PATIENCE = 60.0


def chromium() -> str | None:
    """
    Return where Chromium is, None where it is not.
    """
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def axe() -> Path | None:
    """
    Return where axe-core is, as `tests/output/get-browser` puts it; None where it is not.
    """
    found = sorted((REPOSITORY / ".browser").rglob("axe.min.js"))
    return found[0] if found else None


@dataclass(slots=True)
class Browser:
    """
    One page in the browser: what it was asked for, and what was heard of it since it was opened.
    """

    commands: IO[bytes]
    answers: IO[bytes]
    session: str = ""
    number: int = 0
    rest: bytes = b""
    heard: list[dict[str, Any]] = field(default_factory=list)

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """
        Ask for something, and return the answer; what happens meanwhile is noted.
        """
        self.number += 1
        message: dict[str, object] = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.commands.write(json.dumps(message).encode() + b"\0")
        self.commands.flush()
        while True:
            answer = self.next()
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.heard.append(answer)

    def next(self) -> dict[str, Any]:
        """
        Return the next message.
        """
        until = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.answers], [], [], max(0.0, until - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self.answers.fileno(), 1 << 20)
            assert more, "the browser is gone"
            self.rest += more
        text, _, self.rest = self.rest.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        return found

    def open(self, path: Path) -> None:
        """
        Open the file, and wait until it is there.
        """
        self.heard.clear()
        self.send("Page.navigate", url=path.absolute().as_uri())
        while not any(one.get("method") == "Page.loadEventFired" for one in self.heard):
            self.heard.append(self.next())

    def run(self, script: str) -> Any:
        """
        Return what the expression is on the page, when it is there if it is a promise.
        """
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def middle(self, selector: str) -> tuple[float, float]:
        """
        Return where the middle of the element is, which must be visible and is brought into view.
        """
        quoted = json.dumps(selector)
        self.run(f"document.querySelector({quoted}).scrollIntoView({{block: 'center', behavior: 'instant'}})")
        script = (
            f"(({{x, y, width, height}}) => [x, y, width, height])(document.querySelector({quoted}).getBoundingClientRect())"
        )
        x, y, width, height = self.run(script)
        assert width > 0 and height > 0, f"{selector} is not visible"
        return x + width / 2, y + height / 2

    def click(self, selector: str) -> None:
        """
        Press and release the mouse in the middle of the element.
        """
        self.drag(selector, 0)

    def drag(self, selector: str, right: float) -> None:
        """
        Press the mouse in the middle of the element, and release it so many pixels to the right.
        """
        x, y = self.middle(selector)
        self.send("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, button="left", clickCount=1)
        if right:
            self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x + right, y=y, button="left", buttons=1)
        self.send("Input.dispatchMouseEvent", type="mouseReleased", x=x + right, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """
        Press and release a key that has a name, like Tab or Enter.
        """
        codes = {
            "Tab": 9,
            "Enter": 13,
            " ": 32,
            "ArrowLeft": 37,
            "ArrowUp": 38,
            "ArrowRight": 39,
            "ArrowDown": 40,
            "Escape": 27,
        }
        text = {"Enter": "\r", " ": " "}.get(key)
        more = {} if text is None else {"text": text}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=codes[key], **more)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=codes[key])

    def look(self, *, width: int = 1280, height: int = 900, dark: bool = False, paper: bool = False, scale: float = 1) -> None:
        """
        Set the size of the window, and what the reader likes: dark or light, screen or paper.
        """
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media="print" if paper else "", features=features)

    def picture(self, *, whole: bool = False) -> bytes:
        """
        Return what is seen, or the whole page, as PNG.
        """
        answer = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return b64decode(answer["data"])

    def complaints(self) -> list[str]:
        """
        Return what the console said since the page was opened: messages, violations of the policy, errors.
        """
        loud = {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}
        self.send("Runtime.evaluate", expression="0")
        return [json.dumps(one["params"]) for one in self.heard if one.get("method") in loud]

    def fetched(self) -> list[str]:
        """
        Return the addresses that were asked for since the page was opened.
        """
        asked = [one["params"] for one in self.heard if one.get("method") == "Network.requestWillBeSent"]
        return [one["request"]["url"] for one in asked]


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """
    Start Chromium with an empty profile in that folder, and end it.
    """
    command_end, ours = os.pipe()
    theirs, answer_end = os.pipe()
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    options += ["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
    started = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(command_end), str(answer_end), program, *options, "about:blank"],
        pass_fds=(command_end, answer_end),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile)},
    )
    os.close(command_end)
    os.close(answer_end)
    try:
        with os.fdopen(ours, "wb") as commands, os.fdopen(theirs, "rb", buffering=0) as answers:
            found = Browser(commands, answers)
            target = found.send("Target.createTarget", url="about:blank")["targetId"]
            found.session = found.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                found.send(f"{domain}.enable")
            yield found
            found.session = ""
            found.send("Browser.close")
    finally:
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
