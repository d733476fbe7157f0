"""What tests of bringing in a run begin with."""

import io
import zipfile

import pytest

from explorer.export.archive import pack
from explorer.runs.folder import SAMPLES, read
from tests.export.hostile import ID, Files


@pytest.fixture(scope="module")
def good() -> Files:
    """The files of a sample's archive, without the weights of each epoch."""
    made = io.BytesIO()
    pack(read(SAMPLES / "sample-plain"), made, every_epoch=False)
    with zipfile.ZipFile(made) as archive:
        return {name.removeprefix(f"{ID}/"): archive.read(name) for name in archive.namelist()}
