"""DigitLab on a static page: drawing by pointer, touch and keys, themes, links, and no scripts at all."""

import pytest
import torch
from torch import nn

from course_utils.data import mnist_tensors
from course_utils.widgets import DigitLab
from course_utils.widgets._digit_model import forward

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DRAWN = {  # in pixels of 28 x 28
    0: [[14, 4, 9, 6, 7, 14, 9, 22, 14, 24, 19, 22, 21, 14, 19, 6, 14, 4]],
    1: [[14, 4, 14, 24]],
    2: [[7, 8, 10, 4, 17, 4, 20, 8, 18, 13, 8, 23, 21, 23]],
    3: [[8, 5, 18, 5, 13, 12, 19, 16, 18, 22, 13, 24, 8, 22]],
    4: [[9, 4, 7, 14, 20, 14], [18, 5, 18, 25]],
    7: [[7, 5, 20, 5, 12, 24]],
}


@pytest.fixture(scope="module")
def lab():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip
    images, labels = mnist_tensors(n=5000)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for i in range(0, 5000, 50):
        loss = nn.functional.cross_entropy(model(images[i : i + 50]), labels[i : i + 50])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return DigitLab(model, caption="Draw a digit.")


def answer(page):
    return page.locator(".cw-answer").text_content()


def draw(page, strokes, size=1.0):
    box = page.locator(".cw-pad svg").bounding_box()
    for stroke in strokes:
        points = [(box["x"] + size * x * box["width"] / 28, box["y"] + size * y * box["height"] / 28)
                  for x, y in zip(stroke[::2], stroke[1::2], strict=True)]  # fmt: skip
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()


@pytest.mark.parametrize("over", ["http", "file"])
def test_drawn_digits_are_read(visit, lab, over):
    with visit(lab, over=over) as v:
        page, read = v.ready(), {}
        for digit, strokes in DRAWN.items():
            page.get_by_role("button", name="Clear").click()
            draw(page, strokes, size=0.8)
            read[digit] = answer(page).split()[2]
        assert sum(int(r) == digit for digit, r in read.items()) >= len(DRAWN) - 1, read


def test_keys_load_draw_undo_and_select(visit, lab):
    with visit(lab) as v:
        page = v.ready()
        page.locator(".cw-pad svg").focus()
        page.keyboard.press("1")
        v.said("Looks like 1")
        for key in ("c", "Space", "ArrowDown", "ArrowDown", "Shift+ArrowUp", "Space"):
            page.keyboard.press(key)
        v.said("Looks like")
        page.keyboard.press("z")
        v.said("Nothing drawn")
        page.keyboard.press("7")
        maps = page.locator(".cw-layer canvas")
        maps.first.focus()
        for key in ("ArrowDown", "ArrowRight", "End", "ArrowRight"):
            page.keyboard.press(key)
        v.said("Channel 2, row 2, column 1")
        assert "sum of 25 products" in page.locator(".cw-detail").text_content()
        before = answer(page), page.locator(".cw-class small").all_text_contents()
        page.keyboard.press("x")
        assert page.get_by_role("button", name="Remove channel").get_attribute("aria-pressed") == "true"
        assert page.locator(".cw-class small").all_text_contents() != before[1]
        page.keyboard.press("x")
        assert page.locator(".cw-class small").all_text_contents() == before[1]
        page.keyboard.press("r")
        v.said("Back to the start")


def test_a_small_drawing_in_a_corner_fails_raw_and_the_task_says_so(visit, lab):
    with visit(lab, fragment="#w=digit&task=raw") as v:
        page = v.ready()
        page.get_by_role("button", name="Clear").click()
        draw(page, DRAWN[0], size=0.3)
        prepared = answer(page)
        page.get_by_label("feed the drawing as it is").check()
        assert answer(page) != prepared
        words = page.locator(".cw-verdict").text_content()
        assert words.startswith(("Done", "Not yet"))


def test_touch_draws_on_a_phone(visit, axe, lab):
    with visit(lab, **PHONE) as v:
        page = v.ready()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box = page.locator(".cw-pad svg").bounding_box()
        page.touchscreen.tap(box["x"] + 50, box["y"] + 50)
        assert page.locator(".cw select").first.input_value() == "-1"
        page.locator(".cw-layer canvas").nth(1).tap(position={"x": 20, "y": 20})
        assert "max(0," in page.locator(".cw-detail").text_content()
        assert axe(page) == []
        assert v.tab_through() == []
        assert v.small_targets() == []


@pytest.mark.parametrize("html", ['data-theme="light"', 'data-theme="dark"', 'class="dark"'])
def test_no_accessibility_failures_in_any_theme(visit, axe, lab, html):
    with visit(lab, html=html) as v:
        page = v.ready()
        page.locator(".cw-class").nth(3).click()
        assert "class 3: sum of 256 products" in page.locator(".cw-detail").text_content()
        assert axe(page) == []


