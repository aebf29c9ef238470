"""Pages of widgets in a browser: real clicks, keys and touches, and nothing from elsewhere."""

import functools
import http.server
import threading
from contextlib import contextmanager

import pytest

from widget_host import build_page


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Serve a folder over http; return (folder, address)."""
    folder = tmp_path_factory.mktemp("site")
    handler = functools.partial(Quiet, directory=str(folder))
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()


CONTROLS = ".cw :is(button, input, select, textarea):enabled, .cw [tabindex='0']"


class Visit:
    """An open page; ``problems`` holds console errors, exceptions and requests that left this machine."""

    def __init__(self, page):
        self.page, self.problems = page, []
        page.on("console", lambda m: m.type in ("error", "warning") and self.problems.append(m.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._check)

    def _check(self, request):
        if not request.url.startswith(("http://127.0.0.1", "file:", "data:", "blob:")):
            self.problems.append(f"request to {request.url}")

    def ready(self, count=1):
        """Wait until so many figures are alive, scrolling to each."""
        for figure in self.page.query_selector_all("figure[data-widget]")[:count]:
            figure.scroll_into_view_if_needed()
            self.page.wait_for_function("f => f.dataset.ready === '1'", arg=figure, timeout=15000)
        return self.page

    def tab_through(self):
        """Press Tab until the focus leaves the widget; return the controls that it passed by."""
        page, mark = self.page, "(document.activeElement.dataset.reached = 1, document.activeElement.id)"
        page.locator("#before").focus()
        for _ in range(page.locator(CONTROLS).count() + 1):
            page.keyboard.press("Tab")
            if page.evaluate(mark) == "after":
                break
        else:
            raise AssertionError("Tab does not leave the widget")
        return page.eval_on_selector_all(
            CONTROLS,
            "all => all.filter(e => !e.dataset.reached && e.checkVisibility()).map(e => e.outerHTML.slice(0, 120))",
        )

    def small_targets(self, least=24):
        """Return the controls that are less than ``least`` pixels wide or high."""
        return self.page.eval_on_selector_all(
            CONTROLS,
            "(all, least) => all.map(e => [e, e.getBoundingClientRect()])"
            ".filter(([e, box]) => e.checkVisibility() && Math.min(box.width, box.height) < least)"
            ".map(([e]) => e.outerHTML.slice(0, 120))",
            least,
        )

    def said(self, words, timeout=5000):
        """Wait until the live region holds ``words``."""
        self.page.wait_for_function(
            "w => [...document.querySelectorAll('[aria-live]')].some(e => e.textContent.includes(w))",
            arg=words,
            timeout=timeout,
        )


@pytest.fixture
def visit(browser, server, tmp_path):
    """Return ``visit(widgets, ...)``, a context manager that opens their page and checks it was quiet.

    over : "http" (below a path prefix) or "file"
    fragment : what follows ``#`` in the address
    html, body, between : see ``build_page``
    **options : of playwright's ``new_context``: viewport, has_touch, java_script_enabled, reduced_motion …
    """

    @contextmanager
    def open_page(*widgets, over="http", fragment="", html="", body="", between="", quiet=True, **options):
        folder = (server[0] if over == "http" else tmp_path) / tmp_path.name / "below a prefix"
        path = build_page(folder, *widgets, attributes=html, body=body, between=between)
        url = (
            path.as_uri() if over == "file" else f"{server[1]}/{tmp_path.name}/below%20a%20prefix/index.html"
        )
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        opened = Visit(context.new_page())
        opened.page.goto(url + fragment)
        yield opened
        context.close()
        if quiet:
            assert opened.problems == []

    return open_page


@pytest.fixture
def axe():
    """Return a function that gives the WCAG 2.2 A and AA violations of a page, in words."""
    Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

    def violations(page):
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
        return [f"{v['id']}: {n['target']} {n.get('failureSummary', '')}" for v in found for n in v["nodes"]]

    return violations
