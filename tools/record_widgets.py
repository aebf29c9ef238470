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
SAID = "f => [...f.querySelectorAll('[aria-live], .cw-verdict')].map(e => e.textContent).join(' ').trim()"


def photograph(page, figure, path):
    """Save a picture of a whole figure: in a tall window, without what stays in place as a page scrolls."""
    size = page.viewport_size
    page.set_viewport_size({**size, "height": 5200})
    figure.evaluate(COVER, "hidden")
    page.wait_for_timeout(200)
    figure.screenshot(path=path, type="jpeg", quality=72)
    figure.evaluate(COVER, "")
    page.set_viewport_size(size)


def play(browser, address, kind, by, theme, over):
    """Play one session; return its rows (what was done, what was said, the name of a picture) and complaints."""
    page_name, pointer, keyboard = PLAYS[kind]
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
            photograph(page, figure, OUT / picture)
            rows.append((words, figure.evaluate(SAID), picture))
    except (Error, LookupError) as error:
        complaints.append(f"{words} {str(error).splitlines()[0]}")
    context.close()
    return rows, [f"{kind}, {by}, {theme}, {over}: {text}" for text in complaints]


def serve():
    """Serve the site on this machine; return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packing, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def chapter(kind, by, theme, over, rows):
    """Return a session as HTML."""
    steps = "".join(
        f'<li><p>{html.escape(words)} <q>{html.escape(said)}</q></p><a href="{picture}">'
        f'<img loading="lazy" height="360" src="{picture}" alt="{html.escape(words)}"></a></li>'
        for words, said, picture in rows
    )
    return f"<h2>{kind}: by {by}, {theme}, over {over}</h2><ol>{steps}</ol>"


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
    addresses, chapters, complaints = {"http": serve(), "file": SITE.as_uri()}, [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        for kind in kinds:
            for session in SESSIONS:
                rows, found = play(browser, addresses[session[2]], kind, *session)
                chapters.append(chapter(kind, *session, rows))
                complaints += found
        browser.close()
    text = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorables in use</title>{"".join(chapters)}'
    (OUT / "index.html").write_text(text, encoding="utf-8")
    if complaints:
        stop("pages complained:\n" + "\n".join(complaints))
    print(f"{len(chapters)} sessions are in {OUT / 'index.html'}")


if __name__ == "__main__":
    main()
