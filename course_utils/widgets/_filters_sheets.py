"""Sheets of a FilterExplorer: pictures that hold the patches or the maps of many units."""

import base64
import io

import numpy as np
from PIL import Image

SIDE, BESIDE = 28, 16  # pixels of a patch, tiles in a row of a sheet (as in filters.js)


def cut_out(photos, places, field):
    """Return what the places see of the photographs, as uint8 (C, 9, 28, 28, 3); grey where there is none."""
    pixels = (photos.permute(0, 2, 3, 1) * 255).round().byte().numpy()
    pictures = [Image.fromarray(p) for p in pixels]
    out = np.full((*places.shape[:2], SIDE, SIDE, 3), 128, np.uint8)
    for unit, row in enumerate(places.tolist()):
        for rank, (k, *place) in enumerate(row):
            if k >= 0:
                top, left = (field.first + field.stride * p for p in place)
                box = (left, top, left + field.size, top + field.size)
                out[unit, rank] = pictures[k].resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
    return out


def to_bytes(maps):
    """Return maps (M, U, h, w) as uint8 arrays: 255 is a unit's strongest answer in all of them, 0 is none."""
    top = maps.amax((0, 2, 3), keepdim=True).clamp(min=1e-6)
    return (maps.clamp(min=0) / top * 255).round().byte().numpy()


def patch_sheet(tiles, beside):
    """Return tiles, uint8 (n, h, w, 3), as one picture with ``beside`` of them in a row: a data URI."""
    return _data_uri(_joined(tiles, beside), quality=55, method=4)


def map_sheet(maps):
    """Return uint8 maps (U, h, w) as one picture: a data URI. Its alpha is the maps, exactly."""
    alpha = _joined(maps[..., None], BESIDE)
    black = np.zeros_like(alpha)
    return _data_uri(np.concatenate([black, black, black, alpha], -1), lossless=True, exact=True, method=6)


def _joined(tiles, beside):
    """Return tiles (n, h, w, c) as one array (rows * h, beside * w, c)."""
    rows, (height, width, channels) = -(-len(tiles) // beside), tiles.shape[1:]
    padded = np.zeros((rows * beside, height, width, channels), np.uint8)
    padded[: len(tiles)] = tiles
    grid = padded.reshape(rows, beside, height, width, channels).swapaxes(1, 2)
    return grid.reshape(rows * height, beside * width, channels)


def _data_uri(pixels, **options):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="webp", **options)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
