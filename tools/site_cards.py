"""A picture for each page, 1200×630, for messengers that show one beside a link."""

import functools
import hashlib
import textwrap
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from site_figures import file_of
from site_metadata import CARD

MARGIN, INK, MUTED, BLUE, ORANGE = 60, "#1b1e24", "#5b6470", "#2e80d9", "#e6730d"


@functools.cache
def font(size, *, bold=False):
    """Return the font that matplotlib brings along."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts/ttf", name)), size)


def figure_of(folder, page, soup):
    """Return the file of the page's first figure, or None."""
    for tag in soup.select("article figure img[src], article .cell_output img[src]"):
        path = file_of(folder, page, tag["src"])
        if path is not None and path.suffix in (".webp", ".png", ".jpg"):
            return path
    return None


def card(title, site_name, figure=None):
    """Return the picture: the title, a figure if there is one, the name of the book."""
    picture = Image.new("RGB", CARD, "white")
    draw = ImageDraw.Draw(picture)
    lines, top = textwrap.wrap(title, 30)[:2], MARGIN
    for line in lines:
        draw.text((MARGIN, top), line, INK, font(58, bold=True))
        top += 74
    bottom = CARD[1] - MARGIN - 34
    draw.rectangle((MARGIN, bottom + 8, MARGIN + 22, bottom + 30), BLUE)
    draw.rectangle((MARGIN + 26, bottom + 8, MARGIN + 48, bottom + 30), ORANGE)
    draw.text((MARGIN + 64, bottom), site_name, MUTED, font(30))
    if figure is not None:
        with Image.open(figure) as opened:
            image = opened.convert("RGBA")
        room = (CARD[0] - 2 * MARGIN, bottom - top - 50)
        scale = min(room[0] / image.width, room[1] / image.height, 2)
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.LANCZOS)
        picture.paste(image, (MARGIN, top + 25 + (room[1] - image.height) // 2), image)
    return picture


def write_cards(folder, pages, site_name):
    """Write a picture for every page with a title; return {page: its path below the folder}."""
    written = {}
    (folder / "_static/cards").mkdir(parents=True, exist_ok=True)
    for page, soup in pages.items():
        title = soup.select_one("article h1")
        if title is None:
            continue
        text = " ".join(title.get_text(" ").replace("#", "").split())
        picture = card(text, site_name, figure_of(folder, page, soup))
        name = f"_static/cards/{hashlib.sha256(page.as_posix().encode()).hexdigest()[:10]}.jpg"
        picture.save(folder / name, quality=66, optimize=True, progressive=True)
        written[page] = name
    return written
