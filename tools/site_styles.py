"""One stylesheet for the site: what its pages use of the theme's 500 kB, and ours, without blanks.

A rule stays if every class, id and element that its selector names occurs in a page or in a script
(as in PurgeCSS); arguments of :not() and its like are not looked at. Font Awesome's 2,500 rules go:
`tools/site_icons.py` draws the icons that are left.
"""

import re

import tinycss2

FUNCTIONAL = re.compile(r":[\w-]+\((?:[^()]|\([^()]*\))*\)")
ATTRIBUTE = re.compile(r"\[[^\]]*\]")
NAMES = re.compile(r"([.#]?)(-?[_a-zA-Z](?:[\w-]|\\.)*)")
PSEUDO = re.compile(r"::?[\w-]+")
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"')]+)["']\)?\s*;""")
# what scripts add to a page, beside what their texts spell out
ADDED = {
    "show",
    "active",
    "hide",
    "dropdown-menu-dark",
    "pst-sidebar-hidden",
    "scrolled",
    "noprint",
    "dialog",
}
ICON_FONT = re.compile(r"--fa-|--pst-icon-|Font Awesome")
KEPT_AT_RULES = {"media", "supports", "page", "property"}


def vocabulary(pages, scripts):
    """Return every name that pages (soups) and scripts (texts) use: elements, classes, ids, words."""
    names = set(ADDED)
    for soup in pages:
        for tag in soup.find_all(True):
            names.add(tag.name)
            names.update(tag.get("class", ()))
            if tag.get("id"):
                names.add(tag["id"])
    for text in scripts:
        names.update(re.findall(r"[\w-]+", text))
    return names


def is_used(selector, names):
    """Return whether all classes, ids and elements of a selector are among the names."""
    bare = PSEUDO.sub("", ATTRIBUTE.sub("", FUNCTIONAL.sub("", selector)))
    found = [(kind, name.replace("\\", "")) for kind, name in NAMES.findall(bare)]
    if any(kind == "." and name.startswith("fa") and not _is_icon_rule(name) for kind, name in found):
        return False
    return all(name in names or (not kind and name.lower() in names) for kind, name in found)


def _is_icon_rule(name):
    return not re.fullmatch(r"fa[srb]?|fa-.*", name)


def purged(rules, names):
    """Return the text of the rules that the names use, at-rules included."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _split(tinycss2.serialize(rule.prelude))
            used = [s for s in selectors if is_used(s, names)]
            body = without_icon_font(squeezed(tinycss2.serialize(rule.content)))
            if used and body:
                kept.append(f"{','.join(map(squeezed, used))}{{{body}}}")
        elif rule.type == "at-rule" and rule.at_keyword in KEPT_AT_RULES and rule.content:
            if rule.at_keyword in ("page", "property"):
                inner = squeezed(tinycss2.serialize(rule.content))
            else:
                inner = purged(_rules(rule.content), names)
            if inner:
                kept.append(f"@{rule.at_keyword} {squeezed(tinycss2.serialize(rule.prelude))}{{{inner}}}")
    return "".join(kept)


def without_icon_font(body):
    """Return declarations without those that need Font Awesome's font, which the site does not load."""
    return ";".join(line for line in body.split(";") if not ICON_FONT.search(line)).strip()


def _split(prelude):
    parts, depth, current = [], 0, ""
    for sign in prelude:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [*parts, current]


def _rules(content):
    return tinycss2.parse_rule_list(content, skip_comments=True, skip_whitespace=True)


def squeezed(text):
    """Return CSS without comments and superfluous blanks; strings stay as they are."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    pieces = re.split(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""", text)
    for i in range(0, len(pieces), 2):
        piece = re.sub(r"\s+", " ", pieces[i])
        pieces[i] = re.sub(r" ?([{};,]) ?|(:) ", r"\1\2", piece)
    return "".join(pieces).strip().rstrip(";")


def keyframes(rules, text):
    """Return the animations and fonts that a stylesheet's text names."""
    kept = []
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword == "keyframes":
            name = tinycss2.serialize(rule.prelude).strip()
            if re.search(rf"animation(-name)?:[^;}}]*\b{re.escape(name)}\b", text):
                kept.append(f"@keyframes {name}{{{squeezed(tinycss2.serialize(rule.content))}}}")
    return "".join(kept)


def with_imports(path):
    """Return a stylesheet's text with those that it imports in their places."""
    text = path.read_text(encoding="utf-8")
    return IMPORT.sub(lambda match: with_imports((path.parent / match[1]).resolve()), text)


def one_stylesheet(paths, names):
    """Return what the names use of all stylesheets, in their order, as one text."""
    text = "\n".join(with_imports(path) for path in paths)
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    style = purged(rules, names)
    return style + keyframes(rules, style)
