"""Print what a visit to each page weighs and how fast it shows, beside a stock Jupyter Book.

    python tools/bench_site_weight.py [--no-stock] [--no-paint]

The stock book is built from the same staged sources with the outputs stored in them, so nothing is
executed. Weights are bytes over the wire: text with gzip -6, pictures as they are; all files that the
page names are counted, lazy figures and explorables too; "top" is what a first visit moves before anybody
scrolls, on a phone. Painting is measured in Chromium as Lighthouse's slow 4G phone has it: 1.6 Mbit/s,
150 ms to every answer, a fourth of the processor's speed. Requests to other hosts are those of that visit;
of the stock book, the files elsewhere that the page names.
"""

import argparse
import functools
import gzip
import http.server
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer

from book import BUILD, stop
from site_figures import file_of
from site_maths import FONT

SITE, STAGE = BUILD / "html", BUILD / "stage"
PACKED = {".webp", ".png", ".jpg", ".woff", ".woff2", ".gz"}  # gzip gains nothing on these
NAMING = SoupStrainer(["script", "link", "img", "figure", "math"])  # what names files
SHARED = {"script": "src", "link": "href"}
OURS_ONLY = ("sphinx_course", "html_math_renderer", "html_css_files", "html_js_files")
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1638.4 * 128, "uploadThroughput": 96_000}
PAINT = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(l => l.getEntries().forEach(e => { if (!e.hadRecentInput) shift += e.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done([performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null, shift]), 500);
})"""


@functools.cache
def weight(path):
    """Return the bytes of a file over the wire."""
    content = path.read_bytes()
    return len(content) if path.suffix in PACKED else len(gzip.compress(content, 6))


def files_of(site, page, soup):
    """Return (files shared among pages, files of this page) that a page names."""
    shared, own = set(), set()
    for tag in soup.find_all(["script", "link"]):
        if tag.name == "script" or {"stylesheet", "icon"} & set(tag.get("rel", ())):
            shared.add(file_of(site, page, tag.get(SHARED[tag.name])))
    if soup.find("math") and (site / FONT).is_file():
        shared.add(site / FONT)
    for tag in soup.find_all(["img", "figure"]):
        own |= {file_of(site, page, tag.get(name)) for name in ("src", "data-module", "data-state")}
    for sheet in [path for path in shared if path and path.suffix == ".css"]:
        for name in re.findall(r"@import [\"']([^\"']+)", sheet.read_text(encoding="utf-8")):
            shared.add((sheet.parent / name).resolve())
    return shared - {None}, own - shared - {None}


def elsewhere(soup):
    """Return how many files of other hosts a page names."""
    named = {tag.get(SHARED.get(tag.name, "src")) or "" for tag in soup.find_all(["script", "img"])}
    named |= {tag.get("href", "") for tag in soup.find_all("link") if "stylesheet" in tag.get("rel", ())}
    return sum(re.match("(https?:)?//", name) is not None for name in named)


def visits(site):
    """Return for every page of a site its weight on a first visit and after another page, in bytes."""
    found = []
    for path in sorted((site / "book").rglob("*.html")):
        page = path.relative_to(site)
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser", parse_only=NAMING)
        shared, own = (sum(map(weight, files)) for files in files_of(site.resolve(), page, soup))
        following = weight(path) + own
        found.append(
            {"page": page, "shared": shared, "next": following, "first": following + shared,
             "others": elsewhere(soup)}
        )  # fmt: skip
    return found


def build_stock(folder):
    """Build the staged sources with jupyter-book alone; return the built site."""
    source = folder / "source"
    shutil.copytree(STAGE, source)
    text = (source / "_config.yml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not any(name in line for name in OURS_ONLY)]
    (source / "_config.yml").write_text("\n".join(kept), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(source), "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True)
    site = source / "_build/html"
    if not (site / "index.html").is_file():
        stop(f"the stock book was not built:\n{result.stderr[-1500:]}")
    return site


class Packing(http.server.SimpleHTTPRequestHandler):
    """Serve files with gzip, as the hosts of static sites do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix not in PACKED:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def paints(site, pages):
    """Return {page: what ``paint`` measures} on a slow phone; needs a Chromium."""
    from playwright.sync_api import sync_playwright

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packing, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        stop("no Chromium found: install one, or add --no-paint")
    with sync_playwright() as playwright:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        found = {p: paint(browser, f"http://127.0.0.1:{server.server_port}/{p}") for p in pages}
        browser.close()
    server.shutdown()
    return found


