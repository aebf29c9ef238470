"""Settings that every test shares."""

import os
import shutil
import sys
from pathlib import Path

import matplotlib
import pytest

matplotlib.use("agg")

ROOT = Path(__file__).resolve().parent.parent
for folder in ("tools", "tests"):
    sys.path.insert(0, str(ROOT / folder))

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser():
    """Return the path of a Chromium, from CHROMIUM or PATH, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium_path():
    """Return a Chromium's path; skip where there is none."""
    return find_browser() or pytest.skip("no Chromium found: install one, or name it in CHROMIUM")


@pytest.fixture(scope="module")
def browser(chromium_path):
    """Start one headless Chromium for a module's tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
