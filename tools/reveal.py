"""Fetch reveal.js once: from the Python package that carries it, pinned by its checksum.

reveal.js 5.2.0 (MIT, © 2011–2024 Hakim El Hattab) is taken out of sphinx-revealjs' wheel, which is
downloaded with pip and not installed. It is kept below `_build/vendor` and is no part of the repository.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from book import BUILD

PINNED = (
    "sphinx-revealjs==3.2.1 --hash=sha256:805bed3ca459346e0f01967d5ed1c40d6b7b917de1541e1e4566c8341fe7017b"
)
INSIDE = "sphinx_revealjs/_static/revealjs/"
FILES = {
    "dist/reveal.js": "reveal.js",
    "dist/reveal.css": "reveal.css",
    "plugin/notes/notes.js": "notes.js",
    "plugin/notes/speaker-view.html": "speaker-view.html",
    "LICENSE": "LICENSE-reveal.js.txt",
}
VENDOR = BUILD / "vendor/reveal.js"


def fetch(vendor=VENDOR):
    """Return the folder with reveal.js, downloaded if need be; None where the package index is out of reach."""
    if all((vendor / name).is_file() for name in FILES.values()):
        return vendor
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pin.txt").write_text(PINNED + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        command += ["--only-binary", ":all:", "-r", "pin.txt", "--dest", "."]
        if subprocess.run(command, cwd=folder, capture_output=True).returncode:
            return None
        (wheel,) = Path(folder).glob("*.whl")
        vendor.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for inside, name in FILES.items():
                (vendor / name).write_bytes(_without_map(archive.read(INSIDE + inside)))
    return vendor


def _without_map(content):
    return re.sub(rb"//# sourceMappingURL=\S+", b"", content)
