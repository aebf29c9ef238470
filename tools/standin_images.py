"""The pictures that the stand-in for AlexNet's weights is trained on: fetched, made, and cut into pairs.

Photographs come from Debian packages of desktop backgrounds (see `PICTURES`, and LICENSES.md
for the credits); dead leaves and pen strokes are drawn here. None of them is in the repository.
"""

import hashlib
import subprocess

import numpy as np
from PIL import Image, ImageDraw

BACKGROUNDS, WALLPAPERS = "usr/share/backgrounds", "usr/share/wallpapers"

# Package: (folder, pictures to train on, photographs kept out for `evaluate_standin.py`).
PICTURES = {
    "lomiri-wallpapers-16.04": (
        BACKGROUNDS,
        "Bridge_by_Sander_Klootwijk Picture_0B_by_freespace Picture_1A_by_freespace aitzgorri_by_Aitzol_Berasategi "
        "analogpattern_by_Peter_Nerlich free_by_Peter_Nerlich friends_by_Aitzol_Berasategi "
        "greentock_by_Peter_Nerlich life_by_Aitzol_Berasategi seeding_by_Clements_Engelhardt "
        "sunset_by_Aitzol_Berasategi",
        "Dragonfly_by_Bolly Wine_by_Jakkub_Mede picosdeeuropa_by_Aitzol_Berasategi",
    ),
    "lomiri-wallpapers-20.04": (
        BACKGROUNDS,
        "Infinite-Sea_by_Aury88 Painting-Colors_by__herobrine7gamer",
        "Kleiber_by_Lukas_Baubkus",
    ),
    "mate-backgrounds": (
        f"{BACKGROUNDS}/mate",
        "abstract/Elephants nature/Aqua nature/Blinds nature/FreshFlower nature/Garden nature/GreenMeadow "
        "nature/LadyBird nature/Storm nature/Wood nature/YellowFlower",
        "nature/Dune nature/RainDrops nature/TwoWings",
    ),
    "plasma-workspace-wallpapers": (
        WALLPAPERS,
        "Altai Autumn BytheWater Canopee Cascade Cluster ColdRipple ColorfulCups FallenLeaf Grey Kite "
        "OneStandsOut Volna summer_1am",
        "EveningGlow Path",
    ),
    "ukui-wallpapers": (BACKGROUNDS, "2004default calla goldfish rhythm string the-mouse", ""),
}
WIDTH = 1600  # pixels, of a picture at its finest level


