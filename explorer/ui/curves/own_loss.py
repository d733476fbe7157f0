"""Check a loss from your own report, behind a button."""

import streamlit as st

from explorer.errors import UserError
from explorer.insights.check_loss import check_loss
from explorer.ui import page


def check() -> None:
    """Ask for four numbers; show a sentence and its rule."""
    if page.presenting():
        return
    with st.popover("Check a loss", icon=":material/calculate:", help="Check a loss from your own report"):
        st.markdown("**Check a loss from your own report**")
        loss = st.number_input("Loss (nats per image)", value=None, format="%.6f", step=0.01, key="own-loss")
        accuracy = st.number_input("Accuracy (%)", 0.0, 100.0, None, format="%.2f", key="own-accuracy")
        classes = st.number_input("Classes", 2, 100_000, 10, key="own-classes")
        batch_size = st.number_input("Batch size, if known", 1, 1_000_000, None, key="own-batch-size")
        if loss is None or accuracy is None:
            st.caption(
                "Enter the loss and accuracy on the same images to check whether the loss can be a mean cross-entropy."
            )
            return
        try:
            found = check_loss(loss, accuracy / 100, int(classes), batch_size)
        except UserError as error:
            st.error(str(error))
            return
        st.markdown(found.sentence)
        st.caption(f"Rule: {found.rule}")
