"""FilterExplorer on a static page: keys, touch, pins, themes, links, and no scripts at all."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from torch import nn

import site_scripts
from course_utils.data import photo
from course_utils.pretrained import load_alexnet
from course_utils.widgets import FilterExplorer

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def explorer():
    return FilterExplorer(load_alexnet("standin"), caption="The first layer's filters.")


@pytest.mark.parametrize("over", ["http", "file"])
def test_keys_choose_pin_and_move(visit, explorer, over):
    with visit(explorer, over=over) as v:
        page = v.ready()
        page.get_by_role("application").first.focus()
        page.keyboard.press("ArrowRight")
        v.said("Filter 1,")
        page.keyboard.press("End")
        v.said("Filter 63,")
        page.keyboard.press("1")
        page.keyboard.press("2")
        v.said("Filter 12,")
        page.keyboard.press("p")
        assert "Filter 12" in page.locator(".cw-pins img").get_attribute("alt")
        page.get_by_role("application").nth(2).focus()
        page.keyboard.press("Home")
        v.said("column 1")
        assert "map[15,0]" in page.locator(".cw-sum").text_content()
        page.keyboard.press("r")
        v.said("Back to the start")
        assert page.locator(".cw-pins img").count() == 0


def test_changes_negate_the_map_and_can_be_undone(visit, explorer):
    with visit(explorer) as v:
        page = v.ready()
        before = page.locator(".cw-sum").text_content()
        page.get_by_role("button", name="Negate").click()
        assert page.locator(".cw-sum").text_content() != before
        page.get_by_role("button", name="Undo changes").click()
        assert page.locator(".cw-sum").text_content() == before


def test_a_phone_taps_filters_and_tab_leaves(visit, axe, explorer):
    with visit(explorer, **PHONE) as v:
        page = v.ready()
        page.get_by_role("application").first.tap(position={"x": 60, "y": 15})
        v.said("Filter 1,")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert axe(page) == []
        assert v.tab_through() == []
        assert v.small_targets() == []


@pytest.mark.parametrize("html", ['data-theme="light"', 'data-theme="dark"'])
def test_no_accessibility_failures_in_any_theme(visit, axe, explorer, html):
    with visit(explorer, html=html) as v:
        page = v.ready()
        page.get_by_role("button", name="Pin").click()
        assert axe(page) == []


def test_links_restore_a_state_and_name_what_does_not_fit(visit, explorer):
    with visit(
        explorer, fragment="#w=filters&unit=12&pinned=3.4&change=flip.0&order=activation&image=2"
    ) as v:
        page = v.ready()
        assert "filter 12, changed" in page.locator(".cw-quad").text_content()
        assert page.locator(".cw-pins img").count() == 2
    with visit(explorer, fragment="#w=filters&unit=64&cursor=1&change=melt") as v:
        words = v.ready().locator(".cw-note").text_content()
        assert all(key in words for key in ("unit", "cursor", "change"))


@pytest.mark.parametrize("over", ["http", "file"])
def test_deeper_layers_show_patches_and_maps(visit, axe, explorer, over):
    with visit(explorer, over=over, fragment="#w=filters&layer=conv4&image=1&unit=130") as v:
        page = v.ready()
        assert "unit 130: top patch" in page.locator(".cw-quad").text_content()
        assert "131 × 131 pixels" in page.locator(".cw-sum").text_content()
        painted = """i => { const c = document.querySelectorAll('.cw canvas')[i], g = c.getContext('2d');
          return new Set(g.getImageData(0, 0, c.width, c.height).data).size; }"""
        for canvas in (0, 1, 3, 5):  # grid, strongest patch, map, patches
            page.wait_for_function(f"({painted})({canvas}) > 8")
        assert page.get_by_role("button", name="Negate").is_disabled()
        page.get_by_role("application").first.focus()
        page.keyboard.press("ArrowRight")
        v.said("conv4, unit 131")
        page.keyboard.press("p")
        assert "unit 131" in page.locator(".cw-pins [role=img]").get_attribute("aria-label")
        if over == "http":
            assert axe(page) == []
        page.get_by_label("Layer").select_option("conv1")
        assert page.get_by_text("64 filters").is_visible() and page.locator(".cw-pins img").count() == 0
    with visit(explorer, over=over, fragment="#w=filters&layer=conv4&unit=256") as v:
        assert "(unit)" in v.ready().locator(".cw-note").text_content()


def test_the_image_and_the_enlarged_filter_answer_to_the_pointer(visit, explorer):
    with visit(explorer) as v:
        page = v.ready()
        canvases, spot = page.locator(".cw-quad canvas"), {"x": 40, "y": 40}
        wide = canvases.nth(1).evaluate("e => e.clientWidth")
        place = round((41 / wide * 128 - 11 / 2 + 2) / 4)  # whose window has its middle there
        canvases.nth(1).click(position=spot)
        v.said(f"Row {place + 1}, column {place + 1}")
        canvases.nth(0).hover(position=spot)
        v.said(f"weight [{int(41 / wide * 11)},{int(41 / wide * 11)}]")


def test_the_browser_decodes_the_very_pixels(visit, explorer):
    module = str(explorer._esm).replace("export default widget(", "const unused = () => (")
    with visit(explorer) as v:
        pixels = v.ready().evaluate(
            f"async ([uri, size]) => {{ {module}\nreturn Array.from(await pixelsOf(uri, size)); }}",
            [explorer.images["files"][1], [3, 128, 128]],
        )
    assert np.array_equal(pixels, np.rint(photo("coffee", 128).numpy() * 255).ravel())


def test_on_the_built_site_photographs_and_sheets_are_files_that_come_when_needed(visit, explorer):
    with visit(explorer, over="file") as v:
        page, asked = v.page, []
        path = Path(unquote(urlparse(page.url).path))
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        site_scripts.explorables_apart(path.parent, {Path("index.html"): soup})
        path.write_text(str(soup), encoding="utf-8")
        page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1].split(".")[0]))
        page.reload()
        v.ready()
        page.wait_for_function("document.querySelector('.cw-sum').textContent.includes('from −')")
        page.wait_for_timeout(300)
        assert asked.count("bytes") == 3 and "sheet" not in asked
        page.get_by_label("Layer").select_option("conv2")
        page.wait_for_timeout(300)
        assert asked.count("sheet") == 3, "the faces, one sheet of patches, the map's sheet"


def test_grey_filters_of_a_small_cnn(visit, axe):
    torch.manual_seed(0)
    with visit(FilterExplorer(nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU()))) as v:
        page = v.ready()
        assert page.get_by_role("button", name="No red").count() == 0
        assert axe(page) == []


def test_without_scripts_the_picture_and_its_words_stand(visit, explorer):
    with visit(explorer, java_script_enabled=False) as v:
        image = v.page.locator("img.course-fallback")
        assert image.is_visible() and "grid of 64 filters" in image.get_attribute("alt")
