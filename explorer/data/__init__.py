"""Images to learn from: the data sets, and a person's own pictures. Importing it needs NumPy and Pillow only."""

from explorer.data.dataset import Dataset, Images
from explorer.data.photo import network_input
from explorer.data.picture_file import open_image, open_picture
from explorer.data.sources import DATASETS, Source, is_on_disk, load, state, tidy

__all__ = [
    "DATASETS",
    "Dataset",
    "Images",
    "Source",
    "is_on_disk",
    "load",
    "network_input",
    "open_image",
    "open_picture",
    "state",
    "tidy",
]
