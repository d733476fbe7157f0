"""Feature maps: what each layer makes of an image, and which images excite a channel most."""

import streamlit as st

from explorer.ui import feature_excited, feature_pick, feature_tiles, frame, top_row

MAPS, EXCITED = "maps of this image", "images that excite a channel"

frame.question("What does a layer see?")
chosen, seen, epoch = top_row.runs_image_epoch(most=2)
views = feature_pick.views(chosen, epoch, seen)
frame.answer("; ".join(map(feature_tiles.answer, views)) + ".")

with st.container(horizontal=True):
    part = st.segmented_control(
        "Show", [MAPS, EXCITED], default=MAPS, required=True, key="maps-part", bind="query-params"
    )
    channels = feature_pick.channels(views)
    if part == MAPS:
        many, cover = feature_tiles.pick_many(), feature_tiles.pick_cover()
    else:
        among = feature_excited.pick_among()

if part == MAPS:
    # One network leaves room for the enlarged map at its side.
    first, second = st.columns([3, 2]) if len(views) == 1 else (st.container(), st.container())
    with first:
        scale = feature_tiles.tiles(views, channels, many)
    with second:
        feature_tiles.enlarged(views, seen, channels, scale, cover)
    feature_tiles.strengths(views)
    frame.theory(
        "A feature map is the output of one channel: bright where its kernel found what it looks for. Early layers "
        "keep the shape of the image and mark edges; later ones are coarse and answer to parts. A map that is the same "
        "everywhere says nothing about this image; if it is so for every image, its unit is dead. Behind the last map "
        "a channel is a single number, a **unit**.",
        "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
    )
else:
    feature_excited.excited(views, channels, among)
    frame.theory(
        "One image says little about what a channel looks for. Of many images, those with its largest activation have "
        "something in common where the unit looks: an edge in one direction, a colour, a part. Look at the frames, not "
        "at the whole images: nothing outside of a frame can have excited the unit.",
        "Zeiler & Fergus 2014; Yosinski et al. 2015, Understanding Neural Networks Through Deep Visualization",
    )
