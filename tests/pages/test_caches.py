"""What is computed once for all visitors: once, for the right network, and of a size that a browser can take."""

import shutil
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from time import sleep

import numpy as np
import pytest
from PIL import Image

from explorer.jobs.train_run import train_run
from explorer.runs import Checkpoint, RunConfig, create
from explorer.training import TrainConfig

from .conftest import open_page


@pytest.fixture(autouse=True)
def visited(checkpoints):
    """Nothing is kept yet; the app has run, since its pages belong to a session."""
    open_page("pages/start/home.py")


def test_visitors_who_come_together_compute_once():
    from explorer.ui import passes

    done = []

    def slow(progress) -> int:
        sleep(0.05)
        done.append(1)
        return 7

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: passes.once(("slow",), slow, "…"), range(4)))
    assert found == [7] * 4
    assert len(done) == 1


def test_a_number_that_is_used_again_is_another_network(checkpoints):
    from explorer.ui import compute, display
    from explorer.ui.study import tables

    found = []
    for depth in (2, 4):
        training = TrainConfig(epochs=1, batch_size=512, device="cpu")
        run = train_run(create(RunConfig("digits", "simple_cnn", {"depth": depth}, training)))
        field = tables.seen_by_last_convolution(run)
        found.append((run.id, len(compute.convolutions(run)), len(compute.shapes(run)), len(display.table(run)), field))
        shutil.rmtree(checkpoints)  # with the last number that was given
    one, other = found
    assert one[0] == other[0]
    assert all(a != b for a, b in zip(one[1:], other[1:], strict=True))


@pytest.mark.parametrize(("units", "side"), [(25_088, 1), (512, 7), (64, 32), (600, 112), (40, 5)])
def test_an_image_of_maps_is_not_too_large(units, side):
    from explorer.ui.features import tiles
    from explorer.ui.features.picker import View
    from explorer.ui.pickers.input_image import SampledImage

    image = SampledImage(name="Validation image 1", key=f"{units}-{side}", pixels=np.zeros((1, 32, 32), np.uint8))
    maps = np.broadcast_to(np.float32(0.5), (units, side, side))
    view = View(Checkpoint(create(RunConfig("digits", "mlp"))), "layer", "name", maps, image)
    most = tiles._most(view)
    assert min(units, 1000) <= most <= 4096
    shown = np.arange(min(units, most))
    link = tiles._tiled(shown, min(32, len(shown)), (0.0, 1.0), view)
    opened = Image.open(BytesIO(b64decode(link.partition(",")[2])))
    assert opened.height <= 4096
