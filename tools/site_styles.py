"""One stylesheet for the site: what its pages use of the theme's 500 kB, and ours, without blanks.

`site_names.Names` says which rules can apply. Font Awesome's 2,500 rules go: `tools/site_icons.py` draws the
icons that are left. So do variables that nobody reads and pictures that would be files.
"""

import re

import tinycss2

CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"')]+)["']\)?\s*;""")
FILE = re.compile(r"url\((?!\"?'?(?:data:|#))")
VARIABLE = re.compile(r"""(?<=[{;])(--[\w-]+):(?:"[^"]*"|'[^']*'|[^;{}"'])*(?:;|(?=\}))""")
ICON_FONT = re.compile(r"--fa-|--pst-icon-|Font Awesome")
KEPT_AT_RULES = {"media", "supports", "page", "property"}


def is_used(selector, names):
    """Return whether a selector can apply; Font Awesome's own rules never do."""
    if any(name.startswith("fa") and not _is_icon_rule(name) for name in CLASS.findall(selector)):
        return False
    return names.uses(selector)


def _is_icon_rule(name):
    return not re.fullmatch(r"fa[srb]?|fa-.*", name)


def purged(rules, names):
    """Return the text of the rules that the names use, at-rules included."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _split(tinycss2.serialize(rule.prelude))
            used = [s for s in selectors if is_used(s, names)]
            body = without_files(squeezed(tinycss2.serialize(rule.content)))
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


def without_files(body):
    """Return declarations without those that need Font Awesome's font or another file."""
    lines = re.split(r""";(?=(?:[^"']|"[^"]*"|'[^']*')*$)""", body)
    return ";".join(line for line in lines if not ICON_FONT.search(line) and not FILE.search(line)).strip()


def without_variables(text, named=()):
    """Return a stylesheet without the variables that it does not read, and scripts do not name."""
    while True:
        read = set(named).union(re.findall(r"var\(\s*(--[\w-]+)", text))
        fewer = VARIABLE.sub(lambda match, read=read: match[0] if match[1] in read else "", text)
        if fewer == text:
            return text
        text = re.sub(r"[^{}]+\{\}", "", fewer)


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
    style = without_variables(purged(rules, names), names.variables)
    return style + keyframes(rules, style)
