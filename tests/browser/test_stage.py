"""A presentation: keys switch and step it, its link keeps it. test_first_look.py looks at the other pages in one."""

import pytest

from .conftest import settle
from .presented import STAGE, fits_the_screen, leaves_no_hole

BOTH = "runs=digits-simple_cnn-0001&runs=digits-residual_cnn-0002"  # with about as many layers


@pytest.mark.parametrize("name", ["mistakes?part=confidence", "study?study=batch-size", "perceptron?points=XOR"])
def test_verdict_and_picture_fit_the_screen(shown, page, name):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{shown[0]}/{name}&present=true")
    fits_the_screen(page)


CHECKS = [f"checks?test={test}&{BOTH}" for test in ("randomisation", "deletion", "infidelity")]
CHECKS += ["checks?test=pointing&runs=shapes-simple_cnn-0005"]


@pytest.mark.parametrize("name", [*CHECKS, "shortcut?step=1", "shortcut?step=3"])
def test_nothing_is_small_beside_an_empty_place(shown, page, name):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{shown[0]}/{name}&present=true")
    fits_the_screen(page)
    leaves_no_hole(page)


def test_keys_switch_and_step_and_the_link_keeps_it(shown, page):
    page.goto(f"{shown[0]}/saliency")
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    page.get_by_role("spinbutton", name="Number").click()
    page.keyboard.press("p")  # typed, not meant
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    assert "present" not in page.url
    page.keyboard.press("p")
    page.wait_for_url("**present=true*")
    settle(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**number=2*")
    settle(page)
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**epoch=*")
    page.reload()
    page.wait_for_function(STAGE)
    page.get_by_text("image 2 of").wait_for()
    settle(page)
    page.keyboard.press("p")
    page.get_by_test_id("stSidebar").wait_for()
    page.wait_for_function("() => !location.href.includes('present')")  # written behind the page


def test_a_lecture_is_turned_by_keys_and_kept_by_the_browser(shown, page):
    page.goto(f"{shown[0]}/lecture")
    page.get_by_role("link", name="Present from the first view").first.click()
    page.get_by_text("1 of 15:").wait_for()
    page.keyboard.press("PageUp")  # before the first view there is none
    page.keyboard.press("n")
    page.get_by_text("Ask: will the corrections always come to an end?").wait_for()
    page.keyboard.press("PageDown")
    page.get_by_text("2 of 15:").wait_for()
    page.wait_for_url("**points=XOR*")
    page.reload()
    page.get_by_text("2 of 15:").wait_for()
    settle(page)
    page.keyboard.press("p")
    page.get_by_role("button", name="Add to the lecture").click()
    page.get_by_label("What the view shows, in a sentence").fill("A sentence of my own")
    page.get_by_label("What the view shows, in a sentence").press("Enter")
    page.get_by_role("button", name="Add this view").click()
    page.get_by_text("Added as view 1 of your lecture.").wait_for()
    settle(page)  # the browser is handed the lecture behind the page
    page.goto(f"{shown[0]}/lecture")  # another session
    page.get_by_text("A sentence of my own").wait_for()