def paint(browser, url):
    """Return (first contentful paint in seconds, layout shift, requests elsewhere, bytes) of one first visit."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, device_scale_factor=1.75)
    tab = context.new_page()
    wire = context.new_cdp_session(tab)
    wire.send("Network.enable")
    moved, asked = [], []
    wire.on("Network.loadingFinished", lambda event: moved.append(event["encodedDataLength"]))
    tab.on("request", lambda request: asked.append(request.url))
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.goto(url, wait_until="load", timeout=120_000)
    first, shift = tab.evaluate(PAINT)
    context.close()
    others = [u for u in asked if not u.startswith((url[: url.index("/", 8) + 1], "data:", "blob:"))]
    return (first or float("nan")) / 1000, shift, len(others), sum(moved)


def table(ours, stock, painted):
    """Print a row for each page, then the medians."""
    nan = float("nan")
    print(f"  {'':38}{'kB with gzip':>21}{'stock':>15}{'':14}{'requests elsewhere':>20}")
    print(
        f"  {'':38}{'first':>7}{'top':>7}{'next':>7}{'first':>8}{'next':>7}{'FCP s':>7}{'CLS':>7}"
        f"{'ours':>10}{'stock':>10}"
    )
    for row in ours:
        other = stock.get(row["page"], {"first": nan, "next": nan, "others": nan})
        seconds, shift, others, top = painted.get(row["page"], (nan, nan, row["others"], nan))
        sizes = [row["first"], top, row["next"], other["first"], other["next"]]
        numbers = "".join(f"{size / 1000:{w}.0f}" for size, w in zip(sizes, (7, 7, 7, 8, 7), strict=True))
        print(
            f"  {row['page'].as_posix():38}{numbers}{seconds:7.2f}{shift:7.3f}{others:10.0f}{other['others']:10.0f}"
        )
    first, following = (statistics.median(row[name] for row in ours) / 1000 for name in ("first", "next"))
    print(
        f"  median: first visit {first:.0f} kB (goal: at most 300), next page {following:.0f} (goal: at most 120)"
    )
    if stock:
        before = statistics.median(row["first"] for row in stock.values()) / 1000
        print(f"  stock / ours, first visit: {before / first:.1f}")
    if painted:
        slowest, shift, others, top = (max(values) for values in zip(*painted.values(), strict=True))
        print(
            f"  slowest first paint {slowest:.2f} s (goal: under 1.0), largest shift {shift:.3f} (under 0.05)"
        )
        print(
            f"  most requests elsewhere {others} (goal: 0), most bytes before scrolling {top / 1000:.0f} kB"
        )


def main():
    """Print the table for the site that was built last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-stock", action="store_true", help="build no stock book beside it")
    parser.add_argument("--no-paint", action="store_true", help="measure no painting")
    options = parser.parse_args()
    if not STAGE.is_dir() or not SITE.is_dir():
        stop("there is no built site to weigh: run make site first")
    ours = visits(SITE)
    painted = {} if options.no_paint else paints(SITE, [row["page"] for row in ours])
    with tempfile.TemporaryDirectory() as folder:
        stock = {} if options.no_stock else {r["page"]: r for r in visits(build_stock(Path(folder)))}
        table(ours, stock, painted)


if __name__ == "__main__":
    main()
