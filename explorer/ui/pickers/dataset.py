"""Choosing a data set: a bundled or downloaded one, or a folder of one's own images, with what is taken from it."""

import streamlit as st

from explorer.data import DATASETS, tidy
from explorer.data.report import SPLITS, Report
from explorer.data.sources import FOLDER_PREFIX
from explorer.text import plural
from explorer.ui import cache, choices, page

FOLDER = "folder"


def pick_data() -> tuple[str, int, bool]:
    """(name as `explorer.data.load` takes it, image size in pixels, whether to leave out damaged images)."""
    label = {FOLDER: "a folder of my images"}
    name = choices.segmented("Data", [*DATASETS, FOLDER], "data", format_func=lambda name: label.get(name, name))
    if name != FOLDER:
        source = DATASETS[name]
        st.caption(f"{source.about} Needs: {source.needs}.")
        return name, 32, False
    path, size = st.columns([4, 1])
    with path:
        folder = choices.text_input("Folder with one sub-folder per class", "folder", placeholder="/home/me/my-images")
    with size:
        pixels = choices.number_input("Image size", 8, 256, 32, "image_size", help="Pixels per side.")
    folder_name = tidy(FOLDER_PREFIX + folder)
    if folder_name == FOLDER_PREFIX:
        page.stop_with("Give the folder that holds your images, with one sub-folder per class.")
    return folder_name, int(pixels), _check_folder(folder_name, int(pixels))


def _check_folder(name: str, size: int) -> bool:
    """Show what is taken from a folder; whether damaged images are left out. Nothing is trained on before that."""
    report = cache.dataset(name, size, skip_damaged=True).report
    if report is None:
        raise TypeError(f"{name} is no folder of images: nothing says what was taken from it.")
    skip = not report.damaged
    if report.damaged:
        count = plural(len(report.damaged), "image")
        st.warning(
            f"{count} cannot be read: repair or remove them, or continue without them.", icon=":material/broken_image:"
        )
        skip = choices.checkbox(f"Leave out {count}", "skip-damaged")
    show_report(report, opened=not skip)
    if not skip:
        page.end()
    return bool(report.damaged)


def show_report(report: Report, opened: bool = False) -> None:
    """In one line, with the splits, the counts of each class and what was left out behind it."""
    sums = ", ".join(f"{sum(report.counts[split]):,} {split}" for split in SPLITS)
    left = sum(len(some.files) for some in report.left_out) + len(report.damaged)
    label = f"{len(report.classes)} classes; {sums} images" + (f"; {left:,} left out" if left else "")
    with st.expander(label, expanded=opened, icon=":material/folder_open:"):
        # Paths and classes are shown as they are: they may hold signs that mean something in Markdown.
        st.text("\n".join([report.summary, *report.remarks, *report.damaged.values()]))
        table = {"class": report.classes} | {split: report.counts[split] for split in SPLITS}
        st.dataframe(table, hide_index=True, alt="Images of each class and split")
