"""The questions at the end of a lecture: options with feedback, marked right or wrong, one open at a time.

In the source a question is a paragraph that begins with a bold number, and its options are `<details>`;
the feedback of the right one begins with "Right" and a point, comma or colon.
"""

import re

NUMBERED = re.compile(r"\d+\. ")
RIGHT = re.compile(r"Right[.,:]")


def options_after(paragraph):
    """Return the `<details>` that follow a paragraph up to the next one."""
    found, tag = [], paragraph.find_next_sibling()
    while tag is not None and tag.name == "details":
        found.append(tag)
        tag = tag.find_next_sibling()
    return found


def questions_of(soup):
    """Return [(paragraph, options)] of a page's section "Check yourself"."""
    section = soup.select_one("section#check-yourself")
    if section is None:
        return []
    asked = [p for p in section.find_all("p", recursive=False) if _is_question(p)]
    return [(p, options) for p in asked if (options := options_after(p))]


def _is_question(paragraph):
    bold = paragraph.find("strong")
    return bold is not None and NUMBERED.match(bold.get_text()) is not None


def is_right(option):
    """Return whether an option's feedback says that it is right."""
    text = " ".join(t.get_text() for t in option.find_all(recursive=False) if t.name != "summary")
    return RIGHT.match(text.strip()) is not None


def enhance(soup):
    """Group each question with its options, mark them, add a region that announces the feedback."""
    found = questions_of(soup)
    for number, (paragraph, options) in enumerate(found, start=1):
        paragraph["id"] = f"question-{number}"
        attributes = {"class": "course-question", "role": "group", "aria-labelledby": paragraph["id"]}
        box = soup.new_tag("div", attrs=attributes)
        paragraph.insert_before(box)
        box.append(paragraph.extract())
        for option in options:
            _mark(soup, option, f"question-{number}-option")
            box.append(option.extract())
        box.append(soup.new_tag("p", attrs={"class": "visually-hidden", "role": "status"}))
    if found:
        score = soup.new_tag("p", attrs={"class": "course-score", "role": "status"})
        found[-1][0].parent.insert_after(score)


def _mark(soup, option, name):
    right = is_right(option)
    option["name"], option["data-answer"] = name, "right" if right else "wrong"
    feedback = soup.new_tag("div", attrs={"class": "course-feedback"})
    for tag in list(option.contents):
        if getattr(tag, "name", None) != "summary":
            feedback.append(tag.extract())
    option.append(feedback)
