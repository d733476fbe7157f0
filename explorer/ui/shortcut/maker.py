"""The maker: plants a mark in any data set and shows it before a network is trained on it."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.data import source_of
from explorer.data.shortcut import MARKS, Shortcut
from explorer.mode import IN_A_DEMO, is_demo
from explorer.runs import ACTIVE, Run, RunConfig
from explorer.training import TrainConfig
from explorer.ui import cache, display, page, stage
from explorer.ui.pickers.dataset import pick_base_data, pick_mark, pick_strength
from explorer.ui.train import live, submission

SHOWN, ON_STAGE = 8, 5  # training images in the preview
ENOUGH = 6000  # images that a network sees until it has learned the mark, of which it needs a few pixels
LEAST_EPOCHS = 2


def maker(trained: list[Run]) -> None:
    """Show the mark, its data, a preview, the button, and the state of the runs that were started."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mark = pick_mark("lesson-mark", list(MARKS))
        strength = pick_strength("lesson-strength")
    base, size, skip_damaged = pick_base_data("lesson-data", "shapes")
    shortcut = Shortcut(mark, base, strength)
    if cache.is_at_hand(base):
        with st.container() if trained else stage.picture():  # otherwise that of a run
            _preview(shortcut, size, skip_damaged)
    images = _training_images(shortcut, size, skip_damaged)
    training = TrainConfig(epochs=max(LEAST_EPOCHS, round(ENOUGH / images)))
    config = RunConfig(shortcut.name, "simple_cnn", {}, training, size, skip_damaged)
    active = any(run.status in ACTIVE for run in trained)
    with stage.kept("start"):
        if is_demo():
            page.notes([IN_A_DEMO])
        elif not active and st.button("Train a network on these images", type="primary", icon=":material/play_arrow:"):
            submission.submit(submission.LESSON, [config])
            st.rerun()
    submission.show(submission.LESSON)


def watch(trained: list[Run]) -> None:
    """Show the runs in training, or the result of the last one."""
    ids = [run.id for run in trained]
    if trained:
        live.panel(lambda: live.watched(live.still_there(ids), submission.started(submission.LESSON)), gradients=False)


def _training_images(shortcut: Shortcut, size: int, skip_damaged: bool) -> int:
    source = source_of(shortcut.base)
    return source.training_images if source else len(cache.dataset(shortcut.base, size, skip_damaged).train)


def _preview(shortcut: Shortcut, size: int, skip_damaged: bool) -> None:
    """Show training images with their marks above the same images without."""
    planted, plain = (cache.dataset(name, size, skip_damaged).train for name in (shortcut.name, shortcut.base))
    shown = ON_STAGE if page.presenting() else SHOWN
    which = np.linspace(0, len(plain) - 1, shown).astype(int)
    both = np.concatenate([charts.rgb(planted.pixels[which]), charts.rgb(plain.pixels[which])])
    display.image(charts.grid(both, shown, factor=max(1, 96 // size)), "Training images with the mark and without", 780)
    stage.words("Training images with the mark, and the same without.")
