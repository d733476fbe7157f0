"""Batches on the device: the same images in another order, crops and flips of them and nothing else."""

import numpy as np
import pytest
import torch

from explorer.data import Images
from explorer.training.batches import (
    PADDING,
    Augmentation,
    DeviceImages,
    TrainingImages,
    batch_sizes,
    epoch_generator,
)

CPU = torch.device("cpu")


def numbered(count: int = 12, channels: int = 2, size: int = 6) -> Images:
    """Images in which every pixel has its own value, so that any of them can be told from any other."""
    pixels = (np.arange(count * channels * size * size) % 251 + 1).astype(np.uint8)
    return Images(pixels.reshape(count, channels, size, size), np.arange(count))


def epoch(split: TrainingImages, batch_size: int, seed: int = 5, number: int = 1):
    """The batches of an epoch, as (images, labels)."""
    return [split.batch(index) for index in split.shuffle(batch_size, epoch_generator(seed, number))]


def test_in_order_gives_every_image_once_as_fractions():
    split = numbered()
    batches = list(DeviceImages(split, CPU).in_order(5))
    assert [len(b) for _, b in batches] == [5, 5, 2]
    images = torch.cat([images for images, _ in batches])
    assert images.dtype == torch.float32
    np.testing.assert_allclose(images.numpy(), split.pixels / 255.0, atol=1e-7)
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_shuffled_is_a_permutation_that_seed_and_epoch_decide():
    split = TrainingImages(numbered(), CPU, None)

    def order(seed, number):
        return torch.cat([labels for _, labels in epoch(split, 5, seed, number)]).tolist()

    assert sorted(order(0, 1)) == list(range(12))
    assert order(0, 1) == order(0, 1)
    assert len({tuple(order(seed, number)) for seed in (0, 1) for number in (1, 2)}) == 4


def test_labels_stay_with_their_images():
    split = numbered()
    for images, chosen in epoch(TrainingImages(split, CPU, None), 5):
        np.testing.assert_allclose(images.numpy(), split.pixels[chosen.numpy()] / 255.0, atol=1e-7)


def test_a_crop_is_a_window_of_the_padded_image_flipped_or_not():
    split = numbered(count=40)
    padded = np.pad(split.pixels, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    windows, flips = set(), 0
    for images, chosen in epoch(TrainingImages(split, CPU, Augmentation(flip=True)), 40):
        for image, label in zip((images * 255).round().byte().numpy(), chosen.tolist(), strict=True):
            found = [
                (dy, dx, flipped)
                for dy in range(2 * PADDING + 1)
                for dx in range(2 * PADDING + 1)
                for flipped in (False, True)
                if np.array_equal(image[:, :, ::-1] if flipped else image, padded[label, :, dy : dy + 6, dx : dx + 6])
            ]
            assert found, f"image {label} is no crop of itself"
            windows.add(found[0][:2])
            flips += found[0][2]
    assert len(windows) > 15
    assert 8 <= flips <= 32


def test_without_flip_nothing_is_mirrored():
    split = numbered(count=40)
    padded = np.pad(split.pixels, ((0, 0), (0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    for images, chosen in epoch(TrainingImages(split, CPU, Augmentation(flip=False)), 40):
        for image, label in zip((images * 255).round().byte().numpy(), chosen.tolist(), strict=True):
            assert any(
                np.array_equal(image, padded[label, :, dy : dy + 6, dx : dx + 6])
                for dy in range(2 * PADDING + 1)
                for dx in range(2 * PADDING + 1)
            )


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 64])
@pytest.mark.parametrize("images", [1, 2, 3, 4, 5, 6, 11, 64, 65, 66, 129])
def test_no_batch_of_an_epoch_is_a_single_image_unless_it_must_be(images, batch_size):
    sizes = batch_sizes(images, batch_size)
    assert sum(sizes) == images
    assert 1 not in sizes or batch_size == 1 or images == 1
    plain = [len(part) for part in torch.arange(images).split(batch_size)]
    if batch_size > 1 and images > 1 and plain[-1] == 1:
        assert sizes == [*plain[:-2], batch_size + 1]
    else:
        assert sizes == plain


def test_every_image_is_in_one_batch_also_where_one_is_left_over():
    split = TrainingImages(numbered(count=13), CPU, None)
    batches = epoch(split, 4)
    assert [len(labels) for _, labels in batches] == [4, 4, 5]
    assert sorted(torch.cat([labels for _, labels in batches]).tolist()) == list(range(13))


def test_alternating_flips_mirror_every_image_in_every_other_pass():
    """Without crops, an image is itself or its mirror image; which of the two depends on seed and pass alone."""
    split = numbered(count=40)

    def mirrored(number: int, seed: int = 3) -> list[bool]:
        images = TrainingImages(split, CPU, Augmentation(flip=True, padding=0, alternating=True, seed=seed))
        (index,) = images.shuffle(40, epoch_generator(seed, number + 1), number)
        pixels = (images.batch(index)[0] * 255).round().byte().numpy()
        found = {int(i): not np.array_equal(image, split.pixels[i]) for i, image in zip(index, pixels, strict=True)}
        assert all(
            np.array_equal(pixels[at, :, :, ::-1], split.pixels[i]) for at, i in enumerate(index) if found[int(i)]
        )
        return [found[i] for i in range(40)]

    first = mirrored(0)
    assert 8 <= sum(first) <= 32
    assert mirrored(1) == [not each for each in first]
    assert mirrored(2) == first
    assert mirrored(0, seed=4) != first
