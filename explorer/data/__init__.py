"""Images to learn from: the data sets, and a visitor's own images. Importing it needs only NumPy and Pillow."""

from explorer.data.dataset import Dataset, Images
from explorer.data.image_file import open_image, open_with_remarks
from explorer.data.input_spec import InputSpec
from explorer.data.levels import unit_range
from explorer.data.prepare import network_input, to_tensor
from explorer.data.sources import DATASETS, Source, is_folder, is_on_disk, load, source_of, state, tidy

__all__ = [
    "DATASETS",
    "Dataset",
    "Images",
    "InputSpec",
    "Source",
    "is_folder",
    "is_on_disk",
    "load",
    "network_input",
    "open_image",
    "open_with_remarks",
    "source_of",
    "state",
    "tidy",
    "to_tensor",
    "unit_range",
]
