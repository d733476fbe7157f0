"""Choosing a data set: a bundled or downloaded one, or a folder of the visitor's images, with a report on what is
used."""

import streamlit as st

from explorer.data import DATASETS, tidy
from explorer.data.allowed import checked, listed
from explorer.data.report import SPLITS, Report
from explorer.data.shortcut import MARKS, Shortcut
from explorer.data.sources import FOLDER_PREFIX
from explorer.mode import is_open
from explorer.text import plural
from explorer.ui import cache, choices, page, saving

FOLDER = "folder"
EXAMINED = "folders-examined"  # key of the session state: names and sizes of the folders that the visitor wants read
NO_MARK = "none"
STRENGTHS = 0.5, 1.0  # below half, a visitor would look for the mark in vain


def pick_data() -> tuple[str, int, bool]:
    """(name for `explorer.data.load`, image size in pixels, whether to leave out damaged images)."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _pick_name("data", [*DATASETS, FOLDER])
        mark, strength = _pick_shortcut()
    base, size, skip_damaged = _pick_base(name)
    planted = base if mark == NO_MARK else Shortcut(mark, base, strength).name
    return planted, size, skip_damaged


def pick_base_data(key: str, default: str) -> tuple[str, int, bool]:
    """Like `pick_data`, for the data sets in which a shortcut can be planted."""
    return _pick_base(_pick_name(key, [name for name in (*DATASETS, FOLDER) if name != "shapes-shortcut"], default))


def _pick_name(key: str, offered: list[str], default: str | None = None) -> str:
    label = {FOLDER: "a folder of my images"}
    return choices.segmented("Data", offered, key, default, format_func=lambda name: label.get(name, name))


def _pick_shortcut() -> tuple[str, float]:
    """(mark or NO_MARK, strength), chosen in a popover."""
    with st.popover("Plant a shortcut", icon=":material/vpn_key:"):
        mark = pick_mark("shortcut", [NO_MARK, *MARKS])
        return mark, 1.0 if mark == NO_MARK else pick_strength("shortcut-strength")


def pick_mark(key: str, offered: list[str]) -> str:
    """A mark that gives the class away in the training images."""
    words = {name: mark.words for name, mark in MARKS.items()}
    return choices.selectbox("Mark", offered, key, format_func=lambda name: words.get(name, name), width=150)


def pick_strength(key: str) -> float:
    """The share of the training images that carry the mark of their own class."""
    return choices.slider(
        "Strength",
        *STRENGTHS,
        1.0,
        key,
        step=0.05,
        help="Share of the training images that carry the mark of their own class; the others carry that of another "
        "class. In the test images every mark is equally frequent in each class.",
    )


def _pick_base(name: str) -> tuple[str, int, bool]:
    if name != FOLDER:
        source = DATASETS[name]
        needs = "Comes with the app" if source.is_bundled else f"Needs {source.needs}"
        st.caption(f"{source.about} {needs}.")
        return name, 32, False
    example = next(iter(listed()), "/home/me") if is_open() else "/home/me"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        folder = choices.text_input(
            "Folder with one sub-folder per class", "folder", placeholder=f"{example}/my-images", width="stretch"
        )
        pixels = choices.number_input("Image size", 8, 256, 32, "image_size", help="Pixels per side.", width=140)
        button = st.container(width="content")
    chosen, size = tidy(FOLDER_PREFIX + folder), int(pixels)
    if chosen == FOLDER_PREFIX:
        page.stop_with("Give the folder that holds your images, with one sub-folder per class.")
    checked(chosen.removeprefix(FOLDER_PREFIX))
    with button:
        pressed = st.button("Look at this folder", icon=":material/folder_open:")
    _wait_for_press(pressed, (chosen, size))
    return chosen, size, _check_folder(chosen, size)


def _wait_for_press(pressed: bool, folder: tuple[str, int]) -> None:
    """End the page until the visitor has pressed the button: nothing is read while they type, or because a link says
    so."""
    examined: set[tuple[str, int]] = st.session_state.setdefault(EXAMINED, set())
    if pressed:
        examined.add(folder)
    elif folder not in examined:
        page.stop_with("Press “Look at this folder” to see which classes and images it holds.")


def _check_folder(name: str, size: int) -> bool:
    """Show what is read from a folder, before anything is trained on it. Returns whether to leave out damaged
    images."""
    report = cache.dataset(name, size, skip_damaged=True).report
    if report is None:
        raise TypeError(f"{name} is not a folder of images: there is no report on what was read.")
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
    """Show the report in one line; the splits, the counts of each class and what was left out open behind it."""
    sums = ", ".join(f"{sum(report.counts[split]):,} {split}" for split in SPLITS)
    left = sum(len(some.files) for some in report.left_out) + len(report.damaged)
    label = f"{len(report.classes)} classes; {sums} images" + (f"; {left:,} left out" if left else "")
    with st.expander(label, expanded=opened, icon=":material/folder_open:"):
        # Show paths and classes literally: they may contain Markdown's special characters.
        st.text("\n".join([report.summary, *report.remarks, *report.damaged.values()]))
        table = {"class": report.classes} | {split: report.counts[split] for split in SPLITS}
        saving.dataframe(table, hide_index=True, alt="Images of each class and split")
