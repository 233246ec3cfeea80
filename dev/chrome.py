"""A Chromium without a window, spoken to over a pipe: it needs no package."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from dev.browser import NAMES, QUIET
from dev.shell import Problem, started

APPLICATION = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"  # macOS
PATIENCE = 60  # seconds until a page must be complete
# what moves by itself would make each picture another one
STILL = "*, *::before, *::after {animation: none !important; transition: none !important;"
STILL += " caret-color: transparent !important; scroll-behavior: auto !important}"


@contextlib.contextmanager
def chrome(width, height):
    """A page of this size (pixels), with cookies of its own."""
    names = [APPLICATION] if sys.platform == "darwin" else []
    program = next(filter(None, map(shutil.which, (*NAMES, *names))), None)
    if not program:
        raise Problem("pictures need Chrome or Chromium, which is not here")
    (to_read, write), (read, to_write) = pipe(), pipe()

    def speak_here():
        os.dup2(to_read, 3)
        os.dup2(to_write, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        options += [*QUIET.split(), "--lang=en-US", "--hide-scrollbars", "--remote-debugging-pipe"]
        cmd = [program, *options, f"--user-data-dir={profile}", "about:blank"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "close_fds": False}
        with started(cmd, preexec_fn=speak_here, **quiet) as process:
            os.close(to_read)
            os.close(to_write)
            try:
                yield Page(read, write, width, height)
            finally:
                process.terminate()
                os.close(read)
                os.close(write)


def pipe():
    """Both ends, out of the way of the two numbers that Chromium listens on."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high


class Page:
    """One page, as a person of patience uses it."""

    def __init__(self, read, write, width, height):
        self.read, self.write, self.number, self.rest = read, write, 0, b""
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        found = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = found["sessionId"]
        self.ask("Page.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        script = f"addEventListener('DOMContentLoaded', () => {{const s = document.createElement('style'); s.textContent = {json.dumps(STILL)}; document.head.append(s)}})"  # noqa: E501
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def ask(self, method, **params):
        """Chromium's answer to a command of its DevTools protocol."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                if not (part := os.read(self.read, 1 << 16)):
                    raise Problem("Chromium ended")
                self.rest += part
            text, _, self.rest = self.rest.partition(b"\0")
            heard = json.loads(text)
            if heard.get("id") == self.number:
                if "error" in heard:
                    raise Problem(f"{method}: {heard['error']['message']}")
                return heard["result"]

    def js(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        options = {"awaitPromise": True, "returnByValue": True}
        answer = self.ask("Runtime.evaluate", expression=expression, **options)
        if "exceptionDetails" in answer:
            raise Problem(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression, what):
        end = time.monotonic() + PATIENCE
        while not self.js(expression):
            if time.monotonic() > end:
                raise Problem(f"{self.js('location.href')}: no {what} in {PATIENCE} s")
            time.sleep(0.2)

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'", url)

    def login(self, base, name):
        """Log in as somebody whose password is the login."""
        self.open(f"{base}/web/login")
        self.js(
            f"""for (const key of ["login", "password"])
                document.querySelector(`input[name=${{key}}]`).value = {json.dumps(name)};
            document.querySelector("form.oe_login_form").submit()"""
        )
        self.wait("!!document.querySelector('.o_main_navbar')", "menu bar")

    def click(self, selector):
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})].find(e => e.checkVisibility())"
        )
        self.wait(f"!!({found})", selector)
        self.js(f"({found}).click()")

    def seen(self, selector):
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})].some(e => e.checkVisibility())"
        )
        self.wait(found, selector)

    def picture(self, part=None):
        """The page as PNG, or one part of it, once it does not change any more."""
        before, end = None, time.monotonic() + PATIENCE
        while True:
            self.wait("!document.querySelector('.o_loading_indicator, .o_blockUI')", "rest")
            clip = {"clip": self.box(part)} if part else {}
            now = self.ask("Page.captureScreenshot", format="png", **clip)["data"]
            if now == before:
                return base64.b64decode(now)
            if time.monotonic() > end:
                raise Problem(f"{self.js('location.href')} does not come to rest")
            before = now
            time.sleep(0.7)

    def box(self, selector):
        find = f"document.querySelector({json.dumps(selector)})"
        self.js(f"{find}.scrollIntoView({{block: 'center'}})")
        box = self.js(f"{find}.getBoundingClientRect().toJSON()")
        pad = 12
        return {
            "x": box["x"] - pad, "y": box["y"] - pad, "scale": 1,
            "width": box["width"] + 2 * pad, "height": box["height"] + 2 * pad,
        }  # fmt: skip
