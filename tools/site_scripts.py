"""Scripts of the built site: two bundles in place of the theme's fifteen files, explorables on demand.

Every page loads ``site.js`` (the theme's behaviour and ours), pages with code ``code.js`` as well
(copy buttons). The module and the state of an explorable are files that ``course-host.js`` asks for
when its figure comes near; as scripts, not as data, so that they load from ``file://`` too.
"""

import base64
import hashlib
import json
import os
import re

# Not among them: Font Awesome (see site_icons) and Bootstrap, whose menus and list of contents are in course.js.
EVERYWHERE = (
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/sphinx-book-theme.js",
    "course.js",
)
WITH_CODE = ("clipboard.min.js", "copybutton.js")
WITH_EXPLORABLE = ("course-host.js",)
SEARCHING = ("searchtools.js", "language_data.js", "searchindex.js")
# Before anything is painted: light or dark. A reader's choice first, else what the device asks for.
FIRST = (
    "(()=>{const d=document.documentElement,s=k=>{try{return localStorage.getItem(k)}catch{}},"
    "m=s('mode')||'auto';d.dataset.mode=m;d.classList.add('js');"
    "d.dataset.theme=m!='auto'?m:matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light'})()"
)
SHEET = re.compile(r'"data:image/(webp|png);base64,([A-Za-z0-9+/=]{2000,})"')
BYTES = re.compile(r'"(data:application/octet-stream;base64,[A-Za-z0-9+/=]{2000,})"')
HANDLERS = {"window.print()": "print", "toggleFullScreen()": "fullscreen"}


def stamp(content):
    """Return ten characters that change with the content: part of a file's name."""
    return hashlib.sha256(content.encode()).hexdigest()[:10]


def bundle(folder, name, texts):
    """Write texts as one script; return its name below the folder."""
    content = "\n;".join(re.sub(r"//# sourceMappingURL=\S+", "", text).strip() for text in texts)
    target = f"_static/{name}.{stamp(content)}.js"
    (folder / target).write_text(content, encoding="utf-8")
    return target


def read(folder, names):
    """Return the texts of scripts of the theme and ours; a name that the theme lacks is an error."""
    return [(folder / "_static" / name).read_text(encoding="utf-8") for name in names]


def replace(folder, pages):
    """Put the bundles that each page needs in the place of its scripts; return the texts of all scripts."""
    texts = {names: read(folder, names) for names in (EVERYWHERE, WITH_CODE, WITH_EXPLORABLE)}
    site = bundle(folder, "site", texts[EVERYWHERE])
    code = bundle(folder, "code", texts[WITH_CODE])
    host = bundle(folder, "explorables", texts[WITH_EXPLORABLE])
    for page, soup in pages.items():
        wanted = [site] + [code] * bool(soup.select_one("div.highlight pre"))
        wanted += [host] * bool(soup.select_one("figure[data-widget]"))
        if page.name == "search.html":
            wanted += [f"_static/{name}" for name in SEARCHING[:2]] + [SEARCHING[2]]
        _strip(soup)
        _add(soup, page, wanted)
    return [text for group in texts.values() for text in group] + read(folder, SEARCHING[:2])


def _strip(soup):
    for tag in soup.find_all("script"):
        if tag.get("src") or tag.get("type") not in ("application/json", "text/plain"):
            tag.decompose()
    for tag in soup.select('link[rel~="preload"], link[rel~="search"], link[rel~="index"]'):
        tag.decompose()
    for tag in soup.select("[onclick]"):
        tag["data-do"] = HANDLERS[tag["onclick"]]
        del tag["onclick"]


def _add(soup, page, wanted):
    """Add the script that sets the theme to the head, the others to the end: the page is painted before."""
    first = soup.new_tag("script")
    first.string = FIRST
    soup.head.find("meta", charset=True).insert_after(first)
    for name in wanted:
        soup.body.append(soup.new_tag("script", defer="", src=os.path.relpath(name, page.parent)))


def explorables_apart(folder, pages):
    """Move the modules and states of explorables from the pages to scripts; return the modules' texts.

    ``data-module`` and ``data-state`` of a figure name the scripts; each sets one entry of
    ``courseParts``.
    """
    modules = {}
    for page, soup in pages.items():
        for tag in soup.select('script[type="text/plain"][id^="course-src-"]'):
            text = tag.string.replace("<\\/script", "</script").replace("<\\!--", "<!--")
            modules[page, tag["id"].removeprefix("course-src-")] = text
            tag.decompose()
        for figure in soup.select("figure[data-widget]"):
            module = modules.get((page, figure["data-widget"]))
            if module is not None:
                _part(folder, page, figure, "module", f"explorable-{figure['data-widget']}", module)
            state = figure.find("script", type="application/json")
            if state is not None:
                text = _sheets_apart(folder, state.string)
                _part(folder, page, figure, "state", f"state-{figure['data-widget']}", text)
                state.decompose()
    return modules


def _sheets_apart(folder, state):
    """Move large pictures and bytes in the state of an explorable to files, read when a reader asks for them.

    Bytes become scripts: a page from ``file://`` can read nothing else. The state calls each ``beside:name``,
    a file beside its own, since pages and decks that share the state lie in different folders.
    """

    def moved(match):
        picture = base64.b64decode(match[2])
        name = f"sheet.{hashlib.sha256(picture).hexdigest()[:10]}.{match[1]}"
        (folder / "_static" / name).write_bytes(picture)
        return json.dumps(f"beside:{name}")

    apart = SHEET.sub(moved, state)
    return BYTES.sub(lambda match: json.dumps(f"beside:{_script(folder, 'bytes', match[1])}"), apart)


def _part(folder, page, figure, what, name, text):
    figure[f"data-{what}"] = os.path.relpath(f"_static/{_script(folder, name, text)}", page.parent)


def _script(folder, name, text):
    """Write a script that sets one entry of ``courseParts`` to the text; return its name in ``_static``."""
    name = f"{name}.{stamp(text)}"
    content = f"(globalThis.courseParts||={{}})[{json.dumps(name)}]={json.dumps(text, ensure_ascii=False)}"
    (folder / "_static" / f"{name}.js").write_text(content, encoding="utf-8")
    return f"{name}.js"
