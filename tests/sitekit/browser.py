"""A browser for the site's tests, and a visitor who counts clicks and notices every error and foreign request."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SERVE = (
    "import sys; from archive.serve import serve;"
    " serve(sys.argv[1], port=0, contact='errors@nianbao.example', ready=lambda a: print(a, flush=True))"
)
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
         "--no-first-run", "--disable-gpu"]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The site of an archive folder, served as ``nianbao serve`` does; yields its address without the last slash."""
    with subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the server did not come up"
        yield address.rstrip("/")
        server.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """The Chromium of this machine."""
    sync_api = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    binary = os.environ.get("NIANBAO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if binary is None:
        pytest.skip("no Chromium on this machine")
    # Chromium refuses to run as root with its sandbox; nobody else goes without.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=binary, args=flags)
        yield opened
        opened.close()


@contextmanager
def visit(browser: Any, site: str, size: str) -> Iterator[Any]:
    """A page that has collected, when it closes, no console message, error or foreign request."""
    phone = size == "phone"
    context = browser.new_context(viewport=SIZES[size], is_mobile=phone, has_touch=phone, base_url=site)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    trouble: list[str] = []
    # That the page itself is an error page is for the test to judge.
    page.on("console", lambda m: None if m.location.get("url") == page.url and "Failed to load resource" in m.text
            else trouble.append(m.text))  # fmt: skip
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
    page.on("request", lambda r: None if r.url.startswith((site, "data:")) else trouble.append(f"foreign: {r.url}"))
    yield page
    context.close()
    assert not trouble


def shoot(page: Any, repo_dir: Path, name: str, full: bool = True) -> None:
    """Keep a screenshot."""
    folder = repo_dir / "screenshots"
    folder.mkdir(exist_ok=True)
    size = "phone" if page.viewport_size["width"] < 500 else "desktop"
    page.screenshot(path=folder / f"{name}-{size}.png", full_page=full)


@dataclass
class Visitor:
    """Somebody with a task who begins on the front page; a click, or a search sent off, counts one."""

    page: Any
    clicks: int = 0
    did: list[str] = field(default_factory=list)

    def click(self, target: Any) -> None:
        """Click, and count."""
        target.click()
        self.clicks += 1

    def find(self, text: str) -> None:
        """Type into the front page's box and send it off."""
        self.page.goto("/")
        self.page.locator("#home-q").fill(text)
        self.page.locator("#home-q").press("Enter")
        self.page.wait_for_url("**/search?*")
        self.clicks += 1
