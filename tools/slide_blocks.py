"""Cut a built page into slides: one idea each, code beside its figure, the full text in the notes."""

import copy
import re

from bs4 import BeautifulSoup, NavigableString

HEADINGS = ("h1", "h2", "h3")
WHOLE, AT_LEAST = 34, 10  # words: a paragraph that is shown whole, and the least that is left of a longer one
SENTENCE_END = re.compile(r"[.?!](?=\s)")
DROPPED = ".headerlink, .course-launch, .course-score, [role=status], .copybtn"


def flat(article):
    """Return the blocks of an article in order, out of their sections."""
    blocks = []
    for tag in article.find_all(recursive=False):
        if tag.name == "section" or tag.get("class") == ["tex2jax_ignore", "mathjax_ignore"]:
            blocks += flat(tag)
        elif tag.name != "span" or tag.get_text(strip=True):
            blocks.append(tag)
    return blocks


def slides_of(article, code_types, text_types=()):
    """Return [[slide, subslide, …], …] of an article; a slide is {"heading", "own", "shown", "notes"}.

    code_types : slide type of every code cell that the page shows, in order
    text_types : slide type of the text before each of them, and after the last
    """
    article = copy.copy(article)
    for tag in article.select(DROPPED):
        tag.decompose()
    stacks, code, text = [], iter(code_types), iter(text_types)
    around = next(text, "-")
    for block in flat(article):
        if "cell" in block.get("class", ()):
            kind, around = next(code, "-"), next(text, "-")
        else:
            kind = block.name if block.name in HEADINGS else _kind(block, around)
        if kind == "skip" or (around == "skip" and kind in HEADINGS):
            continue
        if kind in ("h1", "h2") or not stacks:
            stacks.append([])
        if kind in (*HEADINGS, "subslide") or not stacks[-1]:
            stacks[-1].append(_slide(block, kind, stacks))
        if kind not in HEADINGS:
            put(stacks[-1][-1], block, shown=kind != "notes")
    return [_headings_joined([s for s in stack if s["shown"] or s["own"]]) for stack in stacks]


def _headings_joined(stack):
    """Return the slides of a stack; one with nothing but a heading gives it to the next."""
    joined = []
    for slide in stack:
        if joined and not slide["own"] and not (joined[-1]["shown"] or joined[-1]["notes"]):
            slide = {**joined.pop(), **slide, "own": True}
        joined.append(slide)
    return joined


def _slide(block, kind, stacks):
    """Return an empty slide under its own heading, or under the one before."""
    own = kind in HEADINGS
    heading = block if own else stacks[-1][-1]["heading"] if stacks[-1] else None
    return {"heading": heading, "own": own, "shown": [], "notes": []}


def _kind(block, around):
    if around in ("skip", "notes"):
        return around
    return "subslide" if "course-question" in block.get("class", ()) else "-"


def put(slide, block, *, shown=True):
    """Put a block on a slide: prose shortened, with the whole of it in the notes."""
    if block.name in ("p", "ul", "ol", "dl") or not shown:
        slide["notes"].append(block)
    if "course-question" in block.get("class", ()):
        slide["notes"] += [_feedback(option) for option in block.find_all("details")]
    if not shown:
        return
    if block.name == "p":
        words = sum(len(b.get_text().split()) for b in slide["shown"] if b.name == "p")
        solid = any(b.name != "p" for b in slide["shown"])
        if words < (WHOLE if solid else 2 * WHOLE):
            slide["shown"].append(shortened(block))
    else:
        slide["shown"].append(_short_list(block) if block.name in ("ul", "ol", "dl") else block)


def _feedback(option):
    """Return an option of a question with what is said of it, as a paragraph for the speaker."""
    lines = [" ".join(part.get_text(" ").split()) for part in option.find_all(recursive=False)]
    note = BeautifulSoup("", "html.parser").new_tag("p")
    note.string = f"{lines[0]}: {' '.join(lines[1:])}"
    return note


def _short_list(block):
    short = copy.copy(block)
    for item in short.find_all("li"):
        for paragraph in item.find_all("p", recursive=False) or [item]:
            if paragraph.parent is not None:
                paragraph.replace_with(shortened(paragraph))
    return short


def shortened(paragraph):
    """Return a paragraph cut at the end of a sentence, with its markup; a short one as it is."""
    if len(paragraph.get_text().split()) <= WHOLE:
        return copy.copy(paragraph)
    short = BeautifulSoup("", "html.parser").new_tag(paragraph.name)
    short["class"] = "shortened"
    for node in paragraph.contents:
        if isinstance(node, NavigableString):
            cut = _end(str(node), len(short.get_text().split()))
            if cut is not None:
                short.append(str(node)[:cut])
                return short
        short.append(copy.copy(node))
    return short


def _end(text, before):
    """Return where a text may be cut after enough words, or None."""
    for match in SENTENCE_END.finditer(text + " "):
        if before + len(text[: match.end()].split()) >= AT_LEAST:
            return match.end()
    return None
