"""What all widgets share: colours that keep text readable, styles that do not clash, figures for a static page."""

import json
import re
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from course_utils import widgets
from course_utils.widgets._base import HERE, compress, inert
from widget_host import engine


@pytest.fixture(scope="module")
def js():
    return engine("random.js", "tensor.js", "fields.js", "player.js", "ops.js", "conv.js")


def luminance(rgb):
    parts = [v / 255 for v in rgb]
    parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def palette(dark):
    """Return the colours of core.css as the widgets read them."""
    rules = re.findall(r"^\.cw(?:\[data-dark\])? \{(.*?)\}", (HERE / "core.css").read_text(), re.S | re.M)
    found = dict(re.findall(r"--(\w+): ([^;]+);", rules[dark]))
    colors = {
        name: [int(v[i : i + 2], 16) for i in (1, 3, 5)]
        for name, v in found.items()
        if v[0] == "#" and len(v) == 7
    }
    return colors | {"cap": float(found["cap"])}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("plain", [False, True])
def test_numbers_on_a_tint_are_readable(js, dark, plain):
    colors = palette(dark)
    for value in [-1, -0.7, -0.3, 0, 0.1, 0.5, 0.9, 1, 5]:
        *rgb, alpha = map(float, re.findall(r"[\d.]+", js("tint", value, 1, colors, False, plain)))
        background = [alpha * a + (1 - alpha) * b for a, b in zip(rgb, colors["paper"], strict=True)]
        assert contrast(colors["ink"], background) >= 4.5, (value, background)
    assert contrast(colors["soft"], colors["paper"]) >= 4.5, "zeros and labels"


def test_sign_and_size_show_in_the_tint(js):
    colors = palette(dark=False)
    positive, negative = js("tint", 1, 2, colors), js("tint", -1, 2, colors)
    assert positive != negative
    assert js("tint", 0, 1, colors).endswith(",0.000)")
    assert js("tint", 2, 2, colors) != positive


@pytest.mark.parametrize(
    ("value", "text"), [(-1.005, "−1.00"), (-0.001, "0.00"), (2, "2.00"), (1e5, "100000.00")]
)
def test_numbers_are_written_with_a_real_minus(js, value, text):
    assert js("fmt", value) == text


def test_the_colours_of_both_themes_can_be_read():
    for dark in (False, True):
        assert {"paper", "ink", "pos", "neg", "soft", "mark"} <= set(palette(dark))


def test_bytes_and_tensors_arrive_in_every_form(js):
    assert js("bytes", "AAH/") == [0, 1, 255]
    js.eval("const view = list => bytes(new DataView(new Uint8Array(list).buffer, 1));")
    assert js("view", [9, 1, 2]) == [1, 2]
    assert js("tensor", {"shape": [2], "dtype": "f32", "data": "AACAPwAAAMA="})["data"] == [1, -2]


def test_no_two_widgets_define_the_same_class():
    sheets = {path.stem: set(re.findall(r"\.(cw-[\w-]+)", path.read_text())) for path in HERE.glob("*.css")}
    shared, seen = sheets.pop("core"), {}
    for name, classes in sorted(sheets.items()):
        for class_name in classes - shared:
            assert class_name not in seen, f".{class_name} is styled by {seen[class_name]}.css and {name}.css"
            seen[class_name] = name


def test_the_shared_core_stays_within_its_budget():
    assert (HERE / "core.js").stat().st_size <= 8 * 1024


def test_widgets_are_loaded_when_asked_for():
    code = "import sys, course_utils.widgets; print('anywidget' in sys.modules, 'torch' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "False"]
    with pytest.raises(AttributeError, match="ConvExplorer"):
        _ = widgets.Explorer


@pytest.fixture(scope="module")
def figure():
    widget = widgets.ConvExplorer(name='a "b" <c>', caption="Less < more")
    return widget, BeautifulSoup(widget.static_html(), "html.parser").figure


def test_the_static_figure_has_picture_words_state_and_source(figure):
    widget, html = figure
    state, module = html.find_all("script")
    assert json.loads(state.string) == json.loads(json.dumps(widget.state()))
    assert module["id"] == "course-src-conv" and "export default" in module.string
    assert html.img["alt"] == widget.describe()
    assert int(html.img["width"]) > 300
    assert html["data-name"] == 'a "b" <c>' and html.figcaption.string == "Less < more"


def test_a_name_cannot_end_the_script(figure):
    hostile = widgets.ConvExplorer(name="</script><b>")
    html = BeautifulSoup(hostile.static_html(with_source=False), "html.parser")
    assert html.find("b") is None and len(html.find_all("script")) == 1
    assert "</script" not in inert("a </script> b")


def test_a_notebook_gets_a_view_and_a_page_a_figure(monkeypatch):
    widget = widgets.ConvExplorer()
    monkeypatch.setenv("COURSE_STATIC", "1")
    assert set(widget._repr_mimebundle_()) == {"text/html"}
    monkeypatch.setenv("COURSE_STATIC", "0")
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data


def test_only_the_first_figure_of_a_kind_carries_the_source(monkeypatch):
    monkeypatch.setenv("COURSE_STATIC", "1")
    monkeypatch.setattr("course_utils.widgets._base.Base._shown", set())
    first, second = (widgets.ConvExplorer()._repr_mimebundle_()["text/html"] for _ in range(2))
    assert "course-src-conv" in first and "course-src-conv" not in second


def test_pictures_are_small_and_close_their_figure():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    png, width, height = compress(widgets.Detector1D().picture())
    assert plt.get_fignums() == before
    assert png.startswith(b"\x89PNG") and 300 < width < 800 and 150 < height < 800
