"""Small pictures for the students' copies, kept as long as the code that draws them stays the same."""

import base64
import hashlib
import io
import json

from PIL import Image

LIMIT = 30_000  # bytes of one picture
COLOURS = 96
SCALES = (1, 0.75, 0.6, 0.5, 0.35)


def figures(notebook):
    """Return {cell id: key} of the cells that show a figure; the key changes with the code up to there."""
    found, code = {}, []
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell["id"] == "setup":
            continue
        code.append(cell.source)
        if any(is_figure(output) for output in cell.outputs):
            found[cell["id"]] = hashlib.sha256(json.dumps(code).encode()).hexdigest()[:12]
    return found


def is_figure(output):
    """Return whether an output is a picture, or the text that stands for one."""
    return output.get("data", {}).get("text/plain", "").startswith("<Figure size")


def drawn(notebook):
    """Return {cell id: [(picture, its display settings), ...]} of the PNG pictures in a notebook's outputs."""
    found = {}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        shown = [(o.data["image/png"], dict(o.metadata)) for o in cell.outputs if is_png(o)]
        if shown:
            found[cell["id"]] = shown
    return found


def is_png(output):
    """Return whether an output holds a PNG picture."""
    return "image/png" in output.get("data", {})


def small(png):
    """Return a PNG (base64 text) with few colours, scaled down where it would be over the limit."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    for scale in SCALES:
        size = (round(picture.width * scale), round(picture.height * scale))
        scaled = picture if scale == 1 else picture.resize(size, Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        scaled.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(buffer, "png", optimize=True)
        if buffer.tell() <= LIMIT:
            break
    return base64.b64encode(buffer.getvalue()).decode()


def with_pictures(notebook, pictures):
    """Put pictures, by cell id, beside the text that stands for them; return the notebook."""
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        shown = [output for output in cell.outputs if is_figure(output)]
        for output, (png, settings) in zip(shown, pictures.get(cell["id"], []), strict=False):
            output.data["image/png"], output.metadata = png, settings
    return notebook
