"""What was read from a folder of images, and what was left out and why: to be checked before training."""

from dataclasses import dataclass, field

from explorer.errors import UserError

SPLITS = ("training", "validation", "test")
NAMED = 5  # files named for each reason; the rest is counted


class Damaged(UserError):
    """Some images cannot be read. The user may continue without them."""


@dataclass(frozen=True)
class LeftOut:
    """Files or folders that were left out, for one reason."""

    reason: str  # in the plural: "files that are not images"
    files: tuple[str, ...]  # paths relative to the folder

    def __str__(self) -> str:
        return f"{self.reason} ({len(self.files):,}): {named(self.files, ', ')}"


def named(texts: tuple[str, ...] | list[str], between: str) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(texts) - NAMED:,} more" if len(texts) > NAMED else ""
    return between.join(texts[:NAMED]) + more


@dataclass(frozen=True)
class Report:
    """The report on one folder as it was read."""

    folder: str  # where the splits or the classes were found
    classes: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]  # of each of SPLITS, how many images of each class
    sources: dict[str, str]  # of each of SPLITS, where its images come from
    left_out: tuple[LeftOut, ...] = ()
    damaged: dict[str, str] = field(
        default_factory=dict
    )  # images that cannot be read, by path; what is wrong with each
    repeated: int = 0  # validation and test images whose pixels are also those of a training image

    @property
    def summary(self) -> str:
        """One sentence."""
        training, validation, test = (f"{sum(self.counts[split]):,} {split}" for split in SPLITS)
        return f"{self.folder}: {len(self.classes)} classes with {training}, {validation} and {test} images."

    @property
    def remarks(self) -> list[str]:
        """A sentence for each thing that the user should know before training."""
        sentences = ["; ".join(f"{split} images: {self.sources[split]}" for split in SPLITS) + "."]
        sentences[0] = sentences[0][0].upper() + sentences[0][1:]
        sentences += [f"Left out: {some}." for some in self.left_out]
        if self.damaged:
            sentences.append(f"Left out: {LeftOut('images that cannot be read', tuple(self.damaged))}.")
        if self.repeated:
            sentences.append(
                f"{self.repeated:,} of the validation and test images have the same pixels as a training image: the "
                f"network may have memorised them."
            )
        return sentences

    def check_damaged(self, skip: bool = False) -> None:
        """Raises Damaged, which names them all, if images cannot be read and `skip` does not allow leaving them out.
        Raises UserError if no image of a split or a class would be left without them."""
        if not self.damaged:
            return
        many, single = sum(map(sum, self.counts.values())) + len(self.damaged), len(self.damaged) == 1
        count = (
            f"{len(self.damaged):,} of {many:,} images cannot be read, so {'it' if single else 'they'} must be repaired"
        )
        sentences = "; ".join(self.damaged.values())
        empty = [split for split in SPLITS if not any(self.counts[split])]
        empty += [name for name, left in zip(self.classes, self.counts["training"], strict=True) if not left]
        if empty:
            raise UserError(
                f"{count}; without {'it' if single else 'them'} no image is left for {empty[0]}: {sentences}."
            )
        if not skip:
            raise Damaged(f"{count} or left out (--skip-damaged, or the checkbox on the page): {sentences}.")