def fetch(folder):
    """Download the Debian packages with apt-get and unpack them below ``folder``; install nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PICTURES:
        if not (folder / package).is_dir():
            subprocess.run(["apt-get", "download", package], cwd=folder, check=True)
            archive = next(folder.glob(f"{package}_*.deb"))
            subprocess.run(["dpkg", "-x", archive, folder / package], check=True)


def picture_files(folder, held_out=False):
    """Return the files to train on, or those held out, in a fixed order; fail if one is missing."""
    files = []
    for package, (below, *names) in PICTURES.items():
        for name in names[held_out].split():
            stem = folder / package / below / name
            found = sorted(f for f in (*stem.parent.glob(f"{stem.name}.*"), *stem.glob("contents/images/[235]*"))
                           if not f.is_symlink() and f.suffix in (".jpg", ".png"))  # fmt: skip
            if not found:
                raise FileNotFoundError(
                    f"{stem}.* is not there: run with --fetch, or unpack {package} below {folder}"
                )
            files.append(found[-1])
    return files


def files_hash(files):
    """Return one SHA-256 over the contents of all files, in order."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def open_picture(file, width=WIDTH):
    """Return a picture as an RGB image, at most ``width`` pixels wide, transparency on grey."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(file) as image:
        image.draft("RGB", (2 * width, 2 * width))
        if image.mode in ("RGBA", "P", "LA"):
            layer = image.convert("RGBA")
            image = Image.new("RGBA", layer.size, (128, 128, 128, 255))
            image.alpha_composite(layer)
        image = image.convert("RGB")
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.BOX)
    return image


def dead_leaves(rng, size=512, leaves=900):
    """Draw opaque, shaded and striped ellipses and polygons over each other; return the image."""
    palette, (ys, xs) = rng.random((rng.integers(3, 12), 3)), np.mgrid[:size, :size]
    image = np.tile(palette[0], (size, size, 1))
    for _ in range(leaves):
        radius = 5 / (1 - 0.985 * rng.random()) ** 0.85
        y, x = rng.uniform(0, size, 2)
        top, left = max(0, int(y - 2 * radius)), max(0, int(x - 2 * radius))
        window = np.s_[top : int(y + 2 * radius) + 1, left : int(x + 2 * radius) + 1]
        angle, stretch = rng.uniform(0, np.pi), rng.uniform(0.4, 1)
        u = ((xs[window] - x) * np.cos(angle) + (ys[window] - y) * np.sin(angle)) / radius
        v = ((ys[window] - y) * np.cos(angle) - (xs[window] - x) * np.sin(angle)) / (radius * stretch)
        inside = np.maximum(abs(u), abs(v)) < 0.8 if rng.random() < 0.35 else u**2 + v**2 < 1
        color = palette[rng.integers(len(palette))] + rng.normal(0, 0.05, 3)
        shade = rng.normal(0, 0.15) * u + rng.normal(0, 0.15) * v
        if rng.random() < 0.4:
            shade = shade + rng.uniform(0.05, 0.3) * np.sin(rng.uniform(2, 0.8 * radius + 2) * u)
        image[window][inside] = (color + shade[..., None] + rng.normal(0, 0.02, (*shade.shape, 1)))[inside]
    return Image.fromarray((image.clip(0, 1) * 255).astype(np.uint8))


def pen_strokes(rng, size=512):
    """Draw curved strokes of one thickness on a plain ground; return the image."""
    ground, ink = (tuple(int(c) for c in rng.integers(0, 256, 3)) for _ in range(2))
    image = Image.new("RGB", (size, size), ground)
    draw, width = ImageDraw.Draw(image), int(rng.integers(4, 22))
    for _ in range(int(rng.integers(20, 70))):
        angle = np.cumsum(rng.normal(rng.normal(0, 0.15), 0.2, 30)) + rng.uniform(0, 2 * np.pi)
        steps = rng.uniform(3, 9) * np.stack([np.cos(angle), np.sin(angle)], 1)
        points = rng.uniform(0, size, 2) + np.cumsum(steps, 0)
        color = ink if rng.random() < 0.7 else tuple(int(c) for c in rng.integers(0, 256, 3))
        draw.line([tuple(p) for p in points], fill=color, width=width, joint="curve")
    return image


def load_pictures(folder, made=100, seed=0):
    """Return two lists of pyramids: of the photographs below ``folder``, and of ``made`` images drawn here."""
    rng = np.random.default_rng(seed)
    photographs = [open_picture(file) for file in picture_files(folder)]
    drawn = [pen_strokes(rng) if i % 4 == 3 else dead_leaves(rng) for i in range(made)]
    return [pyramid(p) for p in photographs], [pyramid(p) for p in drawn]


def pyramid(picture, levels=5):
    """Return a picture and its halves, quarters, …, as long as the shorter side has 90 pixels."""
    result = [picture]
    while len(result) < levels and min(result[-1].size) >= 180:
        result.append(result[-1].reduce(2))
    return result


def cut(levels, y, x, side, angle, size):
    """Return the square of ``side`` pixels around (y, x), turned by ``angle``, as uint8 (size, size, 3).

    The centre moves as far as the square needs to lie inside the picture.
    """
    level = int(np.clip(np.floor(np.log2(side / size)), 0, len(levels) - 1))
    picture, scale = levels[level], 2.0**-level
    c, s = side * scale / size * np.cos(angle), side * scale / size * np.sin(angle)  # source pixels a step
    reach = size / 2 * (abs(c) + abs(s)) + 1
    x = np.clip(x * scale, reach, max(reach, picture.width - reach))
    y = np.clip(y * scale, reach, max(reach, picture.height - reach))
    left, top = x - (c - s) * size / 2, y - (s + c) * size / 2
    matrix = (c, -s, left, s, c, top)
    return np.asarray(
        picture.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    )
