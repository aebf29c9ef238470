"""Small pieces of text that several tools need."""

import re

SENTENCE = re.compile(r"(?<=[.?!])[\"”’)]?\s+(?=[A-Z“\"(])")


def sentences(text):
    """Return the sentences of a text."""
    return [part.strip() for part in SENTENCE.split(text.strip()) if part.strip()]


def first_sentences(text, longest):
    """Return as many first sentences as fit into so many characters; cut a first one that does not."""
    taken = ""
    for sentence in sentences(text):
        if len(taken) + len(sentence) + 1 > longest:
            break
        taken = f"{taken} {sentence}".strip()
    if taken or len(text) <= longest:
        return taken or text
    return text[:longest].rsplit(" ", 1)[0].rstrip(",;: ") + " …"
