"""What all widgets share: their source, the figure for a static page, and short representations."""

import base64
import html
import io
import json
import os
from functools import lru_cache
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

HERE = Path(__file__).parent
NOT_STATE = frozenset(ipywidgets.DOMWidget.class_trait_names(sync=True))


@lru_cache
def source(*files):
    """Return one ES module made of ``core.css``, ``core.js`` and the named .css and .js files."""
    texts = {file: (HERE / file).read_text(encoding="utf-8") for file in ("core.css", "core.js", *files)}
    style = "".join(text for file, text in texts.items() if file.endswith(".css"))
    modules = [text for file, text in texts.items() if file.endswith(".js")]
    return "\n".join([f"const STYLE = {json.dumps(style)};", *modules])


class Base(anywidget.AnyWidget):
    """A widget of the course.

    A subclass sets ``_kind`` (a short name), ``_esm = source("kind.js")`` and ``caption``,
    declares its state as traits tagged ``sync=True`` (JSON-able, or ``Bytes``), and defines
    ``describe()`` (alt text), ``picture()`` (a matplotlib figure) and ``summary()`` (for the repr).

    Parameters
    ----------
    name : str, optional
        What a link to this figure calls it: ``#w=name&…``. By default the kind of widget.
    caption : str, optional
        One sentence under the figure.
    """

    _kind = ""
    _shown = set()
    name = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode()

    def __init__(self, *, name=None, caption=None, **traits):
        words = {} if caption is None else {"caption": caption}
        super().__init__(name=self._kind if name is None else name, **words, **traits)

    def state(self):
        """Return the state as JSON-able values; bytes become base64."""
        names = [n for n in self.trait_names(sync=True) if n not in NOT_STATE and not n.startswith("_")]
        return {n: _plain(getattr(self, n)) for n in sorted(names)}

    def static_html(self, *, with_source=True):
        """Return the figure for a static page: picture, alt text, state, caption.

        ``book/_static/course-host.js`` brings it to life. The module's source is needed once
        on a page for each kind of widget.
        """
        png, width, height = compress(self.picture())
        state = json.dumps(self.state(), separators=(",", ":")).replace("<", "\\u003c")
        picture = base64.b64encode(png).decode()
        module = f'<script type="text/plain" id="course-src-{self._kind}">{inert(str(self._esm))}</script>'
        return (
            f'<figure class="course-fig" data-widget="{self._kind}" data-name="{html.escape(self.name)}">'
            f'<img class="course-fallback" alt="{html.escape(self.describe())}" width="{width}" '
            f'height="{height}" src="data:image/png;base64,{picture}">'
            f'<script type="application/json">{state}</script>'
            f"{module if with_source else ''}<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )

    def _repr_mimebundle_(self, **options):
        if os.environ.get("COURSE_STATIC") != "1":
            return super()._repr_mimebundle_(**options)
        first = self._kind not in Base._shown
        Base._shown.add(self._kind)
        return {"text/html": self.static_html(with_source=first)}

    def __repr__(self):
        return f"{type(self).__name__}({self.summary()})"


def compress(figure, colors=64):
    """Return a matplotlib figure as a small PNG with its width and height in CSS pixels; close it."""
    import matplotlib.pyplot as plt
    from PIL import Image

    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=144, transparent=True)
    plt.close(figure)
    image, small = Image.open(raw).convert("RGBA"), io.BytesIO()
    image.quantize(colors, method=Image.Quantize.FASTOCTREE).save(small, format="png", optimize=True)
    return small.getvalue(), image.width // 2, image.height // 2


def inert(text):
    """Return text that cannot end the script element it is put in."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _plain(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
