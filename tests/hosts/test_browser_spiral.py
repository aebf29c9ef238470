"""SpiralLab on a static page: keys, pointer, touch, themes, and what happens without scripts."""

import pytest

from course_utils.widgets import SpiralLab

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def lab():
    return SpiralLab(caption="Two models learn a spiral.", recorded=[0.7, 0.6, 0.5])


@pytest.mark.parametrize("over", ["http", "file"])
def test_keys_train_and_reset_gives_the_same_start(visit, lab, over):
    with visit(lab, over=over) as v:
        page = v.ready()
        stats = page.locator(".cw-stats").nth(1)
        start = stats.text_content()
        page.get_by_role("application").nth(1).focus()
        page.keyboard.press(".")
        v.said("Step 1.")
        one = stats.text_content()
        assert one != start
        page.keyboard.press("r")
        v.said("Back to the start")
        assert stats.text_content() == start
        page.keyboard.press(".")
        assert stats.text_content() == one
        page.keyboard.press("Space")
        page.wait_for_function("() => +document.querySelector('.cw-count').textContent.slice(5) > 20")
        page.keyboard.press("Space")
        assert page.get_by_role("button", name="Play").count() == 1


def test_keys_add_and_remove_points(visit, lab):
    with visit(lab) as v:
        page = v.ready()
        page.get_by_role("application").first.focus()
        page.keyboard.press("ArrowRight")
        v.said("p at (0.05, 0.00)")
        page.keyboard.press("Enter")
        v.said("201 points")
        page.keyboard.press("Delete")
        v.said("200 points")


def test_a_tap_adds_a_point_of_the_chosen_class(visit, lab):
    with visit(lab, **PHONE) as v:
        page = v.ready()
        page.get_by_label("Data").select_option("drawn")
        page.get_by_role("button", name="Step", exact=True).tap()
        v.said("nothing to learn from")
        for label, x in (("0", 60), ("1", 250)):
            page.get_by_label("A tap on a map").select_option(label)
            for y in (60, 120, 200, 260):
                page.get_by_role("application").first.tap(position={"x": x, "y": y})
        v.said("8 points")
        for _ in range(10):
            page.get_by_role("button", name="10 steps").tap()
        assert "100% right" in page.locator(".cw-stats").first.text_content()


def test_too_large_a_learning_rate_is_said_in_words(visit, lab):
    with visit(lab, fragment="#w=spiral&optimizer=sgd&lr=100&task=explode") as v:
        page = v.ready()
        for _ in range(3):
            page.get_by_role("button", name="10 steps").click()
        assert "Done, at step" in page.locator(".cw-verdict").text_content()
        assert "learning rate is too large" in page.locator(".cw-note").text_content()
        page.get_by_role("button", name="Reset").click()
        assert "step 0" in page.locator(".cw-count").text_content()


def test_links_restore_a_trained_state(visit, lab):
    with visit(lab, fragment="#w=spiral&data=circles&hidden=|4&step=100&task=few") as v:
        page = v.ready()
        assert page.locator(".cw-count").text_content() == "step 100"
        assert "2-4-2" in page.locator(".cw-title").nth(1).text_content()
    with visit(lab, fragment="#w=spiral&data=swirl&lr=-1") as v:
        page = v.ready()
        assert "data, lr" in page.locator(".cw-note").text_content()


def test_copied_code_and_link_hold_what_is_shown(visit, lab):
    with visit(lab) as v:
        page = v.ready()
        page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        page.get_by_role("button", name="10 steps").click()
        page.get_by_role("button", name="Copy PyTorch").click()
        v.said("PyTorch code copied")
        names = {}
        exec(page.evaluate("window.copied"), names)
        assert len(names["x"]) == 150 and names["step"] == 9
        page.get_by_role("button", name="Copy link").click()
        v.said("Link copied")
        assert "step=10" in page.evaluate("window.copied")


@pytest.mark.parametrize("html", ['data-theme="light"', 'data-theme="dark"', 'class="dark"'])
def test_no_accessibility_failures_in_any_theme(visit, axe, lab, html):
    with visit(lab, html=html) as v:
        assert axe(v.ready()) == []


def test_a_phone_shows_everything_and_tab_leaves(visit, axe, lab):
    with visit(lab, **PHONE) as v:
        page = v.ready()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert axe(page) == []
        assert v.tab_through() == []
        assert v.small_targets() == []


def test_reduced_motion_makes_one_move_per_press(visit, lab):
    with visit(lab, reduced_motion="reduce") as v:
        page = v.ready()
        page.get_by_role("button", name="Play").click()
        count = page.locator(".cw-count").text_content()
        page.wait_for_timeout(300)
        assert page.locator(".cw-count").text_content() == count != "step 0"


def test_without_scripts_the_picture_and_its_words_stand(visit, lab):
    with visit(lab, java_script_enabled=False) as v:
        image = v.page.locator("img.course-fallback")
        assert image.is_visible() and "are right" in image.get_attribute("alt")


def test_two_labs_do_not_interfere(visit, lab):
    with visit(lab, SpiralLab(name="other", data="moons")) as v:
        page = v.ready(2)
        page.get_by_role("button", name="10 steps").first.click()
        assert page.locator(".cw-count").all_text_contents() == ["step 10", "step 0"]
