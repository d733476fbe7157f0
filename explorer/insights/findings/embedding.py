"""Which images look alike to a network: whether an image's nearest neighbours in feature space have its class."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.insights.embedding import NEIGHBOURS
from explorer.insights.findings.wording import listed, percent

CLEARLY = 2  # times the agreement by chance: below it, neighbours hardly depend on the class


@dataclass(frozen=True)
class Neighbours:
    """The class agreement of the nearest neighbours of some images in one network."""

    name: str  # of the network
    agreement: float  # share of an image's nearest neighbours with its class, mean over images; NaN without any
    chance: float  # the agreement of random neighbours
    looked_at: int  # neighbours of each image
    images: int

    @property
    def answer(self) -> str:
        """The answer in words, by the share that have the image's class."""
        if self.agreement > 0.5:
            return "Mostly images of the same class"
        if self.agreement > CLEARLY * self.chance:
            return "Images of the same class more often than by chance, but mostly of others"
        return "Images of any class, hardly more often of the same than by chance"

    @property
    def whose(self) -> str:
        """The neighbours that were counted."""
        if self.looked_at < NEIGHBOURS:
            return f"of the {self.looked_at} other images"
        return f"of the {NEIGHBOURS} nearest neighbours of an image"


def alike(found: Sequence[Neighbours]) -> str:
    """The answer in words, then each network's share; networks with the same answer share it.

    It counts classes, so it does not show what makes two images look alike. If images are few, the sentence gives only
    their number, because each class has too few neighbours.
    """
    if any(of.looked_at < 2 for of in found):
        return " ".join(f"{of.name}: {_of_few(of)}." for of in found)
    first = found[0]
    if len({(of.answer, of.whose, of.images, of.chance) for of in found}) == 1:
        return f"{first.answer}.\n{_figures(found)} {_rest(first)}."
    in_words = "; ".join(f"{of.name}: {of.answer[0].lower()}{of.answer[1:]}" for of in found)
    return f"{in_words}.\n{' '.join(f'{_figures([of], of.name)} {_rest(of)}.' for of in found)}"


def _figures(found: Sequence[Neighbours], name: str = "") -> str:
    """The share of neighbours with an image's class. `name`: of the only network with this answer, if there are
    others."""
    first, *others = found
    rest = [f"{percent(of.agreement)} in {of.name}" for of in others]
    where = f" in {first.name}" if others or name else ""
    shares = listed([f"{percent(first.agreement)} have its class{where}", *rest])
    return f"{first.whose[0].upper()}{first.whose[1:]}, {shares}"


def _rest(of: Neighbours) -> str:
    return f"(by chance {percent(of.chance)}; {of.images:,} images)"


def _of_few(of: Neighbours) -> str:
    if of.looked_at < 1:
        return "one validation image has no neighbour"
    if of.looked_at == 1:
        return f"the two images have {'the same class' if of.agreement == 1 else 'different classes'}"
    return f"{of.whose}, {percent(of.agreement)} have its class"
