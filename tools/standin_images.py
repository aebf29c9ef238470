"""The pictures that the stand-in for AlexNet's weights is trained on: fetched, made, and cut into pairs.

Photographs come from Debian packages of desktop backgrounds (see `PICTURES`, and LICENSES.md
for the credits); the rest is drawn (see `standin_drawings.py`). None of them is in the repository.
"""

import hashlib
import subprocess

import numpy as np
from PIL import Image

from standin_drawings import dead_leaves, pen_strokes

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
# Pictures of the same packages that serve neither training nor the table: to choose settings by.
VALIDATION = (
    f"lomiri-wallpapers-16.04/{BACKGROUNDS}/umang_by_Abhishek_Mudgal.jpg",
    f"lomiri-wallpapers-20.04/{BACKGROUNDS}/Fossa_by_Jasper_Roks.jpg",
    f"mate-backgrounds/{BACKGROUNDS}/mate/abstract/Gulp.png",
    f"plasma-workspace-wallpapers/{WALLPAPERS}/FlyingKonqui/contents/images/2560x1600.png",
    f"plasma-workspace-wallpapers/{WALLPAPERS}/Patak/contents/images/5120x2880.png",
    f"plasma-workspace-wallpapers/{WALLPAPERS}/SafeLanding/contents/images/5120x2880.jpg",
    f"plasma-workspace-wallpapers/{WALLPAPERS}/Shell/contents/images/5120x2880.jpg",
)
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
