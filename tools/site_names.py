"""What the pages of the site and their scripts name: which rules of a stylesheet can ever apply.

A selector is in use if the pages have an element below others as it says (every combinator counts as
"below"), or if a script may make one: what only scripts name is taken as they spell it (as in PurgeCSS),
and what they add to elements of the pages may be anywhere.
"""

import re

FUNCTIONAL = re.compile(r":[\w-]+\((?:[^()]|\([^()]*\))*\)")
ATTRIBUTE = re.compile(r"\[[^\]]*\]")
PSEUDO = re.compile(r"::?[\w-]+")
NAME = re.compile(r"([.#]?)(-?[_a-zA-Z](?:[\w-]|\\.)*)")
TOKEN = re.compile(r"[>+~]|[^\s>+~]+")
CLASSES = (r"classList\.\w+\(([^)]*)\)", r"class(?:Name)?\\?[\"']?\s*[=:,]\s*(\\?[\"'][\w\s-]+)")
MADE = (
    "a|button|canvas|figure|input|label|option|output|p|select|span|svg|table|tbody|td|textarea|th|thead|tr"
)
ELEMENTS = (r"createElement\(\\?[\"'](\w+)", r"<(\w+)[ >]", rf"[\"'`]({MADE})[\"'`]")
# what scripts put somewhere, beside what their texts show; sidebars move into dialogs
ADDED = {".show", ".active", ".hide", ".dropdown-menu-dark", ".scrolled", ".noprint", "dialog"}
ADDED |= {"#pst-primary-sidebar-modal", "#pst-secondary-sidebar-modal"}


def names_of(tag):
    """Return what selectors may call an element: its name, its classes, its id."""
    names = [tag.name, *("." + name for name in tag.get("class", ()))]
    return frozenset([*names, "#" + tag["id"]] if tag.get("id") else names)


def paths(tag, above=()):
    """Return the set of distinct ways to the elements below a tag, each as the names of its elements."""
    found = set()
    for child in tag.find_all(True, recursive=False):
        path = (*above, names_of(child))
        found |= {path} | paths(child, path)
    return found


def added_by(text):
    """Return the classes and elements that a script puts somewhere, as far as its text shows."""
    classes = " ".join(found for pattern in CLASSES for found in re.findall(pattern, text))
    elements = {found for pattern in ELEMENTS for found in re.findall(pattern, text)}
    return {f".{name}" for name in re.findall(r"[\w-]+", classes)} | elements


def steps(selector):
    """Return what a selector asks of an element and of those above it, outermost first, as sets of names."""
    tokens = TOKEN.findall(PSEUDO.sub("", ATTRIBUTE.sub("", FUNCTIONAL.sub("", selector))))
    found = []
    for token, after in zip(tokens, [*tokens[1:], ""][: len(tokens)], strict=True):
        if token not in ">+~" and after not in ("+", "~"):  # a sibling is not looked at
            names = ((kind, name.replace("\\", "")) for kind, name in NAME.findall(token))
            found.append({kind + (name if kind else name.lower()) for kind, name in names})
    return found


class Names:
    """The names on pages (soups), and in scripts (texts)."""

    def __init__(self, pages, scripts):
        self.paths = set().union(*map(paths, pages))
        self.on_pages = {name for path in self.paths for name in path[-1]}
        self.in_scripts = set(re.findall(r"[\w-]+", " ".join(scripts)))
        self.variables = {name for name in self.in_scripts if name.startswith("--")}
        self.anywhere = ADDED.union(*map(added_by, scripts))

    def uses(self, selector):
        """Return whether an element that a selector means is on a page, or may be put there by a script."""
        wanted = steps(selector)
        only_in_scripts = set().union(*wanted) - self.on_pages - self.anywhere
        if only_in_scripts:
            return {name.lstrip(".#") for name in only_in_scripts} <= self.in_scripts
        wanted = [rest for names in wanted if (rest := names - self.anywhere)]
        return not wanted or any(_leads(path, wanted) for path in self.paths)


def _leads(path, wanted):
    """Return whether the way to an element meets all that is wanted, in order."""
    nodes = iter(path)
    return all(any(names <= node for node in nodes) for names in wanted)
