"""The icons of the site, drawn for it: 24 units wide, lines of 2 units, as masks in the stylesheet.

The theme's pages name them by Font Awesome's classes; 542 kB of script drew a dozen of them.
"""

from urllib.parse import quote

LINES = {
    "angle-left": "M15 5l-7 7 7 7",
    "angle-right": "M9 5l7 7-7 7",
    "arrow-up": "M12 20V5M5 12l7-7 7 7",
    "bars": "M4 6h16M4 12h16M4 18h16",
    "list": "M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5",
    "magnifying-glass": "M16 10.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM15 15l5 5",
    "github": "M9 7l-5 5 5 5M15 7l5 5-5 5",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "expand": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    "file": "M6 3h8l5 5v13H6zM14 3v5h5",
    "file-pdf": "M6 3h8l5 5v13H6zM14 3v5h5M9 13h6M9 17h6",
    "lightbulb": "M9 18h6M10 21h4M8.5 14.5a6 6 0 1 1 7 0c-.6.7-.9 1.4-1 2.5h-5c-.1-1.1-.4-1.8-1-2.5z",
    "rocket": "M7 4l13 8-13 8z",
    "circle-half-stroke": "M12 4a8 8 0 1 0 0 16 8 8 0 1 0 0-16zM12 4v16M15 6v12M17.5 8v8",
    "moon": "M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.500 9.500z",
    "sun": "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
    "chevron-down": "M5 9l7 7 7-7",
    "xmark": "M5 5l14 14M19 5L5 19",
}
BASE = (
    ".fa-solid,.fas,.fab,.fa{display:inline-block;width:1em;height:1em;background-color:currentColor;"
    "vertical-align:-.125em;-webkit-mask:var(--icon) center/contain no-repeat;"
    "mask:var(--icon) center/contain no-repeat}"
    ".fa-lg{font-size:1.25em}"
    "@media (forced-colors:active){.fa-solid,.fas,.fab{background-color:ButtonText}}"
)


def drawing(path):
    """Return an icon as an address that a stylesheet can use."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='#000' "
        f"stroke-width='2' stroke-linecap='round' stroke-linejoin='round'><path d='{path}'/></svg>"
    )
    text = quote(svg, safe=" =:/'")
    return f'url("data:image/svg+xml,{text}")'


def missing(names):
    """Return the icons that pages use and that nobody has drawn; names as in class="fa-bars"."""
    kinds = {"fa-solid", "fa-lg", "fa-fw", "fa-regular", "fa-brands"}
    used = {name for name in names if name.startswith("fa-")} - kinds
    return sorted(name for name in used if name.removeprefix("fa-") not in LINES)


def stylesheet(names):
    """Return the rules for the icons among the names of a site."""
    used = [name for name in LINES if f"fa-{name}" in names]
    return BASE + "".join(f".fa-{name}{{--icon:{drawing(LINES[name])}}}" for name in used)
