"""Feature maps: what each layer makes of an image, and which images excite a channel most."""

import streamlit as st

from explorer.ui import page
from explorer.ui.features import picker, tiles, top_activating
from explorer.ui.pickers import top_row

MAPS, TOP_ACTIVATING = "maps of this image", "images that excite a channel"

page.title("What does a layer see?")
chosen, seen, epoch = top_row.runs_image_epoch(most=2)
views = picker.views(chosen, epoch, seen)
page.verdict("; ".join(map(tiles.answer, views)) + ".")

with st.container(horizontal=True):
    part = st.segmented_control(
        "Show", [MAPS, TOP_ACTIVATING], default=MAPS, required=True, key="maps-part", bind="query-params"
    )
    channels = picker.channels(views)
    if part == MAPS:
        many, cover = tiles.pick_many(), tiles.pick_cover()
    else:
        among = top_activating.pick_among()

if part == MAPS:
    # One network leaves room for the enlarged map at its side.
    first, second = st.columns([3, 2]) if len(views) == 1 else (st.container(), st.container())
    with first:
        scale = tiles.tiles(views, channels, many)
    with second:
        tiles.enlarged(views, seen, channels, scale, cover)
    tiles.strengths(views)
    page.theory(
        "A feature map is the output of one channel: bright where its kernel found what it looks for. Early layers "
        "keep the shape of the image and mark edges; later ones are coarse and answer to parts. A map that is the same "
        "everywhere says nothing about this image; if it is so for every image, its unit is dead. Behind the last map "
        "a channel is a single number, a **unit**.",
        "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
    )
else:
    top_activating.images(views, channels, among)
    page.theory(
        "One image says little about what a channel looks for. Of many images, those with its largest activation have "
        "something in common where the unit looks: an edge in one direction, a colour, a part. Look at the frames, not "
        "at the whole images: nothing outside of a frame can have excited the unit.",
        "Zeiler & Fergus 2014; Yosinski et al. 2015, Understanding Neural Networks Through Deep Visualization",
    )
