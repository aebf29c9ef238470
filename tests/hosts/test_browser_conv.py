"""ConvExplorer on static pages: by mouse, by keyboard alone, by touch; with scripts and without."""

import pytest

from course_utils.widgets import ConvExplorer

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def cell(page, canvas, row, column, rows):
    """Return the point in the middle of a cell of the nth canvas, which has ``rows`` rows."""
    box = page.locator("canvas").nth(canvas).bounding_box()
    size = (box["height"] - 2) / rows
    return box["x"] + 1 + (column + 0.5) * size, box["y"] + 1 + (row + 0.5) * size


@pytest.mark.parametrize("over", ["http", "file"])
def test_it_runs_from_a_server_and_from_a_file_without_violations(visit, axe, over):
    with visit(ConvExplorer(), over=over) as v:
        page = v.ready()
        assert page.locator(".course-fallback").is_hidden()
        assert page.get_by_text("output 6 × 6").is_visible()
        if over == "http":
            assert axe(page) == []


@pytest.mark.parametrize("theme", ['data-theme="dark"', 'class="dark"', 'data-theme="light"'])
def test_it_follows_the_page_s_theme(visit, axe, theme):
    with visit(ConvExplorer(operation="max", padding=1), html=theme, color_scheme="light") as v:
        page = v.ready()
        assert ("dark" in theme) == (page.locator(".cw[data-dark]").count() == 1)
        assert axe(page) == []
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        page.wait_for_selector(".cw[data-dark]")


def test_it_follows_jupyterlab_s_theme(visit):
    with visit(ConvExplorer(), body='data-jp-theme-light="false"', color_scheme="light") as v:
        v.ready().wait_for_selector(".cw[data-dark]")


def test_without_scripts_a_picture_with_words_stands_there(visit):
    with visit(ConvExplorer(), java_script_enabled=False) as v:
        picture = v.page.locator(".course-fallback")
        assert picture.is_visible()
        assert picture.bounding_box()["width"] > 300
        assert "Sobel" in picture.get_attribute("alt")


def test_a_broken_state_leaves_the_picture(visit):
    widget = ConvExplorer()
    widget.menus = {}
    with visit(widget, quiet=False) as v:
        v.page.wait_for_selector("figure[data-ready=error]")
        assert v.page.locator(".course-fallback").is_visible()
        assert v.page.locator(".cw").count() == 0


def test_the_task_is_done_by_keyboard_alone(visit):
    with visit(ConvExplorer()) as v:
        page = v.ready()
        page.get_by_label("Task").focus()
        page.keyboard.press("ArrowDown")
        v.said("Not yet: the output is 6 × 6")
        page.get_by_role("slider", name="kernel size").focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        v.said("Output 4 by 4")
        assert page.locator("[data-done=true]").inner_text() == "Done: 4 × 4."
        page.locator("canvas").nth(1).focus()
        page.keyboard.press("End")
        v.said("Output row 4, column 4")
        page.keyboard.press("r")
        v.said("Back to the start.")
        assert page.get_by_text("output 6 × 6").is_visible()


def test_keys_paint_and_change_weights(visit):
    with visit(ConvExplorer(kernel=[[1.0]])) as v:
        page = v.ready()
        page.locator("canvas").nth(0).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("9")
        v.said("Input row 2, column 8: 1")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "BODY"
        page.get_by_label("kernel row 1, column 1").focus()
        page.keyboard.press("Shift+ArrowUp")
        v.said("Weight 2")
        page.locator("canvas").nth(1).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowRight")
        v.said("Output row 2, column 8: 2.00")


def test_tab_reaches_every_control_and_leaves(visit):
    with visit(ConvExplorer()) as v:
        v.ready()
        assert v.tab_through() == []
        assert v.small_targets() == []


def test_the_mouse_paints_pins_and_drags(visit):
    with visit(ConvExplorer()) as v:
        page = v.ready()
        page.mouse.move(*cell(page, 0, 7, 5, 8))
        page.mouse.down()
        page.mouse.move(*cell(page, 0, 7, 7, 8), steps=4)
        page.mouse.up()
        v.said("Input row 8, column 8: 1")
        page.mouse.move(*cell(page, 1, 5, 5, 6))
        assert page.get_by_text("output[5, 5]").is_visible()
        page.mouse.click(*cell(page, 1, 5, 4, 6))
        page.mouse.move(*cell(page, 1, 0, 0, 6))
        assert page.get_by_text("output[5, 4]").is_visible()
        assert page.get_by_text("pinned").is_visible()
        weight = page.get_by_label("kernel row 2, column 2")
        box = weight.bounding_box()
        x, y = box["x"] + 20, box["y"] + 15
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y - 40, steps=5)
        page.mouse.up()
        assert weight.input_value() == "1"


