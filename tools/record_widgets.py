"""Play a session on each explorable of the built site and keep what was seen and said, in pictures and words.

    python tools/record_widgets.py [kind ...]

Each is used by mouse, by keyboard alone and by touch on a phone of 390 pixels, in both themes, over
http and from files. ``_build/recording/index.html`` tells what was done and what the live region said.
Ends with an error if a page complained or asked for anything elsewhere.
"""

import argparse
import functools
import html
import http.server
import shutil
import sys
import threading

from playwright.sync_api import Error, sync_playwright
from tqdm import tqdm

from bench_site_weight import Packing
from book import BUILD, ROOT, stop
from widget_plays import PLAYS, Player

SITE, OUT = BUILD / "html", BUILD / "recording"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SESSIONS = [  # by what, in which theme, from where
    ("mouse", "light", "http"),
    ("mouse", "dark", "file"),
    ("keyboard", "light", "file"),
    ("keyboard", "dark", "http"),
    ("touch", "light", "file"),
    ("touch", "dark", "http"),
]
COVER = """(f, how) => { for (const e of document.querySelectorAll('body *'))
  if (!f.contains(e) && /fixed|sticky/.test(getComputedStyle(e).position)) e.style.visibility = how; }"""
SAID = "f => ['[aria-live]', '.cw-verdict', '.cw-note'].map(part => f.querySelector(part)?.textContent.trim() || '')"
SAYS = ("read aloud", "verdict", "note")
STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1440px; margin: 0 auto; padding: 0 16px 64px }
table { display: block; overflow-x: auto } h2 { margin-top: 64px; border-top: 2px solid; padding-top: 16px }
ol { list-style-position: inside; padding: 0; display: grid; gap: 24px 32px; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(var(--wide), 100%), 1fr)) }
img { max-width: 100%; height: auto; display: block; margin-top: 8px; border: 1px solid #8888 }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; margin: 4px 0; font-size: 14px } dd { margin: 0 }
dt { opacity: .75 } .mouse, .keyboard { --wide: 690px } .touch { --wide: 350px }
"""


def photograph(page, figure, path):
    """Save a picture of a whole figure: in a tall window, without what stays in place as a page scrolls.

    Return its width and height.
    """
    size = page.viewport_size
    page.set_viewport_size({**size, "height": 5200})
    figure.evaluate(COVER, "hidden")
    page.wait_for_timeout(200)
    figure.screenshot(path=path, type="jpeg", quality=72)
    figure.evaluate(COVER, "")
    box = figure.bounding_box()
    page.set_viewport_size(size)
    return round(box["width"]), round(box["height"])


def play(browser, address, kind, by, theme, over):
    """Play one session; return its rows (what was done, what was said, the name of a picture) and complaints."""
    _, page_name, pointer, keyboard = PLAYS[kind]
    steps = [("As it is at first.", None), *(keyboard if by == "keyboard" else pointer)]
    context = browser.new_context(**(PHONE if by == "touch" else {}), color_scheme=theme)
    page, complaints, rows, words = context.new_page(), [], [], ""
    page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: r.url.startswith((address, "data:", "blob:")) or complaints.append(r.url))
    page.goto(f"{address}/{page_name}.html")
    figure = page.locator(f"figure[data-widget={kind}]").first
    figure.scroll_into_view_if_needed()
    try:
        figure.locator(".cw").wait_for()
        player = Player(page, figure, by)
        for number, (words, method, *arguments) in enumerate(steps):
            if method:
                getattr(player, method)(*arguments)
            page.wait_for_timeout(1000)
            picture = f"{kind}-{by}-{theme}-{over}-{number}.jpg"
            size = photograph(page, figure, OUT / picture)
            rows.append((words, figure.evaluate(SAID), (picture, *size)))
    except (Error, LookupError) as error:
        complaints.append(f"{words} {str(error).splitlines()[0]}")
    context.close()
    return rows, [f"{kind}, {by}, {theme}, {over}: {text}" for text in complaints]


def serve():
    """Serve the site on this machine; return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packing, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def session(kind, by, theme, over, rows):
    """Return a session as HTML: a heading, then what was done, what the explorable said, and its picture."""
    steps = []
    for words, said, (picture, width, height) in rows:
        told = "".join(
            f"<dt>{label}</dt><dd>{html.escape(text)}</dd>"
            for label, text in zip(SAYS, said, strict=True)
            if text
        )
        steps.append(
            f"<li><b>{html.escape(words)}</b><dl>{told}</dl><img loading=lazy width={width} height={height} "
            f'src="{picture}" alt="{kind}: {html.escape(words)}"></li>'
        )
    where = "a phone of 390 pixels, by touch" if by == "touch" else f"a window of 1280 pixels, by {by}"
    place = {"http": "over http", "file": "from a file"}[over]
    return (
        f'<h3 id="{kind}-{by}-{theme}">{where}, {theme}, {place}</h3><ol class="{by}">{"".join(steps)}</ol>'
    )


def document(chapters):
    """Return the whole record as one page; ``chapters`` is {kind: sessions as HTML}."""
    cells = {
        kind: "".join(
            f'<td><a href="#{kind}-{by}-{theme}">{by}, {theme}, {over}</a></td>'
            for by, theme, over in SESSIONS
        )
        for kind in chapters
    }
    contents = "".join(f"<tr><th>{kind}</th>{links}</tr>" for kind, links in cells.items())
    parts = "".join(
        f"<h2>{html.escape(PLAYS[kind][0])}</h2><p>On <code>{PLAYS[kind][1]}.html</code></p>{''.join(text)}"
        for kind, text in chapters.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Explorables in use</title><style>{STYLE}</style><h1>Explorables in use</h1>"
        "<p>Each explorable of the built site, used step by step. Below each step: what a screen reader is told, "
        f"what the chosen task answers, and the figure a second later.</p><table>{contents}</table>{parts}</html>"
    )


def main():
    """Record the explorables named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="kind", help=f"of {', '.join(PLAYS)}; default: all")
    kinds = parser.parse_args().kinds or list(PLAYS)
    if unknown := sorted(set(kinds) - set(PLAYS)):
        stop(f"there is no explorable {unknown[0]!r}; there are {', '.join(PLAYS)}")
    if not SITE.is_dir():
        stop("there is no built site to record: run make site first")
    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import CHROMIUM_FLAGS, find_browser

    path = find_browser() or stop("no Chromium found: install one, or name it in CHROMIUM")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    addresses, chapters, complaints = (
        {"http": serve(), "file": SITE.as_uri()},
        {kind: [] for kind in kinds},
        [],
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        for kind in kinds:
            for how in tqdm(SESSIONS, desc=kind, unit="session"):
                rows, found = play(browser, addresses[how[2]], kind, *how)
                chapters[kind].append(session(kind, *how, rows))
                complaints += found
        browser.close()
    (OUT / "index.html").write_text(document(chapters), encoding="utf-8")
    if complaints:
        stop("pages complained:\n" + "\n".join(complaints))
    print(f"{len(SESSIONS) * len(kinds)} sessions are in {OUT / 'index.html'}")


if __name__ == "__main__":
    main()
