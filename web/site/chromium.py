"""The Chromium that is on this machine, for the tests of the site and for the README's picture."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NO_CHROMIUM = "no Chromium here: install chromium or Google Chrome, or name one in CHROMIUM"


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, or None if there is none.

    The environment variable ``CHROMIUM`` comes first; if it is set and leads nowhere, nothing else
    is tried.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start that browser without a window and without requests of its own, with more arguments.

    Raises
    ------
    FileNotFoundError
        If there is none, with one line that says what to do.
    """
    path = find_chromium()
    if path is None:
        raise FileNotFoundError(NO_CHROMIUM)
    arguments = ["--disable-gpu", "--disable-background-networking", "--no-first-run", *more]
    if sys.platform == "linux" and (os.geteuid() == 0 or Path("/.dockerenv").exists()):
        arguments.append("--no-sandbox")  # Chromium refuses to start as root, or in a container
    return playwright.chromium.launch(executable_path=path, args=arguments)