def test_a_phone_is_wide_enough_and_touch_works(visit, axe):
    with visit(ConvExplorer(padding=4, kernel=[[1.0] * 7] * 7), **PHONE) as v:
        page = v.ready()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert axe(page) == []
        page.locator("canvas").nth(1).scroll_into_view_if_needed()
        page.touchscreen.tap(*cell(page, 1, 3, 4, 10))
        assert page.get_by_text("output[3, 4]").is_visible()
        assert v.tab_through() == []
        assert v.small_targets() == []


def test_reduced_motion_plays_one_step_a_press(visit):
    with visit(ConvExplorer(), reduced_motion="reduce") as v:
        page = v.ready()
        page.get_by_role("button", name="Play").click()
        assert page.get_by_text("output[0, 1]").is_visible()
        page.wait_for_timeout(700)
        assert page.get_by_text("output[0, 1]").is_visible()


def test_play_moves_and_pauses_and_nothing_is_said_meanwhile(visit):
    with visit(ConvExplorer()) as v:
        page = v.ready()
        assert page.get_by_text("output[0, 0]").is_visible()
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("!document.body.innerText.includes('output[0, 0]')")  # it has moved on
        assert "column" not in page.locator("[aria-live]").inner_text()
        page.get_by_role("button", name="Pause").click()


def test_a_link_restores_and_says_what_does_not_fit(visit):
    with visit(ConvExplorer(), fragment="#w=conv&stride=2&padding=1&input=digit+3") as v:
        page = v.ready()
        assert page.get_by_text("output 14 × 14").is_visible()
        page.evaluate("location.hash = '#w=conv&stride=9&task=size4'")
        v.said("does not fit here (stride)")
        page.evaluate("location.hash = '#a-section'")
        page.evaluate("location.hash = '#w=other&stride=1'")
        assert page.get_by_text("output 14 × 14").is_visible()


def test_copied_link_opens_the_same_state(visit):
    with visit(ConvExplorer(), permissions=["clipboard-read", "clipboard-write"]) as v:
        page = v.ready()
        page.get_by_role("button", name="Random kernel").click()
        page.locator("canvas").nth(0).focus()
        page.keyboard.press("7")
        shown = page.locator(".cw-facts").inner_text()
        page.get_by_role("button", name="Copy link").click()
        v.said("Link copied.")
        link = page.evaluate("navigator.clipboard.readText()")
        page.get_by_role("button", name="Reset").click()
        assert page.locator(".cw-facts").inner_text() != shown
        page.goto("about:blank")
        page.goto(link)
        assert v.ready().locator(".cw-facts").inner_text() == shown


def test_impossible_and_huge_input_is_answered_in_words(visit):
    with visit(ConvExplorer(operation="conv")) as v:
        page = v.ready()
        weight = page.get_by_label("kernel row 1, column 1")
        weight.fill("1e30")
        v.said("Weights go from −99 to 99.")
        weight.fill("")
        weight.blur()
        assert weight.input_value() == "99"
        page.get_by_role("slider", name="dilation").fill("3")
        page.get_by_role("slider", name="kernel size").fill("7")
        v.said("No output: the window covers 19 cells")
        page.get_by_role("button", name="Step").click()
        page.get_by_role("button", name="Reset").click()
        assert page.get_by_text("output 6 × 6").is_visible()


def test_two_on_a_page_do_not_interfere(visit):
    with visit(ConvExplorer(), ConvExplorer(padding=1, name="second"), fragment="#w=second&stride=2") as v:
        page = v.ready(2)
        assert page.get_by_text("output 6 × 6").is_visible()
        assert page.get_by_text("output 4 × 4", exact=True).is_visible()
        page.get_by_role("button", name="Step").nth(0).click()
        assert page.get_by_text("output[0, 1]").count() == 1
