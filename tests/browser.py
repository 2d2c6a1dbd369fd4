"""A page in headless Chromium: what it shows once its scripts have run, and what a person does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
#: The file axe.min.js of axe-core, which checks whether a page can be used by everyone.
AXE = os.environ.get("AXE_CORE", "")

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
needs_axe = pytest.mark.skipif(
    not Path(AXE).is_file(), reason="axe-core is not installed (AXE_CORE names its axe.min.js)"
)

_POLICY = re.compile("<meta http-equiv=.Content-Security-Policy.[^>]*>")


def dumped(page: Path, *options: str) -> str:
    """The document as it is after its scripts have run."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
                *("--disable-dev-shm-usage", f"--user-data-dir={profile}"),
                *("--virtual-time-budget=60000", "--window-size=1280,1000", *options),
                *("--dump-dom", page.as_uri()),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return done.stdout.decode()


def after(page: Path, script: str, *options: str) -> Any:
    """What a script returns that runs in the page after its own.

    The page's policy lets no script run but its own: here it has none.
    """
    html, number = _POLICY.subn("", page.read_text("utf-8"))
    assert number == 1
    run = f"""<script>(async () => {{{script}}})().catch(String).then((value) => {{
        document.body.dataset.value = encodeURIComponent(JSON.stringify(value ?? null));
    }})</script>"""
    tried = page.with_name(f"tried-{page.name}")
    tried.write_text(html.replace("</body>", f"{run}</body>"), encoding="utf-8")
    found = re.search('data-value="([^"]*)"', dumped(tried, *options))
    assert found, "the script did not end"
    return json.loads(unquote(found[1]))
