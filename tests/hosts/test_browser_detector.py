"""Detector1D on static pages: by mouse, by keyboard alone, by touch; with scripts and without."""

import pytest

from course_utils.widgets import ConvExplorer, Detector1D

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def knob(page, i):
    """Return the middle of the ith weight's column in the kernel's picture, and the picture's box."""
    box = page.locator(".cw-knobs").bounding_box()
    count = page.locator(".cw-weights input").count()
    return box["x"] + (i + 0.5) * box["width"] / count, box


def weights(page):
    fields = page.locator(".cw-weights input").all()
    return [float(field.input_value()) for field in fields]


@pytest.mark.parametrize("over", ["http", "file"])
def test_it_runs_from_a_server_and_from_a_file_without_violations(visit, axe, over):
    with visit(Detector1D(), over=over) as v:
        page = v.ready()
        assert page.get_by_text("6 of 6", exact=True).is_visible()
        assert page.locator("[aria-live]").inner_text() == ""
        if over == "http":
            assert axe(page) == []


def test_dark_pages_and_scripts_off(visit, axe):
    with visit(Detector1D(noise=0.2), html='data-theme="dark"') as v:
        page = v.ready()
        assert page.locator(".cw[data-dark]").count() == 1
        assert axe(page) == []
    with visit(Detector1D(), java_script_enabled=False) as v:
        assert v.page.locator(".course-fallback").is_visible()
        assert "patterns" in v.page.locator(".course-fallback").get_attribute("alt")


def test_the_task_is_done_by_keyboard_alone(visit):
    with visit(Detector1D()) as v:
        page = v.ready()
        assert "2 false alarms" in page.locator(".cw-verdict").inner_text()
        page.locator(".cw-knobs").focus()
        for step in ("ArrowRight", "Shift+ArrowDown", "ArrowRight", "ArrowRight", "Shift+ArrowDown"):
            page.keyboard.press(step)
        v.said("Weight 4: −0.50")
        page.get_by_role("slider", name="threshold").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        v.said("6 of 6 found, 0 false alarms")
        assert weights(page) == [0, -0.5, 1, -0.5, 0]
        assert "Done" in page.locator("[data-done=true]").inner_text()
        page.keyboard.press("r")
        v.said("Back to the start.")
        assert weights(page) == [0, 0, 1, 0, 0]


def test_keys_move_the_window_and_change_samples(visit):
    with visit(Detector1D()) as v:
        page = v.ready()
        page.locator(".cw-plot").focus()
        page.keyboard.press("Home")
        v.said("Position 1: output 0.00")
        page.keyboard.press("Shift+ArrowUp")
        page.keyboard.press("Shift+ArrowUp")
        v.said("Sample 1: 1.00. 7 of 7 found")
        page.keyboard.press("Delete")
        v.said("Sample 1: 0.00")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_weight_is_dragged_and_a_sample_is_dragged(visit):
    with visit(Detector1D()) as v:
        page = v.ready()
        x, box = knob(page, 1)
        page.mouse.move(x, box["y"] + 75)
        page.mouse.down()
        page.mouse.move(x, box["y"] + 75 + 31, steps=4)
        page.mouse.up()
        assert weights(page) == [0, -0.75, 1, 0, 0]
        plot = page.locator(".cw-plot").bounding_box()
        page.mouse.move(plot["x"] + 26 + 5, plot["y"] + 60)
        page.mouse.down()
        page.mouse.move(plot["x"] + 26 + 5, plot["y"] + 30, steps=4)
        page.mouse.up()
        v.said("Sample 1: ")
        assert page.get_by_role("combobox", name="Signal").input_value() == ""


def test_gradient_steps_lower_the_loss_and_reset_restores_every_weight(visit):
    with visit(Detector1D()) as v:
        page = v.ready()
        before = page.locator(".cw-score").inner_text()
        page.get_by_role("button", name="Gradient step").click()
        v.said("Loss 0.")
        page.get_by_role("button", name="20 steps").click()
        v.said("6 of 6 found, 0 false alarms")
        page.get_by_role("button", name="Reset").click()
        assert page.locator(".cw-score").inner_text() == before
        assert weights(page) == [0, 0, 1, 0, 0]


def test_a_phone_is_wide_enough_and_touch_works(visit, axe):
    with visit(Detector1D(kernel=[0.1] * 9), **PHONE) as v:
        page = v.ready()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert axe(page) == []
        page.locator(".cw-knobs").scroll_into_view_if_needed()
        x, box = knob(page, 8)
        page.touchscreen.tap(x, box["y"] + 20)
        assert weights(page)[8] > 1
        assert v.tab_through() == []
        assert v.small_targets() == []


def test_a_link_restores_and_says_what_does_not_fit(visit):
    with visit(Detector1D(), fragment="#w=detector&weights=0,-0.5,1,-0.5,0&threshold=0.75&number=3") as v:
        page = v.ready()
        assert weights(page) == [0, -0.5, 1, -0.5, 0]
        assert "Done" in page.locator("[data-done=true]").inner_text()
        page.evaluate("location.hash = '#w=detector&weights=1,2&bias=7'")
        v.said("does not fit here (weights)")
        assert page.get_by_text("−0.50").count() == 0 or weights(page)[1] == -0.5


def test_huge_and_empty_weights_are_answered_in_words(visit):
    with visit(Detector1D()) as v:
        page = v.ready()
        field = page.get_by_label("weight 3")
        field.fill("1e300")
        v.said("Weights go from −99 to 99.")
        field.fill("")
        field.blur()
        assert weights(page)[2] == 99
        page.get_by_role("button", name="20 steps").click()
        page.get_by_role("button", name="Normalise").click()
        assert all(abs(w) <= 1 for w in weights(page))


def test_it_lives_beside_another_kind_of_widget(visit):
    with visit(ConvExplorer(), Detector1D()) as v:
        page = v.ready(2)
        page.get_by_role("button", name="Flip sign").click()
        assert weights(page) == [0, 0, -1, 0, 0]
        assert page.get_by_text("output 6 × 6").is_visible()
