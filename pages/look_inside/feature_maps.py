"""Feature maps: the output of each layer for an image, and the images that activate a channel most."""

import streamlit as st

from explorer.ui import choices, page
from explorer.ui.features import picker, strip, tiles, top_activating
from explorer.ui.pickers import layer_ends, top_row

MAPS, TOP_ACTIVATING = "maps", "top-activating"
PARTS = {MAPS: "maps of this image", TOP_ACTIVATING: "top activating images"}
OLD_LINKS = {"images that excite a channel": TOP_ACTIVATING}  # of version 0.2.0 and earlier

page.title("What does a layer see?")
chosen, image, epoch, beside = top_row.runs_image_epoch(most=2)
verdict = beside.container() if beside else st.container()
picture, options = page.picture_first(beside)
with options:
    views = picker.views(chosen, epoch, image)
with verdict:
    page.verdict(tiles.verdict(views))

with options, st.container(horizontal=True):
    part = choices.segmented("Show", list(PARTS), "maps-part", format_func=PARTS.__getitem__, was=OLD_LINKS)
    if not page.presenting():
        layer_ends.buttons([(source, picker.weighted(source)) for source in chosen])
    channels = picker.channels(views)
    if part == MAPS:
        many, cover = tiles.pick_many(), tiles.pick_cover()
    else:
        among = top_activating.pick_among()

if part == MAPS:
    with picture:
        columns = st.columns([2, 1] * len(views))
        scale = tiles.tiles(views, columns[::2], channels, many)
        for column, view in zip(columns[1::2], views, strict=True):
            with column:
                tiles.enlarged(view, image, channels[view.source.id], scale, cover)
        if not page.presenting():
            strip.strip(views)
    tiles.strengths(views)
    page.theory(
        "A feature map is the output of one channel: bright where the kernel detects its pattern. Early layers keep "
        "the shape of the image and detect edges; later layers are coarse and detect parts. A map that is the same "
        "everywhere carries no information about this image; if it is so for every image, the channel is dead. After "
        "the last map, a channel is a single number, a **unit**.",
        "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
    )
else:
    with picture:
        top_activating.images(views, channels, among)
    page.theory(
        "One image says little about what a channel detects. Among many images, those with its largest activation have "
        "something in common inside the unit's receptive field: an edge in one direction, a colour, a part. Look at "
        "the boxes, not at the whole images: nothing outside a box can have activated the unit.",
        "Zeiler & Fergus 2014; Yosinski et al. 2015, Understanding Neural Networks Through Deep Visualization",
    )