def test_a_second_finger_draws_nothing_and_alt_belongs_to_the_browser(visit, lab):
    with visit(lab, **PHONE) as v:
        page = v.ready()
        pad = page.locator(".cw-pad svg")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        wire = page.context.new_cdp_session(page)

        def touch(kind, *spots):
            points = [
                {"x": box["x"] + x, "y": box["y"] + y, "id": i, "force": 1} for i, (x, y) in enumerate(spots)
            ]
            wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (20, 20))
        touch("touchMove", (20, 60))
        touch("touchStart", (20, 60), (150, 150))
        touch("touchMove", (20, 90), (150, 180))
        touch("touchEnd")
        drawn = page.locator(".cw-pad path").get_attribute("d")
        assert drawn.count("M") == 1 and len(drawn.split(",")) < 10
        page.locator(".cw-layer canvas").first.focus()
        note = "e => { window.kept = !e.defaultPrevented; }"
        page.evaluate(f"document.querySelector('.cw').addEventListener('keydown', {note})")
        page.keyboard.press("Alt+ArrowLeft")
        assert page.evaluate("kept") and page.locator(".cw-detail").text_content().startswith("Select")


def test_links_restore_a_drawing_and_refuse_nonsense(visit, lab):
    with visit(lab, fragment="#w=digit&sample=-1&strokes=14,4,14,24&removed=0.1_3.2&selected=0.1.3.3") as v:
        page = v.ready()
        assert "removed" in page.locator(".cw-detail").text_content()
        page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        page.get_by_role("button", name="Copy link").click()
        v.said("Link copied")
        assert "strokes=14%2C4%2C14%2C24" in page.evaluate("window.copied")
        page.get_by_role("button", name="Copy PyTorch").click()
        v.said("PyTorch code copied")
        code = page.evaluate("window.copied")
        assert "removed = {0: [1], 3: [2]}" in code
        compile(code, "copied", "exec")
    with visit(lab, fragment="#w=digit&strokes=1,2,3&removed=99.1&sample=1e9&turn=NaN") as v:
        page = v.ready()
        words = page.locator(".cw-note").text_content()
        assert all(key in words for key in ("strokes", "removed", "sample", "turn"))


@pytest.mark.parametrize("options", [{}, PHONE])
def test_two_digits_stand_side_by_side_with_their_differences(visit, axe, lab, options):
    with visit(lab, fragment="#w=digit&compare=3&selected=0.1.3.3", **options) as v:
        page, first = v.ready(), v.page.locator(".cw-layer canvas").first
        assert "The one compared with looks like" in answer(page)
        assert page.locator(".cw-class span").nth(1).is_visible()
        tall = first.evaluate("e => e.clientHeight")
        pixels = torch.tensor(lab._digits[[14, 3]])[:, None] / 255
        value, other = forward(lab._layers, pixels)[0][:, 1, 3, 3].tolist()
        words = page.locator(".cw-detail").text_content().replace("−", "-")
        assert f"= {value:.2f}; of the digit compared with {other:.2f}" in words
        rows = 3 if first.evaluate("e => e.clientWidth > 500") else 6
        first.click(position={"x": 5, "y": tall - 5 - (tall // rows) * (rows // 3 - 1)})
        assert "channel 1, row 2" in page.locator(".cw-detail").text_content()
        assert axe(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 1280
        menu = page.get_by_label("Compare with")
        menu.focus()
        page.keyboard.press("Home")
        page.wait_for_function("!document.querySelector('.cw').hasAttribute('data-compare')")
        assert first.evaluate("e => e.clientHeight") < tall / 2
        assert "compared" not in answer(page) + page.locator(".cw-detail").text_content()
        assert not page.locator(".cw-class span").nth(1).is_visible()


def test_models_without_convolutions_render(visit, axe):
    torch.manual_seed(0)
    mlp = DigitLab(nn.Sequential(nn.Flatten(), nn.Linear(784, 12), nn.ReLU(), nn.Linear(12, 10)))
    with visit(mlp) as v:
        page = v.ready()
        page.locator(".cw-layer canvas").first.click(position={"x": 10, "y": 10})
        assert "sum of 784 products" in page.locator(".cw-detail").text_content()
        assert axe(page) == []


def test_without_scripts_the_picture_and_its_words_stand(visit, lab):
    with visit(lab, java_script_enabled=False) as v:
        image = v.page.locator("img.course-fallback")
        assert image.is_visible() and "The network reads" in image.get_attribute("alt")


def test_two_labs_do_not_interfere(visit, lab):
    with visit(lab, DigitLab(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), name="other")) as v:
        page = v.ready(2)
        before = page.locator(".cw-answer").nth(1).text_content()
        page.get_by_role("button", name="Next").first.click()
        assert page.locator(".cw-answer").nth(1).text_content() == before
