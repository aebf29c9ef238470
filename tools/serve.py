"""Serve the built site on this machine, and rebuild a page when its source changes.

python tools/serve.py [--port 8000]
"""

import argparse
import functools
import http.server
import threading
import time

from book import ROOT, stop
from build import SITE, build

WATCHED = ("_config.yml", "_toc.yml", "requirements.txt", "book", "course_utils")


def snapshot():
    """Return the modification time of every watched file."""
    found = {}
    for name in WATCHED:
        path = ROOT / name
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(file.parts):
                found[file] = file.stat().st_mtime_ns
    return found


def rebuild():
    """Build; a page that does not build is reported, and the last good site stays."""
    try:
        if build(fresh=False):
            print("rebuilt: reload the page", flush=True)
    except SystemExit:
        print("the last good site is still served", flush=True)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serve files without caching and without a line for each."""

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_):
        pass


def main():
    """Build, serve, and watch until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    rebuild()
    if not SITE.is_dir():
        stop("there is no site to serve yet: mend the page above, then start again")
    handler = functools.partial(QuietHandler, directory=SITE)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        stop(f"port {port} cannot be used ({error.strerror}): try make serve PORT={port + 1}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{port}/  (Ctrl+C ends)", flush=True)
    seen = snapshot()
    try:
        while True:
            time.sleep(1)
            now = snapshot()
            if now != seen:
                seen = now
                rebuild()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
