"""The board in a real browser: points are dragged, added and removed, and the line plays without the server."""

import pytest

from .conftest import settle


@pytest.fixture
def board(page, app):
    url, _ = app
    page.goto(url)
    settle(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Perceptron").click()
    page.locator(".board [data-point]").nth(3).wait_for()
    settle(page)
    return page


def centre(page, point: int) -> tuple[float, float]:
    box = page.locator(f'[data-point="{point}"] .reach').bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def answer_with(page, text: str) -> None:
    page.locator("h2", has_text=text).wait_for()
    settle(page)


def test_drag_add_remove_and_play(board):
    answer_with(board, "can learn AND: all 4 points")
    (left, bottom), (right, top) = centre(board, 0), centre(board, 3)

    # Class 1 into the middle of class 0's hull: no line can do it any more.
    board.mouse.move(right, top)
    board.mouse.down()
    board.mouse.move(left + 0.3 * (right - left), bottom + 0.3 * (top - bottom), steps=5)
    board.mouse.up()
    answer_with(board, "can never learn AND as changed")
    assert "at (0.3, 0.3)" in board.locator('[data-point="3"]').get_attribute("aria-label")

    board.locator('[data-tool="remove"]').click()
    board.mouse.click(*centre(board, 0))
    answer_with(board, "all 3 points are classified correctly")
    board.locator('[data-tool="1"]').click()
    (left, _), (_, bottom) = centre(board, 0), centre(board, 1)
    board.mouse.click(left, bottom)
    answer_with(board, "all 4 points are classified correctly")
    assert "at (0, 0), class 1" in board.locator('[data-point="3"]').get_attribute("aria-label")
    board.locator('[data-tool="move"]').click()

    board.get_by_role("button", name="Original points").click()
    answer_with(board, "can learn AND: all 4 points are classified correctly after 18 corrections")
    board.locator('[data-act="play"]').click()
    board.locator(".message", has_text="Correction 2 of 18").wait_for()
    board.locator('[data-act="play"]').click()
    before = board.locator(".message").inner_text()
    board.wait_for_timeout(1200)
    assert board.locator(".message").inner_text() == before, "paused"
    board.locator('[data-act="back"]').click()
    assert board.locator(".message").inner_text() != before


def test_a_point_moves_by_keyboard_and_the_last_of_a_class_stays(board):
    board.locator('[data-point="3"]').focus()
    board.keyboard.press("ArrowLeft")
    answer_with(board, "AND as changed")
    assert "at (0.95, 1)" in board.locator('[data-point="3"]').get_attribute("aria-label")
    board.locator('[data-point="3"]').focus()
    board.keyboard.press("Delete")
    refused = board.get_by_test_id("stAlertContentError")
    refused.wait_for()
    assert "None of the 3 points has class 1" in refused.inner_text()
    board.locator('[data-point="3"]').wait_for()
