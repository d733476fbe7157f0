"""Embedding: the features of each image before the last layer, or at any other, in two dimensions."""

import streamlit as st

from explorer.insights.embedding import NEIGHBOURS, SEED
from explorer.insights.findings.embedding import alike
from explorer.ui import choices, display, names, page
from explorer.ui.inside import embedding
from explorer.ui.inside.embedding import PCA, TSNE
from explorer.ui.pickers import top_row

page.title("Which images look alike to the network?")
chosen, epoch = top_row.runs_epoch(most=2)

verdicts = st.container()
picture, options = page.picture_first()
hidden, perplexity, only_wrong = page.presenting(), None, False
with options, st.container(horizontal=True, vertical_alignment="bottom"):
    method = choices.segmented("Projection", [PCA, TSNE], "projection", hidden=hidden)
    most = choices.select_slider(
        "Number of images, at most", [100, 300, 1000, 2000], "points", 300, hidden=hidden, width=220
    )
    if method == TSNE:
        explained = "Roughly the number of neighbours of each image that t-SNE takes into account."
        perplexity = choices.slider("Perplexity", 5, 50, 30, "perplexity", hidden, step=5, width=220, help=explained)
    if any(source.has_history for source in chosen):  # of published models, no prediction is right or wrong here
        only_wrong = choices.toggle("Only mistakes", "only-mistakes", hidden=hidden)

columns = options.columns(len(chosen))
found = []
for column, source in zip(columns, chosen, strict=True):
    with column:
        found.append(embedding.embedded(source, epoch, embedding.pick_place(source), most))
with verdicts:
    page.verdict(alike([embedding.neighbours(each) for each in found]))
for column, each in zip(picture.columns(len(found)), found, strict=True):
    with column:
        page.run_heading(each.source)
        spec = embedding.chart(each, perplexity, only_wrong, page.presenting())
        display.show(
            spec,
            f"The images in the feature space of {names.of(each.source)}, {embedding.drawn(each, perplexity)}",
            key=f"embedding-{each.source.id}",
        )
        st.caption(embedding.sentence(each, perplexity))
embedding.tooltip_style()
page.theory(
    "Before its last linear layer a network has turned an image into a list of numbers, its **features**; images that "
    "lie close together there are hard for the last layer to tell apart. An earlier layer shows how well the classes "
    "are separated there; each of its maps counts with its mean: what the map detects, not where. For the first "
    "convolution that is little more than the mean colour of the image. **PCA** shows the two directions along which "
    "the features vary most: distances are true, but most dimensions are hidden. **t-SNE** places the images so that "
    "neighbours stay neighbours: groups are real, their sizes and the distances between them are not, and another "
    f"perplexity gives another layout. The result above counts the nearest neighbours, at most {NEIGHBOURS}, with all "
    f"features, before any projection. t-SNE starts from the PCA, with seed {SEED}.",
    "van der Maaten & Hinton 2008, Visualizing Data using t-SNE; Wattenberg et al. 2016, How to Use t-SNE Effectively",
)
