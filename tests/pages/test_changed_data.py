"""Pages that show a run's images beside it notice when they have changed, also while the server runs."""

import os

import pytest

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.training import TrainConfig
from explorer.ui import cache

from ..data.test_image_folder import fill, random_image
from .conftest import open_page, words

LOOKED_AT = [
    "pages/explain/saliency.py",
    "pages/explain/mistakes.py",
    "pages/explain/checks.py",
    "pages/look_inside/feature_maps.py",
    "pages/look_inside/embedding.py",
]


@pytest.fixture
def pets(checkpoints, tmp_path):
    folder = fill(tmp_path / "pets", {"cat": 30, "dog": 30})
    training = TrainConfig(epochs=1, batch_size=16, device="cpu")
    train_run(create(RunConfig(f"folder:{folder}", "simple_cnn", {"depth": 2}, training), status="running"))
    return folder


def look_again(app):
    cache._state.clear()  # as after LOOK_AGAIN seconds
    app.run()


@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_page_says_what_has_changed_while_the_server_runs(pets, page):
    app = open_page(page)
    assert not app.exception
    assert "changed since" not in words(app)
    random_image(7).save(pets / "cat" / "000.png")
    look_again(app)
    assert not app.exception
    assert "images of folder:" in words(app)
    assert "have changed since simple_cnn was trained" in words(app)
    os.rename(pets / "cat", pets / "kitten")
    look_again(app)
    assert not app.exception
    assert "'cat' is gone and 'kitten' is new" in words(app)
