"""Run the widgets' modules: in an embedded JavaScript engine, and on small static pages.

The fixtures that open those pages are in ``hosts/conftest.py``.
"""

import json
import math
import re
import shutil
from pathlib import Path

from course_utils.widgets._base import source

STATIC = Path(__file__).resolve().parent.parent / "book" / "_static"
HOST_FILES = ("course-host.js", "course-figures.css")
PAGE = """<!doctype html>
<html lang="en" {attributes}>
<head><meta charset="utf-8"><title>Widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/course-figures.css">
<script src="_static/course-host.js"></script>
<style>body {{ max-width: 760px; margin: 0 auto; padding: 0 12px; font-family: sans-serif }}
html[data-theme="dark"] body, html.dark body {{ background: #14181e; color: #eee }}
html[data-theme="dark"] a, html.dark a {{ color: #9cf }}</style></head>
<body {body}><main><h1>Widgets</h1><p><a href="#before" id="before">Before</a></p>
{figures}
<p><a href="#after" id="after">After</a></p></main></body></html>
"""


# The engine has no browser's functions; core.js needs this one.
ATOB = """
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
globalThis.atob = text => {
  let bits = 0, held = 0, out = '';
  for (const c of text.replace(/=+$/, '')) {
    held = (held << 6 | letters.indexOf(c)) & 0xffff;
    bits += 6;
    if (bits >= 8) { bits -= 8; out += String.fromCharCode(held >> bits & 255); }
  }
  return out;
};
0"""


def engine(*files):
    """Return a function ``run(name, *args)`` that calls a function of core.js plus ``files`` in V8.

    Arguments and results travel as JSON; typed arrays come back as lists, NaN and infinities as floats.
    ``fromLink`` of the host of static pages can be called, too.
    """
    from py_mini_racer import MiniRacer

    context = MiniRacer()
    context.eval(ATOB)
    context.eval(source(*files).replace("export default ", "globalThis.widgetModule = ") + ";0")
    host = (STATIC / "course-host.js").read_text(encoding="utf-8")
    context.eval(re.search(r"  function fromLink.*?\n  }\n", host, re.S).group() + ";0")
    context.eval(
        "function __plain(v) { if (typeof v === 'number' && !Number.isFinite(v)) return {__number: String(v)};"
        "if (ArrayBuffer.isView(v)) v = Array.from(v);"
        "if (Array.isArray(v)) return v.map(__plain);"
        "if (v && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([k, w]) => [k, __plain(w)]));"
        "return v; }"
    )

    def run(name, *args):
        given = ", ".join(json.dumps(a) for a in args)
        return json.loads(
            context.eval(f"JSON.stringify({{out: __plain({name}({given}))}})"), object_hook=_numbers
        ).get("out")

    run.eval = context.eval
    return run


def _numbers(value):
    if "__number" in value:
        return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value["__number"]]
    return value


def build_page(folder, *widgets, attributes="", body="", between=""):
    """Write ``index.html`` with the static figures of the widgets and the host's files; return its path.

    ``attributes`` and ``body`` go into the html and body tags; ``between`` separates the figures.
    """
    folder = Path(folder)
    (folder / "_static").mkdir(parents=True, exist_ok=True)
    for name in HOST_FILES:
        shutil.copy(STATIC / name, folder / "_static" / name)
    kinds, figures = set(), []
    for widget in widgets:
        figures.append(widget.static_html(with_source=widget._kind not in kinds))
        kinds.add(widget._kind)
    text = PAGE.format(attributes=attributes, body=body, figures=between.join(figures))
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


def module_size(widget):
    """Return how many bytes of JavaScript a widget brings, core.js included, its style sheet not."""
    return len(str(widget._esm).split("\n", 1)[1].encode())
