"""Figures of the built site: small files, with their size in the page, loaded when they come near.

A figure is kept without loss where that is small. Photographs and dense maps are stored with a loss that
nobody sees: either a small error everywhere (MIN_PSNR), or, in textures, the same structure at every place
(MIN_SSIM) and no large error (FLOOR_PSNR). A figure is encoded once: the result is kept under a hash of its pixels.
"""

import base64
import bisect
import functools
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from book import BUILD, write_whole

KEPT = BUILD / "figures"
RECIPE = "4"  # part of the key: raise it when the encoding changes
SMALL = 6_000  # bytes: below this nothing is lost for size
MIN_PSNR = 36  # dB, against a white page; quantised maps of noise are the hardest
FLOOR_PSNR, MIN_SSIM = 31, 0.965
QUALITIES = range(40, 93, 2)
EAGER = 1  # pictures of an article that load at once; the rest wait until they come near


def encode(raw):
    """Return a picture as WebP: without loss if small, else the smallest that looks the same."""
    image = Image.open(io.BytesIO(raw)).convert("RGBA")
    best = _webp(image, lossless=True, quality=70, method=4)
    if len(best) <= SMALL:
        return best
    flat = _flat(image)
    palette = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    lossy = functools.cache(lambda quality: _webp(image, quality=quality, alpha_quality=90, method=6))
    lowest = bisect.bisect_left(QUALITIES, True, key=lambda quality: looks_like(flat, lossy(quality)))
    good = [best, *map(lossy, QUALITIES[lowest : lowest + 1])]  # the search has looked at this one
    small = _webp(palette.convert("RGBA"), lossless=True, quality=70, method=4)
    return min([*good, small] if looks_like(flat, small) else good, key=len)


def _webp(image, **options):
    target = io.BytesIO()
    image.save(target, format="webp", **options)
    return target.getvalue()


def _flat(image):
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image.convert("RGBA")).convert("RGB"), dtype=np.float32)


def psnr(flat, encoded):
    """Return how near an encoded picture is to pixels (H, W, 3) on white, in dB; infinity if equal."""
    error = float(((flat - _flat(Image.open(io.BytesIO(encoded)))) ** 2).mean())
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def _blocks(grey, size=8):
    """Return the blocks of grey values (H, W) as rows (N, size * size); what is left at the edges is not looked at."""
    rows, columns = (length // size for length in grey.shape)
    cut = grey[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return cut.swapaxes(1, 2).reshape(-1, size * size)


def ssim(flat, encoded):
    """Return the structural similarity (Wang et al., 2004) of the grey values, on blocks of 8 pixels; 1 if equal."""
    grey = np.array([0.299, 0.587, 0.114], np.float32)
    a, b = (_blocks(pixels @ grey) for pixels in (flat, _flat(Image.open(io.BytesIO(encoded)))))
    mean_a, mean_b, var_a, var_b = a.mean(1), b.mean(1), a.var(1), b.var(1)
    shared = (a * b).mean(1) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    same_light = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    same_structure = (2 * shared + c2) / (var_a + var_b + c2)
    return float((same_light * same_structure).mean())


def looks_like(flat, encoded):
    """Return whether nobody sees what an encoded picture has lost of pixels (H, W, 3) on white."""
    error = psnr(flat, encoded)
    return error >= MIN_PSNR or (error >= FLOOR_PSNR and ssim(flat, encoded) >= MIN_SSIM)


def encoded(raw):
    """Return ``encode(raw)``, from the kept results where it is there."""
    kept = KEPT / f"{hashlib.sha256(RECIPE.encode() + raw).hexdigest()[:24]}.webp"
    if not kept.is_file():
        write_whole(kept, encode(raw))  # two figures may be alike, and be encoded at the same time
    return kept.read_bytes()


def file_of(folder, page, source):
    """Return the file that a picture's address names, or None where it is not a file of the site."""
    if not source or source.startswith(("data:", "http:", "https:")):
        return None
    path = (folder / page).parent / source.split("?")[0]
    return path.resolve() if path.is_file() else None


def inline_pictures(folder, pages):
    """Move pictures that are written into a page to files of their own."""
    for page, soup in pages.items():
        for tag in soup.select('article img[src^="data:image/png;base64,"]'):
            raw = base64.b64decode(tag["src"].split(",", 1)[1])
            name = f"_images/inline-{hashlib.sha256(raw).hexdigest()[:16]}.png"
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(raw)
            tag["src"] = os.path.relpath(name, page.parent)


def lighten(folder, pages):
    """Encode the figures of all pages (PNG to WebP), give each its size, load the later ones lazily."""
    inline_pictures(folder, pages)
    used = {(page, tag["src"]) for page, soup in pages.items() for tag in soup.select("article img[src]")}
    files = {file_of(folder, page, source) for page, source in used} - {None}
    pngs = sorted(path for path in files if path.suffix == ".png" and path.parent.name == "_images")
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow encodes outside Python's lock
        for path, content in zip(pngs, pool.map(lambda p: encoded(p.read_bytes()), pngs), strict=True):
            path.with_suffix(".webp").write_bytes(content)
    for page, soup in pages.items():
        for number, tag in enumerate(soup.select("article img[src]")):
            _mend(folder, page, tag, eager=number < EAGER)
    for path in pngs:
        path.unlink()


def _mend(folder, page, tag, *, eager):
    path = file_of(folder, page, tag["src"])
    if path is None or path.suffix == ".svg":
        return
    if path.suffix == ".png" and path.with_suffix(".webp").is_file():
        tag["src"] = tag["src"].removesuffix(".png") + ".webp"
        path = path.with_suffix(".webp")
    with Image.open(path) as image:
        width, height = image.size
    if not tag.get("width", "").isdigit():  # figures are drawn for screens with two dots a pixel
        tag["width"], tag["height"] = str(width), str(height)
    tag["decoding"] = "async"
    if not eager:
        tag["loading"] = "lazy"
    link = tag.find_parent("a")
    if link is not None and link.get("href", "").endswith(".png"):
        link["href"] = link["href"].removesuffix(".png") + ".webp"
